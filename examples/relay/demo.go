package main

import (
	"context"
	_ "embed"
	"encoding/json"
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

//go:embed standin/relay.json
var demoConfig []byte

const (
	demoRelay = "+15550100009"
	demoAlice = "+15550100001"
	demoBob   = "+15550100002"
)

var demoNames = map[string]string{demoAlice: "Alice", demoBob: "Bob"}

// A demoStep is a message and the calls that must follow from it.
type demoStep struct {
	from, text string
	calls      string // their kinds, sorted
}

// The account has Proxy's default settings first. Then its owner takes opt-outs
// into their own hands.
var demoDefault = []demoStep{
	{demoAlice, "I'm outside, where are you?", "callback send"},
	{demoBob, "STOP", "debugger"},
	{demoAlice, "Hello?", ""},
	{demoBob, "START", "callback send"},
	{demoAlice, "There you are.", "callback send"},
	{demoAlice, "Arrêt", "debugger"},
	{demoBob, "Shall I wait?", ""},
	{demoAlice, "UNSTOP", "debugger"},
	{demoBob, "Please stop at the corner.", "callback send"},
}

var demoCustom = []demoStep{
	{demoBob, "Will you be there at eight?", "callback intercept send"},
	{demoAlice, "Yes", "callback intercept send"},
	{demoBob, "\uff33\uff34\uff2f\uff30", "debugger intercept send"}, // to confirm
	{demoBob, "stop", "debugger intercept"},                          // confirmed once
	{demoAlice, "Sorry, nine.", "debugger intercept"},
	{demoBob, "yes", "debugger intercept send"},
	{demoAlice, "Nine?", "callback intercept send"},
}

// demo runs a relay, the stand-in for Twilio and the account's web server on
// loopback, has two participants talk, and prints what happens. It returns an
// error if a step goes wrong.
func demo(w io.Writer) error {
	dir, err := os.MkdirTemp("", "relay-demo-")
	if err != nil {
		return fmt.Errorf("relay: demo: %w", err)
	}
	defer os.RemoveAll(dir)
	var cfg config
	if err := json.Unmarshal(demoConfig, &cfg); err != nil {
		return fmt.Errorf("relay: demo: %w", err)
	}
	twilio := &standin.Server{AccountSID: cfg.AccountSID, AuthToken: cfg.AuthToken, PublicURL: cfg.PublicURL}
	if err := twilio.Start(); err != nil {
		return err
	}
	defer twilio.Close()
	at := twilio.URL()
	cfg.TwilioAPIURL, cfg.CallbackURL, cfg.InterceptCallbackURL, cfg.DebuggerURL = at, at+"/callback", at+"/intercept", at+"/debugger"
	cfg.Listen, cfg.Status, cfg.Database = "127.0.0.1:0", "127.0.0.1:0", filepath.Join(dir, "relay.db")
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
		d := r.policy.Decide(step.text, cfg.flags())
		fmt.Fprintf(w, "\n%s writes %q\n   decision  %v %s\n", demoNames[step.from], step.text, d.Action, d.Keyword)
		before := len(twilio.Calls())
		form := url.Values{"MessageSid": {sid("SM", fmt.Sprint(cfg.RespectSMSStopFilter, i))}, "From": {step.from}, "To": {demoRelay}, "Body": {step.text}}
		if status, answer, err := twilio.Deliver(r.addr, "/sms", form); err != nil || status != 200 {
			return fmt.Errorf("relay: demo: the webhook was answered %d %q, %v", status, answer, err)
		}
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
			// The interceptor confirms after it has answered.
			if n, _ := r.pending(); n == 0 && len(twilio.Calls()) >= before+len(strings.Fields(step.calls)) {
				break
			}
		}
		var calls []string
		for _, c := range twilio.Calls()[before:] {
			calls = append(calls, c.Kind)
			fmt.Fprintf(w, "   %v\n", c)
		}
		slices.Sort(calls)
		if got := strings.Join(calls, " "); got != step.calls {
			return fmt.Errorf("relay: demo: calls are %q, want %q", got, step.calls)
		} else if got == "" {
			fmt.Fprintln(w, "   withheld: nothing is called")
		}
	}
	return nil
}
