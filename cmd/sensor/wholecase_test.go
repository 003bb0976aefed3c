package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/journal"
)

// From the moment people confirm a case, what its hosts say is recorded whole,
// the same for any number of workers; and the report knows where people stand.
func TestWholeCaseOfTheLine(t *testing.T) {
	capture, learned := line(t)
	dir := t.TempDir()
	decisions, events := filepath.Join(dir, "j.jsonl"), filepath.Join(dir, "events.jsonl")
	plain, _ := must(t, "replay", "--baseline", learned, capture)
	first := parsed(t, plain)[0]
	id := first.Playbook.Case
	for _, e := range parsed(t, plain) {
		if e.Playbook.Case == id {
			first = e
			break
		}
	}
	if id == "" {
		t.Fatal("the first event is of no case")
	}
	at := time.Unix(0, first.First).UTC().Add(40 * time.Second).Truncate(time.Second)
	four := 4
	if _, _, err := journal.Append(decisions, journal.Entry{At: at, By: "ada", Do: journal.Confirm, Case: id, Why: "not our laptop"},
		journal.Entry{At: at, By: "ada", Do: journal.SeverityIs, Case: id, Severity: &four}); err != nil {
		t.Fatal(err)
	}
	var want string
	for _, workers := range []string{"1", "7"} {
		folder := filepath.Join(dir, "evidence"+workers)
		out, says := must(t, "replay", "--baseline", learned, "--journal", decisions, "--evidence", folder, "--workers", workers, capture)
		file := filepath.Join(folder, "case-"+id+"-001.pcapng")
		frames := framesOf(t, file, nil)
		if len(frames) < 1000 || !strings.Contains(says, "files of whole cases") {
			t.Errorf("%d frames of case %s: %s", len(frames), id, says)
		}
		data, err := os.ReadFile(file)
		if err != nil || want != "" && string(data) != want {
			t.Errorf("%v, or another file with %s workers", err, workers)
		}
		want = string(data)
		if err := os.WriteFile(events, []byte(out), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := must(t, "report", "--events", events, "--journal", decisions, "--format", "markdown", id)
	for _, says := range []string{"Case " + id, "4 declared by people", "Incident confirmed (DIA-5) | " + at.Format("2006-01-02 15:04:05"), "not our laptop"} {
		if !strings.Contains(text, says) {
			t.Errorf("the report does not say %q", says)
		}
	}
}
