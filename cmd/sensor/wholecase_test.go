package main

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otsensor/pcaps"
	"otsensor/pkg/capture"
	"otsensor/pkg/journal"
)

// confirm has people confirm the first case of the recorded line, forty seconds
// after its first event, and gives its id and when that was.
func confirm(t *testing.T, capture, learned, decisions string) (id string, at time.Time) {
	t.Helper()
	plain, _ := must(t, "replay", "--baseline", learned, capture)
	for _, e := range parsed(t, plain) {
		if e.Playbook.Case != "" {
			id, at = e.Playbook.Case, time.Unix(0, e.First).UTC().Add(40*time.Second).Truncate(time.Second)
			break
		}
	}
	if id == "" {
		t.Fatal("no event is of a case")
	}
	four := 4
	if _, _, err := journal.Append(decisions, journal.Entry{At: at, By: "ada", Do: journal.Confirm, Case: id, Why: "not our laptop"},
		journal.Entry{At: at, By: "ada", Do: journal.SeverityIs, Case: id, Severity: &four}); err != nil {
		t.Fatal(err)
	}
	return id, at
}

// From the moment people confirm a case, what its hosts say is recorded whole,
// the same for any number of workers; and the report knows where people stand.
func TestWholeCaseOfTheLine(t *testing.T) {
	capture, learned := line(t)
	dir := t.TempDir()
	decisions, events := filepath.Join(dir, "j.jsonl"), filepath.Join(dir, "events.jsonl")
	id, at := confirm(t, capture, learned, decisions)
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
		if workers == "1" {
			heldWhole(t, folder, out, at, frames)
		}
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
	custodyOfCase(t, id, events, decisions, filepath.Join(dir, "evidence7"))
}

// heldWhole checks that every grave event, in a case that people work on, has
// the frames it names, and that the case's file has every frame of its source
// from the confirmation on.
func heldWhole(t *testing.T, folder, out string, at time.Time, recorded []capture.Packet) {
	t.Helper()
	original := framesOf(t, "-", bytes.NewReader(pcaps.Line()))
	var named [][]string
	grave := 0
	for _, e := range parsed(t, out) {
		if e.Playbook.Severity.Suggested >= 2 && e.Playbook.IncidentType != "OT-15" {
			grave++
			named = append(named, holds(t, folder, e, nil, original)...)
		}
	}
	wireshark(t, folder, named)
	held := map[string]int{}
	for _, p := range recorded {
		held[string(p.Data)]++
	}
	laptop, said := netip.MustParseAddr("10.77.10.99").AsSlice(), 0
	for _, p := range original {
		if p.Time < at.UnixNano() || len(p.Data) < 34 || p.Data[12] != 8 || p.Data[13] != 0 || !bytes.Equal(p.Data[26:30], laptop) && !bytes.Equal(p.Data[30:34], laptop) {
			continue
		}
		said++
		if held[string(p.Data)]--; held[string(p.Data)] < 0 {
			t.Fatalf("frame %d of the laptop is not in the case's file", p.Frame)
		}
	}
	if grave < 20 || said < 100 {
		t.Errorf("%d grave events, %d frames of the laptop after the confirmation", grave, said)
	}
}

// custodyOfCase checks that the files of a whole case are listed, verified,
// registered with their case, and named by the report.
func custodyOfCase(t *testing.T, id, events, decisions, folder string) {
	t.Helper()
	file := "case-" + id + "-001.pcapng"
	about := []string{"--events", events, "--journal", decisions, "--dir", folder}
	list := func() string {
		out, _ := must(t, append([]string{"evidence", "list", "--case", id[:5]}, about...)...)
		for line := range strings.Lines(out) {
			if strings.Contains(line, file) {
				return line
			}
		}
		t.Fatalf("%s is not listed:\n%s", file, out)
		return ""
	}
	if got := list(); !strings.Contains(got, "EV-01  "+id+"  CASE-03") || !strings.Contains(got, "not registered") {
		t.Errorf("listed as %s", got)
	}
	must(t, append([]string{"evidence", "verify"}, about...)...)
	must(t, append([]string{"evidence", "register", "--by", "ada", "--to", "safe 3"}, about...)...)
	must(t, append([]string{"evidence", "hand-over", file, "--by", "ada", "--to", "the bank vault"}, about...)...)
	if got := list(); !strings.Contains(got, "held by the bank vault") {
		t.Errorf("listed as %s", got)
	}
	j, err := readJournal(decisions)
	if err != nil {
		t.Fatal(err)
	}
	for i := range j.Entries {
		if d := &j.Entries[i]; d.File == file && (d.Case != id || d.Item != captureItem) {
			t.Errorf("custody is of no case: %+v", d)
		}
	}
	for _, format := range []string{"stix", "cacao"} { // of a case with events about itself
		out, _ := must(t, "export", format, "--events", events, "--journal", decisions, "--case", id)
		fitsSchema(t, format, out)
	}
	page, _ := must(t, "report", "--events", events, "--journal", decisions, id)
	if !strings.Contains(page, file) || !strings.Contains(page, "held by the bank vault") {
		t.Error("the report names neither the file nor who holds it")
	}
}
