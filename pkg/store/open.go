package store

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// querier is a database, or a transaction in it.
type querier interface {
	Exec(query string, args ...any) (sql.Result, error)
	Query(query string, args ...any) (*sql.Rows, error)
	QueryRow(query string, args ...any) *sql.Row
}

// pragmas of every connection. A commit is on the disk before it is
// acknowledged (FULL): what it costs, the store's goroutine pays, not the
// packets. Nothing temporary is written elsewhere, where a locked process could not.
var pragmas = []string{"busy_timeout(5000)", "foreign_keys(1)", "synchronous(2)", "temp_store(2)", "journal_size_limit(16777216)", "trusted_schema(0)", "cell_size_check(1)"}

// pageSize is SQLite's own.
const pageSize = 4096

// connect opens a file as it is; mode is ro or rw.
func connect(path, mode string, more ...string) (*sql.DB, error) {
	q := url.Values{"mode": {mode}, "_pragma": slices.Concat(pragmas, more), "_txlock": {"immediate"}}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: full, RawQuery: q.Encode()}).String())
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// head is how every SQLite file begins.
const head = "SQLite format 3\x00"

// claim opens the file beside SQLite, to see that it is ours to write and to
// keep a second sensor out. It must stay open as long as the database does:
// closing it would let go SQLite's own locks.
func claim(path string) (f *os.File, fresh bool, err error) {
	f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|noFollow, 0o600)
	if errors.Is(err, syscall.ELOOP) {
		return nil, false, fmt.Errorf("%s is a symbolic link: name the file itself", path)
	}
	if err != nil {
		return nil, false, err
	}
	if err = lock(f); err != nil {
		f.Close()
		return nil, false, fmt.Errorf("%s is being written by another sensor: %w", path, err)
	}
	fresh, err = looksRight(f, path)
	if err != nil {
		f.Close()
		return nil, false, err
	}
	return f, fresh, nil
}

// looksRight reports whether a file is still empty, and refuses what is no database.
func looksRight(f *os.File, path string) (fresh bool, err error) {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false, errors.Join(err, fmt.Errorf("%s is no regular file", path))
	}
	begin := make([]byte, len(head))
	n, _ := f.ReadAt(begin, 0)
	if n > 0 && len(bytes.Trim(begin[:n], "\x00")) == 0 {
		return false, fmt.Errorf("%s begins with zeros, as a loss of power may leave a file; move it away, and a new one is begun: %w", path, syscall.EIO)
	}
	if n > 0 && !bytes.Equal(begin[:n], []byte(head)[:n]) {
		return false, fmt.Errorf("%s is no store, or its beginning is destroyed; it is left as it is: name another file, or move it away", path)
	}
	return info.Size() == 0, nil
}

// prepare makes a fresh file, or brings one of ours to the present layout. One
// of an older layout is copied first, as FILE.v1 and so on.
func prepare(db *sql.DB, path string, fresh bool) error {
	if fresh {
		if _, err := db.Exec("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL"); err != nil {
			return err
		}
		return migrate(db, 0)
	}
	app, version, err := identity(db)
	switch {
	case err != nil:
		return err
	case app == 0 && version == 0 && empty(db):
		return prepare(db, path, true) // made, and killed before anything was in it
	}
	if err := ours(path, app, version); err != nil || version == Version() {
		return err
	}
	kept := fmt.Sprintf("%s.v%d", path, version)
	if err := os.Remove(kept); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if _, err := db.Exec("VACUUM INTO ?", kept); err != nil {
		return fmt.Errorf("cannot keep a copy before the layout changes: %w", err)
	}
	return migrate(db, version)
}

func empty(db querier) bool {
	var n int
	err := db.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&n)
	return err == nil && n == 0
}

// Unusable reports whether an error says that the file is damaged, or its disk
// full or broken: what no other name on the command line would mend.
func Unusable(err error) bool {
	return codeOf(err) != 0 || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EIO)
}

// codeOf is SQLite's primary error code, 0 for an error of another kind.
func codeOf(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// told makes one clear line of what SQLite says.
func told(path string, err error) error {
	if err == nil {
		return nil
	}
	hint := map[int]string{
		sqlite3.SQLITE_CORRUPT:  "the file is damaged; move it away, and a new one is begun (sensor store check tells what is damaged)",
		sqlite3.SQLITE_NOTADB:   "the file is damaged, or no store; move it away, and a new one is begun",
		sqlite3.SQLITE_FULL:     "the disk is full, or the store has reached its size; make room, no restart is needed",
		sqlite3.SQLITE_IOERR:    "the disk does not read or write",
		sqlite3.SQLITE_READONLY: "it may not be written",
		sqlite3.SQLITE_CANTOPEN: "it cannot be opened, or the files beside it (-wal, -shm) cannot be made",
		sqlite3.SQLITE_BUSY:     "another program holds it; close sqlite3 there",
	}[codeOf(err)]
	if hint == "" {
		return fmt.Errorf("store %s: %w", path, err)
	}
	return fmt.Errorf("store %s: %s: %w", path, hint, err)
}
