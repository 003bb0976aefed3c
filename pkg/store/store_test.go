package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/cases"
	"otsensor/pkg/event"
	"otsensor/pkg/journal"
	"otsensor/pkg/store"
)

const day = int64(24 * time.Hour)

var roomy = store.Options{MaxBytes: 1 << 30, Patient: true, Version: "test"}

// record is an event of a case, as it stands at a time.
func record(n int, state string) *event.Event {
	at := int64(1_700_000_000e9) + int64(n)*int64(time.Second)
	e := &event.Event{ID: fmt.Sprintf("%016x", n), State: state, Count: 1, Rule: event.Rule{ID: "T-01", Title: "A test rule", Level: 2},
		What: strings.Repeat("Something was seen. ", 10), First: at, Last: at, Raised: at}
	e.Playbook.Case, e.Source.Addr, e.Target.MAC = "C-1", "10.0.0.1", "02:00:00:00:00:01"
	return e
}

func open(t *testing.T, path string, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closed(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// ask gives the rows of a query as sqlite3 prints them, from outside the store.
func ask(t *testing.T, path, query string) (all []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, _ := rows.Columns()
	for rows.Next() {
		cells, into := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(cells), "["), "]"))
	}
	return all
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// heavy skips what takes SQLite minutes under the race detector.
func heavy(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("long: writes thousands of rows")
	}
}

func whole(t *testing.T, path string) *store.Report {
	t.Helper()
	r, err := store.Check(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Problems) > 0 {
		t.Errorf("%s: %q", path, r.Problems)
	}
	return r
}

// An event is one row, as its latest record has it, with when it was raised
// first; its case is there before the judge has told of it.
func TestEventIsOneRow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := open(t, path, roomy)
	s.Event(record(1, "open"))
	later := record(1, "closed")
	later.Raised, later.Count, later.Last = later.Raised+7, 9, later.Last+5
	s.Event(record(2, "open"))
	s.Event(later)
	s.Case(&cases.Case{ID: "C-1", Status: cases.Confirmed, First: 1, Last: 2, Sources: []string{"10.0.0.1", "10.0.0.2"}})
	closed(t, s)
	same(t, "events", ask(t, path, "SELECT seq, id, state, count, raised, last - first, source, target FROM events ORDER BY seq"),
		"2 0000000000000002 open 1 1700000002000000000 0 10.0.0.1 02:00:00:00:00:01",
		"3 0000000000000001 closed 9 1700000001000000000 5 10.0.0.1 02:00:00:00:00:01")
	same(t, "cases", ask(t, path, "SELECT id, status, sources, declared_severity FROM cases"), "C-1 confirmed 10.0.0.1, 10.0.0.2 <nil>")
	var read []string
	if err := store.EachEvent(path, func(line []byte) error {
		e, err := event.Parse(line)
		read = append(read, e.ID+" "+e.State)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	same(t, "read back", read, "0000000000000001 closed", "0000000000000002 open")
	if r := whole(t, path); !r.Ended || r.Layout != store.Version() || r.By != "test" {
		t.Errorf("%+v", r)
	}
}

// A sensor that starts again knows what was open, which cases may take more,
// and which events an output has had.
func TestTakenUpAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := open(t, path, roomy)
	if at, err := s.Cursor("file"); at != 0 || err != nil {
		t.Fatalf("a new output begins at %d: %v", at, err)
	}
	s.Event(record(1, "closed"))
	s.Event(record(2, "open"))
	old := record(3, "closed")
	old.Playbook.Case = "C-2"
	s.Event(old)
	s.Case(&cases.Case{ID: "C-2", Status: cases.Closed, First: 1, Last: 2, Ended: 3})
	s.Had("file", 1)
	closed(t, s)

	s = open(t, path, roomy)
	defer s.Close()
	ids := func(all []store.Kept, err error) (ids []string) {
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range all {
			ids = append(ids, fmt.Sprint(k.Seq, " ", k.ID[15:]))
		}
		return ids
	}
	if s.Unclean() || s.Latest() != 3 {
		t.Errorf("unclean %v, at %d", s.Unclean(), s.Latest())
	}
	at, err := s.Cursor("file")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "not had", ids(s.After(at)), "2 2", "3 3")
	same(t, "open", ids(s.Open()), "2 2")
	same(t, "of cases that are not over", ids(s.OfCases(100, 10)), "1 1", "2 2")
	same(t, "and of those that ended lately", ids(s.OfCases(2, 10)), "1 1", "2 2", "3 3")
	if at, _ := s.Cursor("another"); at != 3 {
		t.Errorf("an output that is new gets %d rows of the past", 3-at)
	}
}

// entries are decisions as a journal has them, each chained to the one before.
func entries(t *testing.T, notes ...string) []journal.Entry {
	t.Helper()
	path := filepath.Join(t.TempDir(), "j")
	for _, n := range notes {
		if _, _, err := journal.Append(path, journal.Entry{At: time.Unix(1_700_000_000, 0), By: "m.weber", Do: journal.Note, Why: n}); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	j, err := journal.Parse(f, "j")
	if err != nil {
		t.Fatal(err)
	}
	return j.Entries
}

// The store keeps the journal's own lines, so that lines that are cut off or
// replaced in the journal show.
func TestJournalIsFollowed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	all := entries(t, "one", "two", "three")
	follow := func(all []journal.Entry, more ...journal.Entry) int {
		s := open(t, path, roomy)
		differs, err := s.Follow(all)
		if err != nil {
			t.Fatal(err)
		}
		s.Decisions(more)
		closed(t, s)
		return differs
	}
	if differs := follow(all[:1], all[1]); differs != 0 {
		t.Errorf("a new journal differs from line %d on", differs)
	}
	if differs := follow(all); differs != 0 {
		t.Errorf("one that grew differs from line %d on", differs)
	}
	if r := whole(t, path); len(r.Journals) != 1 || r.Journals[0].Lines != 3 || !r.Journals[0].Whole() {
		t.Errorf("%+v", r.Journals)
	}
	if differs := follow(all[:2]); differs != 3 {
		t.Errorf("one cut off after two lines differs from line %d on, not 3", differs)
	}
	if differs := follow(entries(t, "one", "zwei")); differs != 2 {
		t.Errorf("another differs from line %d on, not 2", differs)
	}
	if r := whole(t, path); len(r.Journals) != 3 || r.Journals[0].Lines != 3 {
		t.Errorf("%+v", r.Journals)
	}
	change(t, path, "UPDATE journal SET record = replace(record, 'two', 'too') WHERE chain = 1 AND number = 2")
	if r, err := store.Check(path); err != nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0], "journal 1, line 2: altered") {
		t.Errorf("an altered line: %v, %+v", err, r)
	}
}

// change does to a file what no sensor would.
func change(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err == nil {
		_, err = db.Exec(statements)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What is no store of ours is left as it is, and why is said in one line.
func TestRefuses(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	os.WriteFile(in("text"), []byte("habits\nof a line"), 0o600)
	change(t, in("other"), "CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES ('soup')")
	closed(t, open(t, in("newer"), roomy))
	change(t, in("newer"), fmt.Sprintf("PRAGMA user_version=%d", store.Version()+1))
	os.Symlink(in("nowhere"), in("link"))
	os.Mkdir(in("folder"), 0o700)
	defer open(t, in("busy"), roomy).Close()
	for name, says := range map[string]string{
		"text": "is no store", "other": "is no store but another program's file", "link": "is a symbolic link", "folder": "is a directory",
		"busy": "is being written by another sensor", "newer": "a later sensor wrote it",
	} {
		before, _ := os.ReadFile(in(name))
		s, err := store.Open(in(name), roomy)
		if err == nil || s != nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q in one line", name, err, says)
		}
		if after, _ := os.ReadFile(in(name)); !slices.Equal(before, after) {
			t.Errorf("%s was changed", name)
		}
	}
	if _, err := os.Lstat(in("nowhere")); err == nil {
		t.Error("a dangling link was followed")
	}
}

// A file whose pages are destroyed is told from a whole one, by the check and
// by the sensor that opens it.
func TestDamage(t *testing.T) {
	heavy(t)
	path := filepath.Join(t.TempDir(), "store.db")
	s := open(t, path, roomy)
	for n := range 200 {
		s.Event(record(n, "closed"))
	}
	closed(t, s)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for page := 1; page < len(good)/4096; page++ {
		bad := slices.Clone(good)
		for i := range 64 {
			bad[page*4096+i] ^= 0xa5
		}
		os.WriteFile(path, bad, 0o600)
		r, err := store.Check(path)
		switch {
		case err != nil && !strings.Contains(err.Error(), "damaged"):
			t.Errorf("page %d: %v", page, err)
		case err != nil || len(r.Problems) > 0:
			found++
		}
		if s, err := store.Open(path, roomy); err == nil {
			s.Event(record(1, "closed"))
			s.Close()
		} else if !store.Unusable(err) || strings.Contains(err.Error(), "\n") {
			t.Errorf("page %d: %v", page, err)
		}
	}
	if all := len(good)/4096 - 1; found < all*9/10 { // a page of free room may say nothing
		t.Errorf("%d of %d destroyed pages found", found, all)
	}
	os.WriteFile(path, good[:len(good)/2], 0o600)
	if r, err := store.Check(path); err == nil && len(r.Problems) == 0 {
		t.Error("half a file passes for whole")
	}
}

// The oldest closed events go, for age or for size; those of an open case and
// those that still grow never do, and what went is counted.
func TestRetention(t *testing.T) {
	heavy(t)
	for name, o := range map[string]store.Options{
		"age": {MaxBytes: 1 << 30, KeepDays: 30, Patient: true}, "size": {MaxBytes: 1 << 20, Patient: true},
	} {
		path := filepath.Join(t.TempDir(), "store.db")
		s := open(t, path, o)
		for n := range 2000 {
			e := record(n*1800, "closed") // half an hour apart: 41 days
			e.Playbook.Case = "C-over"
			switch {
			case n < 100:
				e.Playbook.Case = "C-open"
			case n < 120:
				e.State = "open"
			case n == 120:
				s.Case(&cases.Case{ID: "C-over", Status: cases.Closed, First: 1, Last: 2, Ended: 3})
			}
			s.Event(e)
		}
		closed(t, s)
		r := whole(t, path)
		left := ask(t, path, "SELECT count(*) FROM events")
		removed := ask(t, path, "SELECT rows FROM removed WHERE what = 'events'")
		if len(removed) != 1 {
			t.Fatalf("%s: nothing was removed: %+v", name, r)
		}
		same(t, name+": all are accounted for", ask(t, path, "SELECT (SELECT count(*) FROM events) + (SELECT rows FROM removed WHERE what='events')"), "2000")
		same(t, name+": of the open case, and open", ask(t, path, "SELECT count(*) FROM events WHERE case_id='C-open' OR state='open'"), "120")
		same(t, name+": the oldest went", ask(t, path, "SELECT count(*) FROM events JOIN removed ON removed.what='events' WHERE state='closed' AND case_id='C-over' AND last <= newest"), "0")
		if name == "size" && r.Bytes > o.MaxBytes*5/4 {
			t.Errorf("%d bytes on the disk, %s events left, may be %d", r.Bytes, left, o.MaxBytes)
		}
		if name == "age" {
			same(t, "of the last 30 days", ask(t, path, fmt.Sprintf("SELECT min(last) >= %d FROM events WHERE state='closed' AND case_id='C-over'", record(1999*1800, "").Last-30*day-int64(time.Hour))), "1")
		}
	}
}

// What may not go does not make the file grow without end: what has no room is
// counted, and is said.
func TestNothingMayGo(t *testing.T) {
	heavy(t)
	path := filepath.Join(t.TempDir(), "store.db")
	told := ""
	s := open(t, path, store.Options{MaxBytes: 1 << 20, Tell: func(err error) {
		if err != nil && told == "" {
			told = err.Error()
		}
	}})
	for n := range 4000 {
		s.Event(record(n*60, "open"))
		if n%100 == 0 {
			time.Sleep(10 * time.Millisecond)
		}
	}
	s.Close()
	c := s.Counts()
	if c.Given != c.Written+c.Full+c.Failed+c.Refused || c.Failed == 0 || c.Written < 100 {
		t.Errorf("%+v", c)
	}
	if !strings.Contains(told, "has reached its size") || !c.Over {
		t.Errorf("said %q; over %v", told, c.Over)
	}
	if r := whole(t, path); r.Bytes > 5<<18 {
		t.Errorf("%d bytes", r.Bytes)
	}
}

// Nobody waits for a file that another program holds: what has room waits,
// the rest is counted, and all that waited is written when the file is free.
func TestNobodyWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	o := roomy
	o.Patient = false
	s := open(t, path, o)
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	large := &cases.Case{ID: "C-2", Timeline: []cases.Moment{{What: strings.Repeat("x", 15<<18)}}}
	for range 8 { // four times in the room of 32 MiB, with its copies
		s.Case(large)
	}
	if c := s.Counts(); c.Full != 4 {
		t.Errorf("%d of 8 large rows dropped, not 4", c.Full)
	}
	for n := range 6000 {
		s.Event(record(n, "closed"))
	}
	if c := s.Counts(); c.Full < 6000-4096 || c.Written != 0 {
		t.Errorf("%+v", c)
	}
	if _, err := db.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	c := s.Counts()
	if c.Written+c.Full != c.Given || c.Failed+c.Refused+c.Waiting != 0 || c.Failing != "" {
		t.Errorf("%+v", c)
	}
	same(t, "what was not counted as lost", ask(t, path, fmt.Sprintf("SELECT count(*) BETWEEN %d AND %d FROM events", 6004-c.Full, c.Written)), "1")
	whole(t, path)
}
