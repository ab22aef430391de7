package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// schema holds three things. Messages are never deleted. A delivery is deleted
// when it is made; what is to be posted is not in it, since it follows from
// the message.
//
// A lane is a relay number and a recipient, whose messages stay in order: of a
// lane's deliveries one is due and the others wait. Callbacks and
// notifications have no lane.
const schema = `
CREATE TABLE IF NOT EXISTS opt_outs ( -- a pair of numbers, not a number
	relay       TEXT NOT NULL,
	participant TEXT NOT NULL,
	message_sid TEXT NOT NULL,
	since       INTEGER NOT NULL,
	PRIMARY KEY (relay, participant)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
	id        INTEGER PRIMARY KEY,
	sid       TEXT NOT NULL UNIQUE,
	via       TEXT NOT NULL,
	relay     TEXT NOT NULL,
	sender    TEXT NOT NULL,
	recipient TEXT NOT NULL,
	body      TEXT NOT NULL,
	media     TEXT NOT NULL, -- addresses, a line each
	received  INTEGER NOT NULL, -- this and the other times: Unix milliseconds
	action    TEXT NOT NULL,
	code      INTEGER NOT NULL,
	class     TEXT NOT NULL,
	keyword   TEXT NOT NULL,
	outcome   TEXT NOT NULL,
	sent_sid  TEXT NOT NULL DEFAULT '' -- Twilio's, of the message sent on
);
CREATE TABLE IF NOT EXISTS health ( -- one row, for /healthz to change
	id      INTEGER PRIMARY KEY,
	checked INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
	id         INTEGER PRIMARY KEY,
	message_id INTEGER NOT NULL,
	kind       TEXT NOT NULL,
	lane       TEXT,
	state      TEXT NOT NULL, -- due, waiting (for its lane) or failed (given up)
	due_at     INTEGER NOT NULL,
	attempts   INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS deliveries_due  ON deliveries (kind, due_at) WHERE state = 'due';
CREATE INDEX IF NOT EXISTS deliveries_lane ON deliveries (lane, message_id) WHERE lane IS NOT NULL;`

// A store is the relay's database, a file of SQLite's. It belongs to one
// process: two relays on one file would each make every delivery.
//
// All changes go through one goroutine, which puts those that wait into one
// transaction. synchronous=FULL has SQLite flush the log to the disk at each
// commit. A killed process would lose nothing without that, as the kernel
// keeps what it has written; a power cut would lose messages that Twilio was
// told are accepted, and Twilio does not deliver them again. The flush is
// what makes a commit slow, and a shared commit shares it.
//
// Another process, such as the operator's shell, may lock the file. A commit
// waits half a second for it and then fails, with all changes that share it: a
// webhook must be answered in time, if only with an error.
type store struct {
	db      *sql.DB
	conn    *sql.Conn            // the one that writes
	stmts   map[string]*sql.Stmt // its own
	reads   sync.Map             // query to *sql.Stmt, of the other connections
	changes chan change
	closing chan struct{}
	closed  chan struct{}
}

type change struct {
	do   func(*tx) error
	done chan error
}

var errClosed = errors.New("relay: the database is closed")

func openStore(file string) (*store, error) {
	// SQLite would let everybody on the machine read the messages.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("relay: database: %w", err)
	}
	f.Close()
	dsn := "file:" + (&url.URL{Path: file}).EscapedPath() +
		"?_pragma=busy_timeout(500)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("relay: database %s: %w", file, err)
	}
	s := &store{
		db:      db,
		stmts:   map[string]*sql.Stmt{},
		changes: make(chan change, maxGroup),
		closing: make(chan struct{}),
		closed:  make(chan struct{}),
	}
	if s.conn, err = db.Conn(context.Background()); err == nil {
		_, err = s.conn.ExecContext(context.Background(), schema)
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("relay: database %s: %w", file, err)
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16) // opening one takes longer than a query
	go s.write()
	return s, nil
}

// Close lets the changes that wait be made, then closes the file. It is called
// once.
func (s *store) Close() error {
	close(s.closing)
	<-s.closed
	for _, st := range s.stmts {
		st.Close()
	}
	return errors.Join(s.conn.Close(), s.db.Close())
}

// maxGroup is the number of changes that share a commit, and so the number
// that one of them waits for.
const maxGroup = 128

// update makes a change and returns when it is on disk. It may call do more
// than once, the last time with effect. ctx limits the wait for a place in the
// queue, not the change: when update returns, do runs no more.
func (s *store) update(ctx context.Context, do func(*tx) error) error {
	c := change{do, make(chan error, 1)}
	select {
	case s.changes <- c:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return errClosed
	}
	select {
	case err := <-c.done:
		return err
	case <-s.closed: // it may have been the last change
		select {
		case err := <-c.done:
			return err
		default:
			return errClosed
		}
	}
}

func (s *store) write() {
	defer close(s.closed)
	for {
		var group []change
		select {
		case c := <-s.changes:
			group = append(group, c)
		case <-s.closing:
		}
		for len(s.changes) > 0 && len(group) < maxGroup {
			group = append(group, <-s.changes)
		}
		if len(group) == 0 {
			return
		}
		err := s.commit(group...)
		for _, c := range group {
			if errors.As(err, new(changeError)) && len(group) > 1 {
				c.done <- s.commit(c) // alone: one bad change must not spoil the others
			} else {
				c.done <- err
			}
		}
	}
}

func (s *store) commit(group ...change) (err error) {
	t := &tx{s}
	if err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.exec("ROLLBACK"))
		}
	}()
	for _, c := range group {
		if err := c.do(t); err != nil {
			return changeError{err}
		}
	}
	return t.exec("COMMIT")
}

// A changeError is what a change itself returned, inside a transaction.
type changeError struct{ error }

func (e changeError) Unwrap() error { return e.error }

// A tx is the writing connection inside a transaction.
type tx struct{ s *store }

func (t *tx) stmt(query string) (*sql.Stmt, error) {
	st := t.s.stmts[query]
	if st == nil {
		var err error
		if st, err = t.s.conn.PrepareContext(context.Background(), query); err != nil {
			return nil, err
		}
		t.s.stmts[query] = st
	}
	return st, nil
}

func (t *tx) exec(query string, args ...any) error {
	st, err := t.stmt(query)
	if err == nil {
		_, err = st.Exec(args...)
	}
	return err
}

// get scans the first row of a query into dest and reports whether there is one.
func (t *tx) get(dest any, query string, args ...any) (bool, error) {
	st, err := t.stmt(query)
	if err == nil {
		err = st.QueryRow(args...).Scan(dest)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func (t *tx) setChecked(now time.Time) error {
	return t.exec(`INSERT INTO health VALUES (1, ?1) ON CONFLICT DO UPDATE SET checked = ?1`, now.UnixMilli())
}

func (t *tx) findOutcome(m *message) (bool, error) {
	return t.get(&m.Outcome, `SELECT outcome FROM messages WHERE sid = ?`, m.SID)
}

func (t *tx) insertMessage(m *message) error {
	d := m.Decision
	err := t.exec(`INSERT INTO messages (sid, via, relay, sender, recipient, body, media, received, action, code, class, keyword, outcome)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		m.SID, m.Via, m.Relay, m.Sender, m.Recipient, m.Body, strings.Join(m.Media, "\n"), m.Received.UnixMilli(),
		d.Action.String(), d.Code, d.Class.String(), d.Keyword, m.Outcome)
	if err == nil {
		_, err = t.get(&m.id, `SELECT last_insert_rowid()`)
	}
	return err
}

func (t *tx) setOutcome(m *message) error {
	return t.exec(`UPDATE messages SET outcome = ?, sent_sid = ? WHERE id = ?`, m.Outcome, m.SentSID, m.id)
}

// optOut records that a participant wants no messages from m's relay number, as
// m told.
func (t *tx) optOut(m *message, participant string, at time.Time) error {
	return t.exec(`INSERT INTO opt_outs VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET message_sid = ?3, since = ?4 WHERE since < ?4`,
		m.Relay, participant, m.SID, at.UnixMilli())
}

// optIn undoes an opt-out, unless it came while this opt-in was on its way to
// the database. Twilio's webhooks have no time, so the order of what arrives is
// all the order there is: an opt-in that Twilio delivers late, or again after
// an error, counts as of when it is received. What is later by more than a
// webhook can take was recorded before the clock was set back.
func (t *tx) optIn(m *message) error {
	return t.exec(`DELETE FROM opt_outs WHERE relay = ?1 AND participant = ?2 AND NOT since BETWEEN ?3 + 1 AND ?3 + 60000`,
		m.Relay, m.Sender, m.Received.UnixMilli())
}

// recipientOptedOut reports whether m must not reach its recipient. In a
// conversation that is whoever is not the author: see conversations.
func (t *tx) recipientOptedOut(m *message) (bool, error) {
	var one int
	if m.Via == viaConversations {
		return t.get(&one, `SELECT 1 FROM opt_outs WHERE relay = ? AND participant <> ?`, m.Relay, m.Sender)
	}
	return t.get(&one, `SELECT 1 FROM opt_outs WHERE relay = ? AND participant = ?`, m.Relay, m.Recipient)
}

func (t *tx) enqueue(m *message, kind string, now time.Time) error {
	var lane any
	if kind == toTwilio || kind == toInterceptor {
		lane = m.Relay + " " + m.Recipient
	}
	return t.exec(`INSERT INTO deliveries (message_id, kind, lane, state, due_at) VALUES (?1, ?2, ?3,
		CASE WHEN EXISTS (SELECT 1 FROM deliveries WHERE lane = ?3 AND message_id < ?1) THEN 'waiting' ELSE 'due' END, ?4)`,
		m.id, kind, lane, now.UnixMilli())
}

// finish removes a delivery that is made.
func (t *tx) finish(d *delivery) error {
	return t.exec(`DELETE FROM deliveries WHERE id = ?`, d.id)
}

// giveUp keeps a delivery for the operator to look at, out of its lane.
func (t *tx) giveUp(d *delivery) error {
	return t.exec(`UPDATE deliveries SET state = 'failed', lane = NULL WHERE id = ?`, d.id)
}

func (t *tx) retry(d *delivery, at time.Time) error {
	return t.exec(`UPDATE deliveries SET attempts = attempts + 1, due_at = ? WHERE id = ?`, at.UnixMilli(), d.id)
}

// advance makes the next delivery of a lane due, after the one before it has
// left.
func (t *tx) advance(d *delivery, now time.Time) error {
	if d.lane == "" {
		return nil
	}
	return t.exec(`UPDATE deliveries SET state = 'due', due_at = ?2 WHERE state = 'waiting'
		AND id = (SELECT id FROM deliveries WHERE lane = ?1 ORDER BY message_id LIMIT 1)`, d.lane, now.UnixMilli())
}

// reader returns a query prepared, since parsing it takes longer than running
// it.
func (s *store) reader(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := s.reads.Load(query); ok {
		return st.(*sql.Stmt), nil
	}
	st, err := s.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if first, ok := s.reads.LoadOrStore(query, st); ok {
		st.Close()
		st = first.(*sql.Stmt)
	}
	return st, nil
}

// read is tx.get without a transaction.
func (s *store) read(ctx context.Context, dest any, query string, args ...any) (bool, error) {
	st, err := s.reader(ctx, query)
	if err == nil {
		err = st.QueryRowContext(ctx, args...).Scan(dest)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// known reports whether the message is in the log.
func (s *store) known(ctx context.Context, sid string) (bool, error) {
	var one int
	return s.read(ctx, &one, `SELECT 1 FROM messages WHERE sid = ?`, sid)
}

// optedOut reports whether a participant opted out of a relay number.
func (s *store) optedOut(ctx context.Context, relay, participant string) (bool, error) {
	var one int
	return s.read(ctx, &one, `SELECT 1 FROM opt_outs WHERE relay = ? AND participant = ?`, relay, participant)
}

// pending returns the number of deliveries to be made.
func (s *store) pending(ctx context.Context) (n int, err error) {
	_, err = s.read(ctx, &n, `SELECT count(*) FROM deliveries WHERE state <> 'failed'`)
	return n, err
}

// due returns the first deliveries of a kind whose time has come.
func (s *store) due(ctx context.Context, kind string, now time.Time, limit int) ([]*delivery, error) {
	st, err := s.reader(ctx, `
		SELECT d.id, d.kind, COALESCE(d.lane, ''), d.attempts, m.id, m.sid, m.via, m.relay, m.sender, m.recipient, m.body, m.media,
			m.received, m.action, m.code, m.class, m.keyword, m.outcome, m.sent_sid
		FROM deliveries d JOIN messages m ON m.id = d.message_id
		WHERE d.kind = ? AND d.state = 'due' AND d.due_at <= ? ORDER BY d.due_at LIMIT ?`)
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(ctx, kind, now.UnixMilli(), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []*delivery
	for rows.Next() {
		d, m := new(delivery), new(message)
		d.message = m
		var media, action, class string
		var received int64
		err := rows.Scan(&d.id, &d.kind, &d.lane, &d.attempts, &m.id, &m.SID, &m.Via, &m.Relay, &m.Sender, &m.Recipient, &m.Body, &media,
			&received, &action, &m.Decision.Code, &class, &m.Decision.Keyword, &m.Outcome, &m.SentSID)
		if err == nil {
			err = m.Decision.Action.UnmarshalText([]byte(action))
		}
		if err == nil {
			err = m.Decision.Class.UnmarshalText([]byte(class))
		}
		if err != nil {
			return nil, err
		}
		if media != "" {
			m.Media = strings.Split(media, "\n")
		}
		m.Received = time.UnixMilli(received)
		all = append(all, d)
	}
	return all, rows.Err()
}
