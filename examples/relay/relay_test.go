package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/optout/examples/relay/standin"
)

// With RELAY_TEST_MAIN set the test binary is the relay itself: the tests that
// kill it need a process.
func TestMain(m *testing.M) {
	if os.Getenv("RELAY_TEST_MAIN") != "" {
		os.Unsetenv("RELAY_TEST_MAIN") // the relay does not know these
		os.Unsetenv("RELAY_TEST_POSTGRES")
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

const (
	testAccount = "AC0123456789abcdef0123456789abcdef"
	testToken   = "fedcba9876543210fedcba9876543210"
	testPublic  = "https://relay.example.com"

	relayNumber = "+15550100009"
	alice       = "+15550100001"
	bob         = "+15550100002"
	carol       = "+15550100003"
	otherRelay  = "+15550100008"

	conversation = "CH0123456789abcdef0123456789abcdef"
)

var testTiming = timing{
	call:                  5 * time.Second,
	intercept:             10 * time.Second,
	interceptConversation: 3 * time.Second,
	firstRetry:            5 * time.Millisecond,
	lastRetry: map[string]time.Duration{toTwilio: 50 * time.Millisecond, toInterceptor: 50 * time.Millisecond,
		toCallback: 50 * time.Millisecond, toDebugger: 50 * time.Millisecond},
	giveUp:  time.Minute,
	circuit: 100 * time.Millisecond,
	sweep:   200 * time.Millisecond,
}

// A bench is a relay and the stand-in that it talks to.
type bench struct {
	*testing.T
	twilio *standin.Server
	cfg    config
	relay  *relay
	limit  timing
	logs   *logBuffer
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// postgres is a PostgreSQL to run the tests on, postgres://…; "" for SQLite.
func postgres() string { return os.Getenv("RELAY_TEST_POSTGRES") }

// testDatabase returns the address of an empty database for one test.
func testDatabase(t *testing.T) string {
	t.Helper()
	if postgres() == "" {
		return filepath.Join(t.TempDir(), "relay.db")
	}
	schema := fmt.Sprintf("t%d_%d", os.Getpid(), lastSID.Add(1))
	db := openTestDatabase(t, postgres())
	if _, err := db.Exec(`CREATE SCHEMA ` + schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec(`DROP SCHEMA ` + schema + ` CASCADE`); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(postgres())
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// openTestDatabase opens a database as another process may.
func openTestDatabase(t *testing.T, database string) *sql.DB {
	t.Helper()
	driver := "pgx"
	if !isPostgres(database) {
		driver, database = "sqlite", "file:"+database+"?_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// newBench starts a stand-in and a relay; change may change both before.
func newBench(t *testing.T, change func(*bench)) *bench {
	t.Helper()
	b := &bench{
		T:      t,
		twilio: &standin.Server{AccountSID: testAccount, AuthToken: testToken, PublicURL: testPublic},
		limit:  testTiming,
		logs:   new(logBuffer),
	}
	if err := b.twilio.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.twilio.Close() })
	b.cfg = config{
		Listen:               "127.0.0.1:0",
		Status:               "127.0.0.1:0",
		PublicURL:            testPublic,
		Database:             testDatabase(t),
		AccountSID:           testAccount,
		AuthToken:            testToken,
		TwilioAPIURL:         b.twilio.URL(),
		CallbackURL:          b.twilio.URL() + "/callback",
		InterceptCallbackURL: b.twilio.URL() + "/intercept",
		DebuggerURL:          b.twilio.URL() + "/debugger",
		Sessions: []session{
			{relayNumber, []string{alice, bob}},
			{otherRelay, []string{alice, carol}},
		},
	}
	if change != nil {
		change(b)
	}
	if err := b.cfg.validate(); err != nil {
		t.Fatal(err)
	}
	b.start()
	t.Cleanup(b.stop)
	return b
}

func (b *bench) start() {
	b.Helper()
	r, err := start(b.cfg, b.limit, slog.New(slog.NewJSONHandler(b.logs, nil)))
	if err != nil {
		b.Fatal(err)
	}
	b.relay = r
}

// stop stops the relay, if it runs, and looks whether the stand-in found
// fault with anything that the relay did.
func (b *bench) stop() {
	b.Helper()
	if b.relay != nil && !b.relay.stop(4*time.Second) {
		b.Errorf("stop = false, want true; log:\n%s", b.logs)
	}
	b.relay = nil
	for _, p := range b.twilio.Problems() {
		b.Errorf("the stand-in found: %s", p)
	}
}

var lastSID atomic.Int64

func newSID() string { return fmt.Sprintf("SM%032x", lastSID.Add(1)) }

func smsForm(from, to, body string) url.Values {
	return url.Values{"MessageSid": {newSID()}, "AccountSid": {testAccount}, "From": {from}, "To": {to}, "Body": {body}, "NumMedia": {"0"}}
}

func conversationForm(author, body string) url.Values {
	return url.Values{"EventType": {"onMessageAdd"}, "AccountSid": {testAccount}, "ConversationSid": {conversation},
		"Author": {author}, "Source": {"SMS"}, "Body": {body}, "Attributes": {"{}"}}
}

// deliver has the stand-in deliver a webhook and fails on any other answer
// than the one wanted.
func (b *bench) deliver(path string, form url.Values, wantStatus int) (body string) {
	b.Helper()
	status, body, err := b.twilio.Deliver(b.relay.addr, path, form)
	if err != nil {
		b.Fatalf("POST %s: %v", path, err)
	}
	if status != wantStatus {
		b.Fatalf("POST %s %v: status %d, %q, want %d", path, form, status, body, wantStatus)
	}
	return body
}

// text has from text a relay number, and waits until all that follows is done.
func (b *bench) text(from, to, body string) {
	b.Helper()
	if got := b.deliver("/sms", smsForm(from, to, body), 200); got != "<Response/>" {
		b.Errorf("POST /sms: %q, want <Response/>", got)
	}
	b.settle()
}

// settle waits until the relay has nothing left to do.
func (b *bench) settle() {
	b.Helper()
	b.wait("no deliveries pending", func() bool {
		n, _, err := b.relay.store.pending(context.Background())
		return err == nil && n == 0
	})
}

// wait polls until cond holds.
func (b *bench) wait(what string, cond func() bool) {
	b.Helper()
	for deadline := time.Now().Add(time.Minute); !cond(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("waited a minute for: %s; log:\n%s", what, b.logs)
		}
	}
}

// seen returns what the stand-in received since it held n calls, in words and
// sorted, since the order of different kinds is not fixed.
func (b *bench) seen(n int) []string {
	b.Helper()
	var all []string
	for _, c := range b.twilio.Calls()[n:] {
		all = append(all, describe(b.T, c))
	}
	slices.Sort(all)
	return all
}

func describe(t *testing.T, c standin.Call) string {
	t.Helper()
	switch c.Kind {
	case standin.Send:
		return fmt.Sprintf("send %s > %s: %s", c.Form.Get("From"), c.Form.Get("To"), c.Form.Get("Body"))
	case standin.Debugger:
		return "debugger " + payload(t, c)["error_code"].(string)
	}
	s := c.Kind + " " + c.Form.Get("interactionData")
	if c.Form.Get("outboundResourceStatus") == "failed" {
		s += " failed"
	}
	return s
}

func payload(t *testing.T, c standin.Call) map[string]any {
	t.Helper()
	var p map[string]any
	if err := json.Unmarshal([]byte(c.Form.Get("Payload")), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func (b *bench) wantSeen(n int, want ...string) {
	b.Helper()
	slices.Sort(want)
	if got := b.seen(n); !slices.Equal(got, want) {
		b.Errorf("the stand-in received\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (b *bench) outcomes() string {
	b.Helper()
	rows, err := b.relay.store.reads.Query(`SELECT outcome FROM messages ORDER BY id`)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var o string
		if err := rows.Scan(&o); err != nil {
			b.Fatal(err)
		}
		all = append(all, o)
	}
	return strings.Join(all, " ")
}

func (b *bench) get(path string) (int, string) {
	b.Helper()
	at := b.relay.status
	if path != "/healthz" && path != "/metrics" {
		at = b.relay.addr
	}
	res, err := http.Get("http://" + at + path)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	var body bytes.Buffer
	body.ReadFrom(res.Body)
	return res.StatusCode, body.String()
}

// lockDatabase locks the database as another process may.
func (b *bench) lockDatabase() (unlock func()) {
	b.Helper()
	other, err := openTestDatabase(b.T, b.cfg.Database).Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	exec := func(statement string) {
		b.Helper()
		if _, err := other.ExecContext(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
	if postgres() != "" {
		exec("BEGIN; LOCK TABLE messages")
	} else {
		exec("BEGIN IMMEDIATE")
	}
	return func() { b.Helper(); exec("ROLLBACK") }
}

// raw writes a request as it is and returns the answer to it.
func (b *bench) raw(request string) *http.Response {
	b.Helper()
	conn, err := net.Dial("tcp", b.relay.addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		b.Fatal(err)
	}
	go io.WriteString(conn, request) // of which the relay may not read all
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		b.Fatal(err)
	}
	return res
}

// The conversation of the README, with everything that it makes happen.
func TestConversationBySMS(t *testing.T) {
	b := newBench(t, nil)
	sms := func(from, to, body string, want ...string) {
		t.Helper()
		n := len(b.twilio.Calls())
		b.text(from, to, body)
		b.wantSeen(n, want...)
	}
	data := func(body string) string { return `callback {"body":"` + body + `"}` }

	sms(alice, relayNumber, "I'm outside", data("I'm outside"), "send +15550100009 > +15550100002: I'm outside")
	sms(bob, relayNumber, "Coming", data("Coming"), "send +15550100009 > +15550100001: Coming")
	sms(bob, relayNumber, " stop ", "debugger 80901")
	sms(alice, relayNumber, "Are you there?") // withheld: nothing is called
	sms(bob, relayNumber, "I can still write", data("I can still write"), "send +15550100009 > +15550100001: I can still write")
	sms(bob, relayNumber, "Start", data("Start"), "send +15550100009 > +15550100001: Start")
	sms(alice, relayNumber, "Hello again", data("Hello again"), "send +15550100009 > +15550100002: Hello again")

	// An opt-out covers the number that was texted, not the other one (P6).
	sms(alice, relayNumber, "Arr\u00eat", "debugger 80901")
	sms(bob, relayNumber, "Withheld")
	sms(carol, otherRelay, "Other pair", data("Other pair"), "send +15550100008 > +15550100001: Other pair")
	sms(alice, relayNumber, "UNSTOP", "debugger 80901")
	sms(bob, relayNumber, "Not withheld", data("Not withheld"), "send +15550100009 > +15550100001: Not withheld")

	want := "forwarded forwarded dropped withheld forwarded forwarded forwarded dropped withheld forwarded dropped forwarded"
	if got := b.outcomes(); got != want {
		t.Errorf("outcomes are\n%s, want\n%s", got, want)
	}
}
