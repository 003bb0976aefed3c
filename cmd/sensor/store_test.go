package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"otsensor/pkg/store"
)

// ask gives the rows of a query of a store, each as one text.
func ask(t *testing.T, path, query string) (all []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	names, _ := rows.Columns()
	for rows.Next() {
		cells, into := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprint(cells)
		all = append(all, text[1:len(text)-1])
	}
	return all
}

// dump is everything a store holds, as rows of text.
func dump(t *testing.T, path string) string {
	t.Helper()
	var b strings.Builder
	for _, table := range ask(t, path, "SELECT name FROM sqlite_schema WHERE type='table' ORDER BY name") {
		for _, row := range ask(t, path, "SELECT * FROM "+table+" ORDER BY 1, 2") {
			fmt.Fprintf(&b, "\n%s %s", table, row)
		}
	}
	return b.String()
}

// walked is the recorded line with people's decisions about its case.
func walked(t *testing.T) (capture, baseline, journal string) {
	t.Helper()
	capture, baseline = line(t)
	journal = filepath.Join(t.TempDir(), "journal.jsonl")
	out, _ := must(t, "replay", "--baseline", baseline, capture)
	events := filepath.Join(t.TempDir(), "events.jsonl")
	os.WriteFile(events, []byte(out), 0o600)
	for _, words := range []string{
		"confirm C- --at 2026-11-24T03:23:56Z", "contain C- K-05 --at 2026-11-24T03:24:00Z", "phase C- eradication --at 2026-11-24T03:24:52Z",
		"phase C- recovery --at 2026-11-24T03:24:58Z", "phase C- REC-2 --quiet 20s --at 2026-11-24T03:25:00Z",
	} {
		must(t, append([]string{"case", "--events", events, "--journal", journal, "--by", "m.weber"}, strings.Fields(words)...)...)
	}
	return capture, baseline, journal
}

// The same packets and the same decisions fill the same tables, for any number
// of workers; the events are those that the replay prints.
func TestReplayIntoStore(t *testing.T) {
	capture, baseline, journal := walked(t)
	want := ""
	for _, workers := range []string{"1", "2", "4"} {
		path := filepath.Join(t.TempDir(), "store.db")
		out, _ := must(t, "replay", "--workers", workers, "--baseline", baseline, "--journal", journal, "--store", path, capture)
		rows := dump(t, path)
		if want == "" {
			want = rows
		}
		if rows != want {
			t.Errorf("%s workers: other tables", workers)
		}
		kept := map[string]bool{}
		if err := store.EachEvent(path, func(line []byte) error { kept[string(line)] = true; return nil }); err != nil {
			t.Fatal(err)
		}
		printed := strings.Split(strings.TrimSpace(out), "\n")
		for _, line := range printed {
			if !kept[line] {
				t.Errorf("%s workers: printed and not kept: %s", workers, line)
			}
		}
		if len(kept) != len(printed) || len(kept) < 30 {
			t.Errorf("%s workers: %d events kept, %d printed", workers, len(kept), len(printed))
		}
	}
	for _, table := range []string{"events", "cases", "journal", "assets", "asset_services", "asset_facts", "watched", "habits", "activity"} {
		if !strings.Contains(want, "\n"+table+" ") {
			t.Errorf("no rows of %s", table)
		}
	}
}

// What reads a file of events reads a store, with the same answer; the case in
// the store is the one that is folded from it.
func TestStoreForEvents(t *testing.T) {
	capture, baseline, journal := walked(t)
	dir := t.TempDir()
	events, kept := filepath.Join(dir, "events.jsonl"), filepath.Join(dir, "store.db")
	out, _ := must(t, "replay", "--baseline", baseline, "--journal", journal, "--store", kept, capture)
	os.WriteFile(events, []byte(out), 0o600)
	id := parsed(t, out)[0].ID
	for _, words := range []string{"case list --json --journal " + journal, "explain " + id, "export stix --journal " + journal + " --case C-e5f17dda", "case show C- --journal " + journal} {
		from := func(file string) string {
			out, _ := must(t, append(strings.Fields(words), "--events", file)...)
			return strings.ReplaceAll(out, file, "FILE")
		}
		if a, b := from(events), from(kept); a != b {
			t.Errorf("%s: from the store\n%s\nfrom the file\n%s", words, b, a)
		}
	}
	folded, _ := must(t, "case", "list", "--json", "--journal", journal, "--events", kept)
	record := ask(t, kept, "SELECT record FROM cases")
	if len(record) != 1 {
		t.Fatalf("%d cases", len(record))
	}
	if got, want := standing(t, "["+record[0]+"]"), standing(t, folded); got != want {
		t.Errorf("the case in the store\n%s\nfolded from its events\n%s", got, want)
	}
}

// standing is what a case's JSON says of how it stands. (The judge lists what
// was touched as each event opened, and a fold as each event ended.)
func standing(t *testing.T, doc string) string {
	t.Helper()
	var all []map[string]any
	if err := json.Unmarshal([]byte(doc), &all); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"exposure", "targets", "timeline"} {
		delete(all[0], key)
	}
	b, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The questions of docs/store.md are asked, and those that the recorded line
// has an answer to get one.
func TestQuestionsOfThePage(t *testing.T) {
	capture, baseline, journal := walked(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "store.db")
	must(t, "replay", "--baseline", baseline, "--journal", journal, "--store", path, "--evidence", filepath.Join(dir, "evidence"), capture)
	page, err := os.ReadFile("../../docs/store.md")
	if err != nil {
		t.Fatal(err)
	}
	all := regexp.MustCompile(`(?s)sqlite3 (?:-column )?store\.db "(.*?)"\n`).FindAllStringSubmatch(string(page), -1)
	for _, q := range all {
		if rows := ask(t, path, q[1]); len(rows) == 0 && !strings.Contains(q[1], "1440") { // the line was watched for less than a day
			t.Errorf("no answer to %s", q[1])
		}
	}
	if len(all) < 8 {
		t.Errorf("only %d questions found", len(all))
	}
}

func TestStoreCheck(t *testing.T) {
	capture, baseline, journal := walked(t)
	path := filepath.Join(t.TempDir(), "store.db")
	must(t, "replay", "--baseline", baseline, "--journal", journal, "--store", path, capture)
	out, _ := must(t, "store", "check", path)
	for _, want := range []string{"the sensor ended as it should", "1 cases", "5 decisions, up to number 5", "every page, every reference"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if code, _, errs := call(t, nil, "replay", "--store", path, capture); code != 1 || !strings.Contains(errs, "a replay makes a store of its own") {
		t.Errorf("a second replay into it: %d, %s", code, errs)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(data[3*4096:], make([]byte, 4096))
	os.WriteFile(path, data, 0o600)
	if code, out, errs := call(t, nil, "store", "check", path); code != 1 || !strings.Contains(out, "PROBLEM") || !strings.Contains(errs, "move it away") {
		t.Errorf("damaged: %d, %s%s", code, out, errs)
	}
	os.WriteFile(path, []byte("not a store"), 0o600)
	if code, _, errs := call(t, nil, "store", "check", path); code != 1 || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "is no store") {
		t.Errorf("something else: %d, %s", code, errs)
	}
}
