package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
	_ "modernc.org/sqlite" // the driver
)

// A store is the relay's database: a SQLite file, which belongs to one process,
// or a PostgreSQL that several share. River's jobs are in it, so that a message,
// an opt-out and the job that follows are one transaction.
//
// A commit is flushed to the disk. A killed process would lose nothing without
// that, but a power cut would lose messages that Twilio was told are accepted,
// and Twilio does not deliver them again.
type store struct {
	db     *sql.DB // with SQLite one connection, as it has one writer
	reads  *sql.DB
	listen *pgxpool.Pool // nil with SQLite
	driver riverdriver.Driver[*sql.Tx]
	client *river.Client[*sql.Tx]
	id     string      // of this process among those that share the database
	file   string      // "" with PostgreSQL
	opened os.FileInfo // of the file
	lock   *sql.DB     // the file beside the database that keeps others out, locked
}

// connections is the number of a relay's connections to PostgreSQL, besides the
// one that listens. A message takes 17 round trips, so 160 messages a second at
// 20 ms keep 54 connections busy, which two relays share.
const connections = 40

// sessionSettings free the locks of a dead relay after 3 s, and end a wait for a
// lock after 1 s. Times are in milliseconds, the keepalives in seconds.
const sessionSettings = `idle_in_transaction_session_timeout=3000 lock_timeout=1000 statement_timeout=5000
	tcp_keepalives_idle=5 tcp_keepalives_interval=2 tcp_keepalives_count=3 tcp_user_timeout=10000`

// keyValue matches the key=value form of a PostgreSQL address.
var keyValue = regexp.MustCompile(`(^|\s)(host|hostaddr|service|dbname|user)\s*=`)

func isPostgres(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://") || keyValue.MatchString(database)
}

func openStore(database string) (s *store, err error) {
	s = &store{id: "relay-" + strconv.FormatInt(time.Now().UnixNano(), 36) + "-" + strconv.Itoa(os.Getpid())}
	if isPostgres(database) {
		err = s.openPostgres(database)
	} else {
		err = s.openSQLite(database)
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("relay: database: %w", err)
	}
	return s, nil
}

func (s *store) openPostgres(address string) error {
	ctx := context.Background()
	cfg, err := pgxpool.ParseConfig(address)
	if err != nil {
		return err
	}
	cfg.MaxConns = 1
	cfg.ConnConfig.ConnectTimeout = cmp.Or(cfg.ConnConfig.ConnectTimeout, 5*time.Second)
	session := cfg.ConnConfig.RuntimeParams
	session["application_name"], session["default_transaction_isolation"] = s.id, "read committed"
	db := stdlib.OpenDB(*cfg.ConnConfig.Copy()) // a migration may take its time
	defer db.Close()
	db.SetMaxOpenConns(1) // which has the lock: one relay migrates at a time
	if _, err := db.Exec(`SELECT pg_advisory_lock(hashtext('relay'), hashtext(current_schema()))`); err != nil {
		return err
	}
	if err := migrate(ctx, db, riverdatabasesql.New(db), goose.DialectPostgres); err != nil {
		return err
	}
	for _, setting := range strings.Fields(sessionSettings) {
		name, value, _ := strings.Cut(setting, "=")
		session[name] = value
	}
	if s.listen, err = pgxpool.NewWithConfig(ctx, cfg.Copy()); err != nil {
		return err
	}
	cfg.ConnConfig.Tracer = statementLimit{}
	s.db = stdlib.OpenDB(*cfg.ConnConfig)
	s.db.SetMaxOpenConns(connections)
	s.db.SetMaxIdleConns(connections) // opening one takes longer than a query
	s.reads = s.db
	s.driver = riverdatabasesql.NewWithPgxListener(s.db, s.listen)
	return nil
}

// A statementLimit ends a statement whose answer does not come, as when the
// network swallows it: River sets no limit of its own.
type statementLimit struct{}

type cancelKey struct{}

func (statementLimit) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	ctx, cancel := context.WithTimeout(ctx, 6*time.Second)
	return context.WithValue(ctx, cancelKey{}, cancel)
}

func (statementLimit) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryEndData) {
	ctx.Value(cancelKey{}).(context.CancelFunc)()
}

// openSQLite opens the file, which nobody else on the machine may read and no
// other relay may have open: two would each make every delivery.
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
	s.lock = openFile(file+".lock", "", 1)
	if _, err := s.lock.Exec(`BEGIN EXCLUSIVE`); err != nil { // until it is closed
		return fmt.Errorf("another relay has %s open: stop that one, or give this one a database of its own, or both a PostgreSQL (%w)", file, err)
	}
	// Another process, such as the operator's shell, may lock the file. A webhook
	// waits for it half a second and is then refused.
	const options = "_pragma=busy_timeout(500)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	s.db = openFile(file, options+"&_txlock=immediate", 1)
	s.reads = openFile(file, options+"&_pragma=query_only(true)", 8)
	s.driver = riversqlite.New(s.db)
	if err := migrate(context.Background(), s.db, s.driver, goose.DialectSQLite3); err != nil {
		return err
	}
	// A killed process left these. There is no other process that could have them.
	if _, err := s.db.Exec(`UPDATE river_job SET state = 'available' WHERE state = 'running'`); err != nil {
		return err
	}
	var err error
	s.opened, err = os.Stat(file)
	return err
}

func openFile(name, options string, connections int) *sql.DB {
	db, _ := sql.Open("sqlite", "file:"+(&url.URL{Path: name}).EscapedPath()+"?"+options) // does not open yet
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db
}

//go:embed migrations
var migrations embed.FS

// migrate brings River's tables and then the relay's own to the versions that
// this program knows. It refuses tables of a newer program and of v0.1.0.
func migrate(ctx context.Context, db *sql.DB, driver riverdriver.Driver[*sql.Tx], dialect goose.Dialect) error {
	if err := db.PingContext(ctx); err != nil {
		return err
	}
	exists := func(table string) bool {
		_, err := db.ExecContext(ctx, `SELECT 1 FROM `+table+` LIMIT 1`)
		return err == nil
	}
	if exists("messages") && !exists("goose_db_version") {
		return errors.New("the tables are of v0.1.0: start v0.2.0 with this database once, or name another one")
	}
	queue, err := rivermigrate.New(driver, nil)
	if err != nil {
		return err
	}
	if _, err := queue.ExistingVersions(ctx); err != nil {
		return newer("River", err)
	}
	if _, err := queue.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	files, err := fs.Sub(migrations, "migrations/"+string(dialect))
	if err != nil {
		return err
	}
	own, err := goose.NewProvider(dialect, db, files)
	if err != nil {
		return err
	}
	if _, err := own.Up(ctx); err != nil {
		return err
	}
	version, target, err := own.GetVersions(ctx)
	if err == nil && version > target {
		err = newer("the relay", fmt.Errorf("version %d, and it knows %d", version, target))
	}
	return err
}

// newer returns an error about tables that a newer program made.
func newer(whose string, err error) error {
	return fmt.Errorf("the tables of %s are not this program's (%w): run the relay that made them, or a later one", whose, err)
}

func (s *store) Close() (err error) {
	if s.listen != nil {
		s.listen.Close()
	}
	for _, db := range []*sql.DB{s.reads, s.db, s.lock} { // the lock is last
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	return err
}

// check writes a message that is not there after the transaction, and so waits
// for nobody. With SQLite it also looks whether the file is still the one that
// was opened, which SQLite may not notice for a long time: the next start would
// not find what is written to it.
func (s *store) check(ctx context.Context) error {
	err := s.update(ctx, "", func(t *tx) error {
		m := &message{SID: "healthz " + rand.Text(), Via: viaSMS, Relay: "healthz", Body: strings.Repeat("healthz ", 200), Received: time.Now()}
		if err := t.insertMessage(m, false); err != nil {
			return err
		}
		return t.exec(`DELETE FROM messages WHERE id = $1`, m.id)
	})
	if err != nil || s.file == "" {
		return err
	}
	if at, err := os.Stat(s.file); err != nil || !os.SameFile(at, s.opened) {
		return fmt.Errorf("relay: database: %s was moved or replaced: put back the file that this relay opened, or restart it", s.file)
	}
	db := openFile(s.file, "_pragma=query_only(true)", 1) // has nothing in its cache
	defer db.Close()
	return db.QueryRowContext(ctx, `SELECT count(*) FROM opt_outs`).Scan(new(int))
}

// update runs one transaction. Transactions of one lane run one after the other,
// in whatever process. A transaction that would wait longer than about a second is
// refused; the sender of a webhook tries again or elsewhere.
func (s *store) update(ctx context.Context, lane string, do func(*tx) error) error {
	waiting, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, err := s.db.Conn(waiting)
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	sqlTx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer sqlTx.Rollback() // no effect after Commit
	t := &tx{Tx: sqlTx, ctx: ctx}
	if s.file == "" && lane != "" {
		if err := t.exec(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, lane); err != nil {
			return err
		}
	}
	if err := do(t); err != nil {
		return err
	}
	if len(t.jobs) > 0 {
		if _, err := s.client.InsertManyTx(ctx, sqlTx, t.jobs); err != nil {
			return err
		}
	}
	return sqlTx.Commit()
}

// A tx is a transaction and the jobs to be inserted at its end. Its statements
// are the same in both dialects of SQL; parameters are numbered in the order in
// which they first occur, as SQLite numbers them.
type tx struct {
	*sql.Tx
	ctx  context.Context
	jobs []river.InsertManyParams
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.ExecContext(t.ctx, query, args...)
	return err
}

func (t *tx) row(query string, args ...any) *sql.Row {
	return t.QueryRowContext(t.ctx, query, args...)
}

func (t *tx) insertJob(message int64, kind string) {
	t.jobs = append(t.jobs, river.InsertManyParams{Args: delivery{message}, InsertOpts: &river.InsertOpts{Queue: kind}})
}

// complete ends a job. One that somebody deleted needs no end.
func (t *tx) complete(job *river.Job[delivery]) error {
	_, err := river.JobCompleteTx[riverdriver.Driver[*sql.Tx]](t.ctx, t.Tx, job)
	if errors.Is(err, rivertype.ErrNotFound) {
		return nil
	}
	return err
}

// look returns what of the database counts for m: its outcome, "" if it is not
// there; whether it must not reach its recipient, which in a conversation is
// whoever is not the author (see conversations); and whether others wait in its
// lane.
func (t *tx) look(m *message) (outcome string, optedOut, waits bool, err error) {
	is, who := "=", m.Recipient
	if m.Via == viaConversations {
		is, who = "<>", m.Sender
	}
	err = t.row(`SELECT COALESCE((SELECT outcome FROM messages WHERE sid = $1), ''),
		EXISTS (SELECT 1 FROM opt_outs WHERE relay = $2 AND participant `+is+` $3), EXISTS (SELECT 1 FROM messages WHERE lane = $4)`,
		m.SID, m.Relay, who, m.lane()).Scan(&outcome, &optedOut, &waits)
	return outcome, optedOut, waits, err
}

// insertMessage writes m, into its lane if something is to be delivered in it.
func (t *tx) insertMessage(m *message, inLane bool) error {
	d := m.Decision
	return t.row(`INSERT INTO messages (sid, via, relay, sender, recipient, body, media, received, action, code, class, keyword, outcome, lane)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id`,
		m.SID, m.Via, m.Relay, m.Sender, m.Recipient, m.Body, strings.Join(m.Media, "\n"), m.Received.UnixMilli(),
		d.Action, d.Code, d.Class, d.Keyword, m.Outcome, sql.NullString{String: m.lane(), Valid: inLane}).Scan(&m.id)
}

// setOutcome writes what became of m, unless another relay has done so: its
// delivery is then no longer pending. If m leaves its lane, setOutcome returns
// the message that is now the first there.
func (t *tx) setOutcome(m *message, inLane bool) (done bool, next *message, err error) {
	next = &message{Via: viaSMS}
	err = t.row(`UPDATE messages SET outcome = $1, sent_sid = $2, unknown = 0, lane = CASE WHEN $3 THEN lane END
		WHERE id = $4 AND lane IS NOT NULL AND outcome = $5
		RETURNING COALESCE((SELECT n.id FROM messages n WHERE n.lane = $6 AND n.id <> $4 ORDER BY n.id LIMIT 1), 0),
			COALESCE((SELECT n.outcome FROM messages n WHERE n.lane = $6 AND n.id <> $4 ORDER BY n.id LIMIT 1), '')`,
		m.Outcome, m.SentSID, inLane, m.id, m.previousOutcome, m.lane()).Scan(&next.id, &next.Outcome)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil, nil
	case inLane || next.id == 0:
		next = nil
	}
	return true, next, err
}

// setUnknown counts an attempt to send m whose outcome is unknown.
func (t *tx) setUnknown(m *message) error {
	return t.exec(`UPDATE messages SET unknown = $1 WHERE id = $2 AND lane IS NOT NULL AND outcome = $3`, m.unknown, m.id, m.previousOutcome)
}

// optOut records that a participant wants no messages from m's relay number, as
// m told. What counts is the order in which opt-outs and opt-ins come to the
// database, since webhooks have no time and clocks differ.
func (t *tx) optOut(m *message, participant string) error {
	return t.exec(`INSERT INTO opt_outs (relay, participant, message_sid, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (relay, participant) DO UPDATE SET message_sid = excluded.message_sid, since = excluded.since`,
		m.Relay, participant, m.SID, time.Now().UnixMilli())
}

// optIn undoes an opt-out.
func (t *tx) optIn(m *message) error {
	return t.exec(`DELETE FROM opt_outs WHERE relay = $1 AND participant = $2`, m.Relay, m.Sender)
}

// known reports whether the message is in the log.
func (s *store) known(ctx context.Context, sid string) (known bool, err error) {
	err = s.reads.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM messages WHERE sid = $1)`, sid).Scan(&known)
	return known, err
}

// unfinished are River's states of a job that is still to be done.
const unfinished = `('available', 'pending', 'retryable', 'running', 'scheduled')`

// pending returns the number of pending deliveries, and the age of the oldest of
// their messages in seconds.
func (s *store) pending(ctx context.Context) (n, age float64, err error) {
	now := time.Now().UnixMilli()
	err = s.reads.QueryRowContext(ctx, `SELECT count(*), ($1 - COALESCE(min(received), $1)) / 1000.0 FROM (
		SELECT received FROM messages WHERE lane IS NOT NULL
		UNION ALL SELECT m.received FROM river_job j JOIN messages m ON m.id = CAST(j.args ->> 'message' AS BIGINT)
			WHERE j.kind = 'delivery' AND j.queue IN ('`+toCallback+`', '`+toDebugger+`') AND j.state IN `+unfinished+`) AS p`, now).Scan(&n, &age)
	return n, age, err
}

// An unreadableError is about a row that somebody else has changed.
type unreadableError struct{ error }

// load returns a message, nil if there is none, and whether its recipient has
// opted out. With an unreadableError there is enough of a message to give up.
func (s *store) load(ctx context.Context, id int64) (m *message, optedOut bool, err error) {
	rows, err := s.reads.QueryContext(ctx, `SELECT lane IS NOT NULL, outcome, relay, recipient, sid, via, sender, body, media, received, action, code, class, keyword, sent_sid, unknown,
		EXISTS (SELECT 1 FROM opt_outs o WHERE o.relay = m.relay AND o.participant = m.recipient) FROM messages m WHERE id = $1`, id)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, false, rows.Err()
	}
	var media string
	var received int64
	m = &message{id: id}
	d := &m.Decision
	err = rows.Scan(&m.inLane, &m.Outcome, &m.Relay, &m.Recipient, &m.SID, &m.Via, &m.Sender, &m.Body, &media, &received,
		&d.Action, &d.Code, &d.Class, &d.Keyword, &m.SentSID, &m.unknown, &optedOut)
	m.previousOutcome, m.Received = m.Outcome, time.UnixMilli(received)
	if media != "" {
		m.Media = strings.Split(media, "\n")
	}
	if err != nil {
		err = unreadableError{fmt.Errorf("relay: row %d of messages: %w", id, err)}
	}
	return m, optedOut, err
}

// idle returns the first message of a lane if it has no job, or of all lanes if
// lane is "", with no more of it than giving up needs.
func idle(ctx context.Context, db interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}, lane string) (list []*message, err error) {
	const jobs = `(SELECT COALESCE(CAST(args ->> 'message' AS TEXT), '') FROM river_job WHERE queue IN ('` + toTwilio + `', '` + toInterceptor + `') AND state IN `
	rows, err := db.QueryContext(ctx, `SELECT id, sid, relay, recipient, outcome, CAST(id AS TEXT) IN `+jobs+`('cancelled', 'discarded')) FROM messages
		WHERE id IN (SELECT min(id) FROM messages WHERE lane IS NOT NULL AND ($1 = '' OR lane = $1) GROUP BY lane)
		AND CAST(id AS TEXT) NOT IN `+jobs+unfinished+`)`, lane)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		m := &message{Via: viaSMS}
		if err := rows.Scan(&m.id, &m.SID, &m.Relay, &m.Recipient, &m.Outcome, &m.ended); err != nil {
			return nil, err
		}
		m.previousOutcome = m.Outcome
		list = append(list, m)
	}
	return list, rows.Err()
}
