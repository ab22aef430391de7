package main

import (
	"context"

	"example.com/optout"
)

// This file is the rule of the relay: what follows from a decision. Both
// webhooks and the queue follow it. It takes no note of who wrote the message:
// for Proxy that makes no difference (docs/proxy/opt-out-keywords, 2026-06-16).

// route returns what becomes of a message.
func route(m *message, v verdict, interceptAll, recipientOptedOut bool) (outcome string) {
	ask := m.Decision.Action == optout.Intercept || interceptAll
	switch {
	case m.Decision.Action == optout.Drop:
		return dropped
	case ask && v == unasked:
		return intercepted
	case v == block:
		return blocked
	case recipientOptedOut:
		return withheld
	}
	return forwarded
}

// next returns the delivery that m's outcome needs, "" if none. sent says that
// the message has been taken by Twilio. CallbackUrl is told of a message when it
// has been passed on, or cannot be, and not when it is withheld. That is an
// interpretation: CallbackUrl is told of interactions, and there is none.
func (m *message) next(sent bool) (kind string) {
	switch m.Outcome {
	case intercepted:
		return toInterceptor
	case dropped, blocked:
		return toDebugger
	case forwarded:
		if m.Via == viaSMS && !sent { // Twilio itself publishes a conversation's messages
			return toTwilio
		}
		return toCallback
	case undelivered:
		return toCallback
	}
	return ""
}

// accept puts m into the log with everything that follows from it, in one
// transaction: when accept returns, a crash loses none of it. If m is there
// already, accept changes nothing and sets m.Outcome to what became of it.
func (r *relay) accept(ctx context.Context, m *message, v verdict) error {
	var known bool
	err := r.store.update(ctx, m.lane(), func(t *tx) error {
		outcome, optedOut, waits, err := t.look(m)
		if known = outcome != ""; known || err != nil {
			m.Outcome = outcome
			return err
		}
		d := m.Decision
		switch {
		case d.Class == optout.ClassOptOut && d.Action != optout.Intercept:
			// The relay keeps no list of opt-outs that are the interceptor's.
			err = t.optOut(m, m.Sender)
		case d.Class == optout.ClassOptIn:
			// Whatever happens to the word itself, its author wants messages
			// again. UNSTOP is dropped, START is forwarded, and in the other mode
			// both are intercepted, but a record that the relay made before the
			// flags changed would withhold messages for ever.
			err = t.optIn(m)
		}
		if err != nil {
			return err
		}
		m.Outcome = route(m, v, r.cfg.InterceptEveryMessage, optedOut)
		return r.settle(t, m, false, waits)
	})
	if err == nil && !known {
		r.metrics.decisions.WithLabelValues(m.Via, m.Decision.Action.String(), m.Decision.Keyword).Inc()
		r.log.Info("message accepted", m.attrs()...)
	}
	return err
}

// answered routes m once more, with the interceptor's answer. An opt-out that
// comes meanwhile is seen before m is sent.
func (r *relay) answered(t *tx, m *message, v verdict, optedOut bool) error {
	m.Outcome = route(m, v, r.cfg.InterceptEveryMessage, optedOut)
	return r.settle(t, m, false, false)
}

// giveUp writes down that m will not be sent, since Twilio would not take it. A
// recipient who opted out at Twilio is sent nothing more by the relay either,
// until they write an opt-in word.
func (r *relay) giveUp(t *tx, m *message, err error) error {
	if optedOutAtTwilio(err) {
		if err := t.optOut(m, m.Recipient); err != nil {
			return err
		}
	}
	m.Outcome = undelivered
	return r.settle(t, m, false, false)
}

// settle writes down m's outcome and inserts the jobs that follow: one for m's
// next delivery and, if m leaves its lane, one for the message after it. If the
// delivery is no longer pending, settle changes nothing.
func (r *relay) settle(t *tx, m *message, sent, waits bool) error {
	kind := m.next(sent)
	inLane := kind == toTwilio || kind == toInterceptor
	if m.previousOutcome == "" {
		if err := t.insertMessage(m, inLane); err != nil {
			return err
		}
	} else if done, following, err := t.setOutcome(m, inLane); err != nil || !done {
		return err
	} else if following != nil {
		t.insertJob(following.id, following.next(false))
	}
	unwanted := kind == "" || kind == toCallback && r.cfg.CallbackURL == "" || kind == toDebugger && r.cfg.DebuggerURL == ""
	if !unwanted && !(inLane && waits) {
		t.insertJob(m.id, kind)
	}
	return nil
}

// decide sets m's decision, and reports whether it counts without a session and
// without a text, as an opt-out and an opt-in do. A number in a Messaging Service with Advanced
// Opt-Out has OptOutType in its form, which says what Twilio itself has done
// about the sender. It counts, whatever the text says, unless the text is an
// opt-out word: an opt-out by either of them counts. STOP, START and HELP, the
// values of OptOutType, are keywords of Proxy's table.
//
// Source: docs/messaging/tutorials/advanced-opt-out.
func (r *relay) decide(m *message, optOutType string) (counts bool) {
	m.Decision = r.policy.Decide(m.Body, r.cfg.flags())
	d := (optout.Policy{}).Decide(optOutType, r.cfg.flags())
	class := m.Decision.Class
	if d.Class != optout.ClassNone && d.Class != class {
		r.log.Warn("OptOutType and the text differ: an opt-out counts, else OptOutType", append(m.attrs(), "text", class, "opt_out_type", d.Class)...)
		if class != optout.ClassOptOut {
			m.Decision = d
		}
	}
	counts = m.Decision.Class == optout.ClassOptOut || m.Decision.Class == optout.ClassOptIn
	if counts && (m.Recipient == "" || m.empty()) {
		// There is nobody to forward it to and no interaction to ask about, or
		// nothing to forward. An opt-out covers the number that was texted (P6 of
		// Proxy's rules), also for a session that comes later.
		m.Decision.Action, m.Decision.Code = optout.Drop, optout.CodeStopWord
	}
	return counts
}
