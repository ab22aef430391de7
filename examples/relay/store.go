package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	_ "modernc.org/sqlite" // the driver
)

// A store is the relay's database: a file of SQLite's, which belongs to one
// process, or a PostgreSQL that several share. River's jobs are in it, too, so
// that a message, an opt-out and what is to be delivered are one transaction.
//
// Changes go through update, which puts those that wait into one transaction.
// A commit is flushed to the disk: a killed process would lose nothing without
// that, as the kernel keeps what it has written; a power cut would lose
// messages that Twilio was told are accepted, and Twilio does not deliver them
// again. The flush is what makes a commit slow, and a shared commit shares it.
type store struct {
	db      *sql.DB // one connection with SQLite, which has one writer
	reads   *sql.DB
	driver  riverdriver.Driver[*sql.Tx]
	client  *river.Client[*sql.Tx] // set before the first change
	id      string                 // of this process among those that share the database
	file    string                 // "" with PostgreSQL
	opened  *os.File               // the same, and the size that it had
	size    int64
	lock    *sql.DB // of the file beside the database that keeps others out
	locked  *sql.Tx // for as long as this process lives
	writers int     // goroutines that commit
	changes chan change
	closing chan struct{}
	closed  chan struct{}
}

// A change is made with others in one transaction. Those of one lane are made
// one after the other, by whatever process.
type change struct {
	lane string
	do   func(*tx) error
	done chan error
}

var errClosed = errors.New("relay: the database is closed")

func isPostgres(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

func openStore(database string) (s *store, err error) {
	s = &store{
		id:      "relay-" + strconv.FormatInt(time.Now().UnixNano(), 36) + "-" + strconv.Itoa(os.Getpid()),
		changes: make(chan change, maxGroup),
		closing: make(chan struct{}),
		closed:  make(chan struct{}),
	}
	s.writers = 1
	if isPostgres(database) {
		s.writers = 2 // while one commits, the other collects
		err = s.openPostgres(database)
	} else {
		err = s.openSQLite(database)
	}
	if err == nil {
		err = s.migrate(context.Background())
	}
	if err == nil && s.file != "" {
		err = s.watch()
	}
	if err != nil {
		s.closeDB()
		return nil, fmt.Errorf("relay: database: %w", err)
	}
	var group sync.WaitGroup
	for range s.writers {
		group.Go(s.write)
	}
	go func() { group.Wait(); close(s.closed) }()
	return s, nil
}

func (s *store) openPostgres(address string) error {
	cfg, err := pgx.ParseConfig(address) // whose errors have no password in them
	if err != nil {
		return err
	}
	cfg.RuntimeParams["application_name"] = s.id // see upkeep
	cfg.RuntimeParams["lock_timeout"] = "1000"   // ms; as with SQLite
	cfg.ConnectTimeout = cmp.Or(cfg.ConnectTimeout, 5*time.Second)
	s.db = stdlib.OpenDB(*cfg)
	s.db.SetMaxOpenConns(24)
	s.db.SetMaxIdleConns(24) // opening one takes longer than a query
	s.reads = s.db
	s.driver = riverdatabasesql.New(s.db)
	return nil
}

// openSQLite opens the file, which nobody else on the machine may read and no
// other relay may have open: two would each make every delivery.
//
// Another process, such as the operator's shell, may lock the file for a while.
// A commit waits half a second for it and then fails, with all changes that
// share it: a webhook must be answered in time, if only with an error.
func (s *store) openSQLite(file string) error {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	s.file = file
	for _, name := range []string{file, file + ".lock"} {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
			return fmt.Errorf("%s must be its owner's alone: %w", name, err)
		}
	}
	open := func(name, options string) *sql.DB {
		db, _ := sql.Open("sqlite", "file:"+(&url.URL{Path: name}).EscapedPath()+"?"+options) // does not open yet
		return db
	}
	s.lock = open(file+".lock", "_txlock=exclusive")
	s.lock.SetMaxOpenConns(1)
	var err error
	if s.locked, err = s.lock.Begin(); err != nil {
		return fmt.Errorf("another relay has %s open: stop that one, or give this one a database of its own, or both a PostgreSQL (%w)", file, err)
	}
	const options = "_pragma=busy_timeout(500)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	s.db = open(file, options+"&_txlock=immediate")
	s.db.SetMaxOpenConns(1)
	s.reads = open(file, options+"&_pragma=query_only(true)")
	s.reads.SetMaxOpenConns(8)
	s.reads.SetMaxIdleConns(8)
	s.driver = riversqlite.New(s.db)
	return nil
}

// Close lets the changes that wait be made, then closes the database. It is
// called once.
func (s *store) Close() error {
	close(s.closing)
	<-s.closed
	return s.closeDB()
}

func (s *store) closeDB() (err error) {
	for _, db := range []*sql.DB{s.reads, s.db} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	if s.opened != nil {
		err = errors.Join(err, s.opened.Close())
	}
	if s.locked != nil { // last
		err = errors.Join(err, s.locked.Rollback(), s.lock.Close())
	}
	return err
}

// now is the database's clock in SQL, as River's columns have it.
func (s *store) now() string {
	if s.file == "" {
		return "now()"
	}
	return "datetime('now', 'subsec')"
}

// watch prepares inPlace. The file stays open until the database is closed: a
// close would take away SQLite's locks on it.
func (s *store) watch() (err error) {
	if s.opened, err = os.Open(s.file); err != nil {
		return err
	}
	info, err := s.opened.Stat()
	if err == nil {
		s.size = info.Size() // it never shrinks
	}
	return err
}

// inPlace returns an error if the file is not at its path, or no longer what it
// was, which SQLite may not notice for a long time: what is written to it would
// be lost to the next start.
func (s *store) inPlace() error {
	if s.file == "" {
		return nil
	}
	at, err := os.Stat(s.file)
	if err != nil {
		return err
	}
	was, err := s.opened.Stat()
	if err != nil {
		return err
	}
	const magic = "SQLite format 3\x00"
	head := make([]byte, len(magic))
	if _, err := s.opened.ReadAt(head, 0); err != nil || string(head) != magic || !os.SameFile(at, was) || was.Size() < s.size {
		return fmt.Errorf("relay: database: %s was moved, replaced or damaged: put back the file that this relay opened, or restart it", s.file)
	}
	return nil
}

// maxGroup is the number of changes that share a commit, and so the number
// that one of them waits for.
const maxGroup = 128

// update makes a change and returns when it is on disk. It may call do more
// than once, the last time with effect. ctx limits the wait for a place in the
// queue, not the change: when update returns, do runs no more.
func (s *store) update(ctx context.Context, lane string, do func(*tx) error) error {
	c := change{lane, do, make(chan error, 1)}
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
	for {
		var group []change
		select {
		case c := <-s.changes:
			group = append(group, c)
		case <-s.closing:
		}
	collect:
		for len(group) < maxGroup {
			select {
			case c := <-s.changes:
				group = append(group, c)
			default:
				break collect
			}
		}
		if len(group) == 0 {
			return
		}
		err := s.commit(group...)
		var locked *pgconn.PgError // the others would have to wait for the same
		spoiled := errors.As(err, new(changeError)) && !(errors.As(err, &locked) && locked.Code == "55P03")
		for _, c := range group {
			if spoiled && len(group) > 1 {
				c.done <- s.commit(c) // alone: one bad change must not spoil the others
			} else {
				c.done <- err
			}
		}
	}
}

func (s *store) commit(group ...change) error {
	if err := s.inPlace(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn, err := s.db.Conn(ctx) // River's queries may wait for a lock before this one
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel = context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	sqlTx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer sqlTx.Rollback() // no effect after Commit
	t := &tx{Tx: sqlTx, ctx: ctx}
	if s.file == "" {
		// The order of the locks is the same for everybody, so that two groups
		// do not wait for each other.
		var lanes []string
		for _, c := range group {
			if c.lane != "" {
				lanes = append(lanes, c.lane)
			}
		}
		if err := t.exec(`SELECT pg_advisory_xact_lock(h) FROM (SELECT DISTINCT hashtextextended(l, 0) AS h FROM unnest($1::text[]) AS l ORDER BY h) AS lanes`, lanes); err != nil {
			return err
		}
	}
	for _, c := range group {
		if err := c.do(t); err != nil {
			return changeError{err}
		}
	}
	if len(t.jobs) > 0 {
		if _, err := s.client.InsertManyFastTx(ctx, sqlTx, t.jobs); err != nil {
			return changeError{err}
		}
	}
	if len(t.done) > 0 {
		if err := t.exec(`DELETE FROM river_job WHERE id IN (` + strings.Join(t.done, ", ") + `)`); err != nil {
			return changeError{err}
		}
	}
	return sqlTx.Commit()
}

// A changeError is what a change itself returned, inside a transaction.
type changeError struct{ error }

func (e changeError) Unwrap() error { return e.error }

// A tx is a transaction and the jobs to be inserted and deleted at its end. Its statements
// are the same in both dialects of SQL; parameters are numbered in the order in
// which they first occur, as SQLite numbers them.
type tx struct {
	*sql.Tx
	ctx  context.Context
	jobs []river.InsertManyParams
	done []string // jobs to be deleted
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.ExecContext(t.ctx, query, args...)
	return err
}

// get scans the first row of a query into dest and reports whether there is one.
func (t *tx) get(query string, args, dest []any) (bool, error) {
	return found(t.QueryRowContext(t.ctx, query, args...).Scan(dest...))
}

func found(err error) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// look returns what of the database counts for m: what became of it, "" if it
// is not there; whether it must not reach its recipient, which in a conversation
// is whoever is not the author (see conversations); and whether there are others
// in its lane.
func (t *tx) look(m *message) (outcome string, optedOut, waits bool, err error) {
	is, who := "=", m.Recipient
	if m.Via == viaConversations {
		is, who = "<>", m.Sender
	}
	_, err = t.get(`SELECT COALESCE((SELECT outcome FROM messages WHERE sid = $1), ''),
		EXISTS (SELECT 1 FROM opt_outs WHERE relay = $2 AND participant `+is+` $3), EXISTS (SELECT 1 FROM messages WHERE lane = $4)`,
		[]any{m.SID, m.Relay, who, m.lane()}, []any{&outcome, &optedOut, &waits})
	return outcome, optedOut, waits, err
}

// insertMessage writes m, into its lane if something is to be delivered in it.
func (t *tx) insertMessage(m *message, pending bool) error {
	d := m.Decision
	_, err := t.get(`INSERT INTO messages (sid, via, relay, sender, recipient, body, media, received, action, code, class, keyword, outcome, lane)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id`,
		[]any{m.SID, m.Via, m.Relay, m.Sender, m.Recipient, m.Body, strings.Join(m.Media, "\n"), m.Received.UnixMilli(),
			d.Action.String(), d.Code, d.Class.String(), d.Keyword, m.Outcome, sql.NullString{String: m.lane(), Valid: pending}},
		[]any{&m.id})
	return err
}

// setOutcome writes what became of m, unless that is no longer what was pending:
// then another relay, to which this one looked dead, has done it. If nothing more
// is pending, m leaves its lane and the next message there gets its turn.
func (t *tx) setOutcome(m *message, pending bool) (done bool, err error) {
	res, err := t.ExecContext(t.ctx, `UPDATE messages SET outcome = $1, sent_sid = $2, lane = CASE WHEN $3 THEN lane END
		WHERE id = $4 AND lane IS NOT NULL AND outcome = $5`, m.Outcome, m.SentSID, pending, m.id, m.was)
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 || pending {
		return n > 0, err
	}
	var next message
	ok, err := t.get(`SELECT id, outcome FROM messages WHERE lane = $1 ORDER BY id LIMIT 1`, []any{m.lane()}, []any{&next.id, &next.Outcome})
	if ok {
		t.insertJob(&next, next.step())
	}
	return true, err
}

func (t *tx) insertJob(m *message, kind string) {
	t.jobs = append(t.jobs, river.InsertManyParams{Args: delivery{m.id}, InsertOpts: &river.InsertOpts{Queue: kind}})
}

func (t *tx) deleteMessage(m *message) error {
	return t.exec(`DELETE FROM messages WHERE id = $1`, m.id)
}

// optOut records that a participant wants no messages from m's relay number, as
// m told.
func (t *tx) optOut(m *message, participant string, at time.Time) error {
	return t.exec(`INSERT INTO opt_outs (relay, participant, message_sid, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (relay, participant) DO UPDATE SET message_sid = excluded.message_sid, since = excluded.since WHERE opt_outs.since < excluded.since`,
		m.Relay, participant, m.SID, at.UnixMilli())
}

// optIn undoes an opt-out, unless it came while this opt-in was on its way to
// the database. Twilio's webhooks have no time, so the order of what arrives is
// all the order there is: an opt-in that Twilio delivers late, or again after
// an error, counts as of when it is received. What is later by more than a
// webhook can take was recorded before the clock was set back.
func (t *tx) optIn(m *message) error {
	at := m.Received.UnixMilli()
	return t.exec(`DELETE FROM opt_outs WHERE relay = $1 AND participant = $2 AND NOT since BETWEEN $3 AND $4`, m.Relay, m.Sender, at+1, at+60000)
}

// known reports whether the message is in the log.
func (s *store) known(ctx context.Context, sid string) (known bool, err error) {
	err = s.reads.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM messages WHERE sid = $1)`, sid).Scan(&known)
	return known, err
}

// pending returns the number of deliveries to be made. Of a message in its lane
// that is one.
func (s *store) pending(ctx context.Context) (n int, err error) {
	err = s.reads.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM messages WHERE lane IS NOT NULL) +
		(SELECT count(*) FROM river_job WHERE queue IN ('`+toCallback+`', '`+toDebugger+`') AND state IN ('available', 'running', 'retryable', 'scheduled'))`).Scan(&n)
	return n, err
}

// An unreadableError is about a row that somebody else has changed.
type unreadableError struct{ error }

// load returns a message, nil if there is none, and whether its recipient has
// opted out. With an unreadableError there is enough of a message to give up.
func (s *store) load(ctx context.Context, id int64) (m *message, optedOut bool, err error) {
	m = &message{id: id}
	var media, received, action, code, class string // each text, so that whatever is in the columns can be had
	ok, err := found(s.reads.QueryRowContext(ctx, `
		SELECT sid, via, relay, sender, recipient, body, media, received, action, code, class, keyword, outcome, sent_sid, lane IS NOT NULL,
			EXISTS (SELECT 1 FROM opt_outs o WHERE o.relay = m.relay AND o.participant = m.recipient)
		FROM messages m WHERE id = $1`, id).Scan(&m.SID, &m.Via, &m.Relay, &m.Sender, &m.Recipient, &m.Body, &media, &received, &action, &code, &class,
		&m.Decision.Keyword, &m.Outcome, &m.SentSID, &m.pending, &optedOut))
	if !ok {
		return nil, false, err
	}
	m.was = m.Outcome
	if media != "" {
		m.Media = strings.Split(media, "\n")
	}
	at, err1 := strconv.ParseInt(received, 10, 64)
	m.Received = time.UnixMilli(at)
	var err2 error
	m.Decision.Code, err2 = strconv.Atoi(code)
	err = errors.Join(err1, err2, m.Decision.Action.UnmarshalText([]byte(action)), m.Decision.Class.UnmarshalText([]byte(class)))
	if err == nil && !slices.Contains([]string{forwarded, dropped, intercepted, blocked, withheld, undelivered}, m.Outcome) {
		err = fmt.Errorf("unknown outcome %q", m.Outcome)
	}
	if err != nil {
		err = unreadableError{fmt.Errorf("relay: row %d of messages: %w", id, err)}
	}
	return m, optedOut, err
}

// adopt makes what a killed process of this file had under way due again, and
// all that waits. With PostgreSQL that is upkeep's.
func (s *store) adopt(ctx context.Context) error {
	if s.file == "" {
		return nil
	}
	return s.update(ctx, "", func(t *tx) error {
		return errors.Join(t.exec(`UPDATE river_job SET state = 'available', scheduled_at = `+s.now()+` WHERE state = 'running'`),
			t.exec(`DELETE FROM river_leader`), s.makeDue(t))
	})
}

// makeDue has all jobs made now that wait for a time.
func (s *store) makeDue(t *tx) error {
	return t.exec(`UPDATE river_job SET state = 'available', scheduled_at = ` + s.now() + ` WHERE state IN ('available', 'retryable', 'scheduled')
		AND queue IN ('` + strings.Join(kinds, "', '") + `') AND priority = 1 AND scheduled_at > ` + s.now())
}

// upkeep does what is to be done from time to time.
func (s *store) upkeep(ctx context.Context, clockSetBack, mend bool, keepDays int, now time.Time) error {
	return s.update(ctx, "", func(t *tx) (err error) {
		if clockSetBack {
			err = errors.Join(s.makeDue(t), t.exec(`DELETE FROM river_leader`))
		}
		if err == nil && s.file == "" {
			// What a relay had under way that is no more, killed or cut off.
			err = t.exec(`UPDATE river_job SET state = 'available', scheduled_at = now() WHERE state = 'running' AND attempted_at < now() - interval '1 second'
				AND attempted_by[array_upper(attempted_by, 1)] NOT IN (SELECT application_name FROM pg_stat_activity WHERE application_name IS NOT NULL)`)
		}
		if err == nil && mend {
			err = t.mend()
		}
		if err == nil && keepDays > 0 {
			err = t.exec(`DELETE FROM messages WHERE received < $1 AND lane IS NULL AND id IN (SELECT id FROM messages ORDER BY id LIMIT 1000)`,
				now.AddDate(0, 0, -keepDays).UnixMilli())
		}
		return err
	})
}

// mend gives the first message of a lane a job if it has none.
func (t *tx) mend() error {
	rows, err := t.QueryContext(t.ctx, `SELECT id, outcome FROM messages WHERE id IN (SELECT min(id) FROM messages WHERE lane IS NOT NULL GROUP BY lane)
		AND CAST(id AS TEXT) NOT IN (SELECT CAST(COALESCE(args ->> 'message', '') AS TEXT) FROM river_job
			WHERE state IN ('available', 'running', 'retryable', 'scheduled') AND queue IN ('`+toTwilio+`', '`+toInterceptor+`'))`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var m message
		if err := rows.Scan(&m.id, &m.Outcome); err != nil {
			return err
		}
		t.insertJob(&m, m.step())
	}
	return rows.Err()
}
