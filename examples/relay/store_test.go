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

// testdata/v0.2.0-*.sql are databases of v0.2.0, as sqlite3's .dump and pg_dump
// wrote them after the relay was killed: message 1 is sent and its callback
// pending, 2 is an opt-out of Carol's whose notification is pending, 3 to 5 are
// not sent yet.

// A database of v0.2.0 is migrated. What it has pending is delivered in order,
// and who had opted out still has.
func TestMigration(t *testing.T) {
	b := newBench(t, nil)
	b.stop()
	b.cfg.Database = testDatabase(t)
	file := "testdata/v0.2.0-sqlite.sql"
	if postgres() != "" {
		file = "testdata/v0.2.0-postgres.sql"
	}
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openTestDatabase(t, b.cfg.Database).Exec(string(old)); err != nil {
		t.Fatal(err)
	}
	b.start()
	b.settle()
	b.text(alice, otherRelay, "withheld")
	b.wantSeen(0, `callback {"body":"sent"}`, `callback {"body":"first"}`, `callback {"body":"second"}`, `callback {"body":"START"}`, "debugger 80901",
		"send +15550100009 > +15550100002: first", "send +15550100009 > +15550100002: second", "send +15550100009 > +15550100001: START")
	var order []string
	for _, c := range b.twilio.Calls() {
		if c.Kind == standin.Send && c.Form.Get("To") == bob {
			order = append(order, c.Form.Get("Body"))
		}
	}
	if got := strings.Join(order, " "); got != "first second" {
		t.Errorf("sent %s to Bob, want first second", got)
	}
	if got := b.outcomes(); got != "forwarded dropped forwarded forwarded forwarded withheld" {
		t.Errorf("outcomes are %s", got)
	}
	b.stop()
	b.start() // which changes nothing more
	b.stop()
}

// A file of v0.1.0 is refused with what to do about it, and not changed.
func TestDatabaseOfFirstVersion(t *testing.T) {
	sqliteOnly(t)
	b := newBench(t, nil)
	b.stop()
	b.cfg.Database = testDatabase(t)
	db := openTestDatabase(t, b.cfg.Database)
	if _, err := db.Exec(`CREATE TABLE messages (id INTEGER PRIMARY KEY, sid TEXT NOT NULL UNIQUE); CREATE TABLE opt_outs (relay TEXT, participant TEXT)`); err != nil {
		t.Fatal(err)
	}
	r, err := start(b.cfg, testTiming, slog.New(slog.DiscardHandler))
	if err == nil {
		r.stop(time.Second)
	}
	if err == nil || !strings.Contains(err.Error(), "v0.1.0") {
		t.Errorf("start: %v, want that the tables are v0.1.0's", err)
	}
	var tables int
	if err := db.QueryRow(`SELECT count(*) FROM sqlite_master WHERE type = 'table'`).Scan(&tables); err != nil || tables != 2 {
		t.Errorf("%d tables, %v; want the two that were there", tables, err)
	}
}

// Tables of a later relay may mean something else, and are left alone.
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

// A write to a file that is no longer at its path would be lost, so the relay
// says that it is not healthy.
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
			b.stop()
			b.start() // so that all of it is in the file and not in its log
			if err := harm(b.cfg.Database); err != nil {
				t.Fatal(err)
			}
			if status, body := b.get("/healthz"); status != 503 {
				t.Errorf("healthz: %d, %q; want 503", status, body)
			}
			b.relay.stop(time.Second)
			b.relay = nil
		})
	}
}

// A row or a job that cannot be read stops nobody else, not even in its lane, and
// costs no message but the row's.
func TestUnreadable(t *testing.T) {
	b := newBench(t, nil)
	var up atomic.Bool
	b.twilio.Fail = func(string, url.Values) int {
		if up.Load() {
			return 0
		}
		return 503
	}
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
		`INSERT INTO river_job (args, kind, max_attempts, queue) VALUES ('{"message":"x"}', 'delivery', 400, 'send')`,
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

// A message whose job an operator cancels is given up, and the lane goes on with
// the next. A message whose job was deleted gets another.
func TestJobEnded(t *testing.T) {
	for name, tt := range map[string]struct{ statement, outcomes string }{
		"cancelled": {`UPDATE river_job SET state = 'cancelled', finalized_at = created_at WHERE queue = 'send'`, "undelivered forwarded"},
		"discarded": {`UPDATE river_job SET state = 'discarded', finalized_at = created_at WHERE queue = 'send'`, "undelivered forwarded"},
		"deleted":   {`DELETE FROM river_job WHERE queue = 'send'`, "forwarded forwarded"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, func(b *bench) {
				b.limit = defaultTiming
				b.limit.firstRetry, b.limit.sweep = 30*time.Second, testTiming.sweep
			})
			var up atomic.Bool
			b.twilio.Fail = func(kind string, _ url.Values) int {
				if kind == standin.Send && !up.Load() {
					return 503
				}
				return 0
			}
			b.deliver("/sms", smsForm(alice, relayNumber, "one"), 200)
			b.deliver("/sms", smsForm(alice, relayNumber, "two"), 200)
			db := openTestDatabase(t, b.cfg.Database)
			b.wait("a job that waits", func() bool {
				var n int
				err := db.QueryRow(`SELECT count(*) FROM river_job WHERE queue = 'send' AND state = 'scheduled'`).Scan(&n)
				return err == nil && n == 1
			})
			up.Store(true)
			if _, err := db.Exec(tt.statement); err != nil {
				t.Fatal(err)
			}
			b.settle()
			if got := b.outcomes(); got != tt.outcomes {
				t.Errorf("outcomes are %s, want %s", got, tt.outcomes)
			}
			if n := b.twilio.Count(standin.Callback); n != 2 {
				t.Errorf("%d callbacks, want 2", n)
			}
		})
	}
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
	b.wait("also the pending one to go", func() bool { return b.outcomes() == "forwarded dropped" })
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
