package main

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/optout"
	"example.com/optout/examples/relay/standin"
)

// A STOP to one of the relay's numbers also counts without a session, and for a
// session that comes later. So does an opt-in word.
func TestOptOutWithoutSession(t *testing.T) {
	for _, tt := range []struct {
		name    string
		flags   optout.Flags
		texts   string
		outcome string // of a message to Carol, when she is in a session
	}{
		{"STOP", optout.Flags{}, "STOP", "withheld"},
		{"STOP, left to the interceptor", optout.Flags{RespectSMSStopFilter: true}, "STOP", "withheld"},
		{"STOP, START", optout.Flags{}, "STOP,START", "forwarded"},
		{"STOP, UNSTOP", optout.Flags{}, "STOP,UNSTOP", "forwarded"},
		{"STOP, START, STOP", optout.Flags{}, "STOP,START,STOP", "withheld"},
		{"an extra keyword that is forwarded", optout.Flags{}, "enough", "withheld"},
		{"an extra keyword that is intercepted", optout.Flags{}, "basta", "withheld"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, func(b *bench) {
				b.cfg.RespectSMSStopFilter, b.cfg.SMSStopFilter = tt.flags.RespectSMSStopFilter, tt.flags.SMSStopFilter
				b.cfg.ExtraKeywords = keywords{
					{Text: "enough", Class: optout.ClassOptOut, Action: optout.Forward},
					{Text: "basta", Class: optout.ClassOptOut, Action: optout.Intercept},
				}
			})
			want := []string{}
			for text := range strings.SplitSeq(tt.texts, ",") {
				b.text(carol, relayNumber, text)
				want = append(want, "debugger 80901")
			}
			b.wantSeen(0, want...) // all of them drops, and nothing else
			b.stop()
			b.cfg.Sessions = []session{{relayNumber, []string{alice, carol}}, {otherRelay, []string{alice, carol}}}
			b.start()
			b.text(alice, relayNumber, "hello")
			b.text(alice, otherRelay, "by another number")
			dropped := strings.Repeat("dropped ", len(want))
			if got, want := b.outcomes(), dropped+tt.outcome+" forwarded"; got != want {
				t.Errorf("outcomes are %q, want %q", got, want)
			}
		})
	}
}

// An opt-out word is recorded whether it is dropped or forwarded.
func TestOptOutForwarded(t *testing.T) {
	b := newBench(t, func(b *bench) {
		b.cfg.ExtraKeywords = keywords{{Text: "enough", Class: optout.ClassOptOut, Action: optout.Forward}}
	})
	b.text(bob, relayNumber, "Enough")
	b.text(alice, relayNumber, "withheld")
	if got := b.outcomes(); got != "forwarded withheld" {
		t.Errorf("outcomes are %q, want forwarded withheld", got)
	}
}

// An opt-out by either the text or OptOutType counts, also with an empty body.
// Otherwise OptOutType counts, which says what Twilio did about the sender.
func TestOptOutType(t *testing.T) {
	for _, tt := range []struct {
		name, optOutType, body string
		outcomes               string // of the message, and of an answer to it
		differs                bool
	}{
		{"STOP agrees", "STOP", "stopall", "dropped withheld", false},
		{"STOP, of a word that only Twilio knows", "STOP", "detener", "dropped withheld", true},
		{"STOP, of an opt-in word", "STOP", "START", "dropped withheld", true},
		{"START agrees", "START", "UNSTOP", "dropped forwarded", false},
		{"START, of a word that only Twilio knows", "START", "volver", "forwarded forwarded", true},
		{"HELP agrees", "HELP", "Info", "forwarded forwarded", false},
		{"HELP, of an opt-out word", "HELP", "END", "dropped withheld", true},
		{"START, of an opt-out word", "START", "STOP", "dropped withheld", true},
		{"STOP, of an empty text", "STOP", "", "dropped withheld", true},
		{"START, of an empty text", "START", "", "dropped forwarded", true},
		{"none", "", "STOP", "dropped withheld", false},
		{"unknown", "PAUSE", "hello", "forwarded forwarded", false},
		{"unknown, of an opt-out word", "PAUSE", "STOP", "dropped withheld", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			form := smsForm(bob, relayNumber, tt.body)
			if tt.optOutType != "" {
				form.Set("OptOutType", tt.optOutType)
			}
			b.deliver("/sms", form, 200)
			b.settle()
			b.text(alice, relayNumber, "an answer")
			if got := b.outcomes(); got != tt.outcomes {
				t.Errorf("outcomes are %q, want %q", got, tt.outcomes)
			}
			if got := strings.Contains(b.logs.String(), "OptOutType and the text differ"); got != tt.differs {
				t.Errorf("a log line says that the text differs: %t, want %t", got, tt.differs)
			}
		})
	}
}

// A recipient who opted out at Twilio, of which the relay learns when it sends,
// is sent nothing more until they write an opt-in word.
func TestOptedOutAtTwilio(t *testing.T) {
	b := newBench(t, nil)
	optedOut := true
	b.twilio.OptedOut = func(from, to string) bool { return optedOut && from == relayNumber && to == bob }
	b.text(alice, relayNumber, "one")
	b.text(alice, relayNumber, "two")
	b.text(bob, relayNumber, "I can still write")
	optedOut = false
	b.text(alice, relayNumber, "three")
	b.text(bob, relayNumber, "START")
	b.text(alice, relayNumber, "four")
	b.wantSeen(0,
		"send +15550100009 > +15550100002: one", `callback {"body":"one"} failed`,
		"send +15550100009 > +15550100001: I can still write", `callback {"body":"I can still write"}`,
		"send +15550100009 > +15550100001: START", `callback {"body":"START"}`,
		"send +15550100009 > +15550100002: four", `callback {"body":"four"}`)
	if got, want := b.outcomes(), "undelivered withheld forwarded withheld forwarded forwarded"; got != want {
		t.Errorf("outcomes are\n%s, want\n%s", got, want)
	}
}

// CallbackUrl is told of a message when Twilio has it, or when it is given up,
// and never of one that is withheld meanwhile.
func TestCallbackAfterSend(t *testing.T) {
	b := newBench(t, nil)
	up := make(chan struct{})
	b.twilio.Fail = func(kind string, _ url.Values) int {
		select {
		case <-up:
			return 0
		default:
			return 503
		}
	}
	b.deliver("/sms", smsForm(alice, relayNumber, "hello"), 200)
	b.deliver("/sms", smsForm(carol, otherRelay, "withheld"), 200)
	b.wait("attempts", func() bool { return len(b.twilio.Calls()) > 6 })
	b.deliver("/sms", smsForm(alice, otherRelay, "STOP"), 200)
	for _, c := range b.twilio.Calls() {
		if c.Kind == standin.Callback {
			t.Errorf("callback %v before Twilio took a message", c.Form)
		}
	}
	n := len(b.twilio.Calls())
	close(up)
	b.settle()
	callbacks := 0
	for _, c := range b.twilio.Calls()[n:] {
		if c.Kind == standin.Callback && c.Status == 200 {
			callbacks++
			if got := c.Form.Get("interactionData"); got != `{"body":"hello"}` {
				t.Errorf("callback about %s, want hello alone", got)
			}
			if got := c.Form.Get("outboundResourceSid"); !messageSID.MatchString(got) {
				t.Errorf("outboundResourceSid is %q, want the SID of the message sent", got)
			}
		}
	}
	if callbacks != 1 {
		t.Errorf("%d callbacks, want 1", callbacks)
	}
}

// The order of an opt-out and an opt-in is that in which they come to the
// database, whatever the clocks of the relays say.
func TestOrderOfOptOutAndOptIn(t *testing.T) {
	b := newBench(t, nil)
	at := time.Now()
	for _, tt := range []struct {
		name     string
		words    []string
		clock    time.Duration // of the second relay
		withheld bool
	}{
		{"an opt-in a second later", []string{"STOP", "START"}, time.Second, false},
		{"an opt-in, by a clock that is slow", []string{"STOP", "START"}, -3 * time.Second, false},
		{"an opt-out, by a clock that is slow", []string{"START", "STOP"}, -time.Hour, true},
		{"an opt-out, by a clock that is fast", []string{"START", "STOP"}, time.Hour, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for i, word := range tt.words {
				m := &message{SID: newSID(), Via: viaSMS, Relay: relayNumber, Sender: bob, Recipient: alice, Body: word, Received: at.Add(time.Duration(i) * tt.clock)}
				b.relay.decide(m, "")
				if err := b.relay.accept(context.Background(), m, unasked); err != nil {
					t.Fatal(err)
				}
			}
			b.settle()
			n := len(b.twilio.Calls())
			b.text(alice, relayNumber, "there?")
			if got := len(b.twilio.Calls()) == n; got != tt.withheld {
				t.Errorf("withheld: %t, want %t", got, tt.withheld)
			}
		})
	}
}

// A message from one of the relay's own numbers would come back for ever.
func TestOwnNumber(t *testing.T) {
	b := newBench(t, nil)
	for _, body := range []string{"hello", "STOP"} {
		if got := b.deliver("/sms", smsForm(otherRelay, relayNumber, body), 200); got != "<Response/>" {
			t.Errorf("answer %q, want <Response/>", got)
		}
	}
	b.settle()
	b.wantSeen(0)
	if got := b.outcomes(); got != "" {
		t.Errorf("outcomes are %q, want none", got)
	}
	if log := b.logs.String(); strings.Count(log, "one of the relay's own numbers") != 2 || !strings.Contains(log, otherRelay) {
		t.Errorf("log is\n%s\nwant a line about each message, with the number", log)
	}
}

// The senders of other channels are spelled with the channel.
func TestChannels(t *testing.T) {
	b := newBench(t, func(b *bench) {
		b.cfg.Sessions = []session{
			{"whatsapp:" + relayNumber, []string{"whatsapp:" + alice, "whatsapp:" + bob}},
			{"rcs:brand_agent", []string{"rcs:" + alice, "rcs:" + bob}},
			{"55123", []string{alice, bob}},
		}
	})
	b.text("whatsapp:"+alice, "whatsapp:"+relayNumber, "one")
	b.text("rcs:"+bob, "rcs:brand_agent", "two")
	b.text(alice, "55123", "three")
	b.text("whatsapp:"+bob, "whatsapp:"+relayNumber, "STOP")
	b.text("whatsapp:"+alice, "whatsapp:"+relayNumber, "withheld")
	b.deliver("/sms", smsForm(alice, "whatsapp:"+relayNumber, "of another channel"), 404)
	b.wantSeen(0,
		"send whatsapp:+15550100009 > whatsapp:+15550100002: one", `callback {"body":"one"}`,
		"send rcs:brand_agent > rcs:+15550100001: two", `callback {"body":"two"}`,
		"send 55123 > +15550100002: three", `callback {"body":"three"}`,
		"debugger 80901")
}
