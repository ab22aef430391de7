package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"
)

// A verdict is the interceptor's.
type verdict uint8

const (
	unasked verdict = iota
	allow   verdict = iota
	block   verdict = iota
)

// asking is the state of the interceptor, as far as its answers tell.
type asking struct {
	circuit *gobreaker.CircuitBreaker[int]
	trouble atomic.Value // string: what was wrong with the last answer
}

// newAsking returns an asking with a circuit that opens when the interceptor
// leaves so many requests in a row without an answer: those that come then need
// not wait, each in turn, to learn the same. From time to time one is let
// through to see. An answer of any status keeps the circuit closed, as it holds
// nobody up.
func (r *relay) newAsking() *asking {
	return &asking{circuit: gobreaker.NewCircuitBreaker[int](gobreaker.Settings{
		Name:        "interceptor",
		Timeout:     r.limit.circuit,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= 5 },
		IsExcluded:  func(err error) bool { return errors.Is(err, context.Canceled) }, // the relay stops
		OnStateChange: func(_ string, _, to gobreaker.State) {
			r.log.Warn("interceptor's circuit", "state", to.String(), "asked again after", r.limit.circuit.String())
		},
	})}
}

// ask posts m to the interceptor. 403 blocks and 2xx lets the message continue.
// So does every other status, an error and a time-out (docs/proxy/api/webhooks),
// but these mean that the interceptor is broken and opt-outs get past it: each
// is a warning, a count, and in /healthz. With intercept_fail_closed they are
// nobody's verdict but an error, upon which the message is to be asked about
// again. If ctx ends that is an error in either case.
func (r *relay) ask(ctx context.Context, m *message, limit time.Duration) (verdict, error) {
	status, err := r.asking.circuit.Execute(func() (int, error) {
		limited, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		return r.post(limited, r.cfg.InterceptCallbackURL, interactionForm(r.cfg.AccountSID, m))
	})
	if ctx.Err() != nil {
		return unasked, ctx.Err()
	}
	v, answer := allow, strconv.Itoa(status)
	switch {
	case errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests):
		answer = "not asked"
	case err != nil:
		answer = "none"
	case status == http.StatusForbidden:
		v = block
	case !success(status):
		err = &answerError{who: "interceptor", status: status}
	}
	r.metrics.intercepts.WithLabelValues(answer).Inc()
	if err == nil {
		r.asking.trouble.Store("")
		return v, nil
	}
	r.asking.trouble.Store(fmt.Sprintf("the interceptor is broken, %s: last answer %q, at %s", r.failing(), answer, r.now().UTC().Format(time.RFC3339)))
	r.log.Warn("interceptor broken: "+r.failing(), append(m.attrs(), "answer", answer, "error", err)...)
	if r.cfg.InterceptFailClosed {
		return unasked, err
	}
	return v, nil
}

// failing says what happens to a message that the interceptor fails.
func (r *relay) failing() string {
	if r.cfg.InterceptFailClosed {
		return "messages wait for it"
	}
	return "messages continue without it"
}

// trouble returns what is wrong with the interceptor, "" if nothing is known.
func (a *asking) String() string {
	s, _ := a.trouble.Load().(string)
	return s
}
