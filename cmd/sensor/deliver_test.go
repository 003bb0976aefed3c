package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"otsensor/pkg/event"
	"otsensor/pkg/store"
)

// fickle is an output that works while it may.
type fickle struct {
	broken bool
	got    []string
}

func (f *fickle) Write(e *event.Event) error {
	if f.broken {
		return errors.New("no room")
	}
	f.got = append(f.got, e.ID+" "+e.State)
	return nil
}
func (f *fickle) Sync() error  { return nil }
func (f *fickle) Close() error { return nil }

// delivering is a delivery to an output, with a store that is opened anew.
func delivering(t *testing.T, path string, out sink) *delivery {
	t.Helper()
	s, err := store.Open(path, store.Options{MaxBytes: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	d, err := deliver(out, "out", s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// settle brings everything that waits into the store, and to the output.
func settle(t *testing.T, d *delivery) {
	t.Helper()
	for d.store.Written() < d.store.Latest() {
		time.Sleep(time.Millisecond)
	}
	for range 2 { // what it lacks, and that it lacks nothing
		if err := d.Sync(); err != nil {
			t.Fatal(err)
		}
	}
}

func simple(id int, state string) *event.Event {
	return &event.Event{ID: fmt.Sprint(id), State: state, Count: 1, First: 1, Last: 1, Raised: 1}
}

// An output gets what it missed while it was out of order, each event as it
// last stood, and nothing twice while all is well; and so it does over a restart.
func TestDelivery(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	out := &fickle{}
	d := delivering(t, path, out)
	got := func(what string, want ...string) {
		t.Helper()
		if fmt.Sprint(out.got) != fmt.Sprint(want) {
			t.Errorf("%s: got %q, want %q", what, out.got, want)
		}
		out.got = nil
	}
	d.Write(simple(1, "open"))
	settle(t, d)
	got("in order", "1 open")

	out.broken = true
	if err := d.Write(simple(2, "open")); err == nil {
		t.Error("a record that could not be written was not told")
	}
	d.Write(simple(1, "update"))
	d.Write(simple(2, "closed"))
	settle(t, d)
	out.broken = false
	d.Write(simple(3, "open"))
	got("as it works again", "3 open")
	settle(t, d)
	got("what it missed", "1 update", "2 closed")
	d.Write(simple(4, "open"))
	settle(t, d)
	got("in order again", "4 open")

	out.broken = true
	d.Write(simple(5, "open"))
	settle(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	out.broken = false
	d = delivering(t, path, out)
	d.Write(simple(6, "open"))
	settle(t, d)
	got("after a restart", "6 open", "5 open")
	if n := d.store.Counts().Again; n != 1 {
		t.Errorf("%d events counted as delivered later, want 1", n)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = delivering(t, path, out)
	settle(t, d)
	got("after a clean end")
	d.Close()
}
