//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"example.com/optout/examples/relay/standin"
)

const (
	relayNumber = "+15550100009"
	people      = 1000 // on each side
)

// participant returns the number of a participant. Participant i of side 1 and
// of side 2 are in a session, and lane i goes from side 1 to side 2.
func participant(side, i int) string { return fmt.Sprintf("+1555%d%06d", side, i) }

// A message is a webhook and what came of it.
type message struct {
	sid, body        string
	lane, relay      int
	posted, answered time.Time
	accepted         bool
	withhold         bool // its recipient has opted out
	sends            []send
	callbacks        int
	failed           bool // the callback says so
}

// A send is a message that the Messages API took, the n-th of all.
type send struct {
	n  int
	at time.Time
}

// record writes down a request that the stand-in or the account's address found
// in order.
func (t *trial) record(kind string, form url.Values) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = time.Now()
	body := form.Get("Body")
	if kind == standin.Callback {
		var data struct{ Body string }
		json.Unmarshal([]byte(form.Get("interactionData")), &data)
		body = data.Body
	}
	m := t.byBody[body]
	switch {
	case m == nil: // a keyword
	case kind == standin.Send:
		t.sent++
		m.sends = append(m.sends, send{t.sent, time.Now()})
	case kind == standin.Callback:
		m.callbacks++
		m.failed = m.failed || form.Get("outboundResourceStatus") == "failed"
	}
	return 0
}

// newMessage makes the next message of a lane.
func (t *trial) newMessage(lane int) *message {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(t.messages)
	m := &message{sid: fmt.Sprintf("SM%032x", n), body: fmt.Sprintf("message %d of lane %d", n, lane), lane: lane}
	t.messages = append(t.messages, m)
	t.byBody[m.body] = m
	return m
}

// post delivers a webhook from a participant to a relay and reports whether it
// was accepted.
func (t *trial) post(r int, from, sid, body string) bool {
	status, _, err := t.twilio.Deliver(t.relays[r].listen, "/sms", url.Values{
		"MessageSid": {sid}, "AccountSid": {t.twilio.AccountSID}, "From": {from}, "To": {relayNumber}, "Body": {body}, "NumMedia": {"0"}})
	return err == nil && status == http.StatusOK
}

// deliver posts a message to a relay.
func (t *trial) deliver(m *message, r int) bool {
	posted := time.Now()
	t.mu.Lock()
	m.relay, m.posted = r, posted
	t.mu.Unlock()
	accepted := t.post(r, participant(1, m.lane), m.sid, m.body)
	t.mu.Lock()
	defer t.mu.Unlock()
	m.accepted = m.accepted || accepted
	m.answered = time.Now()
	return accepted
}

// balance returns the relay for the n-th webhook as a load balancer does: the
// relays that are healthy in turn, or all if none is.
func (t *trial) balance(n int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	var healthy []int
	for i, r := range t.relays {
		if len(r.samples) == 0 || r.samples[len(r.samples)-1].healthy() {
			healthy = append(healthy, i)
		}
	}
	if len(healthy) == 0 {
		return n % len(t.relays)
	}
	return healthy[n%len(healthy)]
}

// load offers so many webhooks a second to the lanes in turn, whether or not
// they are answered, until the returned function is called or for an hour.
func (t *trial) load(rate, lanes int) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	began := time.Now()
	var posts sync.WaitGroup
	posts.Go(func() {
		for n := range rate * 3600 {
			time.Sleep(time.Until(began.Add(time.Duration(n) * time.Second / time.Duration(rate))))
			if ctx.Err() != nil {
				return
			}
			m, r := t.newMessage(n%lanes), t.balance(n/lanes+n)
			posts.Go(func() { t.deliver(m, r) })
		}
	})
	return func() { cancel(); posts.Wait() }
}

// fill posts n messages in each lane, one after the other.
func (t *trial) fill(lanes, n int) {
	var posts sync.WaitGroup
	for lane := range lanes {
		posts.Go(func() {
			for i := range n {
				t.deliver(t.newMessage(lane), t.balance(i))
			}
		})
	}
	posts.Wait()
}

// finish waits until all accepted messages are sent and reported, until the
// limit, or until nothing has happened for longer than a lane may wait.
func (t *trial) finish(limit time.Duration) error {
	return eventually(limit, func() error {
		t.mu.Lock()
		defer t.mu.Unlock()
		n := 0
		for _, m := range t.messages {
			if m.accepted && !m.withhold && m.callbacks == 0 {
				n++
			}
		}
		if n == 0 {
			return nil
		}
		err := fmt.Errorf("%d messages are not sent and reported", n)
		if time.Since(t.last) > 75*time.Second {
			err = finalError{err}
		}
		return err
	})
}
