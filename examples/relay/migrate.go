package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/rivermigrate"
)

// The relay's own tables, a version each. SERIAL stands for what numbers rows.
// Times are Unix milliseconds. A lane is a relay number and a recipient, whose
// messages stay in order.
var schema = []string{
	// v0.1.0's, whose files have no number of a version. Messages are deleted
	// by keep_days alone.
	`CREATE TABLE IF NOT EXISTS opt_outs ( -- a pair of numbers, not a number
		relay       TEXT NOT NULL,
		participant TEXT NOT NULL,
		message_sid TEXT NOT NULL,
		since       BIGINT NOT NULL,
		PRIMARY KEY (relay, participant)
	);
	CREATE TABLE IF NOT EXISTS messages (
		id        SERIAL PRIMARY KEY,
		sid       TEXT NOT NULL UNIQUE,
		via       TEXT NOT NULL,
		relay     TEXT NOT NULL,
		sender    TEXT NOT NULL,
		recipient TEXT NOT NULL,
		body      TEXT NOT NULL,
		media     TEXT NOT NULL, -- addresses, a line each
		received  BIGINT NOT NULL,
		action    TEXT NOT NULL,
		code      INTEGER NOT NULL,
		class     TEXT NOT NULL,
		keyword   TEXT NOT NULL,
		outcome   TEXT NOT NULL,
		sent_sid  TEXT NOT NULL DEFAULT '' -- Twilio's, of the message sent on
	);
	CREATE TABLE IF NOT EXISTS deliveries (
		id         SERIAL PRIMARY KEY,
		message_id BIGINT NOT NULL,
		kind       TEXT NOT NULL,
		lane       TEXT,
		state      TEXT NOT NULL, -- due, waiting (for its lane) or failed (given up)
		due_at     BIGINT NOT NULL,
		attempts   INTEGER NOT NULL DEFAULT 0
	);`,
	// Deliveries are River's jobs. A message is in its lane until it is sent or
	// will not be; the first there has a job.
	`ALTER TABLE messages ADD COLUMN lane TEXT;
	UPDATE messages SET lane = relay || ' ' || recipient WHERE id IN (SELECT message_id FROM deliveries WHERE lane IS NOT NULL);
	CREATE INDEX messages_lane ON messages (lane, id) WHERE lane IS NOT NULL;
	INSERT INTO river_job (args, kind, max_attempts, queue)
		SELECT CAST('{"message":' || message_id || '}' AS JSONB), 'delivery', 400, kind FROM deliveries WHERE state = 'due' ORDER BY id;
	DROP TABLE deliveries;
	DROP TABLE IF EXISTS health;
	DROP TABLE IF EXISTS sessions;`,
}

// migrate brings River's tables and then the relay's own to the versions that
// this program knows, and refuses what is newer.
func (s *store) migrate(ctx context.Context) error {
	dialect, serial, jsonb := goose.DialectSQLite3, "INTEGER", "TEXT" // which River reads as well
	if s.file == "" {
		dialect, serial, jsonb = goose.DialectPostgres, "BIGINT GENERATED ALWAYS AS IDENTITY", "JSONB"
		conn, err := s.db.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
		const lock = `(hashtext('relay'), hashtext(current_schema()))` // one relay at a time
		if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock`+lock); err != nil {
			return err
		}
		defer conn.ExecContext(ctx, `SELECT pg_advisory_unlock`+lock)
	}
	queue, err := rivermigrate.New(s.driver, nil)
	if err != nil {
		return err
	}
	if err := s.db.PingContext(ctx); err != nil {
		return err
	}
	if _, err := queue.ExistingVersions(ctx); err != nil {
		return newer("River", err)
	}
	if _, err := queue.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	var versions []*goose.Migration
	for i, text := range schema {
		text = strings.NewReplacer("SERIAL", serial, "JSONB", jsonb).Replace(text)
		versions = append(versions, goose.NewGoMigration(int64(i+1), &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, text)
			return err
		}}, nil))
	}
	own, err := goose.NewProvider(dialect, s.db, nil, goose.WithGoMigrations(versions...), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	if _, err := own.Up(ctx); err != nil {
		return err
	}
	if at, err := own.GetDBVersion(ctx); err != nil {
		return err
	} else if at > int64(len(schema)) {
		return newer("the relay", fmt.Errorf("version %d, and it knows %d", at, len(schema)))
	}
	return nil
}

// newer returns an error about tables that a later program has made.
func newer(whose string, err error) error {
	return fmt.Errorf("the tables of %s are not this program's (%w): run the relay that made them, or a later one", whose, err)
}
