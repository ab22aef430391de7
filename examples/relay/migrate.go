package main

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations
var migrations embed.FS

// migrate brings River's tables and then the relay's own to the versions that
// this program knows. It refuses tables of a newer program, and those of v0.1.0.
func migrate(ctx context.Context, db *sql.DB, driver riverdriver.Driver[*sql.Tx], dialect goose.Dialect) error {
	directory := "migrations/sqlite"
	if dialect == goose.DialectPostgres {
		directory = "migrations/postgres"
		conn, err := db.Conn(ctx)
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
	if err := db.PingContext(ctx); err != nil {
		return err
	}
	exists := func(table string) bool {
		_, err := db.ExecContext(ctx, `SELECT 1 FROM `+table+` LIMIT 1`)
		return err == nil
	}
	if exists("messages") && !exists("goose_db_version") {
		return errors.New("the tables are those of v0.1.0: start v0.2.0 with this database once, or name another one")
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
	files, err := fs.Sub(migrations, directory)
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
