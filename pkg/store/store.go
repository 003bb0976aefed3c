// Package store keeps in one SQLite file what must survive a restart: events, cases, decisions, and what each output has had.
//
// The goroutine that judges hands rows over and never waits: they stand in a
// bounded queue until the store's own goroutine brings them to the disk, many
// in one transaction. What has no room is counted and said. Nothing but the
// order in which rows come decides what the file holds, so that the same
// packets and the same decisions give the same tables.
package store

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"otsensor/pkg/cases"
	"otsensor/pkg/event"
	"otsensor/pkg/journal"
)

// Options of a store.
type Options struct {
	MaxBytes     int64 // size above which the oldest go; it is never passed by more than a quarter
	KeepDays     int   // age at which closed events go; 0: only for the size
	ActivityDays int   // age at which activity goes; 0: only for the size
	Patient      bool  // a full queue waits instead of dropping: for what is read from files
	Version      string
	Tell         func(err error) // the first of a row of failures, and nil when it is over; may be nil
}

// most is the size that the file never passes.
func (o *Options) most() int64 { return o.MaxBytes + o.MaxBytes/4 }

// Store is the open file. What puts rows is for one goroutine; everything else
// may be called from any.
type Store struct {
	path  string
	o     Options
	file  *os.File
	db    *sql.DB
	queue chan item
	held  atomic.Int64  // bytes of what waits
	last  chan struct{} // closed when no more comes
	ended sync.WaitGroup

	seq    atomic.Int64 // of the latest event record
	chain  int64        // of the journal that is followed
	number int64        // its latest line
	tidied int64        // minute in which what is old was last looked for
	gaveUp error        // why nothing is tried any more
	shrunk int64        // rows removed when free room was last given back
	line   bytes.Buffer
	lines  *event.Writer

	counts counts
}

// item is one row, or some that belong together, on its way to the file. It
// may be tried more than once.
type item struct {
	put   func(w *writer) error
	bytes int64 // about what it holds in memory
}

// What waits at most.
const (
	Room      = 4096     // items
	RoomBytes = 32 << 20 // in memory
)

// Open opens or makes a store, of this layout or an older one, and keeps other
// sensors out of it.
func Open(path string, o Options) (s *Store, err error) {
	s = &Store{path: path, o: o, queue: make(chan item, Room), last: make(chan struct{})}
	s.lines = event.NewWriter(&s.line)
	if err = s.open(); err != nil {
		return nil, told(path, err)
	}
	if err = s.begin(); err != nil {
		s.close()
		return nil, told(path, err)
	}
	s.ended.Go(s.write)
	return s, nil
}

// open opens the file and brings it to the present layout.
func (s *Store) open() error {
	file, fresh, err := claim(s.path)
	if err != nil {
		return err
	}
	db, err := connect(s.path, "rw", fmt.Sprintf("max_page_count(%d)", s.o.most()/pageSize))
	if err == nil {
		err = prepare(db, s.path, fresh)
	}
	if err != nil {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
		file.Close()
		return err
	}
	s.file, s.db = file, db
	return nil
}

// begin reads where the file stands, and marks it as not ended.
func (s *Store) begin() error {
	var state sql.NullString
	err := s.db.QueryRow("SELECT (SELECT value FROM meta WHERE key='ended')").Scan(&state)
	if err != nil {
		return err
	}
	s.counts.unclean = state.String == "no"
	var seq int64
	if err := s.db.QueryRow("SELECT max(ifnull((SELECT max(seq) FROM events), 0), ifnull((SELECT max(seq) FROM cursors), 0))").Scan(&seq); err != nil {
		return err
	}
	s.seq.Store(seq)
	s.counts.latest.Store(seq)
	if err := s.db.QueryRow("SELECT ifnull(max(chain), 0) FROM journal").Scan(&s.chain); err != nil {
		return err
	}
	_, err = s.db.Exec(setMeta, "written_by", s.o.Version, "ended", "no")
	return err
}

const setMeta = "INSERT INTO meta (key, value) VALUES (?, ?), (?, ?) ON CONFLICT (key) DO UPDATE SET value=excluded.value"

// Unclean reports whether the sensor before did not end as it should.
func (s *Store) Unclean() bool { return s.counts.unclean }

// put hands an item over, which holds so many bytes.
func (s *Store) put(bytes int, put func(w *writer) error) {
	it := item{put, int64(bytes)}
	s.counts.given.Add(1)
	held := s.held.Add(it.bytes)
	if s.o.Patient {
		s.queue <- it
		return
	}
	if held > RoomBytes {
		s.counts.heavy.Add(1)
	} else {
		select {
		case s.queue <- it:
			return
		default:
		}
	}
	s.held.Add(-it.bytes)
	s.counts.full.Add(1)
}

// Event takes a record of an event, and gives its number. The event is not
// kept beyond the call.
func (s *Store) Event(e *event.Event) int64 {
	s.line.Reset()
	if err := s.lines.Write(e); err != nil {
		s.counts.refused.Add(1)
		return s.seq.Load()
	}
	s.tidy(e.Raised)
	seq := s.seq.Add(1)
	row := eventRow{e, seq, string(bytes.TrimSuffix(s.line.Bytes(), []byte("\n")))}
	values, id, first := valuesOf(eventColumns, &row), e.Playbook.Case, e.First
	s.put(2*len(row.line), func(w *writer) error {
		if id != "" {
			if err := w.exec("INSERT INTO cases (id, status, first, last) VALUES (?, 'open', ?, ?) ON CONFLICT (id) DO NOTHING", id, first, first); err != nil {
				return err
			}
		}
		w.latest = seq
		return w.exec(upsertEvent, values...)
	})
	return seq
}

var (
	upsertEvent = upsert("events", "id", eventColumns)
	upsertCase  = upsert("cases", "id", caseColumns)
	addDecision = upsert("journal", "chain, number", journalColumns)
)

// Case takes a case as it stands.
func (s *Store) Case(c *cases.Case) {
	record := jsonOf(c)
	values := valuesOf(caseColumns, &caseRow{c, record})
	s.put(2*len(record), func(w *writer) error { return w.exec(upsertCase, values...) })
}

// Decisions takes what was added to the journal.
func (s *Store) Decisions(all []journal.Entry) {
	if len(all) == 0 {
		return
	}
	chain, number := s.chain, s.number
	s.number += int64(len(all))
	s.put(1000*len(all), func(w *writer) error {
		for i, e := range all {
			if err := w.exec(addDecision, valuesOf(journalColumns, &decision{e, chain, number + int64(i) + 1})...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Had notes that an output has had every event up to a number.
func (s *Store) Had(output string, seq int64) {
	s.put(len(output), func(w *writer) error {
		return w.exec("INSERT INTO cursors (output, seq) VALUES (?, ?) ON CONFLICT (output) DO UPDATE SET seq=excluded.seq", output, seq)
	})
}

// Close writes what waits, and marks the file as ended.
func (s *Store) Close() error {
	close(s.last)
	s.ended.Wait()
	err := s.gaveUp
	if err == nil {
		_, err = s.db.Exec(setMeta, "written_by", s.o.Version, "ended", "yes")
	}
	return told(s.path, errors.Join(err, s.close()))
}

// close lets go of the file. Closing the database brings its log into it.
func (s *Store) close() error { return errors.Join(s.db.Close(), s.file.Close()) }

// counts are what a store counts of itself.
type counts struct {
	unclean bool

	given, written        atomic.Uint64 // items
	full, failed, refused atomic.Uint64 // items lost: no room in the queue; the file could not be written; SQLite took them for wrong
	heavy                 atomic.Uint64 // of full: they would have held too much memory
	again                 atomic.Uint64 // event records that an output had from the store
	bytes, removed        atomic.Int64
	latest                atomic.Int64 // event record that was written
	failing               atomic.Pointer[string]
	over                  atomic.Bool
}

// Counts is what a store did so far. Given = Written + Full + Failed + Refused + Waiting.
type Counts struct {
	Given, Written        uint64
	Full, Failed, Refused uint64
	Heavy                 uint64 // of Full: there was room for items, and not for their bytes
	Waiting, Held         uint64 // items on their way, and the bytes they hold
	Removed               uint64 // rows that had to go for age or size
	Again                 uint64 // event records that an output had from the store
	Bytes                 int64  // of the file and its log
	Failing               string // why it cannot be written now, "" while it can
	Over                  bool   // above its size, and nothing may go
}

// Counts gives the counts.
func (s *Store) Counts() Counts {
	c := Counts{Written: s.counts.written.Load(), Full: s.counts.full.Load(), Failed: s.counts.failed.Load(), Refused: s.counts.refused.Load(),
		Removed: uint64(s.counts.removed.Load()), Again: s.counts.again.Load(), Bytes: s.counts.bytes.Load(), Over: s.counts.over.Load()}
	c.Given = max(s.counts.given.Load(), c.Written+c.Full+c.Failed+c.Refused)
	c.Waiting = c.Given - c.Written - c.Full - c.Failed - c.Refused
	c.Heavy = min(s.counts.heavy.Load(), c.Full)
	c.Held = uint64(max(s.held.Load(), 0))
	if why := s.counts.failing.Load(); why != nil {
		c.Failing = *why
	}
	return c
}
