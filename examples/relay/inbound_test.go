package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// conversationEvents are the other pre-action webhooks, with the fields that
// docs/conversations/conversations-webhooks gives each; the SIDs are made up.
var conversationEvents = map[string]string{
	"onConversationAdd": "FriendlyName=Trip&UniqueName=trip-1&Attributes=%7B%7D&ChatServiceSid=IS0&MessagingServiceSid=MG0&" +
		"MessagingBinding.ProxyAddress=%2B15550100009&MessagingBinding.Address=%2B15550100001&MessageBody=STOP&State=active",
	"onConversationAdd, by a group message": "Attributes=%7B%7D&ChatServiceSid=IS0&MessagingServiceSid=MG0&" +
		"MessagingBinding.Address=%2B15550100004&MessagingBinding.Address=%2B15550100003&MessagingBinding.Address=%2B15550100004&" +
		"MessagingBinding.AuthorAddress=%2B15550100001&MessageBody=STOP&State=initializing",
	"onConversationRemove": "ConversationSid=CH0&DateCreated=2026-11-25T08%3A00%3A00.000Z&DateUpdated=2026-11-25T08%3A00%3A00.000Z&" +
		"FriendlyName=Trip&UniqueName=trip-1&Attributes=%7B%7D&ChatServiceSid=IS0&MessagingServiceSid=MG0&State=active",
	"onConversationUpdate": "ConversationSid=CH0&DateCreated=2026-11-25T08%3A00%3A00.000Z&DateUpdated=2026-11-25T08%3A00%3A00.000Z&" +
		"FriendlyName=Trip&UniqueName=trip-1&Attributes=%7B%7D&ChatServiceSid=IS0&MessagingServiceSid=MG0&State=closed",
	"onMessageRemove": "ConversationSid=CH0&MessageSid=IM0&Index=4&DateCreated=2026-11-25T08%3A00%3A00.000Z&DateUpdated=2026-11-25T08%3A00%3A00.000Z&" +
		"Body=STOP&Author=%2B15550100001&ParticipantSid=MB0&Attributes=%7B%7D",
	"onMessageUpdate": "ConversationSid=CH0&MessageSid=IM0&Index=4&DateCreated=2026-11-25T08%3A00%3A00.000Z&DateUpdated=2026-11-25T08%3A00%3A00.000Z&" +
		"Body=STOP&Author=%2B15550100001&ParticipantSid=MB0&Attributes=%7B%7D&Media=%5B%5D",
	"onParticipantAdd": "ConversationSid=CH0&RoleSid=RL0&Attributes=%7B%7D&" +
		"MessagingBinding.ProxyAddress=%2B15550100009&MessagingBinding.Address=%2B15550100001&MessagingBinding.Type=SMS",
	"onParticipantRemove": "ConversationSid=CH0&ParticipantSid=MB0&DateCreated=2026-11-25T08%3A00%3A00.000Z&DateUpdated=2026-11-25T08%3A00%3A00.000Z&" +
		"Identity=alice&RoleSid=RL0&Attributes=%7B%7D&MessagingBinding.Type=CHAT",
	"onParticipantUpdate": "ConversationSid=CH0&ParticipantSid=MB0&DateCreated=2026-11-25T08%3A00%3A00.000Z&DateUpdated=2026-11-25T08%3A00%3A00.000Z&" +
		"Identity=alice&RoleSid=RL0&Attributes=%7B%7D&MessagingBinding.ProjectedAddress=%2B15550100009&MessagingBinding.Type=CHAT",
	"onUserUpdate": "ChatServiceSid=IS0&UserSid=US0&DateUpdated=2026-11-25T08%3A00%3A00.000Z&Identity=alice&RoleSid=RL0&Attributes=%7B%7D&FriendlyName=STOP",
	// And a post-action webhook, if somebody gave those the same address.
	"onMessageAdded": "ConversationSid=CH0&MessageSid=IM0&MessagingServiceSid=MG0&Index=4&DateCreated=2026-11-25T08%3A00%3A00.000Z&" +
		"Body=STOP&Author=%2B15550100001&Attributes=%7B%7D",
}

// Whatever is not a message being added passes, as any other answer would
// reject somebody's action.
func TestConversationEvents(t *testing.T) {
	b := newBench(t, nil)
	for name, fields := range conversationEvents {
		t.Run(name, func(t *testing.T) {
			event, _, _ := strings.Cut(name, ",")
			form, err := url.ParseQuery("AccountSid=" + testAccount + "&EventType=" + event + "&Source=SMS&RetryCount=0&" + fields)
			if err != nil {
				t.Fatal(err)
			}
			if got := b.deliver("/conversations", form, 200); got != "{}" {
				t.Errorf("answer %q, want {}", got)
			}
			if !strings.Contains(b.logs.String(), `"event":"`+event+`"`) {
				t.Errorf("no log line about %s", event)
			}
		})
	}
	b.settle()
	b.wantSeen(0)
	if got := b.outcomes(); got != "" {
		t.Errorf("outcomes are %q, want none", got)
	}
}

// A request to another address than a webhook's is counted, and the log says
// which addresses are webhooks.
func TestAstray(t *testing.T) {
	b := newBench(t, nil)
	for _, tt := range []struct {
		method, path string
		status       int
		reason       string
	}{
		{"GET", "/sms", 405, "came by GET: have Twilio send it by HTTP POST"},
		{"GET", "/conversations?EventType=onMessageAdd", 405, "came by GET"},
		{"PUT", "/sms", 405, "came by PUT"},
		{"POST", "/SMS", 404, "give Twilio https://relay.example.com/sms"},
		{"POST", "/sms/", 404, "give Twilio https://relay.example.com/sms"},
		{"POST", "//sms", 404, "give Twilio https://relay.example.com/sms"},
		{"POST", "/relay/conversations", 404, "or https://relay.example.com/conversations"},
		{"POST", "/", 404, "not a webhook's address"},
		{"POST", "/mms", 404, "not a webhook's address"},
	} {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			logged := len(b.logs.String())
			req, err := http.NewRequestWithContext(t.Context(), tt.method, "http://"+b.relay.addr+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, _ := io.ReadAll(res.Body)
			if res.StatusCode != tt.status || !strings.Contains(string(body), tt.reason) {
				t.Errorf("%d, %q, want %d and %q", res.StatusCode, body, tt.status, tt.reason)
			}
			if log := b.logs.String()[logged:]; !strings.Contains(log, tt.reason) {
				t.Errorf("log is %q, want %q in it", log, tt.reason)
			}
		})
	}
	_, metrics := b.get("/metrics")
	for _, want := range []string{`relay_refused_total{status="404"} 6`, `relay_refused_total{status="405"} 3`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %s:\n%s", want, metrics)
		}
	}
}

// A refused signature says which address was checked, and why. A request without
// one is answered before its body has come.
func TestUnsigned(t *testing.T) {
	b := newBench(t, nil)
	for _, tt := range []struct{ name, header, reason string }{
		{"missing", "", "X-Twilio-Signature is missing"},
		{"none", "X-Twilio-Signature: x\r\n", "X-Twilio-Signature is missing or not a signature"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			// The body is announced, and never comes.
			res := b.raw("POST /sms?key=xyzzy HTTP/1.1\r\nHost: other.example.com\r\nContent-Length: 250000000\r\n" + tt.header + "\r\n")
			defer res.Body.Close()
			body, _ := io.ReadAll(res.Body)
			if res.StatusCode != 403 || !strings.Contains(string(body), tt.reason) {
				t.Errorf("%d, %q, want 403 and %q", res.StatusCode, body, tt.reason)
			}
		})
	}
	form := smsForm(alice, relayNumber, "hello")
	header := http.Header{"X-Twilio-Signature": {b.twilio.Sign("https://other.example.com/sms", form)}}
	status, body, err := b.twilio.DeliverWith(b.relay.addr, "/sms", form, header)
	if err != nil || status != 403 || !strings.Contains(body, "X-Twilio-Signature is wrong") {
		t.Errorf("%d, %q, %v, want 403 and that the signature is wrong", status, body, err)
	}
	log := b.logs.String()
	for _, want := range []string{`"checked":"https://relay.example.com/sms?\u2026"`, `"checked":"https://relay.example.com/sms"`, `"host":"other.example.com"`} {
		if want = strings.ReplaceAll(want, `\u2026`, "\u2026"); !strings.Contains(log, want) {
			t.Errorf("log lacks %s:\n%s", want, log)
		}
	}
	if strings.Contains(log, "xyzzy") {
		t.Errorf("log has the query:\n%s", log)
	}
}

// A secret in a configured address is in no log line, no notification and no
// callback, whatever goes wrong.
func TestAddressesStaySecret(t *testing.T) {
	const secret = "xyzzy"
	gone := httptest.NewServer(nil)
	gone.Close() // nobody listens there
	for _, to := range []string{"the stand-in", "nobody"} {
		t.Run(to, func(t *testing.T) {
			b := newBench(t, func(b *bench) {
				b.cfg.InterceptEveryMessage = true
				b.limit.giveUp = 300 * time.Millisecond
			})
			b.stop()
			base := b.twilio.URL()
			if to == "nobody" {
				base = gone.URL
			}
			at := func(path string) string {
				return strings.Replace(base, "//", "//user:"+secret+"@", 1) + path + "?key=" + secret
			}
			b.cfg.CallbackURL, b.cfg.InterceptCallbackURL, b.cfg.DebuggerURL = at("/callback"), at("/intercept"), at("/debugger")
			b.twilio.SetInterceptor(status(403))
			b.start()
			b.text(alice, relayNumber, "hello")
			b.text(alice, relayNumber, "STOP")
			b.settle()
			log := b.logs.String()
			if strings.Contains(log, secret) {
				t.Errorf("the log has the secret:\n%s", log)
			}
			if to == "nobody" && !strings.Contains(log, "delivery given up") {
				t.Errorf("nothing went wrong, so this test proves too little:\n%s", log)
			}
			for _, c := range b.twilio.Calls() {
				if text, _ := url.QueryUnescape(c.Form.Encode()); strings.Contains(text, secret) {
					t.Errorf("%s has the secret: %s", c.Kind, text)
				}
			}
		})
	}
}
