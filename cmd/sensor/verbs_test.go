package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/event"
	"otsensor/pkg/journal"
)

// Every kind of decision that the journal knows is made by a command, with a
// help that names it; none has to be written by hand.
func TestEveryDecisionHasACommand(t *testing.T) {
	capture, learned := line(t)
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	events, decisions, folder, photo := in("events.jsonl"), in("journal.jsonl"), in("evidence"), in("panel.jpg")
	out, _ := must(t, "replay", "--baseline", learned, "--evidence", folder, capture)
	for name, text := range map[string]string{events: out, photo: "not really a photo"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := parsed(t, out)
	sane := all[0]
	i := slices.IndexFunc(all, func(e *event.Event) bool { return e.Rule.ID == "S7-06" })
	stop := all[i].ID
	about := strings.Fields("--events " + events + " --journal " + decisions + " --by ada --why so")
	custody := append(slices.Clone(about), "--dir", folder)
	future := "2099-01-01T00:00:00Z"
	for _, c := range []struct {
		do, words string
		flags     []string
		says      string // on standard output or standard error
	}{
		{journal.Ack, "case ack C-e5", about, "decision 1 by ada in " + decisions},
		{journal.Confirm, "case confirm C-e5", about, "DIA-7"},
		{journal.SeverityIs, "case severity C-e5 4", about, "DIA-8"},
		{journal.ContainApproved, "case contain C-e5 K-05", about, "CON-2"},
		{journal.ContainRefused, "case contain C-e5 K-10 --refused", about, "CON-2"},
		{journal.Note, "case note C-e5", about, "CON-2"},
		{journal.Evidence, "evidence register " + photo + " --item EV-03 --case C-e5 --to safe", custody, "1 files registered"},
		{journal.HandedOver, "evidence hand-over " + photo + " --to counsel", custody, "1 files handed over"},
		{journal.Phase, "case phase C-e5 recovery", about, "REC-1"},
		{journal.Close, "case close C-e5", about, "closed"},
		{journal.Window, "window add W-1 --from 2026-01-01T00:00:00Z --until " + future, about, "decision 11 by ada"},
		{journal.WindowEnd, "window end W-1", about, "decision 12 by ada"},
		{journal.Accept, "accept --until " + future + " " + stop, about, "S7-06"},
		{journal.Revoke, "accept revoke --of 13", about, "acceptance 13 no longer holds"},
		{journal.BaselineApproved, "baseline approve " + learned + " --journal " + decisions + " --by ada", nil, "decision 15 by ada"},
		{journal.Dismiss, "case dismiss C-77", about, "dismissed"},
	} {
		if c.do == journal.Dismiss { // it needs a case that nobody confirmed
			other := *sane
			other.ID, other.Playbook.Case = "7777777711111111", "C-77777777"
			record := writtenEvent(t, &other)
			if err := os.WriteFile(events, []byte(out+record), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		words := strings.Fields(c.words)
		said, errs := must(t, append(words, c.flags...)...)
		if !strings.Contains(said+errs, c.says) {
			t.Errorf("%s does not say %q:\n%s%s", c.words, c.says, said, errs)
		}
		j, err := readJournal(decisions)
		if err != nil || j.Entries[len(j.Entries)-1].Do != c.do || j.Entries[len(j.Entries)-1].By != "ada" {
			t.Fatalf("%s: %v, %+v", c.words, err, j.Entries[len(j.Entries)-1])
		}
		help, _ := must(t, words[0], "--help")
		if !strings.Contains(help, "sensor "+words[0]+" "+words[1]) && !strings.Contains(help, "sensor "+words[0]+" --") {
			t.Errorf("the help of %s has no example of it", c.words)
		}
	}
	j, err := readJournal(decisions)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range journal.Verbs() {
		if !slices.ContainsFunc(j.Entries, func(e journal.Entry) bool { return e.Do == verb }) {
			t.Errorf("no command makes the decision %q", verb)
		}
	}
	must(t, "journal", "verify", decisions)
	said, _ := must(t, append([]string{"case", "show", "C-e5"}, about...)...)
	if !strings.Contains(said, "evidence registered: held by safe") || !strings.Contains(said, "evidence handed over: held by counsel") {
		t.Errorf("the case does not tell of its evidence:\n%s", said)
	}
}

// A decision that cannot be says why, and nothing is written.
func TestDecisionsRefused(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	events := demoEvents(t)
	about := []string{"--events", events, "--journal", in("j"), "--by", "ada"}
	_, learned := line(t)
	os.WriteFile(in("note.txt"), []byte("x"), 0o600)
	for args, says := range map[string]string{
		"evidence register " + in("note.txt"):                      "say with --item what it is",
		"evidence register " + in("note.txt") + " --item EV-3":     `did you mean "EV-03"?`,
		"evidence register " + in("none.txt") + " --item EV-03":    "cannot read the evidence",
		"evidence register --item EV-03 --dir " + dir:              "name the files",
		"evidence hand-over " + in("note.txt") + " --to counsel":   "is not registered",
		"accept revoke --of 3":                                     "is no acceptance",
		"case contain C- K-55":                                     "no measure",
		"case dismiss C-":                                          "needs why",
		"window end W-9":                                           "no window",
		"baseline approve --journal " + in("j") + " " + learned:    "say who approves",
		"case severity C- 6 --by ada":                              "not from 0 to 5",
		"window add W-1 --from 2026-02-01T00:00:00Z --until never": "is no time",
	} {
		words := strings.Fields(args)
		if words[0] != "baseline" {
			words = append(words, about...)
		}
		if code, _, errs := call(t, nil, words...); code == 0 || !strings.Contains(errs, says) {
			t.Errorf("sensor %s: exit %d, %s", args, code, errs)
		}
	}
	if _, err := os.Stat(in("j")); err == nil {
		t.Error("a decision that was refused was written")
	}
}

func writtenEvent(t *testing.T, e *event.Event) string {
	t.Helper()
	var line strings.Builder
	if err := event.NewWriter(&line).Write(e); err != nil {
		t.Fatal(err)
	}
	return line.String()
}
