//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/cases"
	"otsensor/pkg/event"
)

// A sensor that runs is killed with kill -9 in the midst of recording a case
// whole. What it said was written is there; the next one goes on, and tells of
// the file that the kill cut short, which others read.
func TestRunKilledWhileRecording(t *testing.T) {
	if testing.Short() {
		t.Skip("long: plays an incident of eight seconds")
	}
	m := newMirror(t)
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	_, baseline := line(t)
	if err := os.WriteFile(in("sensor.yaml"), []byte("interface: "+mirrorPort+"\nbaseline: "+baseline+"\nevents: { file: events.jsonl }\nevidence: { dir: evidence }\njournal: journal.jsonl\nstore: { file: store.db }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := m.start("run", "-c", in("sensor.yaml"))
	p.wait("ready", 10*time.Second, func() bool { code, _ := p.get("/readyz"); return code == 200 })
	frames := incident(t, 20)
	half := 0
	for frames[half].after < 4*time.Second {
		half++
	}
	m.play(frames[:half])
	var id string
	p.wait("a case", 5*time.Second, func() bool { id = caseIn(t, in("events.jsonl"), "10.77.10.99"); return id != "" })
	must(t, "case", "confirm", id, "-c", in("sensor.yaml"), "--by", "ada", "--why", "not ours")
	p.wait("the case is recorded", 5*time.Second, func() bool {
		_, page := p.get("/metrics")
		return value(t, page, "evidence_cases") == 1 && value(t, page, "journal_decisions_total") == 1
	})
	rest := frames[half:]
	for i := len(rest) - 1; i >= 0; i-- {
		rest[i].after -= rest[0].after
	}
	m.play(rest)
	p.wait("frames in the file", 5*time.Second, func() bool {
		halves, _ := filepath.Glob(in("evidence/case-" + id + "-*.part"))
		if len(halves) != 1 {
			return false
		}
		info, err := os.Stat(halves[0])
		return err == nil && info.Size() > 10_000
	})
	p.cmd.Process.Kill()
	p.cmd.Wait()
	before := wholeEvents(t, in("events.jsonl"))

	p = m.start("run", "-c", in("sensor.yaml"))
	p.wait("ready", 10*time.Second, func() bool { code, _ := p.get("/readyz"); return code == 200 })
	var told *event.Event
	p.wait("the file is told of", 10*time.Second, func() bool {
		for _, e := range wholeEvents(t, in("events.jsonl")) {
			if e.Rule.ID == cases.RecordRule.ID && e.Playbook.Case == id {
				told = e
			}
		}
		return told != nil
	})
	if after := wholeEvents(t, in("events.jsonl")); len(after) <= len(before) {
		t.Errorf("%d records before, %d after", len(before), len(after))
	}
	c := told.Captures[0]
	if !strings.Contains(told.What, "cut short") || c.Whole || uint64(len(framesOf(t, filepath.Join(in("evidence"), c.File), nil))) != c.Frames || c.Frames < 100 {
		t.Errorf("%s: %+v", told.What, c)
	}
	out, _ := must(t, "evidence", "verify", "-c", in("sensor.yaml"))
	if !strings.Contains(out, "as registered  "+c.File) {
		t.Errorf("not as it was told:\n%s", out)
	}
	p.wait("the case is recorded again", 5*time.Second, func() bool { _, page := p.get("/metrics"); return value(t, page, "evidence_cases") == 1 })
	opened := 0
	for _, e := range wholeEvents(t, in("events.jsonl")) {
		if e.Rule.ID == cases.ExposureRule.ID && e.State == "open" {
			opened++
		}
	}
	if opened != 1 {
		t.Errorf("the exposure window was told to open %d times", opened)
	}
	must(t, "report", "-c", in("sensor.yaml"), id)
	must(t, "journal", "verify", in("journal.jsonl"))
}

// caseIn is the case of events with a source, "" while there is none.
func caseIn(t *testing.T, file, source string) string {
	t.Helper()
	for _, e := range wholeEvents(t, file) {
		if e.Source.Addr == source && e.Playbook.Case != "" {
			return e.Playbook.Case
		}
	}
	return ""
}

// wholeEvents reads a file of events as it grows: every line that is whole must
// be a record.
func wholeEvents(t *testing.T, file string) (all []*event.Event) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(data)) {
		if !strings.HasSuffix(line, "\n") {
			break
		}
		e, err := event.Parse([]byte(strings.TrimSuffix(line, "\n")))
		if err != nil {
			t.Fatalf("%v in %.200s", err, line)
		}
		all = append(all, e)
	}
	return all
}
