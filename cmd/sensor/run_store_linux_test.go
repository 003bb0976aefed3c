package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A locked sensor keeps a store. Killed in the middle of an incident and
// started again, it closes what was open, goes on with the same case, and its
// file of events lacks nothing that the store holds. With a damaged store it
// watches, and says that it keeps nothing.
func TestRunTakesUpItsStore(t *testing.T) {
	if testing.Short() {
		t.Skip("long: plays an incident of eight seconds twice")
	}
	m := newMirror(t)
	dir := t.TempDir()
	_, baseline := line(t)
	config, events, kept := filepath.Join(dir, "sensor.yaml"), filepath.Join(dir, "events.jsonl"), filepath.Join(dir, "state", "store.db")
	if err := os.WriteFile(config, fmt.Appendf(nil, "interface: %s\nbaseline: %s\nevents: { file: events.jsonl }\nstore: { file: state/store.db }\njournal: journal.jsonl\n", mirrorPort, baseline), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func() *process {
		p := m.start("run", "-c", config)
		p.wait("ready", 10*time.Second, func() bool { code, _ := p.get("/readyz"); return code == 200 })
		locked(t, p)
		return p
	}
	frames := incident(t, 20)

	p := run()
	m.play(frames)
	p.wait("events are in the store", 5*time.Second, func() bool {
		_, page := p.get("/metrics")
		return value(t, page, "store_rows_written_total") > 50 && value(t, page, "store_rows_waiting") == 0
	})
	open := ask(t, kept, "SELECT count(*) FROM events WHERE state IN ('open', 'update')")[0]
	ids := ask(t, kept, "SELECT DISTINCT case_id FROM events WHERE case_id IS NOT NULL")
	if open == "0" || len(ids) == 0 {
		t.Fatalf("%s events open, cases %v", open, ids)
	}
	p.cmd.Process.Kill()
	p.cmd.Wait()
	if out, _ := must(t, "store", "check", kept); !strings.Contains(out, "did not end as it should") || !strings.Contains(out, "whole ") {
		t.Errorf("after a kill: %s", out)
	}

	p = run()
	if said := p.said(); !strings.Contains(said, "the sensor before did not end as it should") || !strings.Contains(said, `"events":`+open) {
		t.Errorf("not told that it takes up %s open events:\n%s", open, said)
	}
	if n := ask(t, kept, "SELECT count(*) FROM events WHERE state IN ('open', 'update')"); n[0] != "0" {
		t.Errorf("%s events are open before anything was seen", n[0])
	}
	must(t, "case", "confirm", ids[0], "-c", config, "--by", "m.weber", "--why", "nobody planned this")
	m.play(frames)
	p.wait("the decision is kept", 5*time.Second, func() bool {
		return ask(t, kept, "SELECT count(*) FROM journal")[0] == "1" && ask(t, kept, "SELECT count(*) FROM cases WHERE status='confirmed'")[0] == "1"
	})
	p.cmd.Process.Signal(syscall.SIGTERM)
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, p.said())
	}
	if again := ask(t, kept, "SELECT DISTINCT case_id FROM events WHERE case_id IS NOT NULL"); fmt.Sprint(again) != fmt.Sprint(ids) {
		t.Errorf("cases %v before, %v after", ids, again)
	}
	out, _ := must(t, "store", "check", kept)
	if !strings.Contains(out, "the sensor ended as it should") || !strings.Contains(out, "1 decisions, up to number 1") {
		t.Error(out)
	}
	written, err := os.ReadFile(events)
	if err != nil {
		t.Fatal(err)
	}
	last := map[string]string{}
	for _, e := range parsed(t, string(written)) {
		last[e.ID] = e.ID + " " + e.State
	}
	all := ask(t, kept, "SELECT id || ' ' || state FROM events")
	for _, e := range all {
		if last[e[:16]] != e {
			t.Errorf("the store has %s, the file %q", e, last[e[:16]])
		}
	}
	if len(all) != len(last) || len(all) < 40 {
		t.Errorf("%d events in the store, %d in the file", len(all), len(last))
	}

	f, err := os.OpenFile(kept, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteAt(make([]byte, 3*4096), 100)
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	p = run()
	if _, health := p.get("/healthz"); !strings.Contains(health, "degraded: store ") || !strings.Contains(health, "the file is damaged") {
		t.Errorf("with a damaged store: %s", health)
	}
	if _, page := p.get("/metrics"); value(t, page, "store_up") != 0 {
		t.Error("a damaged store is said to be up")
	}
}
