package store

import (
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

//go:embed schema/*.sql
var schema embed.FS

// steps lead from one version of the layout to the next: step n makes version n
// of version n-1, from an empty file on. One that was released is never changed.
var steps = []string{"schema/1.sql", "schema/2.sql"}

// Version is the layout this sensor writes.
func Version() int { return len(steps) }

// mark is how a store is told from other SQLite files: "otse" as application_id.
const mark = 0x6f747365

// ErrNewer is a file of a later sensor.
var ErrNewer = errors.New("a later sensor wrote it")

// identity is what a file says it is.
func identity(db querier) (app, version int, err error) {
	if err = db.QueryRow("PRAGMA application_id").Scan(&app); err == nil {
		err = db.QueryRow("PRAGMA user_version").Scan(&version)
	}
	return app, version, err
}

// ours refuses what is no store, and what only a later sensor understands.
func ours(path string, app, version int) error {
	switch {
	case app != mark:
		return fmt.Errorf("%s is no store but another program's file; it is left as it is: name another file", path)
	case version > Version():
		return fmt.Errorf("%s has layout %d, this sensor knows up to %d: %w; use that one, or name another file", path, version, Version(), ErrNewer)
	}
	return nil
}

// migrate takes a file from its version to the present one, all of it or nothing.
func migrate(db *sql.DB, from int) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for n := from; n < len(steps); n++ {
		text, err := fs.ReadFile(schema, steps[n])
		if err != nil {
			return err
		}
		if _, err := tx.Exec(string(text)); err != nil {
			return fmt.Errorf("layout %d: %w", n+1, err)
		}
	}
	if _, err := tx.Exec(fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d", mark, len(steps))); err != nil {
		return err
	}
	return tx.Commit()
}
