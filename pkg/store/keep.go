package store

import (
	"database/sql"
	"fmt"
	"time"
)

const (
	tidyEvery = int64(time.Minute) // of packet time
	sweep     = 500                // rows that go at once
	sweeps    = 40                 // at most, each time
)

// sweeping is one kind of rows that go when they are old.
type sweeping struct {
	what  string               // table
	key   string               // tells a row
	time  string               // column by which it is old
	unit  int64                // of that column, nanoseconds
	where string               // which may go at all
	age   func(o *Options) int // days after which they go; 0: only for the size
}

func keepDays(o *Options) int     { return o.KeepDays }
func activityDays(o *Options) int { return o.ActivityDays }

// sweepings in the order in which they go for the size. An event goes when it
// is closed and its case, if it has one, is over. An asset that was seen at one
// moment only may be an invented address: it goes before the others.
var sweepings = []sweeping{
	{"habits", "id", "last", int64(time.Minute), "last < (SELECT ifnull(min(minute), 1 << 60) FROM activity)", keepDays},
	{"activity", "minute, habit", "minute", int64(time.Minute), "true", activityDays},
	{"assets", "addr", "last", 1, "first = last", keepDays},
	{"events", "seq", "last", 1, "state IN ('closed', 'summary') AND NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = events.case_id AND cases.status IN ('open', 'confirmed'))", keepDays},
	{"watched", "minute", "minute", int64(time.Minute), "true", keepDays},
	{"assets", "addr", "last", 1, "true", keepDays},
	{"cases", "id", "ended", 1, "status IN ('dismissed', 'closed') AND NOT EXISTS (SELECT 1 FROM events WHERE events.case_id = cases.id)", keepDays},
}

// tidy hands over the search for what is old, once a minute of packet time. It
// takes its turn among the rows, so that the same rows leave the same file.
func (s *Store) tidy(now int64) {
	if minute := now / tidyEvery; minute > s.tidied {
		s.tidied = minute
		s.put(0, func(w *writer) error { return w.tidy(&s.o, now) })
	}
}

// makeRoom tidies out of turn, when the file is full.
func (s *Store) makeRoom() {
	tx, err := s.db.Begin()
	if err != nil {
		return
	}
	defer tx.Rollback()
	if w := (&writer{tx: tx, ready: map[string]*sql.Stmt{}}); w.bySize(&s.o) == nil && tx.Commit() == nil {
		s.counts.removed.Add(w.removed)
	}
}

// tidy takes out what is too old, and then the oldest while there is too much.
func (w *writer) tidy(o *Options, now int64) error {
	for i := range sweepings {
		days := sweepings[i].age(o)
		if days == 0 {
			continue
		}
		for range sweeps {
			n, err := w.sweep(&sweepings[i], now-int64(days)*int64(24*time.Hour))
			if err != nil {
				return err
			}
			if n < sweep {
				break
			}
		}
	}
	return w.bySize(o)
}

// bySize takes out the oldest until a twentieth of the size is free.
func (w *writer) bySize(o *Options) error {
	used, err := w.used()
	w.over = false
	if err != nil || used <= o.MaxBytes {
		return err
	}
	for range sweeps {
		n := int64(0)
		for i := 0; n == 0 && i < len(sweepings); i++ {
			if n, err = w.sweep(&sweepings[i], 1<<63-1); err != nil {
				return err
			}
		}
		if used, err = w.used(); err != nil || used <= o.MaxBytes-o.MaxBytes/20 {
			return err
		}
		if n == 0 {
			w.over = used > o.MaxBytes
			return nil
		}
	}
	return nil
}

// used is how many bytes of the file hold something.
func (w *writer) used() (int64, error) {
	var pages, free int64
	err := w.tx.QueryRow("PRAGMA page_count").Scan(&pages)
	if err == nil {
		err = w.tx.QueryRow("PRAGMA freelist_count").Scan(&free)
	}
	return (pages - free) * pageSize, err
}

// sweep takes out the oldest rows of a kind, of before a time, and writes down
// how many went.
func (w *writer) sweep(k *sweeping, before int64) (n int64, err error) {
	rows, err := w.tx.Query(fmt.Sprintf("DELETE FROM %[1]s WHERE (%[2]s) IN (SELECT %[2]s FROM %[1]s WHERE %[3]s < ? AND %[4]s ORDER BY %[3]s LIMIT %[5]d) RETURNING %[3]s",
		k.what, k.key, k.time, k.where, sweep), before/k.unit)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	newest := int64(0)
	for rows.Next() {
		var at int64
		if err := rows.Scan(&at); err != nil {
			return n, err
		}
		n, newest = n+1, max(newest, at*k.unit)
	}
	if err := rows.Err(); err != nil || n == 0 {
		return n, err
	}
	w.removed += n
	return n, w.exec("INSERT INTO removed (what, rows, newest) VALUES (?, ?, ?) ON CONFLICT (what) DO UPDATE SET rows=rows+excluded.rows, newest=max(newest, excluded.newest)",
		k.what, n, newest)
}

// shrink gives back to the disk what is free, some of it each time, and
// measures the file.
func (s *Store) shrink() {
	if s.counts.removed.Load() != s.shrunk {
		s.shrunk = s.counts.removed.Load()
		s.db.Exec("PRAGMA incremental_vacuum(4096)") // what does not come free now, comes with the next
	}
	s.counts.bytes.Store(sizeOf(s.path) + sizeOf(s.path+"-wal"))
}
