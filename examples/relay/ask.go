package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/sony/gobreaker/v2"
)

// A verdict is the interceptor's.
type verdict uint8

const (
	unasked verdict = iota
	allow
	block
)

// A circuit calls a function that makes a request. It opens when an address
// leaves 5 requests in a row without an answer: those that come then need not
// wait, each in turn, to learn the same. From time to time one is let through to
// see.
type circuit func(request func() error) error

// newCircuit returns the circuit for a kind of delivery. An error that Twilio or
// the interceptor answers is about one message and keeps the circuit closed. One
// that another address answers is likely about all.
func newCircuit(kind string, timeout time.Duration, log *slog.Logger) circuit {
	breaker := gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Timeout:     timeout,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= 5 },
		IsExcluded:  func(err error) bool { return errors.Is(err, context.Canceled) }, // the relay stops
		IsSuccessful: func(err error) bool {
			return err == nil || (kind == toTwilio || kind == toInterceptor) && errors.As(err, new(*answerError))
		},
		OnStateChange: func(_ string, _, to gobreaker.State) {
			log.Warn("circuit", "kind", kind, "state", to.String(), "tried again after", timeout.String())
		},
	})
	return func(request func() error) error {
		_, err := breaker.Execute(func() (struct{}, error) { return struct{}{}, request() })
		return err
	}
}

// circuitOpen reports whether a request was not made.
func circuitOpen(err error) bool {
	return errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests)
}

// ask posts m to the interceptor. 403 blocks and 2xx lets the message continue.
// So does every other status, an error and a time-out (docs/proxy/api/webhooks),
// but these mean that the interceptor is broken and opt-outs get past it: each
// is a warning, a count, and in /healthz. With intercept_fail_closed they are
// nobody's verdict but an error, upon which the message is to be asked about
// again. If ctx ends that is an error in either case.
func (r *relay) ask(ctx context.Context, m *message, limit time.Duration) (verdict, error) {
	answer := "not asked"
	v := allow
	err := r.circuits[toInterceptor](func() error {
		status, err := r.post(ctx, limit, "interceptor", r.cfg.InterceptCallbackURL, interactionForm(r.cfg.AccountSID, m))
		if answer = strconv.Itoa(status); status == 0 {
			answer = "none"
		} else if status == http.StatusForbidden {
			v, err = block, nil
		}
		return err
	})
	if ctx.Err() != nil {
		return unasked, ctx.Err()
	}
	r.metrics.intercepts.WithLabelValues(answer).Inc()
	if err == nil {
		r.trouble.Store("")
		return v, nil
	}
	failing := "messages continue without it"
	if r.cfg.InterceptFailClosed {
		failing = "messages wait for it"
	}
	r.trouble.Store(fmt.Sprintf("the interceptor is broken, %s: last answer %q, at %s", failing, answer, time.Now().UTC().Format(time.RFC3339)))
	r.log.Warn("interceptor broken: "+failing, append(m.attrs(), "answer", answer, "error", err)...)
	if r.cfg.InterceptFailClosed {
		return unasked, err
	}
	return allow, nil
}
