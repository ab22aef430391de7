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

	"example.com/optout"
	"example.com/optout/examples/relay/standin"
)

const (
	demoRelay = "+15550100009"
	demoAlice = "+15550100001"
	demoBob   = "+15550100002"
)

// A demoStep is a message and what it must make happen.
type demoStep struct {
	from, text string
	outcome    string
	calls      []string // in words, as demoCall has them, sorted
}

// The account has Proxy's default settings first. Then its owner takes opt-outs
// into their own hands.
var demoDefault = []demoStep{
	{demoAlice, "I'm outside, where are you?", forwarded, []string{"CallbackUrl", "send to Bob"}},
	{demoBob, "STOP", dropped, []string{"Debugger 80901"}},
	{demoAlice, "Hello?", withheld, nil},
	{demoBob, "START", forwarded, []string{"CallbackUrl", "send to Alice"}},
	{demoAlice, "There you are.", forwarded, []string{"CallbackUrl", "send to Bob"}},
	{demoAlice, "Arrêt", dropped, []string{"Debugger 80901"}},
	{demoBob, "Shall I wait?", withheld, nil},
	{demoAlice, "UNSTOP", dropped, []string{"Debugger 80901"}},
	{demoBob, "Please stop at the corner.", forwarded, []string{"CallbackUrl", "send to Alice"}},
}

var demoCustom = []demoStep{
	{demoBob, "Will you be there at eight?", forwarded, []string{"CallbackUrl", "InterceptCallbackUrl 200", "send to Alice"}},
	{demoAlice, "Yes", forwarded, []string{"CallbackUrl", "InterceptCallbackUrl 200", "send to Bob"}},
	{demoBob, "\uff33\uff34\uff2f\uff30", blocked, []string{"Debugger 80909", "InterceptCallbackUrl 403", "send to Bob: You will get no more messages from this number. Reply START to get them again."}},
	{demoBob, "stop", blocked, []string{"Debugger 80909", "InterceptCallbackUrl 403"}}, // confirmed once
	{demoAlice, "Sorry, nine.", blocked, []string{"Debugger 80909", "InterceptCallbackUrl 403"}},
	{demoBob, "yes", blocked, []string{"Debugger 80909", "InterceptCallbackUrl 403", "send to Bob: You will get messages from this number again."}},
	{demoAlice, "Nine?", forwarded, []string{"CallbackUrl", "InterceptCallbackUrl 200", "send to Bob"}},
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
	fmt.Fprintf(w, "Alice and Bob text %s. Neither sees the other's number.\n", demoRelay)
	fmt.Fprintf(w, "\nThe account has Proxy's default settings: keywords are dropped.\n")
	if err := demoPart(w, cfg, twilio, demoDefault); err != nil {
		return err
	}
	cfg.RespectSMSStopFilter = true
	cfg.InterceptEveryMessage = true
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
		fmt.Fprintf(w, "\nThe relay restarts. ProxyRespectSmsStopFilterFlag is on and SMS STOP Filtering off:\nkeywords are for the account's own interceptor, which is asked about every message.\n")
		i, err := newInterceptor(cfg, func(relay, participant, text string) {
			if _, err := r.send(context.Background(), &message{Relay: relay, Recipient: participant, Body: text}); err != nil {
				fmt.Fprintln(w, "   the interceptor cannot confirm:", err)
			}
		})
		if err != nil {
			return err
		}
		twilio.SetInterceptor(i)
	}
	for _, step := range steps {
		if err := demoMessage(w, r, twilio, step); err != nil {
			return err
		}
	}
	return nil
}

func demoMessage(w io.Writer, r *relay, twilio *standin.Server, step demoStep) error {
	before := len(twilio.Calls())
	fmt.Fprintf(w, "\n%s writes %q\n", demoName(step.from), step.text)
	sid := fmt.Sprintf("SM%032x", time.Now().UnixNano())
	status, answer, err := twilio.Deliver(r.addr, "/sms", url.Values{
		"MessageSid": {sid}, "From": {step.from}, "To": {demoRelay}, "Body": {step.text}, "NumMedia": {"0"},
	})
	if err != nil || status != 200 || answer != "<Response/>" {
		return fmt.Errorf("relay: demo: the webhook was answered %d %q, %v", status, answer, err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		// The interceptor confirms after it has answered.
		n, _, err := r.store.pending(context.Background())
		if err == nil && n == 0 && len(twilio.Calls()) >= before+len(step.calls) {
			break
		} else if time.Now().After(deadline) {
			return fmt.Errorf("relay: demo: after 10 s %d deliveries are pending and %d calls made: %v", n, len(twilio.Calls())-before, err)
		}
	}
	var m message
	if err := r.store.reads.QueryRow(`SELECT outcome FROM messages WHERE sid = $1`, sid).Scan(&m.Outcome); err != nil {
		return err
	}
	d := r.policy.Decide(step.text, r.cfg.flags())
	fmt.Fprintf(w, "   decision    %v", d.Action)
	if d.Class != optout.ClassNone {
		fmt.Fprintf(w, ": %v word %s", d.Class, d.Keyword)
	}
	fmt.Fprintf(w, "\n   outcome     %s\n", m.Outcome)
	var calls []string
	for _, c := range twilio.Calls()[before:] {
		calls = append(calls, demoCall(c, step.text))
	}
	slices.Sort(calls)
	for _, c := range calls {
		fmt.Fprintf(w, "   called      %s\n", c)
	}
	var not []string
	for _, name := range []string{"CallbackUrl", "InterceptCallbackUrl", "Debugger", "send"} {
		if !slices.ContainsFunc(calls, func(c string) bool { return strings.HasPrefix(c+" ", name+" ") }) {
			not = append(not, name)
		}
	}
	fmt.Fprintf(w, "   not called  %s\n", strings.Join(not, ", "))
	if m.Outcome != step.outcome || !slices.Equal(calls, step.calls) {
		return fmt.Errorf("relay: demo: outcome %s with calls %q, want %s with %q", m.Outcome, calls, step.outcome, step.calls)
	}
	return nil
}

func demoName(number string) string {
	if number == demoAlice {
		return "Alice"
	}
	return "Bob"
}

// demoCall puts a call in words. What is sent is quoted unless it is the text
// of the step.
func demoCall(c standin.Call, text string) string {
	switch c.Kind {
	case standin.Send:
		s := "send to " + demoName(c.Form.Get("To"))
		if body := c.Form.Get("Body"); body != text {
			s += ": " + body
		}
		return s
	case standin.Debugger:
		for _, code := range []string{"80901", "80909"} {
			if strings.Contains(c.Form.Get("Payload"), `"error_code":"`+code+`"`) {
				return "Debugger " + code
			}
		}
		return "Debugger with an unknown code"
	case standin.Intercept:
		return fmt.Sprintf("InterceptCallbackUrl %d", c.Status)
	}
	return "CallbackUrl"
}
