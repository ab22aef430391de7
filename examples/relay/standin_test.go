package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/optout/examples/relay/standin"
)

// The stand-in alone, and a relay with the configuration that comes with it, as
// somebody uses them who texts with curl. Their addresses are others here, since
// the tests may run beside such a relay.
func TestStandinAlone(t *testing.T) {
	at, relayAt := freeAddress(t), freeAddress(t)
	ctx, cancel := context.WithCancel(t.Context())
	out := new(logBuffer)
	ended := make(chan int)
	go func() { ended <- standin.Run(ctx, []string{"-listen", at, "-relay", relayAt}, out, out) }()
	cfg, err := loadConfig("standin/relay.json", []string{"RELAY_LISTEN=" + relayAt, "RELAY_STATUS=127.0.0.1:0", "RELAY_DATABASE=" + testDatabase(t),
		"RELAY_TWILIO_API_URL=http://" + at, "RELAY_CALLBACK_URL=http://" + at + "/callback", "RELAY_DEBUGGER_URL=http://" + at + "/debugger"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := start(cfg, testTiming, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer r.stop(4 * time.Second)
	wait := func(what string) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); !strings.Contains(out.String(), what); time.Sleep(2 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the stand-in does not print %q, but:\n%s", what, out)
			}
		}
	}
	wait("listens on http://" + at)
	for _, tt := range []struct {
		path, form string
		status     int
		answer     string
		prints     string
	}{
		// As curl -d has it, + is a space.
		{"/sms", "From=+15550100001&To=+15550100009&Body=hello", 200, "<Response/>", `send      201 from +15550100009 to +15550100002: "hello"`},
		{"/sms", url.Values{"From": {bob}, "To": {relayNumber}, "Body": {"STOP"}}.Encode(), 200, "<Response/>", `debugger  200 80901, keyword "STOP"`},
		{"/sms", "From=+15550100003&To=+15550100009&Body=hello", 404, "no session", ""},
		{"/conversations", "Author=alice&Body=Arr%C3%AAt", 403, "{}", `debugger  200 80901, keyword "ARRET"`},
	} {
		res, err := http.Post("http://"+at+tt.path, "application/x-www-form-urlencoded", strings.NewReader(tt.form))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != tt.status || !strings.Contains(string(body), tt.answer) {
			t.Errorf("%s %s: %d, %q, want %d and %q", tt.path, tt.form, res.StatusCode, body, tt.status, tt.answer)
		}
		wait(tt.prints)
	}
	if strings.Contains(out.String(), "problem:") {
		t.Errorf("the stand-in found fault with the relay:\n%s", out)
	}
	cancel()
	if got := <-ended; got != 0 {
		t.Errorf("Run = %d, want 0", got)
	}
}
