//go:build linux

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"otsensor/pkg/event"
)

// A sensor that watches reads its rules again when it is told to, locked in as
// it is: what does not load is told with its line and changes nothing, what
// loads takes force, what is as it was is called so, and what needs a restart too.
func TestRunReadsAgain(t *testing.T) {
	m := newMirror(t)
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const rule = "- id: OWN-01\n  title: Somebody reads\n  level: 1\n  when: { proto: modbus, op: read-data }\n  say: \"{client} reads {server}.\"\n  play: OT-15\n"
	if err := os.Mkdir(filepath.Join(dir, "own"), 0o700); err != nil {
		t.Fatal(err)
	}
	const config = "interface: " + mirrorPort + "\nsite: site.yaml\nevents: { file: events.jsonl }\n"
	write("sensor.yaml", config)
	write("site.yaml", "sensor: { id: s }\nown_rules: own/own.yaml\n")
	write("own/own.yaml", rule)
	outside := filepath.Join(t.TempDir(), "site.yaml")
	if err := os.WriteFile(outside, []byte("sensor: { id: s }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := m.start("run", "-c", filepath.Join(dir, "sensor.yaml"))
	p.wait("ready", 20*time.Second, func() bool { code, _ := p.get("/readyz"); return code == 200 })
	locked(t, p)
	again := func(says string) {
		t.Helper()
		before := len(p.said())
		p.cmd.Process.Signal(syscall.SIGHUP)
		p.wait(says, 10*time.Second, func() bool { return strings.Contains(p.said()[before:], says) })
	}
	health := func(want string) {
		t.Helper()
		p.wait("health "+want, 5*time.Second, func() bool { _, body := p.get("/healthz"); return strings.Contains(body, want) })
	}
	again("rules, playbook and site file are as they were")
	write("own/own.yaml", strings.Replace(rule, "op:", "opp:", 1))
	again(`own.yaml:4: OWN-01: unknown field \"opp\"; did you mean \"op\"?`)
	health("did not load")
	write("own/own.yaml", strings.Replace(rule, "read-data", "write-data", 1))
	write("sensor.yaml", config+"workers: 2\n")
	again("are other ones from the next second on")
	health("ok")
	if said := p.said(); !strings.Contains(said, "workers: needs a restart") {
		t.Errorf("not told that workers need a restart:\n%s", said)
	}
	write("sensor.yaml", strings.Replace(config, "site.yaml", outside, 1))
	again("another folder needs a restart")
	_, page := p.get("/metrics")
	for result, want := range map[string]string{"failed": "2", "taken": "1", "unchanged": "1"} {
		if line := `config_reloads_total{result="` + result + `"} ` + want; !strings.Contains(page, line) {
			t.Errorf("not counted: %s", line)
		}
	}
	events := func() (all []event.Event) {
		data, _ := os.ReadFile(filepath.Join(dir, "events.jsonl"))
		for line := range bytes.Lines(data) {
			e, err := event.Parse(line)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, *e)
		}
		return all
	}
	p.wait("the events are written", 5*time.Second, func() bool {
		failed, changed := 0, 0
		for _, e := range events() {
			switch {
			case e.State == "open" && e.Rule.ID == "SEN-11":
				failed++
			case e.State == "open" && e.Rule.ID == "SEN-20":
				changed++
			}
		}
		return failed == 1 && changed == 1
	})
	p.cmd.Process.Signal(syscall.SIGTERM)
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, p.said())
	}
	last := map[string]event.Event{}
	for _, e := range events() {
		last[e.Rule.ID] = e
	}
	if e := last["SEN-11"]; e.Count != 2 || len(e.List) != 2 || !strings.Contains(e.List[0]+e.List[1], "own.yaml:4") {
		t.Errorf("SEN-11 seen %d times: %q", e.Count, e.List)
	}
}
