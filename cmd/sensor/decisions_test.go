package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// A sensor that runs takes each decision over once, from a journal that need
// not be there when it starts; a line nobody can read is told of once.
func TestDecisionsWhileRunning(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	core, said := observer.New(zap.InfoLevel)
	j, next, err := decisions(path, zap.New(core))
	if err != nil || len(j.Entries) > 0 || len(next()) > 0 {
		t.Fatalf("an empty start: %v, %v", j, err)
	}
	window := func(ticket string) {
		must(t, "window", "add", ticket, "--journal", path, "--by", "ann", "--why", "a valve is exchanged",
			"--from", "2030-01-01T06:00:00Z", "--until", "2030-01-01T08:00:00Z")
	}
	for _, ticket := range []string{"T-1", "T-2"} {
		window(ticket)
		if fresh := next(); len(fresh) != 1 || fresh[0].Ticket != ticket {
			t.Errorf("after the window of %s: %+v", ticket, fresh)
		}
		if fresh := next(); len(fresh) > 0 {
			t.Errorf("%s is taken over twice", ticket)
		}
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("not a decision\n")
	f.Close()
	for range 3 {
		next()
	}
	if n := said.FilterMessageSnippet("cannot be read").Len(); n != 1 {
		t.Errorf("a line that cannot be read is told of %d times, want once", n)
	}
	if _, _, err := decisions(t.TempDir(), zap.NewNop()); err == nil || !strings.Contains(err.Error(), "journal") {
		t.Errorf("a folder for a journal: %v", err)
	}
}
