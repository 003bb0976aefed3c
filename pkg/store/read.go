package store

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"

	"otsensor/pkg/event"
	"otsensor/pkg/journal"
)

// Is reports whether a file is a database, by its beginning.
func Is(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	begin := make([]byte, len(head))
	n, _ := f.ReadAt(begin, 0)
	return n == len(head) && string(begin) == head
}

// view opens a store to look at; a sensor may be writing it.
func view(path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	if !Is(path) {
		return nil, fmt.Errorf("%s is no store, or its beginning is destroyed", path)
	}
	db, err := connect(path, "ro")
	if err != nil {
		return nil, err
	}
	app, version, err := identity(db)
	if err == nil {
		err = ours(path, app, version)
	}
	if err != nil {
		return nil, errors.Join(told(path, err), db.Close())
	}
	return db, nil
}

// EachEvent gives the latest record of each event of a file, as a line of JSON,
// in the order in which they were written.
func EachEvent(path string, take func(line []byte) error) error {
	db, err := view(path)
	if err != nil {
		return err
	}
	defer db.Close()
	return told(path, each(db, func(_ int64, line string) error { return take([]byte(line)) }, "SELECT seq, record FROM events ORDER BY opened"))
}

// FirstRaised is when the first event of a file was raised, 0 where it holds none.
func FirstRaised(path string) (at int64, err error) {
	db, err := view(path)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.QueryRow("SELECT ifnull(min(raised), 0) FROM events").Scan(&at)
	return at, told(path, err)
}

// each gives the rows of a query for numbers and records.
func each(db querier, take func(seq int64, line string) error, query string, args ...any) error {
	rows, err := db.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var line string
		if err := rows.Scan(&seq, &line); err != nil {
			return err
		}
		if err := take(seq, line); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Kept is an event with the number of its latest record.
type Kept struct {
	*event.Event
	Seq int64
}

// kept reads events.
func (s *Store) kept(query string, args ...any) (all []Kept, err error) {
	err = each(s.db, func(seq int64, line string) error {
		e, err := event.Parse([]byte(line))
		all = append(all, Kept{e, seq})
		return err
	}, query, args...)
	return all, told(s.path, err)
}

// After gives events whose latest record comes after a number, in order, some at a time.
func (s *Store) After(seq int64) ([]Kept, error) {
	return s.kept("SELECT seq, record FROM events WHERE seq > ? ORDER BY seq LIMIT 256", seq)
}

// Open gives the events that were open when the sensor ended.
func (s *Store) Open() ([]Kept, error) {
	return s.kept("SELECT seq, record FROM events WHERE state NOT IN ('closed', 'summary') ORDER BY seq")
}

// OfCases gives the events of the cases that may take more: of those that are
// not over, and of those that ended after a time; the latest cases, at most so many.
func (s *Store) OfCases(ended int64, most int) ([]Kept, error) {
	return s.kept(`SELECT seq, record FROM events WHERE case_id IN
		(SELECT id FROM cases WHERE status IN ('open', 'confirmed') OR ended > ? ORDER BY last DESC LIMIT ?) ORDER BY opened`, ended, most)
}

// Cursor is up to which number an output has had every event. One that is new
// begins with what comes from now on.
func (s *Store) Cursor(output string) (seq int64, err error) {
	err = s.db.QueryRow("SELECT seq FROM cursors WHERE output = ?", output).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		s.Had(output, s.Latest())
		return s.Latest(), nil
	}
	return seq, told(s.path, err)
}

// Latest is the number of the latest event record that was given.
func (s *Store) Latest() int64 { return s.seq.Load() }

// Written is the number of the latest event record that is in the file.
func (s *Store) Written() int64 { return s.counts.latest.Load() }

// Again counts an event that an output had from the store.
func (s *Store) Again() { s.counts.again.Add(1) }

// Follow takes a journal as it is when the sensor begins. What the file of
// before had is kept; where the journal is not the one that was followed, or no
// longer holds what it held, differs says from which line on, and it is kept
// as another.
func (s *Store) Follow(all []journal.Entry) (differs int, err error) {
	had, err := lines(s.db, s.chain)
	if err != nil {
		return 0, told(s.path, err)
	}
	i := 0
	for i < len(had) && i < len(all) && had[i] == all[i].Line() {
		i++
	}
	s.number = int64(i)
	if i < len(had) || s.chain == 0 {
		s.chain++
		s.number = 0
	}
	s.Decisions(all[s.number:])
	if i < len(had) {
		return i + 1, nil
	}
	return 0, nil
}

// lines are those of one journal.
func lines(db querier, chain int64) (all []string, err error) {
	err = each(db, func(_ int64, line string) error { all = append(all, line); return nil },
		"SELECT number, record FROM journal WHERE chain = ? ORDER BY number", chain)
	return slices.Clip(all), err
}

func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
