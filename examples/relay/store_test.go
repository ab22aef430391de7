package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/optout/examples/relay/standin"
)

func sqliteOnly(t *testing.T) {
	t.Helper()
	if postgres() != "" {
		t.Skip("about a file of SQLite's")
	}
}

// A second relay on one file would send everything twice. It does not start,
// by whatever name it knows the file, until the first has ended.
func TestSecondRelayOnOneFile(t *testing.T) {
	sqliteOnly(t)
	b := newBench(t, nil)
	b.stop()
	cfg := b.cfg
	cfg.Listen, cfg.Status = freeAddress(t), freeAddress(t)
	first := spawn(t, cfg)
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(cfg.Database, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{cfg.Database, link} {
		cfg := b.cfg
		cfg.Database = name
		if r, err := start(cfg, testTiming, slog.New(slog.DiscardHandler)); err == nil {
			r.stop(time.Second)
			t.Errorf("a second relay on %s started", name)
		} else if !strings.Contains(err.Error(), "another relay has") {
			t.Errorf("a second relay on %s: %v, want another relay has it", name, err)
		}
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := first.Wait(); errors.Is(err, exec.ErrWaitDelay) {
		t.Fatal(err)
	}
	b.start()
	b.text(alice, relayNumber, "hello")
}

// files are what earlier relays left behind.
var earlier = map[string]string{
	"v0.1.0": `
CREATE TABLE sessions (relay TEXT NOT NULL, participant TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (relay, participant)) WITHOUT ROWID;`,
	"before River": `
CREATE TABLE health (id INTEGER PRIMARY KEY, checked INTEGER NOT NULL);`,
}

const earlierTables = `
CREATE TABLE opt_outs (relay TEXT NOT NULL, participant TEXT NOT NULL, message_sid TEXT NOT NULL, since INTEGER NOT NULL,
	PRIMARY KEY (relay, participant)) WITHOUT ROWID;
CREATE TABLE messages (id INTEGER PRIMARY KEY, sid TEXT NOT NULL UNIQUE, via TEXT NOT NULL, relay TEXT NOT NULL, sender TEXT NOT NULL,
	recipient TEXT NOT NULL, body TEXT NOT NULL, media TEXT NOT NULL, received INTEGER NOT NULL, action TEXT NOT NULL, code INTEGER NOT NULL,
	class TEXT NOT NULL, keyword TEXT NOT NULL, outcome TEXT NOT NULL, sent_sid TEXT NOT NULL DEFAULT '');
CREATE TABLE deliveries (id INTEGER PRIMARY KEY, message_id INTEGER NOT NULL, kind TEXT NOT NULL, lane TEXT, state TEXT NOT NULL,
	due_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0);
CREATE INDEX deliveries_due ON deliveries (kind, due_at) WHERE state = 'due';
CREATE INDEX deliveries_lane ON deliveries (lane, message_id) WHERE lane IS NOT NULL;
INSERT INTO opt_outs VALUES ('+15550100008', '+15550100003', 'SM0', 1);
INSERT INTO messages VALUES
	(1, 'SM000000000000000000000000000abc01', 'sms', '+15550100009', '+15550100001', '+15550100002', 'sent', '', 1700000000000, 'forward', 0, 'none', '', 'forwarded', 'SM00000000000000000000000000000001'),
	(2, 'SM000000000000000000000000000abc02', 'sms', '+15550100009', '+15550100001', '+15550100002', 'first', '', 1700000000000, 'forward', 0, 'none', '', 'forwarded', ''),
	(3, 'SM000000000000000000000000000abc03', 'sms', '+15550100009', '+15550100001', '+15550100002', 'second', '', 1700000000000, 'intercept', 0, 'opt-out', 'STOP', 'intercepted', ''),
	(4, 'SM000000000000000000000000000abc04', 'sms', '+15550100009', '+15550100001', '+15550100002', 'third', '', 1700000000000, 'forward', 0, 'none', '', 'forwarded', ''),
	(5, 'SM000000000000000000000000000abc05', 'sms', '+15550100009', '+15550100002', '+15550100001', 'STOP', '', 1700000000000, 'drop', 80901, 'opt-out', 'STOP', 'dropped', ''),
	(6, 'SM000000000000000000000000000abc06', 'sms', '+15550100009', '+15550100002', '+15550100001', 'given up', '', 1700000000000, 'forward', 0, 'none', '', 'undelivered', '');
INSERT INTO deliveries VALUES
	(1, 1, 'callback', NULL, 'due', 1700000000000, 3),
	(2, 2, 'send', '+15550100009 +15550100002', 'due', 1700000000000, 1),
	(3, 3, 'intercept', '+15550100009 +15550100002', 'waiting', 1700000000000, 0),
	(4, 4, 'send', '+15550100009 +15550100002', 'waiting', 1700000000000, 0),
	(5, 5, 'debugger', NULL, 'due', 1700000000000, 0),
	(6, 6, 'send', NULL, 'failed', 1700000000000, 40);`

// What an earlier relay left to be delivered is delivered in order, and who had
// opted out still has.
func TestMigration(t *testing.T) {
	sqliteOnly(t)
	for name, tables := range earlier {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.stop()
			b.cfg.Database = testDatabase(t)
			if _, err := openTestDatabase(t, b.cfg.Database).Exec(tables + earlierTables); err != nil {
				t.Fatal(err)
			}
			b.start()
			b.settle()
			b.text(alice, otherRelay, "withheld")
			b.wantSeen(0, `callback {"body":"sent"}`, `callback {"body":"first"}`, `callback {"body":"second"}`, `callback {"body":"third"}`, "debugger 80901",
				`intercept {"body":"second"}`, "send +15550100009 > +15550100002: first", "send +15550100009 > +15550100002: second", "send +15550100009 > +15550100002: third")
			var order []string
			for _, c := range b.twilio.Calls() {
				if c.Kind == standin.Send {
					order = append(order, c.Form.Get("Body"))
				}
			}
			if got := strings.Join(order, " "); got != "first second third" {
				t.Errorf("sent %s, want first second third", got)
			}
			if got := b.outcomes(); got != "forwarded forwarded forwarded forwarded dropped undelivered withheld" {
				t.Errorf("outcomes are %s", got)
			}
			b.stop()
			b.start() // which changes nothing more
		})
	}
}

// What a later relay has made may mean something else, and is left alone.
func TestNewerDatabase(t *testing.T) {
	for name, newer := range map[string]string{
		"version 99, and it knows": `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)`,
		"migration 99 not found":   `INSERT INTO river_migration (line, version) VALUES ('main', 99)`,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.stop()
			if _, err := openTestDatabase(t, b.cfg.Database).Exec(newer); err != nil {
				t.Fatal(err)
			}
			r, err := start(b.cfg, testTiming, slog.New(slog.DiscardHandler))
			if err == nil {
				r.stop(time.Second)
			}
			if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "run the relay that made them") {
				t.Errorf("start: %v, want %s, and what to do", err, name)
			}
		})
	}
}

// Others on the machine cannot read the messages, even if they could before.
func TestDatabaseIsPrivate(t *testing.T) {
	sqliteOnly(t)
	b := newBench(t, nil)
	b.stop()
	if err := os.Chmod(b.cfg.Database, 0o644); err != nil {
		t.Fatal(err)
	}
	b.start()
	b.text(alice, relayNumber, "hello")
	files, err := filepath.Glob(b.cfg.Database + "*")
	if err != nil || len(files) < 4 {
		t.Fatalf("files are %q, %v; want the database's and its lock", files, err)
	}
	for _, name := range files {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want 0600", filepath.Base(name), info.Mode(), err)
		}
	}
}

// What is written to a file that is no longer at its path would be lost, so the
// relay takes nothing and says that it is not healthy.
func TestDatabaseElsewhere(t *testing.T) {
	sqliteOnly(t)
	for name, harm := range map[string]func(file string) error{
		"deleted": os.Remove,
		"moved":   func(file string) error { return os.Rename(file, file+".old") },
		"another file at its path": func(file string) error {
			if err := os.Rename(file, file+".old"); err != nil {
				return err
			}
			text, err := os.ReadFile(file + ".old")
			if err != nil {
				return err
			}
			return os.WriteFile(file, text, 0o600)
		},
		"damaged": func(file string) error { return os.WriteFile(file, bytes.Repeat([]byte("garbage "), 1<<16), 0o600) },
		"cut off": func(file string) error { return os.Truncate(file, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.text(alice, relayNumber, "hello")
			if err := harm(b.cfg.Database); err != nil {
				t.Fatal(err)
			}
			status, _ := b.get("/healthz")
			answer, _, err := b.twilio.Deliver(b.relay.addr, "/sms", smsForm(alice, relayNumber, "hello"))
			if err != nil || status != 503 || answer != 500 {
				t.Errorf("healthz %d, webhook %d, %v; want 503 and 500", status, answer, err)
			}
			b.relay.stop(time.Second)
			b.relay = nil
		})
	}
}

// A row or a job that cannot be read stops nobody else, not even in its lane.
func TestUnreadable(t *testing.T) {
	b := newBench(t, nil)
	var up atomic.Bool
	b.twilio.Fail = func(string, url.Values) int {
		if up.Load() {
			return 0
		}
		return 503
	}
	b.limit.firstRetry, b.limit.lastRetry = time.Minute, time.Minute
	b.stop()
	b.start()
	for _, body := range []string{"bad row", "next"} {
		b.deliver("/sms", smsForm(alice, relayNumber, body), 200)
	}
	for _, body := range []string{"bad job", "other"} {
		b.deliver("/sms", smsForm(bob, relayNumber, body), 200)
	}
	b.wait("attempts", func() bool { return len(b.twilio.Calls()) >= 2 })
	b.stop()
	db := openTestDatabase(t, b.cfg.Database)
	for _, damage := range []string{
		`UPDATE messages SET action = 'nonsense', received = 1 WHERE body = 'bad row'`,
		`UPDATE river_job SET args = '"nonsense"' WHERE id = (SELECT max(id) FROM river_job WHERE kind = 'delivery')`,
		`INSERT INTO river_job (args, kind, max_attempts, queue) VALUES ('{"message":1}', 'unheard-of', 400, 'send')`,
		`UPDATE river_job SET state = 'available', scheduled_at = created_at`,
	} {
		if _, err := db.Exec(damage); err != nil {
			t.Fatal(err)
		}
	}
	db.Close()
	up.Store(true)
	b.start()
	b.wait("everybody's", func() bool { return strings.Count(b.outcomes(), "forwarded") == 3 && b.twilio.Count(standin.Send) == 3 })
	b.settle()
	if got := b.outcomes(); got != "undelivered forwarded forwarded forwarded" {
		t.Errorf("outcomes are %s, want the first undelivered", got)
	}
	if log := b.logs.String(); !strings.Contains(log, "row 1 of messages") || !strings.Contains(log, `"msg":"job given up"`) {
		t.Errorf("the log does not name the row and the job:\n%s", log)
	}
}

// A clock that is set back an hour or ahead a day, with messages pending, neither
// holds them up nor has them given up.
func TestClockSteps(t *testing.T) {
	var ahead atomic.Int64
	b := newBench(t, func(b *bench) {
		b.limit.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	var up atomic.Bool
	b.twilio.Fail = func(string, url.Values) int {
		if up.Load() {
			return 0
		}
		return 503
	}
	b.deliver("/sms", smsForm(alice, relayNumber, "hello"), 200)
	b.wait("attempts", func() bool { return len(b.twilio.Calls()) > 2 })
	ahead.Store(int64(24 * time.Hour))
	n := len(b.twilio.Calls())
	b.wait("attempts a day later", func() bool { return len(b.twilio.Calls()) > n+5 })
	// What a database makes of an hour back: all that was to be now is in an hour.
	hour := `scheduled_at + interval '1 hour'`
	if postgres() == "" {
		hour = `datetime(scheduled_at, '+1 hour', 'subsec')`
	}
	b.wait("a job that waits", func() bool {
		res, err := b.relay.store.db.Exec(`UPDATE river_job SET scheduled_at = ` + hour + ` WHERE queue = 'send' AND state = 'available'`)
		if err != nil {
			t.Fatal(err)
		}
		n, err := res.RowsAffected()
		return n > 0 && err == nil
	})
	up.Store(true)
	ahead.Add(-int64(time.Hour))
	b.settle()
	if got := b.outcomes(); got != "forwarded" {
		t.Errorf("outcomes are %s, want forwarded", got)
	}
	b.wantSeen(len(b.twilio.Calls())-2, `callback {"body":"hello"}`, "send +15550100009 > +15550100002: hello")
}

// keep_days deletes what is older, unless it is pending.
func TestKeepDays(t *testing.T) {
	var down atomic.Bool
	b := newBench(t, func(b *bench) {
		b.cfg.KeepDays = 2
		b.twilio.Fail = func(string, url.Values) int {
			if down.Load() {
				return 503
			}
			return 0
		}
	})
	for _, body := range []string{"old", "new", "STOP"} {
		b.text(alice, relayNumber, body)
	}
	down.Store(true)
	b.deliver("/sms", smsForm(alice, relayNumber, "old, pending"), 200)
	if _, err := b.relay.store.db.Exec(`UPDATE messages SET received = $1 WHERE body LIKE 'old%'`, time.Now().AddDate(0, 0, -3).UnixMilli()); err != nil {
		t.Fatal(err)
	}
	b.wait("the old one to go", func() bool { return b.outcomes() == "forwarded dropped forwarded" })
	down.Store(false)
	b.wait("the pending one to go, too", func() bool { return b.outcomes() == "forwarded dropped" })
	var optOuts int
	if err := b.relay.store.reads.QueryRow(`SELECT count(*) FROM opt_outs`).Scan(&optOuts); err != nil || optOuts != 1 {
		t.Errorf("%d opt-outs, %v; want 1, as they are kept", optOuts, err)
	}
}

// A relay whose server ends by itself ends with an error, so that whatever
// started it does it again.
func TestServerBreaks(t *testing.T) {
	b := newBench(t, nil)
	b.relay.broken <- errors.New("accept: no buffer space")
	if status := b.relay.serve(context.Background()); status != 1 {
		t.Errorf("exit status %d, want 1", status)
	}
	b.relay = nil
	b.start()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if status := b.relay.serve(ctx); status != 0 {
		t.Errorf("exit status %d after a signal, want 0", status)
	}
	b.relay = nil
}

// Several relays share one PostgreSQL: none makes a delivery that another has.
func TestTwoRelays(t *testing.T) {
	if postgres() == "" {
		t.Skip("needs RELAY_TEST_POSTGRES")
	}
	const messages = 200
	b := newBench(t, nil)
	second, err := start(b.cfg, b.limit, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer second.stop(4 * time.Second)
	for i := range messages {
		at := []string{b.relay.addr, second.addr}[i%2]
		if status, _, err := b.twilio.Deliver(at, "/sms", smsForm(alice, relayNumber, fmt.Sprint(i))); err != nil || status != 200 {
			t.Fatalf("POST /sms: %d, %v", status, err)
		}
	}
	b.settle()
	next := 0
	for _, c := range b.twilio.Calls() {
		if c.Kind == standin.Send {
			if got := c.Form.Get("Body"); got != fmt.Sprint(next) {
				t.Fatalf("sent %s, want %d", got, next)
			}
			next++
		}
	}
	if callbacks := b.twilio.Count(standin.Callback); next != messages || callbacks != messages {
		t.Errorf("%d sent, %d callbacks, want %d each", next, callbacks, messages)
	}
}
