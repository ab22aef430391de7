package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/optout"
	"example.com/optout/examples/relay/signature"
	"example.com/optout/examples/relay/standin"
)

func TestSignature(t *testing.T) {
	b := newBench(t, nil)
	form := smsForm(alice, relayNumber, "hello")
	changed := url.Values{}
	for name, v := range form {
		changed[name] = v
	}
	changed.Set("Body", "hullo")
	for _, tt := range []struct {
		name, path string
		form       url.Values
		signature  string
		want       int
	}{
		{"missing", "/sms", form, "", 403},
		{"no base64", "/sms", form, "?", 403},
		{"another token's", "/sms", form, (&standin.Server{AuthToken: "0" + testToken[1:]}).Sign(testPublic+"/sms", form), 403},
		{"another address's", "/sms", form, b.twilio.Sign("https://other.example.com/sms", form), 403},
		{"another path's", "/sms", form, b.twilio.Sign(testPublic+"/conversations", form), 403},
		{"another form's", "/sms", changed, b.twilio.Sign(testPublic+"/sms", form), 403},
		{"another query's", "/sms?a=2", form, b.twilio.Sign(testPublic+"/sms?a=1", form), 403},
		{"missing, conversations", "/conversations", conversationForm(alice, "STOP"), "", 403},
		{"right, with a query", "/sms?a=1", form, b.twilio.Sign(testPublic+"/sms?a=1", form), 200},
		{"right, with the port", "/sms", form, b.twilio.Sign("https://relay.example.com:443/sms", form), 200},
		{"right", "/sms", form, b.twilio.Sign(testPublic+"/sms", form), 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			header := http.Header{}
			if tt.signature != "" {
				header.Set("X-Twilio-Signature", tt.signature)
			}
			logged := b.outcomes()
			status, body, err := b.twilio.DeliverWith(b.relay.addr, tt.path, tt.form, header)
			if err != nil || status != tt.want {
				t.Fatalf("status %d, %q, %v, want %d", status, body, err, tt.want)
			}
			if got := b.outcomes(); tt.want == 403 && got != logged {
				t.Errorf("outcomes are %q after a refused webhook, want %q", got, logged)
			}
		})
	}
	b.settle()
	if got := b.outcomes(); got != "forwarded" {
		t.Errorf("outcomes are %q, want one message", got)
	}
	b.wantSeen(0, `callback {"body":"hello"}`, "send +15550100009 > +15550100002: hello")
}

func TestIdempotency(t *testing.T) {
	b := newBench(t, nil)
	for _, tt := range []struct {
		body string
		want []string
	}{
		{"hello", []string{`callback {"body":"hello"}`, "send +15550100009 > +15550100002: hello"}},
		{"STOP", []string{"debugger 80901"}},
	} {
		n := len(b.twilio.Calls())
		form := smsForm(alice, relayNumber, tt.body)
		var together sync.WaitGroup
		for range 8 {
			together.Go(func() {
				status, body, err := b.twilio.Deliver(b.relay.addr, "/sms", form)
				if err != nil || status != 200 || body != "<Response/>" {
					t.Errorf("POST /sms: %d, %q, %v, want 200 and <Response/>", status, body, err)
				}
			})
		}
		together.Wait()
		b.settle()
		b.deliver("/sms", form, 200)
		b.settle()
		b.wantSeen(n, tt.want...)
	}
	if got := b.outcomes(); got != "forwarded dropped" {
		t.Errorf("outcomes are %q, want each message once", got)
	}
	// A late second delivery of STOP does not undo the START between.
	stop := smsForm(bob, relayNumber, "STOP")
	b.deliver("/sms", stop, 200)
	b.text(bob, relayNumber, "START")
	b.deliver("/sms", stop, 200)
	n := len(b.twilio.Calls())
	b.text(alice, relayNumber, "there?")
	b.wantSeen(n, `callback {"body":"there?"}`, "send +15550100009 > +15550100002: there?")

	_, metrics := b.get("/metrics")
	if want := `relay_decisions_total{action="drop",keyword="STOP",via="sms"} 2`; !strings.Contains(metrics, want) {
		t.Errorf("metrics lack %s:\n%s", want, metrics)
	}
}

func TestIdempotencyInConversations(t *testing.T) {
	b := newBench(t, func(b *bench) { b.cfg.RespectSMSStopFilter = true })
	b.twilio.Fail = func(kind string, form url.Values) int {
		if kind == standin.Intercept && strings.Contains(form.Get("interactionData"), "STOP") {
			return 403
		}
		return 0
	}
	for _, tt := range []struct {
		body   string
		status int
		want   []string
	}{
		{"hello", 200, []string{`callback {"body":"hello"}`}},
		{"STOP", 403, []string{`intercept {"body":"STOP"}`, "debugger 80909"}},
		{"YES", 200, []string{`intercept {"body":"YES"}`, `callback {"body":"YES"}`}},
	} {
		n := len(b.twilio.Calls())
		form := conversationForm(alice, tt.body)
		header := http.Header{
			"X-Twilio-Signature":         {b.twilio.Sign(testPublic+"/conversations", form)},
			"I-Twilio-Idempotency-Token": {"token for " + tt.body},
		}
		for range 3 {
			status, body, err := b.twilio.DeliverWith(b.relay.addr, "/conversations", form, header)
			if err != nil || status != tt.status {
				t.Errorf("%q: %d, %q, %v, want %d each time", tt.body, status, body, err, tt.status)
			}
		}
		b.settle()
		b.wantSeen(n, tt.want...)
	}
}

// TestTruthTable holds the table of the flags, docs/proxy/opt-out-keywords (2026-06-16) and
// docs/proxy/proxy-changelog (2020-10-26), by way of the whole relay.
func TestTruthTable(t *testing.T) {
	for _, tt := range []struct {
		name            string
		respect, filter bool
		optOutWord      optout.Action
		optInWord       optout.Action
	}{
		{"default", false, false, optout.Drop, optout.Forward},
		{"filter on, not consulted", false, true, optout.Drop, optout.Forward},
		{"respected, filter on", true, true, optout.Drop, optout.Forward},
		{"respected, filter off", true, false, optout.Intercept, optout.Intercept},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, func(b *bench) {
				b.cfg.RespectSMSStopFilter, b.cfg.SMSStopFilter = tt.respect, tt.filter
			})
			want := map[string]optout.Action{
				"STOP": tt.optOutWord, "arr\u00eat\u00e9": tt.optOutWord, "S\u200bTOP": tt.optOutWord, "UNSTOP": tt.optOutWord,
				"Start": tt.optInWord, "yes": tt.optInWord, "D\u00c9BUT": tt.optInWord,
				"HELP": optout.Forward, "info": optout.Forward,
				"Stop.": optout.Forward, "stop it": optout.Forward, "hello": optout.Forward,
			}
			for body, action := range want {
				data, _ := json.Marshal(map[string]string{"body": body})
				byAction := map[optout.Action][]string{
					optout.Drop:      {"debugger 80901"},
					optout.Forward:   {"callback " + string(data)},
					optout.Intercept: {"intercept " + string(data), "callback " + string(data)},
				}
				n := len(b.twilio.Calls())
				sms := byAction[action]
				if action != optout.Drop {
					sms = append(sms, "send +15550100009 > +15550100001: "+body)
				}
				b.text(bob, relayNumber, body)
				b.wantSeen(n, sms...)
				b.text(bob, relayNumber, "START") // so that nothing is withheld

				n = len(b.twilio.Calls())
				status := 200
				if action == optout.Drop {
					status = 403
				}
				b.deliver("/conversations", conversationForm(bob, body), status)
				b.settle()
				b.wantSeen(n, byAction[action]...)
				b.deliver("/conversations", conversationForm(bob, "START"), 200)
				b.settle()
			}
		})
	}
}

func TestPolicyFromConfig(t *testing.T) {
	b := newBench(t, func(b *bench) {
		b.cfg.IgnorePunctuation = true
		b.cfg.ExtraKeywords = []optout.Keyword{{Text: "baja", Class: optout.ClassOptOut, Action: optout.Drop}}
	})
	for _, body := range []string{"Stop.", "\u00a1BAJA!"} {
		n := len(b.twilio.Calls())
		b.text(bob, relayNumber, body)
		b.wantSeen(n, "debugger 80901")
	}
}

func TestConversations(t *testing.T) {
	b := newBench(t, nil)
	say := func(author, body string, status int, want ...string) {
		t.Helper()
		n := len(b.twilio.Calls())
		b.deliver("/conversations", conversationForm(author, body), status)
		b.settle()
		b.wantSeen(n, want...)
	}
	say(alice, "hello", 200, `callback {"body":"hello"}`)
	say(alice, "STOP", 403, "debugger 80901")
	say(bob, "withheld", 403)
	say(alice, "I can still write", 200, `callback {"body":"I can still write"}`)
	say(alice, "START", 200, `callback {"body":"START"}`)
	say(bob, "not withheld", 200, `callback {"body":"not withheld"}`)

	// Another conversation, and the relay's numbers, are other pairs.
	say(alice, "STOP", 403, "debugger 80901")
	form := conversationForm(bob, "elsewhere")
	form.Set("ConversationSid", "CHffffffffffffffffffffffffffffffff")
	b.deliver("/conversations", form, 200)
	b.text(bob, relayNumber, "by SMS")
	if got, want := b.outcomes(), "forwarded dropped withheld forwarded forwarded forwarded dropped forwarded forwarded"; got != want {
		t.Errorf("outcomes are\n%s, want\n%s", got, want)
	}
}

// Exactly 403 blocks. Everything else lets the message continue: another
// status, a connection that breaks, no answer in time.
func TestIntercept(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault http.HandlerFunc
		block bool
	}{
		{"200", status(200), false},
		{"403", status(403), true},
		{"403, and its body breaks off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(403)
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, true},
		{"400", status(400), false},
		{"401", status(401), false},
		{"404", status(404), false},
		{"302 to a 403", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/403", http.StatusFound) }, false},
		{"500", status(500), false},
		{"503", status(503), false},
		{"breaks off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false},
		{"too late", func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done() // the relay hangs up
			w.WriteHeader(403)
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, func(b *bench) {
				b.cfg.RespectSMSStopFilter = true
				b.limit.intercept = 200 * time.Millisecond
				b.limit.interceptConversation = 200 * time.Millisecond
			})
			b.twilio.SetInterceptor(tt.fault)
			b.deliver("/sms", smsForm(alice, relayNumber, "STOP"), 200) // answered before the interceptor is
			b.settle()
			conversationStatus, outcomes := 200, "forwarded forwarded"
			want := []string{`callback {"body":"STOP"}`, "send +15550100009 > +15550100002: STOP", `callback {"body":"STOP"}`}
			if tt.block {
				conversationStatus, outcomes = 403, "blocked blocked"
				want = []string{"debugger 80909", "debugger 80909"}
			}
			b.deliver("/conversations", conversationForm(alice, "STOP"), conversationStatus)
			b.settle()
			var got []string
			for _, s := range b.seen(0) {
				if !strings.HasPrefix(s, "intercept ") {
					got = append(got, s)
				}
			}
			if d := cmp.Diff(slices.Sorted(slices.Values(want)), got); d != "" {
				t.Errorf("calls (-want +got):\n%s", d)
			}
			if got := b.outcomes(); got != outcomes {
				t.Errorf("outcomes are %q, want %q", got, outcomes)
			}
		})
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// A message that the interceptor holds up is not overtaken by the next one.
func TestOrder(t *testing.T) {
	b := newBench(t, func(b *bench) { b.cfg.RespectSMSStopFilter = true })
	release := make(chan struct{})
	b.twilio.SetInterceptor(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	var failed sync.Once
	b.twilio.Fail = func(kind string, form url.Values) (status int) {
		if kind == standin.Send && form.Get("Body") == "three" {
			failed.Do(func() { status = 503 })
		}
		return status
	}
	for _, body := range []string{"one", "YES", "two", "three", "four"} {
		b.deliver("/sms", smsForm(alice, relayNumber, body), 200)
	}
	b.deliver("/sms", smsForm(bob, relayNumber, "the other way"), 200)
	sends := func() (got []string) {
		for _, c := range b.twilio.Calls() {
			if c.Kind == standin.Send && c.Status < 300 && c.Form.Get("To") == bob {
				got = append(got, c.Form.Get("Body"))
			}
		}
		return got
	}
	b.wait("the messages before the one held up, and the other way", func() bool { return b.twilio.Count(standin.Send) == 2 })
	close(release)
	b.settle()
	if d := cmp.Diff([]string{"one", "YES", "two", "three", "four"}, sends()); d != "" {
		t.Errorf("sent to Bob (-want +got):\n%s", d)
	}
}

// An opt-out also counts for a message that was accepted before it and is not
// sent yet.
func TestOptOutBeforeSend(t *testing.T) {
	b := newBench(t, nil)
	b.twilio.Fail = func(kind string, _ url.Values) int {
		if kind == standin.Send { // until it is tried no more
			return 503
		}
		return 0
	}
	b.deliver("/sms", smsForm(alice, relayNumber, "too late"), 200)
	b.deliver("/sms", smsForm(bob, relayNumber, "STOP"), 200)
	b.settle()
	if got := b.outcomes(); got != "withheld dropped" {
		t.Errorf("outcomes are %q, want withheld dropped", got)
	}
	if n := b.twilio.Count(standin.Send); n != 0 {
		t.Errorf("%d messages were sent, want none", n)
	}
}

// The interceptor answers before it confirms, and has an interaction that it is
// asked about twice take effect once.
func TestInterceptor(t *testing.T) {
	cfg := &config{
		AuthToken:            testToken,
		InterceptCallbackURL: "https://app.example.com/intercept",
		RespectSMSStopFilter: true,
		Sessions:             []session{{relayNumber, []string{alice, bob}}},
	}
	confirmations := make(chan string) // confirm does not return before its text is received
	i := newInterceptor(&relay{cfg: cfg}, func(_, _, text string) { confirmations <- text })
	server := httptest.NewServer(i)
	defer server.Close()
	ask := func(sid, from, body string) int {
		data, err := json.Marshal(map[string]string{"body": body})
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{
			"interactionSid":        {sid},
			"interactionType":       {"Message"},
			"interactionData":       {string(data)},
			"inboundParticipantSid": {participantSID(relayNumber, from)},
		}
		req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Twilio-Signature", signature.Sign(testToken, cfg.InterceptCallbackURL, form))
		res, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	for _, tt := range []struct {
		sid, from, body string
		status          int
		confirms        bool
	}{
		{"KI1", alice, "hello", 200, false},
		{"KI2", alice, "STOP", 403, true},
		{"KI2", alice, "STOP", 403, false},
		{"KI3", alice, "stop", 403, false},
		{"KI4", bob, "hello?", 403, false},
		{"KI5", alice, "Yes", 403, true},
		{"KI5", alice, "Yes", 403, false},
		{"KI6", alice, "Yes", 200, false},
		{"KI7", bob, "hello?", 200, false},
	} {
		if got := ask(tt.sid, tt.from, tt.body); got != tt.status {
			t.Errorf("%s, %q: %d, want %d", tt.sid, tt.body, got, tt.status)
		}
		if tt.confirms {
			<-confirmations
		}
	}
}

func TestDebuggerForm(t *testing.T) {
	b := newBench(t, func(b *bench) {
		b.cfg.ParentAccountSID = "ACffffffffffffffffffffffffffffffff"
		b.cfg.InterceptEveryMessage = true
	})
	b.twilio.SetInterceptor(status(403))
	stop := smsForm(alice, relayNumber, "Arr\u00eat")
	b.deliver("/sms", stop, 200)
	b.settle()
	chat := smsForm(alice, relayNumber, "a secret")
	b.deliver("/sms", chat, 200)
	b.settle()
	var got []standin.Call
	for _, c := range b.twilio.Calls() {
		if c.Kind == standin.Debugger {
			got = append(got, c)
		}
	}
	if len(got) != 2 {
		t.Fatalf("%d notifications, want 2", len(got))
	}
	type object = map[string]any
	if d := cmp.Diff(object{
		"resource_sid": stop.Get("MessageSid"),
		"service_sid":  nil,
		"error_code":   "80901",
		"more_info":    object{"Msg": "Message Matched Stop Word", "ErrorCode": "80901", "LogLevel": "WARN", "keyword": "ARRET"},
	}, payload(t, got[0])); d != "" {
		t.Errorf("80901 (-want +got):\n%s", d)
	}
	p := payload(t, got[1])
	if p["error_code"] != "80909" || p["resource_sid"] != chat.Get("MessageSid") {
		t.Errorf("payload is %v, want 80909 about %s", p, chat.Get("MessageSid"))
	}
	if text := got[1].Form.Get("Payload"); strings.Contains(text, "secret") || !strings.Contains(text, `"status_code":403`) {
		t.Errorf("payload is %s, want the answer 403 and not the message's text", text)
	}
	for name, want := range map[string]string{"AccountSid": testAccount, "ParentAccountSid": b.cfg.ParentAccountSID, "Level": "Warning", "PayloadType": "application/json"} {
		if v := got[0].Form.Get(name); v != want {
			t.Errorf("%s is %q, want %q", name, v, want)
		}
	}
}

func TestMedia(t *testing.T) {
	b := newBench(t, nil)
	form := smsForm(alice, relayNumber, "")
	form.Set("NumMedia", "2")
	form.Set("MediaUrl0", "https://api.twilio.com/a")
	form.Set("MediaUrl1", "https://api.twilio.com/b?c=d&e")
	b.deliver("/sms", form, 200)
	b.settle()
	for _, c := range b.twilio.Calls() {
		if c.Kind == standin.Send {
			if d := cmp.Diff([]string{"https://api.twilio.com/a", "https://api.twilio.com/b?c=d&e"}, c.Form["MediaUrl"]); d != "" {
				t.Errorf("MediaUrl (-want +got):\n%s", d)
			}
			return
		}
	}
	t.Error("nothing was sent")
}

func TestBadInput(t *testing.T) {
	b := newBench(t, nil)
	without := func(form url.Values, name string) url.Values { form.Del(name); return form }
	with := func(form url.Values, name, value string) url.Values { form.Set(name, value); return form }
	for _, tt := range []struct {
		name, path string
		form       url.Values
		status     int
		answer     string
	}{
		{"no MessageSid", "/sms", without(smsForm(alice, relayNumber, "x"), "MessageSid"), 400, "no MessageSid"},
		{"no From", "/sms", without(smsForm(alice, relayNumber, "x"), "From"), 400, "no From"},
		{"no To", "/sms", without(smsForm(alice, relayNumber, "x"), "To"), 400, "no To"},
		{"neither text nor media", "/sms", smsForm(alice, relayNumber, ""), 400, "neither Body"},
		{"NumMedia lies", "/sms", with(smsForm(alice, relayNumber, ""), "NumMedia", "99999999999999999999"), 400, "neither Body"},
		{"NumMedia is not a number", "/sms", with(smsForm(alice, relayNumber, ""), "NumMedia", "-1"), 400, "neither Body"},
		{"empty form", "/sms", url.Values{}, 400, "no MessageSid"},
		{"too large", "/sms", smsForm(alice, relayNumber, strings.Repeat("x", maxForm)), 413, "larger than"},
		{"unknown relay number", "/sms", smsForm(alice, "+15550100007", "x"), 404, "not a number of this relay"},
		{"no session", "/sms", smsForm(carol, relayNumber, "x"), 404, "no session"},
		{"HELP without a session", "/sms", smsForm(carol, relayNumber, "HELP"), 404, "no session"},
		{"MessageSid of another kind", "/sms", with(smsForm(alice, relayNumber, "x"), "MessageSid", "CA"+strings.Repeat("0", 32)), 400, "not a message's SID"},
		{"MessageSid cut short", "/sms", with(smsForm(alice, relayNumber, "x"), "MessageSid", "SM1"), 400, "not a message's SID"},
		{"no EventType", "/conversations", without(conversationForm(alice, "x"), "EventType"), 400, "no EventType"},
		{"no ConversationSid", "/conversations", without(conversationForm(alice, "x"), "ConversationSid"), 400, "no ConversationSid"},
		{"no Author", "/conversations", without(conversationForm(alice, "x"), "Author"), 400, "no Author"},
		{"too large, conversations", "/conversations", conversationForm(alice, strings.Repeat("x", maxForm)), 413, "larger than"},
		{"no such path", "/mms", smsForm(alice, relayNumber, "x"), 404, ""},
		{"invalid UTF-8", "/sms", smsForm(alice, relayNumber, "STOP\xff\x00"), 200, "<Response/>"},
		{"quotes and semicolons", "/sms", smsForm(alice, relayNumber, `'); DROP TABLE messages; --`), 200, "<Response/>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			logged := len(b.logs.String())
			got := b.deliver(tt.path, tt.form, tt.status)
			if !strings.Contains(got, tt.answer) {
				t.Errorf("answer %q, want %q in it", got, tt.answer)
			}
			if tt.path != "/mms" && len(b.logs.String()) == logged {
				t.Error("no log line")
			}
		})
	}
	if status, _ := b.get("/sms"); status != http.StatusMethodNotAllowed {
		t.Errorf("GET /sms: %d, want 405", status)
	}
	b.settle()
	if got := b.outcomes(); got != "forwarded forwarded" {
		t.Errorf("outcomes are %q, want two messages", got)
	}
	if strings.Contains(b.logs.String(), "panic") {
		t.Errorf("log has a panic:\n%s", b.logs)
	}
}

// Fail closed: without the database no message is accepted, on either way.
func TestDatabaseGone(t *testing.T) {
	b := newBench(t, nil)
	if status, body := b.get("/healthz"); status != 200 || body != "ok\n" {
		t.Errorf("healthz: %d %q, want 200 ok", status, body)
	}
	if err := b.relay.store.update(context.Background(), "", func(t *tx) error { return t.exec(`ALTER TABLE messages RENAME TO gone`) }); err != nil {
		t.Fatal(err)
	}
	b.deliver("/sms", smsForm(alice, relayNumber, "hello"), 500)
	b.deliver("/conversations", conversationForm(alice, "hello"), 500)
	b.deliver("/conversations", conversationForm(alice, "STOP"), 500)
	if n := len(b.twilio.Calls()); n != 0 {
		t.Errorf("%d calls, want none", n)
	}
	if err := b.relay.store.update(context.Background(), "", func(t *tx) error { return t.exec(`ALTER TABLE gone RENAME TO messages`) }); err != nil {
		t.Fatal(err)
	}
	b.deliver("/sms", smsForm(alice, relayNumber, "hello"), 200)
	b.settle()

	b.relay.stopQueue(t.Context())
	b.relay.cancel()
	b.relay.group.Wait()
	if err := b.relay.store.Close(); err != nil {
		t.Fatal(err)
	}
	if status, _ := b.get("/healthz"); status != 503 {
		t.Errorf("healthz without a database: %d, want 503", status)
	}
	b.deliver("/sms", smsForm(alice, relayNumber, "hello"), 500)
	for _, s := range b.relay.servers {
		s.Close()
	}
	b.relay = nil
}

// While another process has the database locked, webhooks are answered in time,
// the relay says that it is not healthy, and it can be stopped.
func TestDatabaseLocked(t *testing.T) {
	b := newBench(t, nil)
	unlock := b.lockDatabase()
	start := time.Now()
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() { b.deliver("/sms", smsForm(alice, relayNumber, "hello"), 500) })
	}
	group.Go(func() {
		if status, _ := b.get("/healthz"); status != 503 {
			t.Errorf("healthz: %d, want 503", status)
		}
	})
	group.Wait()
	// Each waits for a second at most, all at the same time.
	if took := time.Since(start); took > 4*time.Second {
		t.Errorf("answered after %v, want about a second", took)
	}
	unlock()
	b.deliver("/sms", smsForm(alice, relayNumber, "hello"), 200)
}

// The log never has a message's text, whatever goes wrong.
func TestLogHasNoText(t *testing.T) {
	const secret = "xyzzy secret"
	var calls atomic.Int64
	b := newBench(t, func(b *bench) {
		b.cfg.InterceptEveryMessage = true
		b.cfg.ExtraKeywords = []optout.Keyword{{Text: "plugh", Class: optout.ClassOptOut, Action: optout.Drop}}
	})
	b.twilio.Fail = func(kind string, form url.Values) int {
		return []int{0, 500, 429, 302, 400}[calls.Add(1)%5] // 400 by Twilio ends it
	}
	for i := range 10 {
		b.deliver("/sms", smsForm(alice, relayNumber, fmt.Sprint(secret, i)), 200)
	}
	b.deliver("/conversations", conversationForm(alice, secret), 200)
	b.deliver("/sms", smsForm(bob, relayNumber, "P L U G H "+secret), 200)
	b.deliver("/sms", smsForm(carol, relayNumber, secret), 404)
	b.deliver("/sms", smsForm(alice, relayNumber, strings.Repeat(secret, maxForm/10)), 413)
	b.deliver("/conversations", url.Values{"EventType": {"onMessageAdd"}, "Body": {secret}}, 400)
	if _, _, err := b.twilio.DeliverWith(b.relay.addr, "/sms", smsForm(alice, relayNumber, secret), http.Header{}); err != nil {
		t.Fatal(err)
	}
	b.settle()
	b.deliver("/sms", smsForm(bob, relayNumber, "plugh"), 200)
	b.deliver("/sms", smsForm(alice, relayNumber, secret), 200) // withheld
	b.settle()
	if err := b.relay.store.update(context.Background(), "", func(t *tx) error { return t.exec(`DROP TABLE messages`) }); err != nil {
		t.Fatal(err)
	}
	b.deliver("/sms", smsForm(alice, relayNumber, secret), 500)
	b.deliver("/conversations", conversationForm(alice, secret), 500)

	log := b.logs.String()
	for _, want := range []string{"message accepted", "delivery failed", "delivery given up", "could not be logged", "webhook refused", `"keyword":"plugh"`, "code 20500"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %q, so this test proves too little:\n%s", want, log)
		}
	}
	for _, not := range []string{"xyzzy", "secret", "P L U G H", alice, bob, carol, testToken} {
		if strings.Contains(log, not) {
			t.Errorf("the log has %q:\n%s", not, log)
		}
	}
}

func TestMetrics(t *testing.T) {
	b := newBench(t, nil)
	for _, body := range []string{"hello", "hello again", "stop", "ARR\u00caT", "START"} {
		b.text(alice, relayNumber, body)
	}
	b.deliver("/conversations", conversationForm(alice, "UNSTOP"), 403)
	b.settle()
	_, got := b.get("/metrics")
	for _, want := range []string{
		`relay_decisions_total{action="forward",keyword="",via="sms"} 2`,
		`relay_decisions_total{action="drop",keyword="STOP",via="sms"} 1`,
		`relay_decisions_total{action="drop",keyword="ARRET",via="sms"} 1`,
		`relay_decisions_total{action="forward",keyword="START",via="sms"} 1`,
		`relay_decisions_total{action="drop",keyword="UNSTOP",via="conversations"} 1`,
		`relay_deliveries_total{kind="debugger",result="delivered"} 3`,
		`relay_deliveries_total{kind="send",result="delivered"} 3`,
		`relay_deliveries_pending 0`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("metrics lack %s:\n%s", want, got)
		}
	}
}

func TestDemo(t *testing.T) {
	var out strings.Builder
	if err := demo(&out); err != nil {
		t.Fatalf("%v; printed:\n%s", err, out.String())
	}
}
