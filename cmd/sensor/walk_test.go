package main

import (
	"context"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary the program, too, for scripts and for what must be killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("SENSOR_TEST_DELIVER"); dir != "" {
		fmt.Fprintln(os.Stderr, deliverForEver(dir))
		os.Exit(1)
	}
	testscript.Main(m, map[string]func(){"sensor": func() {
		os.Exit(Main(context.Background(), &env{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:]))
	}})
}

// The whole way of an incident on the recorded line, as people would walk it.
func TestWalk(t *testing.T) {
	words := func(ts *testscript.TestScript, _ bool, args []string) {
		page := ts.ReadFile(args[0])
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(textOf(page, ts.Getenv("WORK"))), 0o600))
	}
	testscript.Run(t, testscript.Params{Dir: "testdata", Cmds: map[string]func(*testscript.TestScript, bool, []string){"text": words}, UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "", Setup: func(e *testscript.Env) error {
		capture, baseline := line(t)
		for _, name := range []string{capture, baseline} {
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(e.WorkDir, filepath.Base(name)), data, 0o600); err != nil {
				return err
			}
		}
		return nil
	}})
}

var (
	styles = regexp.MustCompile(`(?s)<style>.*?</style>|<svg.*?</svg>`)
	cells  = regexp.MustCompile(`</(td|th|dt)>`)
	ends   = regexp.MustCompile(`</(tr|div|p|li|h1|h2|h3|title)>`)
	tags   = regexp.MustCompile(`<[^>]*>`)
	hashes = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
	lines  = regexp.MustCompile(`\s*\n\s*`)
)

// textOf is what a page says, without what changes with every rule or folder.
func textOf(page, folder string) string {
	text := ends.ReplaceAllString(cells.ReplaceAllString(styles.ReplaceAllString(page, ""), " | "), "\n")
	text = tags.ReplaceAllString(text, "")
	text = strings.ReplaceAll(html.UnescapeString(text), folder+string(os.PathSeparator), "")
	return strings.TrimSpace(lines.ReplaceAllString(hashes.ReplaceAllString(text, "(SHA-256)"), "\n")) + "\n"
}

// The same packets and the same journal give the same events, for any number of workers.
func TestSameEventsWithAJournal(t *testing.T) {
	capture, baseline := line(t)
	journal := filepath.Join(t.TempDir(), "journal.jsonl")
	out, _ := must(t, "replay", "--baseline", baseline, capture)
	events := filepath.Join(t.TempDir(), "events.jsonl")
	os.WriteFile(events, []byte(out), 0o600)
	for _, words := range []string{"confirm C- --at 2026-11-24T03:23:56Z", "contain C- K-05 --at 2026-11-24T03:24:00Z"} {
		must(t, append([]string{"case", "--events", events, "--journal", journal, "--by", "m.weber"}, strings.Fields(words)...)...)
	}
	want, _ := must(t, "replay", "--baseline", baseline, "--journal", journal, capture)
	if want == out || !strings.Contains(want, `"again":true`) {
		t.Fatal("the journal changed nothing")
	}
	for _, workers := range []string{"1", "2", "7"} {
		for _, batch := range []string{"1", "0"} {
			if got, _ := must(t, "replay", "--workers", workers, "--batch", batch, "--baseline", baseline, "--journal", journal, capture); got != want {
				t.Errorf("%s workers, batch %s: other events", workers, batch)
			}
		}
	}
}
