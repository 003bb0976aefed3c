package store

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// How rows are brought to the disk.
const (
	gather = 100 * time.Millisecond // how long a transaction waits for more rows
	batch  = 512                    // rows of a transaction
	retry  = time.Second            // after a failure
)

// writer is a transaction that items write into.
type writer struct {
	tx      *sql.Tx
	ready   map[string]*sql.Stmt
	latest  int64 // number of the latest event record
	removed int64 // rows that had to go
	over    bool  // above the size, and nothing may go
}

// exec runs a statement, compiled once a transaction.
func (w *writer) exec(query string, args ...any) error {
	s, err := w.compiled(query)
	if err == nil {
		_, err = s.Exec(args...)
	}
	return err
}

func (w *writer) compiled(query string) (*sql.Stmt, error) {
	if s := w.ready[query]; s != nil {
		return s, nil
	}
	s, err := w.tx.Prepare(query)
	if err == nil {
		w.ready[query] = s
	}
	return s, err
}

// write is the store's goroutine.
func (s *Store) write() {
	for {
		some := s.some()
		if len(some) == 0 {
			return
		}
		s.persist(some)
		for _, it := range some {
			s.held.Add(-it.bytes)
		}
		s.shrink()
	}
}

// some waits for rows, and then a moment for more; none when no more comes.
func (s *Store) some() (some []item) {
	select {
	case it := <-s.queue:
		some = append(some, it)
	case <-s.last:
	}
	late := time.NewTimer(gather)
	defer late.Stop()
	for len(some) < batch {
		select {
		case it := <-s.queue:
			some = append(some, it)
			continue
		default:
		}
		select {
		case it := <-s.queue:
			some = append(some, it)
		case <-late.C:
			return some
		case <-s.last:
			if len(s.queue) == 0 {
				return some
			}
		}
	}
	return some
}

// persist brings rows to the disk, and tries again until it can. The queue
// fills meanwhile, and what has no room is counted. Once the sensor ends, and
// for files, which can be read again, one failure is enough.
func (s *Store) persist(some []item) {
	for len(some) > 0 && s.gaveUp == nil {
		bad, err := s.commit(some)
		switch {
		case err == nil:
			s.counts.written.Add(uint64(len(some)))
			s.told(nil)
			return
		case bad >= 0 && !ofDisk(err):
			s.counts.refused.Add(1)
			s.told(err)
			some = slices.Concat(some[:bad], some[bad+1:])
			continue
		}
		s.told(err)
		if codeOf(err) == sqlite3.SQLITE_FULL {
			s.makeRoom()
		}
		if s.o.Patient {
			s.gaveUp = err
			continue
		}
		select {
		case <-time.After(retry):
		case <-s.last:
			s.gaveUp = err
		}
	}
	s.counts.failed.Add(uint64(len(some)))
}

// commit writes rows in one transaction; bad is the one that could not be
// written, -1 when it was none of them.
func (s *Store) commit(some []item) (bad int, err error) {
	if err := s.there(); err != nil {
		return -1, err
	}
	tx, err := s.db.Begin()
	if err != nil {
		return -1, err
	}
	defer tx.Rollback()
	w := &writer{tx: tx, ready: map[string]*sql.Stmt{}, over: s.counts.over.Load()}
	for i, it := range some {
		if err := it.put(w); err != nil {
			return i, err
		}
	}
	if err := tx.Commit(); err != nil {
		return -1, err
	}
	s.counts.latest.Store(max(w.latest, s.counts.latest.Load()))
	s.counts.removed.Add(w.removed)
	s.counts.over.Store(w.over)
	return -1, nil
}

// ofDisk reports whether an error is of the file or the disk, and not of a row.
func ofDisk(err error) bool {
	switch codeOf(err) {
	case sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_RANGE:
		return false
	}
	return true
}

// there refuses to write where nobody would find it: into a file that was moved
// or removed. It also refuses to let the log beside the file grow for ever, as
// it does while another program reads.
func (s *Store) there() error {
	ours, err := s.file.Stat()
	if err != nil {
		return err
	}
	if there, err := os.Lstat(s.path); err != nil || !os.SameFile(ours, there) {
		return fmt.Errorf("store %s was moved or removed; put it back, or start the sensor again to begin another", s.path)
	}
	if info, err := os.Stat(s.path + "-wal"); err == nil && info.Size() > max(s.o.MaxBytes/2, 64<<20) {
		return fmt.Errorf("store %s: its log has grown to %d bytes, for another program keeps the file open; close it there", s.path, info.Size())
	}
	return nil
}

// told remembers whether rows can be written, and tells when that changes.
func (s *Store) told(err error) {
	was := s.counts.failing.Load()
	if err == nil {
		s.counts.failing.Store(nil)
		if was != nil && s.o.Tell != nil {
			s.o.Tell(nil)
		}
		return
	}
	why := told(s.path, err).Error()
	s.counts.failing.Store(&why)
	if was == nil && s.o.Tell != nil {
		s.o.Tell(errors.New(why))
	}
}
