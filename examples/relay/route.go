package main

import (
	"context"
	"slices"

	"example.com/optout"
)

// route is the rule of the relay: what becomes of a message, and which
// deliveries that needs. Both webhooks and the queue follow it. It takes no
// note of who wrote the message: for Proxy that makes no difference
// (docs/proxy/opt-out-keywords, 2026-06-16).
//
// CallbackUrl is told of a message when it has been passed on, or cannot be: see
// sent. One that is withheld from its recipient is not reported. That is an
// interpretation: CallbackUrl is told of interactions, and there is none.
func route(m *message, v verdict, interceptAll, recipientOptedOut bool) (outcome string, deliveries []string) {
	ask := m.Decision.Action == optout.Intercept || interceptAll
	switch {
	case m.Decision.Action == optout.Drop:
		return dropped, []string{toDebugger}
	case ask && v == unasked:
		return intercepted, []string{toInterceptor}
	case v == block:
		return blocked, []string{toDebugger}
	case recipientOptedOut:
		return withheld, nil
	case m.Via == viaConversations:
		return forwarded, []string{toCallback} // Twilio publishes it
	}
	return forwarded, []string{toTwilio}
}

// settle routes m and writes down what follows. An insertion and a second
// routing after the interceptor's answer both end here. What waits behind others
// in its lane gets its turn from them.
func (r *relay) settle(t *tx, m *message, v verdict, optedOut, waits bool) error {
	var deliveries []string
	m.Outcome, deliveries = route(m, v, r.cfg.InterceptEveryMessage, optedOut)
	pending := slices.Contains(deliveries, toTwilio) || slices.Contains(deliveries, toInterceptor)
	if m.id == 0 {
		if err := t.insertMessage(m, pending); err != nil {
			return err
		}
	} else if done, err := t.setOutcome(m, pending); !done {
		return err
	}
	for _, kind := range deliveries {
		if !pending || !waits {
			r.enqueue(t, m, kind)
		}
	}
	return nil
}

func (r *relay) enqueue(t *tx, m *message, kind string) {
	if kind == toCallback && r.cfg.CallbackURL == "" || kind == toDebugger && r.cfg.DebuggerURL == "" {
		return
	}
	t.insertJob(m, kind)
}

// sent writes down what became of a message that was to be sent: Twilio has
// taken it and m.SentSID is set, or m.Outcome says why nothing more is tried.
// A recipient who opted out at Twilio is sent nothing more by the relay either,
// until they write an opt-in word.
func (r *relay) sent(t *tx, m *message, err error) error {
	if optedOutAtTwilio(err) {
		if err := t.optOut(m, m.Recipient, r.now()); err != nil {
			return err
		}
	}
	done, err2 := t.setOutcome(m, false)
	if done && m.Outcome != withheld {
		r.enqueue(t, m, toCallback)
	}
	return err2
}

// accept puts m into the log with everything that follows from it, in one
// transaction: when accept returns, a crash loses none of it. If m is there
// already, accept changes nothing and sets m.Outcome to what became of it.
func (r *relay) accept(ctx context.Context, m *message, v verdict) (known bool, err error) {
	err = r.store.update(ctx, m.lane(), func(t *tx) (err error) {
		known, err = r.acceptIn(t, m, v)
		return err
	})
	if err == nil && !known {
		r.metrics.decided(m)
		r.log.Info("message accepted", m.attrs()...)
	}
	return known, err
}

func (r *relay) acceptIn(t *tx, m *message, v verdict) (known bool, err error) {
	m.id = 0 // it has one if this runs again, after a ROLLBACK
	outcome, optedOut, waits, err := t.look(m)
	if outcome != "" || err != nil {
		m.Outcome = outcome
		return true, err
	}
	d := m.Decision
	switch {
	case d.Class == optout.ClassOptOut && d.Action != optout.Intercept:
		// The relay keeps no list of what it leaves to the interceptor.
		err = t.optOut(m, m.Sender, m.Received)
	case d.Class == optout.ClassOptIn:
		// Whatever happens to the word itself, who wrote it wants messages
		// again. UNSTOP is dropped, START is forwarded, and in the other mode
		// both are intercepted, but a record that the relay made before the
		// flags changed would withhold messages for ever.
		err = t.optIn(m)
	}
	if err != nil {
		return false, err
	}
	return false, r.settle(t, m, v, optedOut, waits)
}
