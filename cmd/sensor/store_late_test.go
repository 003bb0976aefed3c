package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"otsensor/pkg/config"
	"otsensor/pkg/event"
	"otsensor/pkg/sensor"
)

// A store that cannot be opened at the start is tried again until it can be.
// What was told before went to the output alone; from then on the store has
// everything, and each decision of the journal once, whenever it was made.
func TestStoreThatComesLate(t *testing.T) {
	dir := t.TempDir()
	c := config.Default()
	c.Store.File, c.Journal, c.Events.File = filepath.Join(dir, "store.db"), filepath.Join(dir, "journal.jsonl"), "out"
	decide := func(n int) {
		must(t, "window", "add", fmt.Sprint("T-", n), "--journal", c.Journal, "--by", "ann", "--why", "a valve is exchanged",
			"--from", "2030-01-01T06:00:00Z", "--until", "2030-01-01T08:00:00Z")
	}
	decide(1)
	damaged := append([]byte("SQLite format 3\x00"), make([]byte, 8192)...)
	if err := os.WriteFile(c.Store.File, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	core, logs := observer.New(zap.InfoLevel)
	log := zap.New(core)
	var o sensor.WatchOptions
	var err error
	if o.Journal, o.Fresh, err = decisions(c.Journal, log); err != nil {
		t.Fatal(err)
	}
	keeps, err := keptIn(c, log)
	if err != nil {
		t.Fatal(err)
	}
	out := &fickle{}
	to, err := keeps.before(out, &o)
	if err != nil {
		t.Fatal(err)
	}
	judge := func(all ...*event.Event) {
		for _, e := range all {
			to.Write(e)
		}
		for _, d := range o.Fresh() {
			o.Journal.Add(d)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- keeps.again(ctx, time.Millisecond) }()

	decide(2)
	judge(simple(1, "open"))
	decide(3) // the judge does not know it yet
	if why := keeps.counts().Failing; why == "" || keeps.store.Load() != nil {
		t.Fatalf("a damaged store is said to be fine: %q", why)
	}
	if err := os.Remove(c.Store.File); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); keeps.store.Load() == nil && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if err := <-ended; err != nil || keeps.counts() == nil || keeps.counts().Failing != "" {
		t.Fatalf("the store did not come: %v, %+v", err, keeps.counts())
	}
	judge(simple(1, "update"), simple(2, "open"))
	decide(4)
	judge()
	stop()
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(out.got, ", "); got != "1 open, 1 update, 2 open" {
		t.Errorf("the output got %s", got)
	}
	if got := fmt.Sprint(ask(t, c.Store.File, "SELECT id || ' ' || state FROM events ORDER BY id")); got != "[1 update 2 open]" {
		t.Errorf("the store has %s", got)
	}
	if got := fmt.Sprint(ask(t, c.Store.File, "SELECT json_extract(record, '$.ticket') FROM journal ORDER BY number")); got != "[T-1 T-2 T-3 T-4]" {
		t.Errorf("the store has decisions %s", got)
	}
	var said []string
	for _, l := range logs.FilterMessageSnippet("store").All() {
		said = append(said, l.Message)
	}
	if len(said) != 2 || !strings.HasPrefix(said[0], "watching without the store") || !strings.HasPrefix(said[1], "the store is there") {
		t.Errorf("said %q", said)
	}
}
