package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An exercise on the recorded line finds what the demo finds, writes its
// report, and is noted where readiness looks for it.
func TestExerciseAndReadiness(t *testing.T) {
	dir := t.TempDir()
	page, decisions := filepath.Join(dir, "x.html"), filepath.Join(dir, "j.jsonl")
	_, errs := must(t, "exercise", "line", "-o", page, "--journal", decisions, "--by", "ada")
	text, err := os.ReadFile(page)
	if err != nil || !strings.Contains(errs, "highest suggested severity 4") {
		t.Fatalf("%v %s", err, errs)
	}
	for _, want := range []string{"Exercise report", "OT-05 Mode change, stop or restart", "named next by events", "the sensor", "Replayed in", "S7-06"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	must(t, "journal", "verify", decisions)
	code, out, errs := call(t, nil, "readiness", "--journal", decisions)
	if code != 1 || !strings.Contains(out, "the last was 0 days ago") || !strings.Contains(errs, "not complete") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	code, out, _ = call(t, nil, "readiness", "--journal", decisions, "--at", "2099-01-01T00:00:00Z", "--site", "../../docs/site.small.yaml", "--events", demoEvents(t))
	if code != 1 || strings.Contains(out, "the last was 0 days ago") || !strings.Contains(out, "every role that owns a step is held: all held") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// A scenario of one's own: a folder with a capture, judged by what another taught.
func TestExerciseOfOnesOwn(t *testing.T) {
	out, errs := must(t, "exercise", "../../pcaps/modbus-second-writer", "--learn", "../../pcaps/modbus-setpoint", "--format", "markdown")
	if !strings.Contains(out, "VAL-10") || !strings.Contains(out, "# Exercise report") {
		t.Errorf("%s%s", errs, out)
	}
	for _, args := range [][]string{{}, {"line", "x"}, {"line", "--by", "ada"}, {"line", "--learn", "a", "--baseline", "b"}, {"line", "--format", "pdf"}} {
		if code, _, errs := call(t, nil, append([]string{"exercise"}, args...)...); code != 2 {
			t.Errorf("%v: exit %d %s", args, code, errs)
		}
	}
	if code, _, errs := call(t, nil, "exercise", "../../pcaps"); code != 1 || !strings.Contains(errs, "captures, not one") {
		t.Errorf("exit %d %s", code, errs)
	}
	if code, _, _ := call(t, nil, "readiness", "--at", "yesterday"); code != 2 {
		t.Errorf("exit %d", code)
	}
}
