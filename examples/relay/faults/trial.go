//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/optout/examples/relay/standin"
)

// A scenario is a fault and the values that are wanted.
type scenario struct {
	name, about string
	on          string        // the databases it is for: sqlite, postgres, two
	rate        int           // webhooks offered a second, over 40 lanes
	fault       func(*trial)  // runs while the webhooks are offered
	distance    time.Duration // of PostgreSQL, a round trip
	direct      bool          // no link and no endpoint between the processes
	full        bool          // the database is on a small file system
	repeats     int           // how often one message may be sent again
	survivor    bool          // the second relay accepts 95 % from 5 s after the fault
	noneRefused bool
	sentWithin  time.Duration // after the end of the load, if not 0
	givesUp     int           // how many messages may be given up
}

// A trial is a scenario on a database.
type trial struct {
	*world
	scenario
	database string
	dir      string
	server   *postgres // nil on SQLite
	dsn      string    // for the trial's own statements
	relays   []*relay
	twilio   *standin.Server
	api      *endpoint // the Messages API
	account  *endpoint // callbacks and notifications
	answer   atomic.Pointer[answer]
	attempts atomic.Int64 // requests to the Messages API

	mu       sync.Mutex
	messages []*message
	byBody   map[string]*message
	sent     int       // number of messages that the Messages API took
	last     time.Time // when something was sent or reported

	began, ended time.Time // of the fault
	loaded       time.Time // when the load ended

	accepted, refused, lost, givenUp, doubled, disordered int
	acceptsAfter, sendsAfter                              time.Duration // the end of the fault: the last refusal, the last late send
	drained                                               time.Duration // from the end of the load to the last send
	notes, missed                                         []string
}

// span returns how long a part of a fault takes.
func (t *trial) span(short, full time.Duration) time.Duration {
	if *long {
		return full
	}
	return short
}

func (t *trial) wait(short, full time.Duration) { time.Sleep(t.span(short, full)) }

func (t *trial) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

func (t *trial) miss(format string, args ...any) {
	t.missed = append(t.missed, fmt.Sprintf(format, args...))
}

// setAnswer has the Messages API answered by a, or as usual if a is nil.
func (t *trial) setAnswer(a answer) { t.answer.Store(&a) }

// check reports an error of the trial itself.
func (t *trial) check(err error) {
	if err != nil {
		t.miss("the trial failed: %v", err)
	}
}

// run runs the trial and fills in its results.
func (t *trial) run() {
	defer t.close()
	if err := t.open(); err != nil {
		t.check(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	var polls sync.WaitGroup
	for _, r := range t.relays {
		polls.Go(func() { t.poll(ctx, r) })
	}
	rate := t.rate
	if !*long && t.sentWithin == 0 {
		rate /= 2
	}
	stopLoad := t.load(rate, 40)
	t.wait(2*time.Second, 5*time.Second)
	t.began = time.Now()
	t.last = t.began
	t.fault(t)
	if t.ended.IsZero() {
		t.ended = time.Now()
	}
	if t.rate > 0 {
		t.wait(8*time.Second, 20*time.Second)
	}
	stopLoad()
	t.loaded = time.Now()
	t.finish(5 * time.Minute)
	t.wait(time.Second, 15*time.Second) // for messages that are sent again
	stop()
	polls.Wait()
	t.judge()
}

// open starts the processes of the trial.
func (t *trial) open() error {
	if err := os.Mkdir(t.dir, 0o711); err != nil {
		return err
	}
	if t.full {
		if err := syscall.Mount("tmpfs", t.dir, "tmpfs", 0, "size=160m,mode=711"); err != nil {
			return fmt.Errorf("mount needs root: %w", err)
		}
	}
	t.twilio = &standin.Server{
		AccountSID: "AC00000000000000000000000000000001", AuthToken: "00000000000000000000000000000002",
		PublicURL: "https://relay.example.com", CountOnly: true, Fail: t.record,
	}
	if err := t.twilio.Start(); err != nil {
		return err
	}
	twilio, _ := url.Parse(t.twilio.URL())
	api := httputil.NewSingleHostReverseProxy(twilio)
	t.api = &endpoint{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.attempts.Add(1)
		if a := *t.answer.Load(); a != nil {
			a(w, r, api)
			return
		}
		api.ServeHTTP(w, r)
	})}
	t.setAnswer(nil)
	t.account = &endpoint{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.ParseForm() == nil {
			t.record(r.URL.Path[1:], r.PostForm)
		}
	})}
	if err := errors.Join(t.api.open(), t.account.open()); err != nil {
		return err
	}
	apiURL, accountURL := "http://"+t.api.address, "http://"+t.account.address
	if t.direct {
		apiURL, accountURL = t.twilio.URL(), t.twilio.URL()
	}
	if err := t.openDatabase(); err != nil {
		return err
	}
	var sessions []map[string]any
	for i := range people {
		sessions = append(sessions, map[string]any{"relay": relayNumber, "participants": []string{participant(1, i), participant(2, i)}})
	}
	count := 1
	if t.database == "two" {
		count = 2
	}
	for i := range count {
		dsn := t.dsn
		var l *link
		if t.server != nil && !t.direct {
			var err error
			if l, err = newLink(t.server.dir + "/.s.PGSQL.5432"); err != nil {
				return err
			}
			l.distance.Store(int64(t.distance))
			dsn = fmt.Sprintf("postgres://relay@%s/%s?sslmode=disable", l.Addr(), filepath.Base(t.dir))
		}
		r, err := newRelay(filepath.Join(t.dir, fmt.Sprintf("relay%d", i)), t.binary, map[string]any{
			"public_url": t.twilio.PublicURL, "database": dsn, "account_sid": t.twilio.AccountSID, "auth_token": t.twilio.AuthToken,
			"twilio_api_url": apiURL, "callback_url": accountURL + "/callback", "debugger_url": accountURL + "/debugger", "sessions": sessions,
		})
		if err != nil {
			return err
		}
		r.link = l
		t.relays = append(t.relays, r)
		if err := r.start(); err != nil {
			return err
		}
	}
	return nil
}

// poll asks /healthz of a relay twice a second.
func (t *trial) poll(ctx context.Context, r *relay) {
	for ; ctx.Err() == nil; time.Sleep(500 * time.Millisecond) {
		s := r.health()
		t.mu.Lock()
		r.samples = append(r.samples, s)
		t.mu.Unlock()
	}
}

// openDatabase makes an empty database.
func (t *trial) openDatabase() (err error) {
	if t.database == "sqlite" {
		t.dsn = filepath.Join(t.dir, "relay.db")
		return nil
	}
	if t.pg == nil {
		if t.pg, err = newPostgres(filepath.Join(t.world.dir, "pg")); err != nil {
			return err
		}
	}
	t.server = t.pg
	if t.full {
		if t.server, err = newPostgres(filepath.Join(t.dir, "pg")); err != nil {
			return err
		}
	}
	t.dsn = t.server.address(filepath.Base(t.dir))
	return t.server.exec("postgres", "CREATE DATABASE "+filepath.Base(t.dir))
}

// close ends what the trial started.
func (t *trial) close() {
	for _, r := range t.relays {
		if r.link != nil {
			r.link.restore()
			r.link.Close()
		}
		if r.cmd != nil {
			r.kill()
		}
	}
	for _, e := range []*endpoint{t.api, t.account} {
		if e != nil && e.server != nil {
			e.close()
		}
	}
	if t.twilio != nil {
		t.twilio.Close()
	}
	if t.server != nil && t.server != t.pg {
		t.server.stop(syscall.SIGQUIT)
	}
	if *keep != "" {
		for i, r := range t.relays {
			text, _ := os.ReadFile(r.log)
			os.WriteFile(filepath.Join(*keep, fmt.Sprintf("%s-%s-%d.log", t.name, t.database, i)), text, 0o600)
		}
	}
	if t.full {
		syscall.Unmount(t.dir, 0)
	}
	os.RemoveAll(t.dir)
}
