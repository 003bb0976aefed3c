package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otsensor/pkg/event"
)

// The papers of the recorded line, as people ask for them.
func TestReport(t *testing.T) {
	events := demoEvents(t)
	page, _ := must(t, "report", "--events", events, "--site", "../../docs/site.small.yaml")
	for _, want := range []string{"Identification form", "10.77.10.99", "Head of quality", "<svg", "Evidence register"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	file := filepath.Join(t.TempDir(), "r.md")
	must(t, "report", "--events", events, "--format", "markdown", "-o", file)
	text, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(text), "# Incident record: ") {
		t.Errorf("%v: %.100s", err, text)
	}
}

// A report of one case is of its events alone.
func TestReportOfOneCase(t *testing.T) {
	code, out, errs := call(t, nil, "report", "--events", demoEvents(t), "C-1")
	if code != 1 || out != "" || !strings.Contains(errs, "no event of") {
		t.Errorf("exit %d: %s", code, errs)
	}
	var lines strings.Builder
	w := event.NewWriter(&lines)
	for i, of := range []string{"C-1", "C-2"} {
		e := event.Event{ID: strings.Repeat(string(rune('a'+i)), 16), State: "open", Raised: 1_772_431_931_000_000_000, What: "seen in " + of}
		e.Playbook.Case = of
		if err := w.Write(&e); err != nil {
			t.Fatal(err)
		}
	}
	code, out, errs = call(t, []byte(lines.String()), "report", "--events", "-", "--format", "markdown", "C-2")
	if code != 0 || !strings.Contains(out, "Case C-2") || strings.Contains(out, "seen in C-1") || !strings.Contains(out, "2026-03-02 06:12:11") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

func TestReportCalledWrongly(t *testing.T) {
	for _, args := range [][]string{{"report"}, {"report", "--events", "x", "a", "b"}, {"report", "--events", "x", "--format", "htm"}} {
		if code, _, errs := call(t, nil, args...); code != 2 {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
}
