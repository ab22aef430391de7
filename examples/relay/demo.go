package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/optout/examples/relay/standin"
)

const (
	demoRelay = "+15550100009"
	demoAlice = "+15550100001"
	demoBob   = "+15550100002"
)

var demoNames = map[string]string{demoAlice: "Alice", demoBob: "Bob"}

// A demoStep is a message and what must follow from it.
type demoStep struct {
	from, text string
	outcome    string
	calls      string // their kinds, sorted
}

// The account has Proxy's default settings first. Then its owner takes opt-outs
// into their own hands.
var demoDefault = []demoStep{
	{demoAlice, "I'm outside, where are you?", forwarded, "callback send"},
	{demoBob, "STOP", dropped, "debugger"},
	{demoAlice, "Hello?", withheld, ""},
	{demoBob, "START", forwarded, "callback send"},
	{demoAlice, "There you are.", forwarded, "callback send"},
	{demoAlice, "Arrêt", dropped, "debugger"},
	{demoBob, "Shall I wait?", withheld, ""},
	{demoAlice, "UNSTOP", dropped, "debugger"},
	{demoBob, "Please stop at the corner.", forwarded, "callback send"},
}

var demoCustom = []demoStep{
	{demoBob, "Will you be there at eight?", forwarded, "callback intercept send"},
	{demoAlice, "Yes", forwarded, "callback intercept send"},
	{demoBob, "\uff33\uff34\uff2f\uff30", blocked, "debugger intercept send"}, // to confirm
	{demoBob, "stop", blocked, "debugger intercept"},                          // confirmed once
	{demoAlice, "Sorry, nine.", blocked, "debugger intercept"},
	{demoBob, "yes", blocked, "debugger intercept send"},
	{demoAlice, "Nine?", forwarded, "callback intercept send"},
}

// demo runs a relay, the stand-in for Twilio and the account's web server on
// loopback, has two participants talk, and prints what happens. It returns an
// error if that is not what should.
func demo(w io.Writer) error {
	dir, err := os.MkdirTemp("", "relay-demo-")
	if err != nil {
		return fmt.Errorf("relay: demo: %w", err)
	}
	defer os.RemoveAll(dir)
	twilio := &standin.Server{
		AccountSID: "AC00000000000000000000000000000001",
		AuthToken:  "00000000000000000000000000000002",
		PublicURL:  "https://relay.example.com",
	}
	if err := twilio.Start(); err != nil {
		return err
	}
	defer twilio.Close()
	cfg := config{
		Listen:               "127.0.0.1:0",
		Status:               "127.0.0.1:0",
		PublicURL:            twilio.PublicURL,
		Database:             filepath.Join(dir, "relay.db"),
		AccountSID:           twilio.AccountSID,
		AuthToken:            twilio.AuthToken,
		TwilioAPIURL:         twilio.URL(),
		CallbackURL:          twilio.URL() + "/callback",
		InterceptCallbackURL: twilio.URL() + "/intercept",
		DebuggerURL:          twilio.URL() + "/debugger",
		Sessions:             []session{{demoRelay, []string{demoAlice, demoBob}}},
	}
	fmt.Fprintf(w, "Alice and Bob text %s. Neither sees the other's number.\n\nThe account has Proxy's default settings: keywords are dropped.\n", demoRelay)
	if err := demoPart(w, cfg, twilio, demoDefault); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nThe relay restarts. ProxyRespectSmsStopFilterFlag is on and SMS STOP Filtering off:\nkeywords are for the account's own interceptor, which is asked about every message.\n")
	cfg.RespectSMSStopFilter, cfg.InterceptEveryMessage = true, true
	if err := demoPart(w, cfg, twilio, demoCustom); err != nil {
		return err
	}
	if p := twilio.Problems(); len(p) > 0 {
		return fmt.Errorf("relay: demo: the stand-in found: %s", strings.Join(p, "; "))
	}
	fmt.Fprintf(w, "\nEvery step did what it should.\n")
	return nil
}

func demoPart(w io.Writer, cfg config, twilio *standin.Server, steps []demoStep) error {
	r, err := start(cfg, defaultTiming, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer r.stop(4 * time.Second)
	if cfg.RespectSMSStopFilter {
		twilio.SetInterceptor(newInterceptor(r, func(relay, participant, text string) {
			if _, err := r.send(context.Background(), &message{Relay: relay, Recipient: participant, Body: text}); err != nil {
				fmt.Fprintln(w, "   the interceptor cannot confirm:", err)
			}
		}))
	}
	for i, step := range steps {
		fmt.Fprintf(w, "\n%s writes %q\n", demoNames[step.from], step.text)
		before := len(twilio.Calls())
		form := url.Values{"MessageSid": {sid("SM", fmt.Sprint(cfg.RespectSMSStopFilter, i))}, "From": {step.from}, "To": {demoRelay}, "Body": {step.text}}
		if status, answer, err := twilio.Deliver(r.addr, "/sms", form); err != nil || status != 200 {
			return fmt.Errorf("relay: demo: the webhook was answered %d %q, %v", status, answer, err)
		}
		var calls []string
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
			n, _ := r.pending()
			// The interceptor confirms after it has answered.
			if n == 0 && len(twilio.Calls()) >= before+len(strings.Fields(step.calls)) || time.Now().After(deadline) {
				break
			}
		}
		var m message
		if err := r.store.reads.QueryRow(`SELECT outcome, action, keyword FROM messages WHERE sid = $1`, form.Get("MessageSid")).
			Scan(&m.Outcome, &m.Decision.Action, &m.Decision.Keyword); err != nil {
			return fmt.Errorf("relay: demo: %w", err)
		}
		fmt.Fprintf(w, "   %v %s\n   %s\n", m.Decision.Action, m.Decision.Keyword, m.Outcome)
		for _, c := range twilio.Calls()[before:] {
			calls = append(calls, c.Kind)
			fmt.Fprintf(w, "   %v\n", c)
		}
		slices.Sort(calls)
		if got := strings.Join(calls, " "); m.Outcome != step.outcome || got != step.calls {
			return fmt.Errorf("relay: demo: %s with the calls %q, want %s with %q", m.Outcome, got, step.outcome, step.calls)
		}
	}
	return nil
}
