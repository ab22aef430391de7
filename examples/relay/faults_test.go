package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/optout"
	"example.com/optout/examples/relay/standin"
)

// These are the faults that a short test can show. The long form of the fault
// tests is go run ./faults.

// An attempt of which nobody knows whether Twilio took the message is repeated at
// most twice. A 201 that breaks off counts as sent.
func TestUnknownOutcome(t *testing.T) {
	breakOff := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if status != 0 {
				w.Header().Set("Content-Length", "100")
				w.WriteHeader(status)
				http.NewResponseController(w).Flush()
			}
			panic(http.ErrAbortHandler)
		}
	}
	for _, tt := range []struct {
		name     string
		answer   http.HandlerFunc
		attempts int64
		outcome  string
	}{
		{"no answer", breakOff(0), 3, "undelivered"},
		{"200 breaks off", breakOff(200), 3, "undelivered"},
		{"201 breaks off", breakOff(201), 1, "forwarded"},
		{"no answer in time", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 3, "undelivered"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var attempts atomic.Int64
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.ParseForm()
				attempts.Add(1)
				tt.answer(w, r)
			}))
			defer api.Close()
			b := newBench(t, func(b *bench) {
				b.cfg.TwilioAPIURL = api.URL
				b.limit.call = 100 * time.Millisecond
			})
			b.deliver("/sms", smsForm(alice, relayNumber, "hello"), 200)
			b.settle()
			if got := b.outcomes(); got != tt.outcome {
				t.Errorf("outcomes are %s, want %s", got, tt.outcome)
			}
			if got := attempts.Load(); got != tt.attempts {
				t.Errorf("%d attempts, want %d", got, tt.attempts)
			}
			if n := b.twilio.Count(standin.Callback); n != 1 {
				t.Errorf("%d callbacks, want 1", n)
			}
		})
	}
}

// An address that answers nobody costs a few attempts and log lines and not some
// for each message, and nothing grows in the jobs. All is delivered when it is
// back.
func TestCallbackRefuses(t *testing.T) {
	const messages = 60
	b := newBench(t, func(b *bench) { b.limit.circuit = 400 * time.Millisecond })
	var up atomic.Bool
	b.twilio.Fail = func(kind string, _ url.Values) int {
		if kind == standin.Callback && !up.Load() {
			return 503
		}
		return 0
	}
	for i := range messages {
		b.deliver("/sms", smsForm(alice, relayNumber, fmt.Sprint(i)), 200)
	}
	b.wait("all sent", func() bool { return b.twilio.Count(standin.Send) == messages })
	time.Sleep(time.Second)
	failed := strings.Count(b.logs.String(), "delivery failed")
	if failed == 0 || failed > messages/2+workers {
		t.Errorf("%d log lines about failures for %d messages", failed, messages)
	}
	var errors int
	if err := b.relay.store.reads.QueryRow(`SELECT count(*) FROM river_job WHERE errors IS NOT NULL`).Scan(&errors); err != nil || errors != 0 {
		t.Errorf("%d jobs have errors, %v; want none", errors, err)
	}
	up.Store(true)
	b.settle()
	if n := b.twilio.Count(standin.Callback); n != messages {
		t.Errorf("%d callbacks, want %d", n, messages)
	}
}

// Of two workers with one message, after one was paused, one records and the
// other changes nothing.
func TestFence(t *testing.T) {
	b := newBench(t, nil)
	hanging, hang := make(chan struct{}, 2), make(chan struct{})
	var once sync.Once
	release := func() { once.Do(func() { close(hang) }) }
	defer release()
	b.twilio.Fail = func(kind string, _ url.Values) int {
		if kind == standin.Send {
			hanging <- struct{}{}
			<-hang
		}
		return 0
	}
	b.deliver("/sms", smsForm(alice, relayNumber, "one"), 200)
	b.deliver("/sms", smsForm(alice, relayNumber, "two"), 200)
	<-hanging
	m, _, err := b.relay.store.load(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	m.SentSID = newSID()
	record := func() error {
		return b.relay.store.update(t.Context(), m.lane(), func(t *tx) error { return b.relay.settle(t, m, true, false) })
	}
	for range 2 {
		if err := record(); err != nil {
			t.Fatal(err)
		}
	}
	release() // the job of the first message ends its attempt
	b.settle()
	if got := b.outcomes(); got != "forwarded forwarded" {
		t.Errorf("outcomes are %s, want both forwarded", got)
	}
	if sends, callbacks := b.twilio.Count(standin.Send), b.twilio.Count(standin.Callback); sends != 2 || callbacks != 2 {
		t.Errorf("%d sends and %d callbacks, want 2 each", sends, callbacks)
	}
}

// holdSends makes the stand-in tell of each send on sent, and answer it only
// after answer is closed.
func (b *bench) holdSends() (sent, answer chan struct{}) {
	sent, answer = make(chan struct{}, 2), make(chan struct{})
	b.twilio.Fail = func(kind string, _ url.Values) int {
		if kind == standin.Send {
			sent <- struct{}{}
			<-answer
		}
		return 0
	}
	return sent, answer
}

// While the database takes no record, a sent message is not sent again. Webhooks
// are refused after about a second, and /healthz says so.
func TestLockedWhileSending(t *testing.T) {
	b := newBench(t, nil)
	sent, answer := b.holdSends()
	b.deliver("/sms", smsForm(alice, relayNumber, "hello"), 200)
	<-sent
	unlock := b.lockDatabase()
	close(answer)
	began := time.Now()
	b.deliver("/sms", smsForm(bob, relayNumber, "refused"), 500)
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("refused after %v, want about a second", took)
	}
	b.wait("a record that fails", func() bool { return strings.Contains(b.logs.String(), "delivery cannot be recorded") })
	unlock()
	b.settle()
	if status, body := b.get("/healthz"); status != 200 || !strings.Contains(body, "degraded: a webhook was refused") {
		t.Errorf("healthz: %d, %q; want that a webhook was refused", status, body)
	}
	if sends, callbacks := b.twilio.Count(standin.Send), b.twilio.Count(standin.Callback); sends != 1 || callbacks != 1 {
		t.Errorf("%d sends and %d callbacks, want 1 each", sends, callbacks)
	}
}

// A job that River rescues while its delivery is under way, as when the record
// waits for the database, does not make the process send the message again.
func TestRescuedWhileSending(t *testing.T) {
	b := newBench(t, nil)
	sent, answer := b.holdSends()
	b.deliver("/sms", smsForm(alice, relayNumber, "hello"), 200)
	<-sent
	db := openTestDatabase(t, b.cfg.Database)
	if _, err := db.Exec(`UPDATE river_job SET state = 'available' WHERE queue = 'send'`); err != nil {
		t.Fatal(err)
	}
	b.wait("a snooze", func() bool {
		var snoozes string
		err := db.QueryRow(`SELECT COALESCE(CAST(metadata ->> 'snoozes' AS TEXT), '') FROM river_job WHERE queue = 'send'`).Scan(&snoozes)
		return err == nil && snoozes != ""
	})
	close(answer)
	b.settle()
	if sends, callbacks := b.twilio.Count(standin.Send), b.twilio.Count(standin.Callback); sends != 1 || callbacks != 1 {
		t.Errorf("%d sends and %d callbacks, want 1 each", sends, callbacks)
	}
}

// The job that a dead relay had under way comes back.
func TestDeadRelay(t *testing.T) {
	b := newBench(t, nil)
	var up atomic.Bool
	b.twilio.Fail = func(kind string, _ url.Values) int {
		if up.Load() {
			return 0
		}
		return 503
	}
	b.deliver("/sms", smsForm(alice, relayNumber, "one"), 200)
	b.deliver("/sms", smsForm(alice, relayNumber, "two"), 200)
	b.wait("an attempt", func() bool { return len(b.twilio.Calls()) > 0 })
	b.stop()
	minuteAgo := `now() - interval '1 minute'`
	if postgres() == "" {
		minuteAgo = `datetime('now', '-1 minute', 'subsec')`
	}
	if _, err := openTestDatabase(t, b.cfg.Database).Exec(`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = ` + minuteAgo + ` WHERE queue = 'send'`); err != nil {
		t.Fatal(err)
	}
	up.Store(true)
	b.start()
	b.settle()
	if got := b.outcomes(); got != "forwarded forwarded" {
		t.Errorf("outcomes are %s, want both forwarded", got)
	}
}

// A machine that dies in a transaction keeps its lane's lock until PostgreSQL
// ends its session, after 3 s. Other lanes and /healthz do not wait for it.
func TestDeadInTransaction(t *testing.T) {
	if postgres() == "" {
		t.Skip("needs RELAY_TEST_POSTGRES")
	}
	b := newBench(t, nil)
	dead, err := b.relay.store.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	lane := (&message{Relay: relayNumber, Recipient: bob}).lane()
	if _, err := dead.ExecContext(t.Context(), `BEGIN`); err != nil {
		t.Fatal(err)
	}
	if _, err := dead.ExecContext(t.Context(), `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, lane); err != nil {
		t.Fatal(err)
	}
	b.deliver("/sms", smsForm(bob, relayNumber, "another lane"), 200)
	if status, body := b.get("/healthz"); status != 200 || body != "ok\n" {
		t.Errorf("healthz: %d, %q; want ok", status, body)
	}
	b.deliver("/sms", smsForm(alice, relayNumber, "refused"), 500)
	began := time.Now()
	b.wait("the lane", func() bool {
		status, _, err := b.twilio.Deliver(b.relay.addr, "/sms", smsForm(alice, relayNumber, "accepted"))
		return err == nil && status == 200
	})
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the lane was free after %v, want 3 s", took)
	}
}

// A message that several deliver at the same time to two relays is accepted once.
func TestSameMessageToTwoRelays(t *testing.T) {
	if postgres() == "" {
		t.Skip("needs RELAY_TEST_POSTGRES")
	}
	const messages = 30
	b := newBench(t, nil)
	second, err := start(b.cfg, b.limit, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer second.stop(4 * time.Second)
	var group sync.WaitGroup
	for i := range messages {
		form := smsForm([]string{alice, bob}[i%2], relayNumber, fmt.Sprint(i))
		for n := range 6 {
			group.Go(func() {
				at := []string{b.relay.addr, second.addr}[n%2]
				if status, _, err := b.twilio.Deliver(at, "/sms", form); err != nil || status != 200 {
					t.Errorf("POST /sms: %d, %v", status, err)
				}
			})
		}
	}
	group.Wait()
	b.settle()
	if sends, callbacks := b.twilio.Count(standin.Send), b.twilio.Count(standin.Callback); sends != messages || callbacks != messages {
		t.Errorf("%d sends and %d callbacks, want %d each", sends, callbacks, messages)
	}
}

// Strangers cannot fill the log, nor the memory.
func TestLongRequests(t *testing.T) {
	b := newBench(t, nil)
	for _, tt := range []struct {
		name, request string
		status        int
	}{
		{"path", "POST /" + strings.Repeat("x", 900<<10) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 431},
		{"path of 10 KB", "POST /" + strings.Repeat("x", 10<<10) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 404},
		{"host of 10 KB", "POST /sms HTTP/1.1\r\nHost: " + strings.Repeat("x", 10<<10) + "\r\nContent-Length: 0\r\n\r\n", 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			logged := len(b.logs.String())
			res := b.raw(tt.request)
			res.Body.Close()
			if res.StatusCode != tt.status {
				t.Errorf("status %d, want %d", res.StatusCode, tt.status)
			}
			if n := len(b.logs.String()) - logged; n > 1200 {
				t.Errorf("%d bytes of log for one request", n)
			}
		})
	}
}

// A delivery that is pending for too long shows in /healthz and in a gauge.
func TestOldDelivery(t *testing.T) {
	b := newBench(t, nil)
	b.twilio.Fail = func(string, url.Values) int { return 503 }
	b.deliver("/sms", smsForm(alice, relayNumber, "hello"), 200)
	if err := b.relay.store.update(t.Context(), "", func(t *tx) error {
		return t.exec(`UPDATE messages SET received = $1`, time.Now().Add(-3*time.Minute).UnixMilli())
	}); err != nil {
		t.Fatal(err)
	}
	if status, body := b.get("/healthz"); status != 200 || !strings.Contains(body, "degraded: 1 deliveries are pending, the oldest for 180 s") {
		t.Errorf("healthz: %d, %q; want degraded, with the age", status, body)
	}
	_, metrics := b.get("/metrics")
	for _, want := range []string{"\nrelay_oldest_delivery_seconds 18", "\ngo_goroutines ", "\nprocess_resident_memory_bytes "} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %q", want)
		}
	}
}

// The columns have the names of actions and classes, and Scan takes nothing else.
func TestColumns(t *testing.T) {
	b := newBench(t, nil)
	b.text(alice, relayNumber, "STOP")
	db := openTestDatabase(t, b.cfg.Database)
	var action, class string
	if err := db.QueryRow(`SELECT action, class FROM messages`).Scan(&action, &class); err != nil || action != "drop" || class != "opt-out" {
		t.Errorf("columns are %q and %q, %v; want drop and opt-out", action, class, err)
	}
	var d optout.Decision
	if err := db.QueryRow(`SELECT action, class FROM messages WHERE action = $1 AND class = $2`, optout.Drop, optout.ClassOptOut).
		Scan(&d.Action, &d.Class); err != nil || d.Action != optout.Drop || d.Class != optout.ClassOptOut {
		t.Errorf("Scan = %v, %v, %v; want drop and opt-out", d.Action, d.Class, err)
	}
	for _, value := range []string{`NULL`, `1`, `'nonsense'`} {
		if err := db.QueryRow(`SELECT ` + value).Scan(&d.Action); err == nil || d.Action != optout.Drop {
			t.Errorf("Scan of %s = %v, %v; want an error and no change", value, d.Action, err)
		}
	}
	if _, err := db.Exec(`UPDATE messages SET action = $1`, optout.Action(7)); err == nil {
		t.Error("no error for an undefined action")
	}
	// Before it had Value, an Action was stored in SQLite as its number.
	for number, want := range []optout.Action{optout.Forward, optout.Drop, optout.Intercept} {
		for _, statement := range []string{
			fmt.Sprintf(`UPDATE messages SET action = '%d'`, number),
			`UPDATE messages SET action = CASE action WHEN '0' THEN 'forward' WHEN '1' THEN 'drop' WHEN '2' THEN 'intercept' ELSE action END`,
		} {
			if _, err := db.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.QueryRow(`SELECT action FROM messages`).Scan(&d.Action); err != nil || d.Action != want {
			t.Errorf("%d became %v, %v; want %v", number, d.Action, err, want)
		}
	}
}

// Opt-outs are loaded and listed as the README says.
func TestOptOutsBySQL(t *testing.T) {
	b := newBench(t, nil)
	db := openTestDatabase(t, b.cfg.Database)
	if _, err := db.Exec(`INSERT INTO opt_outs (relay, participant, message_sid, since) VALUES ('+15550100009', '+15550100002', '', 0) ON CONFLICT DO NOTHING`); err != nil {
		t.Fatal(err)
	}
	b.text(alice, relayNumber, "withheld")
	b.text(alice, relayNumber, "STOP")
	if got := b.outcomes(); got != "withheld dropped" {
		t.Errorf("outcomes are %s, want withheld dropped", got)
	}
	var n int
	if err := db.QueryRowContext(context.Background(), `SELECT count(*) FROM (SELECT relay, participant, since FROM opt_outs ORDER BY relay, participant) AS o`).Scan(&n); err != nil || n != 2 {
		t.Errorf("%d opt-outs, %v; want 2", n, err)
	}
}
