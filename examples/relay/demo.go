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
	"strings"
	"time"

	"example.com/optout/examples/relay/standin"
)

//go:embed standin/relay.json
var demoConfig []byte

// A demoStep is a message and the number of calls that must follow from it.
type demoStep struct {
	from, text string
	calls      int
}

// The account has Proxy's default settings first. Then its owner takes opt-outs
// into their own hands.
var demoDefault = []demoStep{
	{"Alice", "I'm outside, where are you?", 2},
	{"Bob", "STOP", 1},
	{"Alice", "Hello?", 0},
	{"Bob", "START", 2},
	{"Alice", "There you are.", 2},
	{"Alice", "Arrêt", 1},
	{"Bob", "Shall I wait?", 0},
	{"Alice", "UNSTOP", 1},
	{"Bob", "Please stop at the corner.", 2},
}

var demoCustom = []demoStep{
	{"Bob", "Will you be there at eight?", 3},
	{"Alice", "Yes", 3},
	{"Bob", "\uff33\uff34\uff2f\uff30", 3}, // is confirmed
	{"Bob", "stop", 2},                     // is not confirmed again
	{"Alice", "Sorry, nine.", 2},
	{"Bob", "yes", 3},
	{"Alice", "Nine?", 3},
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
	_ = json.Unmarshal(demoConfig, &cfg) // which is a part of the program
	twilio := &standin.Server{AccountSID: cfg.AccountSID, AuthToken: cfg.AuthToken, PublicURL: cfg.PublicURL}
	if err := twilio.Start(); err != nil {
		return err
	}
	defer twilio.Close()
	at := twilio.URL()
	cfg.TwilioAPIURL, cfg.CallbackURL, cfg.InterceptCallbackURL, cfg.DebuggerURL = at, at+"/callback", at+"/intercept", at+"/debugger"
	cfg.Listen, cfg.Status, cfg.Database = "127.0.0.1:0", "127.0.0.1:0", filepath.Join(dir, "relay.db")
	fmt.Fprintf(w, "Alice and Bob text %s. Neither sees the other's number.\n\nThe account has Proxy's default settings: keywords are dropped.\n", cfg.Sessions[0].Relay)
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
			// A confirmation that fails is a call that is missing.
			_, _ = r.send(context.Background(), &message{Relay: relay, Recipient: participant, Body: text})
		}))
	}
	talk := cfg.Sessions[0]
	numbers := map[string]string{"Alice": talk.Participants[0], "Bob": talk.Participants[1]}
	for i, step := range steps {
		d := r.policy.Decide(step.text, cfg.flags())
		fmt.Fprintf(w, "\n%s writes %q\n   decision  %v %s\n", step.from, step.text, d.Action, d.Keyword)
		before := len(twilio.Calls())
		form := url.Values{"MessageSid": {sid("SM", fmt.Sprint(cfg.RespectSMSStopFilter, i))}, "From": {numbers[step.from]}, "To": {talk.Relay}, "Body": {step.text}}
		if status, answer, err := twilio.Deliver(r.addr, "/sms", form); err != nil || status != 200 {
			return fmt.Errorf("relay: demo: the webhook was answered %d %q, %v", status, answer, err)
		}
		calls := twilio.Calls()[before:]
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
			n, _ := r.pending() // the interceptor confirms after it has answered
			if calls = twilio.Calls()[before:]; n == 0 && len(calls) >= step.calls {
				break
			}
		}
		for _, c := range calls {
			fmt.Fprintf(w, "   %v\n", c)
		}
		if len(calls) != step.calls {
			return fmt.Errorf("relay: demo: %d calls followed, want %d", len(calls), step.calls)
		} else if step.calls == 0 {
			fmt.Fprintln(w, "   withheld: nothing is called")
		}
	}
	return nil
}
