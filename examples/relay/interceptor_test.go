package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A broken interceptor lets messages through, as Proxy's does, but not unseen.
func TestInterceptorBroken(t *testing.T) {
	for _, tt := range []struct {
		name   string
		fault  http.HandlerFunc
		answer string
	}{
		{"500", status(500), "500"},
		{"401", status(401), "401"},
		{"302", status(302), "302"},
		{"breaks off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "none"},
		{"too late", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, func(b *bench) {
				b.cfg.RespectSMSStopFilter = true
				b.limit.intercept = 50 * time.Millisecond
			})
			if _, got := b.get("/healthz"); got != "ok\n" {
				t.Errorf("healthz: %q, want ok", got)
			}
			b.twilio.SetInterceptor(tt.fault)
			b.text(alice, relayNumber, "STOP")
			if got := b.outcomes(); got != "forwarded" {
				t.Errorf("outcomes are %q, want forwarded", got)
			}
			if log := b.logs.String(); !strings.Contains(log, `"level":"WARN","msg":"interceptor broken: messages continue without it"`) ||
				!strings.Contains(log, `"answer":"`+tt.answer+`"`) {
				t.Errorf("log is\n%s\nwant a warning with the answer %s", log, tt.answer)
			}
			if _, got := b.get("/metrics"); !strings.Contains(got, `relay_intercepts_total{answer="`+tt.answer+`"} 1`) {
				t.Errorf("metrics lack relay_intercepts_total with the answer %s:\n%s", tt.answer, got)
			}
			if status, got := b.get("/healthz"); status != 200 || !strings.HasPrefix(got, "degraded: the interceptor is broken") || !strings.Contains(got, tt.answer) {
				t.Errorf("healthz: %d, %q, want 200, degraded and the answer %s", status, got, tt.answer)
			}
			b.twilio.SetInterceptor(status(204))
			b.text(alice, relayNumber, "STOP")
			if _, got := b.get("/healthz"); got != "ok\n" {
				t.Errorf("healthz: %q, want ok when the interceptor answers again", got)
			}
		})
	}
}

// With intercept_fail_closed no message passes a broken interceptor: it waits,
// or, in a conversation, is rejected, and is in no log.
func TestInterceptFailClosed(t *testing.T) {
	b := newBench(t, func(b *bench) {
		b.cfg.InterceptEveryMessage, b.cfg.InterceptFailClosed = true, true
	})
	var asked atomic.Int64
	b.twilio.SetInterceptor(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(500)
	}))
	b.deliver("/sms", smsForm(alice, relayNumber, "one"), 200)
	b.deliver("/sms", smsForm(alice, relayNumber, "two"), 200)
	b.deliver("/conversations", conversationForm(alice, "rejected"), 503)
	b.wait("attempts", func() bool { return asked.Load() > 4 })
	if got := b.outcomes(); got != "intercepted intercepted" {
		t.Errorf("outcomes are %q, want both held", got)
	}
	if _, got := b.get("/healthz"); !strings.Contains(got, "messages wait for it") {
		t.Errorf("healthz: %q, want that messages wait", got)
	}
	b.twilio.SetInterceptor(status(200))
	b.settle()
	var sent []string
	for _, c := range b.twilio.Calls() {
		if c.Kind == "send" {
			sent = append(sent, c.Form.Get("Body"))
		}
	}
	if got := strings.Join(sent, " "); got != "one two" {
		t.Errorf("sent %q, want one two", got)
	}

	b.stop()
	b.limit.giveUp = 0
	b.twilio.SetInterceptor(status(500))
	b.start()
	b.text(alice, relayNumber, "too old")
	if got := b.outcomes(); got != "forwarded forwarded undelivered" {
		t.Errorf("outcomes are %q, want the last undelivered", got)
	}
}

// An interceptor that does not answer slows only the messages that it is being
// asked about: after a few the circuit opens, and the others do not wait. From
// time to time it is asked again.
func TestInterceptorHangs(t *testing.T) {
	const messages = 131
	b := newBench(t, func(b *bench) {
		b.cfg.InterceptEveryMessage = true
		b.limit.intercept = time.Second
		for i := range messages {
			b.cfg.Sessions = append(b.cfg.Sessions, session{relayNumber, []string{fmt.Sprintf("+1555020%04d", i), fmt.Sprintf("+1555030%04d", i)}})
		}
	})
	var hanging atomic.Int64
	b.twilio.SetInterceptor(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		hanging.Add(1)
		<-r.Context().Done()
	}))
	began := time.Now()
	for i := range messages {
		b.deliver("/sms", smsForm(fmt.Sprintf("+1555020%04d", i), relayNumber, "hello"), 200)
	}
	b.settle()
	// All that are asked at once wait for one time-out, and some for a second,
	// when the circuit is tried.
	if took := time.Since(began); took > 5*b.limit.intercept {
		t.Errorf("%d messages took %v with a time-out of %v", messages, took, b.limit.intercept)
	} else {
		t.Logf("%d messages took %v with a time-out of %v; %d were asked about", messages, took, b.limit.intercept, hanging.Load())
	}
	if got, want := b.outcomes(), strings.TrimSpace(strings.Repeat("forwarded ", messages)); got != want {
		t.Errorf("outcomes are\n%s, want all forwarded", got)
	}
	if !strings.Contains(b.logs.String(), `"msg":"circuit","kind":"intercept","state":"open"`) {
		t.Error("the log has no line about the circuit")
	}
	b.twilio.SetInterceptor(status(403))
	b.wait("the circuit to close", func() bool {
		b.text(alice, relayNumber, "STOP IT")
		return strings.HasSuffix(b.outcomes(), "blocked")
	})
}
