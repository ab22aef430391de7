package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/optout/examples/relay/signature"

	"github.com/google/go-cmp/cmp"
)

// A message is sent if the status is 2xx and the answer has a message's SID.
// An answer that will be the same tomorrow ends the job. Code 21610 is seen in
// any 4xx.
func TestSendAnswers(t *testing.T) {
	const sid = "SM0123456789abcdef0123456789abcdef"
	for _, tt := range []struct {
		name, body string
		status     int
		header     string // Retry-After
		sent       bool
		permanent  bool
		optedOut   bool
		after      time.Duration
	}{
		{"created", `{"sid": "` + sid + `", "status": "queued"}`, 201, "", true, false, false, 0},
		{"created with media", `{"sid": "MM` + sid[2:] + `"}`, 201, "", true, false, false, 0},
		{"accepted", `{"sid": "` + sid + `"}`, 202, "", true, false, false, 0},
		{"no SID", `{}`, 200, "", false, false, false, 0},
		{"null", `null`, 201, "", false, false, false, 0},
		{"no JSON", `<html>`, 200, "", false, false, false, 0},
		{"empty", ``, 200, "", false, false, false, 0},
		{"SID of something else", `{"sid": "CA` + sid[2:] + `"}`, 201, "", false, false, false, 0},
		{"SID that is not a text", `{"sid": 5}`, 201, "", false, false, false, 0},
		{"redirected", `{"sid": "` + sid + `"}`, 302, "", false, false, false, 0},
		{"not modified", ``, 304, "", false, false, false, 0},
		{"wrong", `{"code": 21211, "status": 400}`, 400, "", false, true, false, 0},
		{"wrong, whatever the JSON says", `{"sid": "` + sid + `", "status": 201}`, 400, "", false, true, false, 0},
		{"opted out", `{"code": 21610, "status": 400}`, 400, "", false, true, true, 0},
		{"opted out, by another status", `{"code": 21610}`, 403, "", false, true, true, 0},
		{"opted out, says an error of the server's", `{"code": 21610}`, 500, "", false, false, false, 0},
		{"queue full", `{"code": 21611, "status": 400}`, 400, "", false, false, false, 0},
		{"wrong token", `{"code": 20003}`, 401, "", false, false, false, 0},
		{"forbidden", `{"code": 20403}`, 403, "", false, false, false, 0},
		{"no such account", `{"code": 20404}`, 404, "", false, false, false, 0},
		{"no such method", ``, 405, "", false, true, false, 0},
		{"too large", ``, 413, "", false, true, false, 0},
		{"unprocessable", ``, 422, "", false, true, false, 0},
		{"too many", `{"code": 20429}`, 429, "7", false, false, false, 7 * time.Second},
		{"too many, until", ``, 429, time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat), false, false, false, 90 * time.Second},
		{"too many, for too long", ``, 429, "99999999999", false, false, false, time.Hour},
		{"too many, in the past", ``, 429, "-5", false, false, false, 0},
		{"too many, says nobody knows", ``, 429, "soon", false, false, false, 0},
		{"server", `{"code": 20500, "status": 400}`, 500, "", false, false, false, 0},
		{"unavailable", ``, 503, "30", false, false, false, 30 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if tt.header != "" {
					w.Header().Set("Retry-After", tt.header)
				}
				if tt.status == 302 {
					w.Header().Set("Location", "/elsewhere")
				}
				w.WriteHeader(tt.status)
				if tt.status != 304 {
					fmt.Fprint(w, tt.body)
				}
			}))
			defer server.Close()
			r := &relay{
				cfg:   &config{TwilioAPIURL: server.URL, AccountSID: testAccount, AuthToken: testToken},
				limit: testTiming,
				http:  &http.Client{CheckRedirect: noRedirect},
			}
			got, err := r.send(t.Context(), &message{Relay: relayNumber, Recipient: bob, Body: "hello"})
			if (err == nil) != tt.sent || tt.sent && !strings.Contains(tt.body, got) {
				t.Errorf("send = %q, %v, want sent: %t", got, err, tt.sent)
			}
			if got := permanent(err); got != tt.permanent {
				t.Errorf("permanent(%v) = %t, want %t", err, got, tt.permanent)
			}
			if got := optedOutAtTwilio(err); got != tt.optedOut {
				t.Errorf("optedOutAtTwilio(%v) = %t, want %t", err, got, tt.optedOut)
			}
			if got := answerOf(err).after; got > tt.after || got < tt.after-3*time.Second { // a date has whole seconds
				t.Errorf("answerOf(%v).after = %v, want %v", err, got, tt.after)
			}
		})
	}
}

// An answer that can never change frees the lane; one that asks to wait is
// waited for, and holds up its own lane only.
func TestSendLanes(t *testing.T) {
	b := newBench(t, nil)
	b.stop()
	var throttled atomic.Int64
	began := time.Now()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch body := r.PostFormValue("Body"); {
		case body == "never":
			w.WriteHeader(422)
		case body == "later" && throttled.Add(1) == 1:
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(429)
		default:
			w.WriteHeader(201)
			fmt.Fprintf(w, `{"sid": "%s"}`, newSID())
		}
	}))
	defer api.Close()
	b.cfg.TwilioAPIURL = api.URL
	b.start()
	b.deliver("/sms", smsForm(alice, relayNumber, "never"), 200)
	b.deliver("/sms", smsForm(alice, relayNumber, "next"), 200)
	b.deliver("/sms", smsForm(bob, relayNumber, "later"), 200)
	b.settle()
	if got := b.outcomes(); got != "undelivered forwarded forwarded" {
		t.Errorf("outcomes are %q, want undelivered forwarded forwarded", got)
	}
	if d := time.Since(began); throttled.Load() != 2 || d < time.Second {
		t.Errorf("tried %d times in %v, want twice, and a second between", throttled.Load(), d)
	}
}

// While a token is being replaced, either signs webhooks, and the API is offered
// the second if it refuses the first.
func TestTwoTokens(t *testing.T) {
	const next = "00112233445566778899aabbccddeeff"
	var tried []string
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, token, _ := r.BasicAuth()
		tried = append(tried, token)
		if token != next {
			w.WriteHeader(401)
			return
		}
		w.WriteHeader(201)
		fmt.Fprintf(w, `{"sid": "%s"}`, newSID())
	}))
	defer api.Close()
	b := newBench(t, func(b *bench) { b.cfg.SecondAuthToken, b.cfg.TwilioAPIURL = next, api.URL })
	for _, token := range []string{testToken, next} {
		form := smsForm(alice, relayNumber, "hello")
		header := http.Header{"X-Twilio-Signature": {signature.Sign(token, testPublic+"/sms", form)}}
		if status, body, err := b.twilio.DeliverWith(b.relay.addr, "/sms", form, header); err != nil || status != 200 {
			t.Errorf("signed with %s: %d, %q, %v, want 200", token, status, body, err)
		}
		b.settle()
	}
	if d := cmp.Diff([]string{testToken, next, testToken, next}, tried); d != "" {
		t.Errorf("tokens tried (-want +got):\n%s", d)
	}
	if got := b.outcomes(); got != "forwarded forwarded" {
		t.Errorf("outcomes are %q, want two messages", got)
	}
}
