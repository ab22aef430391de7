package main

import (
	"context"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"sync"
	"time"
)

// The kinds of delivery. Each has workers of its own, so that an address that
// does not answer holds up nothing else.
const (
	toTwilio      = "send"
	toCallback    = "callback"
	toDebugger    = "debugger"
	toInterceptor = "intercept"
)

// workers is the number of deliveries of one kind that are under way at the
// same time, and so the number that a kill can repeat.
const workers = 32

// timing has the relay's time limits, which tests shorten.
type timing struct {
	call                  time.Duration // for any answer but the interceptor's
	intercept             time.Duration // docs/proxy/api/webhooks
	interceptConversation time.Duration // of the 5 s that Conversations waits
	firstRetry, lastRetry time.Duration // waiting time, doubled from one to the other
	giveUp                time.Duration // age of a message
	circuit               time.Duration // until an interceptor that does not answer is tried again
	poll                  time.Duration // how often the outbox looks for what is due again
}

var defaultTiming = timing{
	call:                  10 * time.Second,
	intercept:             10 * time.Second,
	interceptConversation: 3 * time.Second,
	firstRetry:            time.Second,
	lastRetry:             5 * time.Minute,
	giveUp:                24 * time.Hour,
	circuit:               15 * time.Second,
	poll:                  250 * time.Millisecond,
}

// A delivery is what is still to be done about a message.
type delivery struct {
	id       int64
	kind     string
	lane     string
	attempts int
	message  *message
}

// An outbox makes the deliveries of one kind. They are rows of the database,
// written in the transaction that accepts the message and deleted when they
// are made, so a restart takes them up where they were. A process that dies
// between the answer to a delivery and its record makes that delivery once
// more: at least once is what an outbox can promise to an interface that takes
// no idempotency key, and Twilio's Messages has none.
type outbox struct {
	*relay
	kind    string
	workers int
	nudge   chan struct{}

	mu   sync.Mutex
	busy map[int64]bool // deliveries that a worker has
}

func newOutbox(r *relay, kind string, workers int) *outbox {
	return &outbox{relay: r, kind: kind, workers: workers, nudge: make(chan struct{}, 1), busy: map[int64]bool{}}
}

// run works until ctx ends, and waits for what is being delivered then, which
// ends with life.
func (o *outbox) run(ctx, life context.Context) {
	var group sync.WaitGroup
	defer group.Wait()
	slots := make(chan struct{}, o.workers)
	for ctx.Err() == nil {
		ready, err := o.ready(ctx)
		if err != nil && ctx.Err() == nil {
			o.log.Error("outbox cannot be read", "kind", o.kind, "error", err)
		}
		for _, d := range ready {
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return
			}
			o.mark(d, true)
			group.Go(func() {
				o.deliver(life, d)
				o.mark(d, false)
				<-slots
				o.wake()
			})
		}
		if len(ready) > 0 {
			continue
		}
		select {
		case <-o.nudge:
		case <-time.After(o.limit.poll):
		case <-ctx.Done():
		}
	}
}

// wake has the outbox look for deliveries now.
func (o *outbox) wake() {
	select {
	case o.nudge <- struct{}{}:
	default: // it will look anyway
	}
}

func (o *outbox) mark(d *delivery, busy bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if busy {
		o.busy[d.id] = true
	} else {
		delete(o.busy, d.id)
	}
}

// ready returns deliveries that are due and no worker has. It asks who is busy
// first: a delivery that is made while the database is read is still in what
// was read, and must not be made again. Only run begins deliveries, so none
// that is not busy before can be made meanwhile.
func (o *outbox) ready(ctx context.Context) ([]*delivery, error) {
	o.mu.Lock()
	busy := maps.Clone(o.busy)
	o.mu.Unlock()
	due, err := o.store.due(ctx, o.kind, o.now(), 5*o.workers)
	return slices.DeleteFunc(due, func(d *delivery) bool { return busy[d.id] }), err
}

// deliver makes one attempt and records what came of it.
func (o *outbox) deliver(life context.Context, d *delivery) {
	m := d.message
	var record func(*tx) error
	var err error
	switch o.kind {
	case toTwilio:
		record, err = o.sendOn(life, m)
	case toCallback:
		err = o.notify(life, o.cfg.CallbackURL, callbackForm(o.cfg.AccountSID, m))
	case toDebugger:
		err = o.notify(life, o.cfg.DebuggerURL, debuggerForm(o.cfg, m))
	case toInterceptor:
		var v verdict
		if v, err = o.ask(life, m, o.limit.intercept); err == nil {
			record = func(t *tx) error { return o.settle(t, m, v) }
		}
	}
	result := "delivered"
	switch {
	case err == nil:
	case life.Err() != nil:
		return // interrupted by the shutdown: due again at the next start
	case permanent(err) || o.now().Sub(m.Received) > o.limit.giveUp:
		result = "given_up"
		o.log.Error("delivery given up", append(m.attrs(), "kind", o.kind, "attempt", d.attempts+1, "error", err)...)
	default:
		result = "retried"
		o.log.Warn("delivery failed, will be retried", append(m.attrs(), "kind", o.kind, "attempt", d.attempts+1, "error", err)...)
	}
	o.metrics.deliveries.WithLabelValues(o.kind, result).Inc()
	o.record(life, func(t *tx) error {
		if result == "retried" {
			return t.retry(d, o.now().Add(max(o.backoff(d.attempts), after(err))))
		}
		steps := []func() error{func() error { return t.finish(d) }}
		if result == "given_up" {
			steps[0] = func() error { return t.giveUp(d) }
			if o.kind == toTwilio || o.kind == toInterceptor {
				m.Outcome = undelivered
				steps = append(steps, func() error { return o.sent(t, m, err) })
			}
		} else if record != nil {
			steps = append(steps, func() error { return record(t) })
		}
		steps = append(steps, func() error { return t.advance(d, o.now()) })
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	if o.kind == toInterceptor {
		o.log.Info("interceptor asked", m.attrs()...)
		o.relay.wake()
	}
}

// sendOn sends m, unless its recipient opted out since it was accepted.
func (o *outbox) sendOn(ctx context.Context, m *message) (record func(*tx) error, err error) {
	optedOut, err := o.store.optedOut(ctx, m.Relay, m.Recipient)
	if err != nil {
		return nil, err
	}
	if optedOut {
		m.Outcome = withheld
		o.log.Info("message withheld: its recipient opted out meanwhile", m.attrs()...)
	} else if m.SentSID, err = o.send(ctx, m); err != nil {
		return nil, err
	}
	return func(t *tx) error { return o.sent(t, m, nil) }, nil
}

func (o *outbox) notify(ctx context.Context, to string, form url.Values) error {
	if to == "" {
		return nil // taken out of the configuration since
	}
	ctx, cancel := context.WithTimeout(ctx, o.limit.call)
	defer cancel()
	status, err := o.post(ctx, to, form)
	if err == nil && (status < 200 || status > 299) {
		err = &answerError{who: o.kind, status: status}
	}
	return err
}

// record writes down what came of a delivery, however long that takes: as
// long as it is not written the delivery is due, and would be made again.
func (o *outbox) record(life context.Context, change func(*tx) error) {
	for attempts := 0; ; attempts++ {
		err := o.store.update(context.WithoutCancel(life), change)
		if err == nil {
			return
		}
		o.log.Error("delivery cannot be recorded, will try again", "kind", o.kind, "error", err)
		select {
		case <-time.After(o.backoff(attempts)):
		case <-life.Done():
			return
		}
	}
}

// backoff returns how long to wait after so many attempts, between half and
// all of twice the time before, so that what failed together does not return
// together.
func (o *outbox) backoff(attempts int) time.Duration {
	wait := min(o.limit.firstRetry<<min(attempts, 16), o.limit.lastRetry)
	return wait/2 + rand.N(wait/2+1)
}
