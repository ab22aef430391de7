package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/optout"
	"example.com/optout/examples/relay/standin"
)

// A failed delivery is made after a restart, once.
func TestRestart(t *testing.T) {
	b := newBench(t, nil)
	var up atomic.Bool
	b.twilio.Fail = func(string, url.Values) int {
		if up.Load() {
			return 0
		}
		return 503
	}
	b.deliver("/sms", smsForm(alice, relayNumber, "one"), 200)
	b.deliver("/sms", smsForm(alice, relayNumber, "two"), 200)
	b.deliver("/sms", smsForm(carol, otherRelay, "STOP"), 200)
	b.wait("attempts", func() bool { return len(b.twilio.Calls()) > 6 })
	b.stop()
	n := len(b.twilio.Calls())
	up.Store(true)
	b.start()
	b.settle()
	b.wantSeen(n, `callback {"body":"one"}`, `callback {"body":"two"}`, "debugger 80901",
		"send +15550100009 > +15550100002: one", "send +15550100009 > +15550100002: two")

	// The opt-out is also remembered.
	n = len(b.twilio.Calls())
	b.text(alice, otherRelay, "withheld")
	b.wantSeen(n)
}

// A stop while the interceptor is asked is nobody's verdict: it is asked again.
func TestRestartWhileAsking(t *testing.T) {
	b := newBench(t, func(b *bench) { b.cfg.RespectSMSStopFilter = true })
	asked := make(chan struct{}, 1)
	b.twilio.SetInterceptor(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	b.deliver("/sms", smsForm(alice, relayNumber, "STOP"), 200)
	<-asked
	if !b.relay.stop(50 * time.Millisecond) {
		t.Error("stop = false, want true")
	}
	b.twilio.SetInterceptor(status(403))
	b.start()
	b.settle()
	if got := b.outcomes(); got != "blocked" {
		t.Errorf("outcomes are %q, want blocked", got)
	}
}

// What Twilio calls wrong is not tried again, and holds up nothing.
func TestGiveUp(t *testing.T) {
	b := newBench(t, nil)
	b.twilio.Fail = func(kind string, form url.Values) int {
		if kind == standin.Send && form.Get("Body") == "refused" {
			return 400
		}
		return 0
	}
	b.deliver("/sms", smsForm(alice, relayNumber, "refused"), 200)
	b.deliver("/sms", smsForm(alice, relayNumber, "next"), 200)
	b.settle()
	if got := b.outcomes(); got != "undelivered forwarded" {
		t.Errorf("outcomes are %q, want undelivered forwarded", got)
	}
	refused := 0
	for _, c := range b.twilio.Calls() {
		if c.Status == 400 {
			refused++
		}
	}
	if refused != 1 {
		t.Errorf("%d attempts, want 1", refused)
	}

	// Anything else ends with the message's age.
	b.stop()
	b.limit.giveUp = 0
	b.twilio.Fail = func(string, url.Values) int { return 500 }
	b.start()
	b.text(alice, relayNumber, "too old")
	if got := b.outcomes(); got != "undelivered forwarded undelivered" {
		t.Errorf("outcomes are %q, want the last undelivered", got)
	}
}

func TestBackoff(t *testing.T) {
	r := &relay{limit: defaultTiming}
	for kind, longest := range map[string]time.Duration{toTwilio: 30 * time.Second, toInterceptor: 30 * time.Second, toCallback: 5 * time.Minute, toDebugger: 5 * time.Minute} {
		var day time.Duration
		for attempts := range r.attempts(kind) {
			upper := min(time.Second<<min(attempts, 16), longest)
			got := r.backoff(kind, attempts)
			if got < upper/2 || got > upper {
				t.Errorf("backoff(%s, %d) = %v, want %v to %v", kind, attempts, got, upper/2, upper)
			}
			day += got
		}
		if day < 22*time.Hour || day > 26*time.Hour {
			t.Errorf("%s is given up after %v, want about a day", kind, day)
		}
	}
}

// A process is a relay that can be killed.
type process struct {
	*exec.Cmd
	addr, status string
	log          bytes.Buffer
}

func spawn(t *testing.T, cfg config) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0]), addr: cfg.Listen, status: cfg.Status}
	sessions, _ := json.Marshal(cfg.Sessions)
	keywords, _ := json.Marshal(cfg.ExtraKeywords)
	p.Env = append(os.Environ(), "RELAY_TEST_MAIN=1",
		"RELAY_LISTEN="+cfg.Listen, "RELAY_STATUS="+cfg.Status, "RELAY_PUBLIC_URL="+cfg.PublicURL, "RELAY_DATABASE="+cfg.Database,
		"RELAY_ACCOUNT_SID="+cfg.AccountSID, "RELAY_AUTH_TOKEN="+cfg.AuthToken, "RELAY_TWILIO_API_URL="+cfg.TwilioAPIURL,
		"RELAY_CALLBACK_URL="+cfg.CallbackURL, "RELAY_INTERCEPT_CALLBACK_URL="+cfg.InterceptCallbackURL, "RELAY_DEBUGGER_URL="+cfg.DebuggerURL,
		fmt.Sprintf("RELAY_RESPECT_SMS_STOP_FILTER=%t", cfg.RespectSMSStopFilter),
		"RELAY_SESSIONS="+string(sessions), "RELAY_EXTRA_KEYWORDS="+string(keywords))
	p.Stderr = &p.log
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Process.Kill(); p.Wait() }) // of one that a failed test leaves
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		res, err := http.Get("http://" + p.status + "/healthz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == 200 {
				return p
			}
		}
		if time.Now().After(deadline) {
			p.Process.Kill()
			p.Wait()
			t.Fatalf("the relay does not become healthy: %v; log:\n%s", err, &p.log)
		}
	}
}

// freeAddress returns an address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

func (p *process) terminate(t *testing.T) {
	t.Helper()
	began := time.Now()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v, want exit status 0; log:\n%s", err, &p.log)
	}
	if d := time.Since(began); d > 5*time.Second {
		t.Errorf("stopping took %v, want at most 5 s", d)
	} else {
		t.Logf("stopped %v after SIGTERM", d.Round(time.Millisecond))
	}
}

// SIGTERM ends the relay in time even if nobody it calls answers.
func TestSIGTERM(t *testing.T) {
	b := newBench(t, nil)
	b.stop()
	cfg := b.cfg
	cfg.Listen, cfg.Status = freeAddress(t), freeAddress(t)
	hang := make(chan struct{})
	var hanging atomic.Int64
	b.twilio.Fail = func(string, url.Values) int { hanging.Add(1); <-hang; return 0 }
	p := spawn(t, cfg)
	for i, form := range []url.Values{smsForm(alice, relayNumber, "hello"), smsForm(bob, relayNumber, "STOP")} {
		if status, _, err := b.twilio.Deliver(p.addr, "/sms", form); err != nil || status != 200 {
			t.Fatalf("POST /sms: %d, %v", status, err)
		}
		b.wait("a send, then a notification under way", func() bool { return hanging.Load() == int64(i+1) })
	}
	p.terminate(t)
	close(hang)
	b.start()
	b.settle()
	if got := b.outcomes(); got != "withheld dropped" {
		t.Errorf("outcomes are %q, want withheld dropped: Bob's STOP came before the send was made", got)
	}
}

var kills = flag.Int("kills", 4, "how often TestSIGKILL kills the relay")

// Killed in the middle of traffic, the relay loses no message that it
// accepted, nor anything that follows from one. It makes a delivery twice only
// if the kill fell between the answer to it and the record of it. On PostgreSQL
// a second relay lives on, and takes over what the killed one had.
func TestSIGKILL(t *testing.T) {
	const lanes = 8
	b := newBench(t, nil)
	b.stop()
	b.twilio.Delay = 2 * time.Millisecond // long enough for a kill to fall in
	cfg := b.cfg
	cfg.Listen, cfg.Status = freeAddress(t), freeAddress(t)
	cfg.RespectSMSStopFilter = true // YES goes by way of the interceptor
	cfg.ExtraKeywords = []optout.Keyword{{Text: "drop me", Class: optout.ClassHelp, Action: optout.Drop}}
	cfg.Sessions = nil
	for i := range lanes {
		cfg.Sessions = append(cfg.Sessions, session{relayNumber, []string{fmt.Sprintf("+1555020%04d", i), fmt.Sprintf("+1555030%04d", i)}})
	}
	p := spawn(t, cfg)
	addresses := []string{cfg.Listen}
	var other *process
	if postgres() != "" {
		cfg := cfg
		cfg.Listen, cfg.Status = freeAddress(t), freeAddress(t)
		addresses = append(addresses, cfg.Listen)
		other = spawn(t, cfg)
	}

	// Each writer has Twilio deliver one message after the other, each until
	// it is accepted.
	type written struct{ sid, body, recipient string }
	var mu sync.Mutex
	var accepted []written
	var redelivered, refused int
	done := make(chan struct{})
	var writers sync.WaitGroup
	for lane := range lanes {
		writers.Go(func() {
			for i := 0; ; i++ {
				w := written{newSID(), fmt.Sprintf("message %d of %d", i, lane), cfg.Sessions[lane].Participants[1]}
				switch i % 5 {
				case 3:
					w.body = "YES"
				case 4:
					w.body = "drop me"
				}
				form := smsForm(cfg.Sessions[lane].Participants[0], relayNumber, w.body)
				form.Set("MessageSid", w.sid)
				began := time.Now()
				for attempt := i; ; attempt++ {
					status, _, err := b.twilio.Deliver(addresses[attempt%len(addresses)], "/sms", form)
					if err == nil && status == 200 {
						break
					}
					// A webhook waits a second for its lane's lock (see sessionSettings). On
					// a loaded machine that may be too short, and its sender tries again.
					locked := other != nil && status == 500 && time.Since(began) < 10*time.Second
					if err == nil && !locked {
						t.Errorf("POST /sms: status %d", status)
						return
					}
					mu.Lock()
					redelivered++
					if err == nil {
						refused++
					}
					mu.Unlock()
					time.Sleep(5 * time.Millisecond)
				}
				mu.Lock()
				accepted = append(accepted, w)
				mu.Unlock()
				select {
				case <-done:
					return
				case <-time.After(20 * time.Millisecond):
				}
			}
		})
	}
	for range *kills {
		before := b.twilio.Count(standin.Send)
		b.wait("traffic", func() bool { return b.twilio.Count(standin.Send) >= before+10 })
		time.Sleep(rand.N(20 * time.Millisecond)) // anywhere in its work
		if err := p.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := p.Wait(); err == nil || errors.Is(err, exec.ErrWaitDelay) {
			t.Fatalf("the relay ended by itself: %v; log:\n%s", err, &p.log)
		}
		if other == nil { // else there is one that does not end
			if err := b.twilio.Outlive(); err != nil {
				t.Fatal(err)
			}
		}
		b.twilio.Life.Add(1)
		p = spawn(t, cfg)
	}
	close(done)
	writers.Wait()
	// A lane waits up to a minute for the job of a killed relay (see tooOld).
	// Meanwhile the writers fill it, and how long it takes to empty depends on
	// the machine. So a minute in which the pending deliveries do not become
	// fewer is too long.
	left := &store{reads: openTestDatabase(t, b.cfg.Database)}
	fewest, since := math.Inf(1), time.Now()
	for ; fewest > 0; time.Sleep(20 * time.Millisecond) {
		if n, _, err := left.pending(context.Background()); err == nil && n < fewest {
			fewest, since = n, time.Now()
		}
		if time.Since(since) > time.Minute {
			t.Fatalf("waited a minute for the next of %v pending deliveries; log:\n%s", fewest, &p.log)
		}
	}
	p.terminate(t)
	if other != nil {
		other.terminate(t)
	}

	// Who received what, and in which of the relay's lives.
	lives := map[string][]int{}
	order := map[string][]string{} // what a recipient got first
	for _, c := range b.twilio.Calls() {
		key := c.Kind + " " + c.Form.Get("inboundResourceSid")
		switch c.Kind {
		case standin.Send:
			to := c.Form.Get("To")
			key = c.Kind + " " + to + " " + c.Form.Get("Body")
			if len(lives[key]) == 0 {
				order[to] = append(order[to], c.Form.Get("Body"))
			}
		case standin.Debugger:
			key = c.Kind + " " + payload(t, c)["resource_sid"].(string)
		}
		lives[key] = append(lives[key], c.Life)
	}
	wantOrder := map[string][]string{}
	wantYes := map[string]int{}
	for _, w := range accepted {
		var keys []string
		switch w.body {
		case "drop me":
			keys = []string{"debugger " + w.sid}
		case "YES": // whose text does not say which one was sent
			keys = []string{"intercept " + w.sid, "callback " + w.sid}
			wantYes["send "+w.recipient+" YES"]++
		default:
			keys = []string{"callback " + w.sid, "send " + w.recipient + " " + w.body}
			wantOrder[w.recipient] = append(wantOrder[w.recipient], w.body)
		}
		for _, key := range keys {
			if len(lives[key]) == 0 {
				t.Errorf("lost: %s", key)
			}
		}
	}
	twice := map[string]map[int]int{} // by kind and the life that ended too early
	total := map[string]int{}
	for key, in := range lives {
		kind, _, _ := strings.Cut(key, " ")
		if want := wantYes[key]; want > 0 {
			if len(in) < want || len(in) > want+*kills {
				t.Errorf("%s: sent %d times, want %d or a few more", key, len(in), want)
			}
			total["of them YES"] += len(in) - want
			continue
		}
		for i := 1; i < len(in); i++ {
			if in[i] == in[i-1] && other == nil {
				t.Errorf("%s: twice in life %d", key, in[i])
			}
			if twice[kind] == nil {
				twice[kind] = map[int]int{}
			}
			twice[kind][in[i-1]]++
			total[kind]++
		}
	}
	for kind, n := range twice {
		for life, n := range n {
			// River writes down the end of a callback or a notification up to a
			// quarter of a second later, with others.
			if n > workers && (kind == standin.Send || kind == standin.Intercept) {
				t.Errorf("%d deliveries of kind %s in flight in life %d, want at most %d", n, kind, life, workers)
			}
		}
	}
	for to, want := range wantOrder {
		var got []string
		for _, body := range order[to] {
			if body != "YES" {
				got = append(got, body)
			}
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s received %d messages in another order than the %d written", to, len(got), len(want))
		}
	}
	b.start()
	var logged, unsent int
	err := b.relay.store.reads.QueryRowContext(context.Background(),
		`SELECT count(*), sum(CASE WHEN outcome = 'forwarded' AND sent_sid = '' THEN 1 ELSE 0 END) FROM messages`).Scan(&logged, &unsent)
	if err != nil || logged != len(accepted) || unsent != 0 {
		t.Errorf("the log has %d messages, %d of them unsent, %v; want %d and 0", logged, unsent, err, len(accepted))
	}
	t.Logf("%d kills; %d messages accepted, %d deliveries of their webhooks repeated, %d of them after status 500; made twice: %v", *kills, len(accepted), redelivered, refused, total)
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-nonsense"}, {"demo", "x"}, {"standin", "x"}, {"standin", "-nonsense"}, {"serve"}, {"-config", "/nonexistent"}, {}} {
		var out, err bytes.Buffer
		if got := run(args, &out, &err); got != 2 || err.Len() == 0 {
			t.Errorf("run(%q) = %d, %q, want 2 and a reason", args, got, err.String())
		}
	}
}
