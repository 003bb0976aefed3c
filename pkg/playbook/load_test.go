package playbook

import (
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"otsensor/rules"
)

// edited loads the shipped profile with one text replaced by another.
func edited(t *testing.T, file, from, to string) error {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{playbookFile, attackFile} {
		data, err := fs.ReadFile(rules.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		if name == file {
			if !strings.Contains(string(data), from) {
				t.Fatalf("%s has no %q to replace", name, from)
			}
			data = []byte(strings.Replace(string(data), from, to, 1))
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	_, err := Load(files)
	return err
}

// lineOf is the line on which a text of a shipped file begins.
func lineOf(t *testing.T, file, text string) string {
	data, err := os.ReadFile("../../rules/" + file)
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(data), text)
	if !found {
		t.Fatalf("%s has no %q", file, text)
	}
	return strconv.Itoa(strings.Count(before, "\n") + 1)
}

func TestMistakesInTheProfile(t *testing.T) {
	for _, c := range []struct{ file, from, to, want string }{
		{playbookFile, "next: [PRE-2]", "next: [PRE-22]", `no step "PRE-22"; did you mean "PRE-2"?`},
		{playbookFile, "role: steering_committee", "role: steering_comittee", `no role "steering_comittee"; did you mean "steering_committee"?`},
		{playbookFile, "containment: [K-01, K-02, K-05]", "containment: [K-01, K-2, K-05]", `no containment "K-2"; did you mean "K-02"?`},
		{playbookFile, "containment: [K-01, K-02, K-05]", "containment: [K-02, K-01, K-05]", "containment of OT-01 is no ladder: least effect on the line comes first"},
		{playbookFile, "do_not: [active_scan, cut_before_scope]", "do_not: [active_scam, cut_before_scope]", `no do_not "active_scam"; did you mean "active_scan"?`},
		{playbookFile, "evidence: [EV-06, EV-01, EV-02]", "evidence: [EV-06, EV-06, EV-02]", `evidence "EV-06" is named twice`},
		{playbookFile, "techniques: [T0866, T0867]", "techniques: [T0866, T0867x]", `no technique "T0867x"; did you mean "T0867"?`},
		{playbookFile, "first:", "frist:", `unknown key "frist"; did you mean "first"?`},
		{playbookFile, "refused_minus: 1", "refused_minus: 7", "refused_minus is 7; it goes from 0 to 4"},
		{playbookFile, "{ from: 0, to: 1, accepted_change: 0 }", "{ from: 2, to: 1, accepted_change: 0 }", "from is 2; it goes from 0 to 1"},
		{playbookFile, "accepted_change: 3 }", "accepted_change: 5 }", "accepted_change is 5; it goes from 0 to 4"},
		{playbookFile, "holder of {ticket}", "holder of {tickets}", `unknown placeholder {tickets}; did you mean "ticket"?`},
		{playbookFile, "output: triage verdict", "output: ''", "output is missing"},
		{playbookFile, "- id: DIA-6", "- id: DIA-5", "step DIA-5 stands twice, also on line "},
		{playbookFile, "next: [CON-2, CON-Q]", "next: [CON-2]", "no way leads to step CON-Q"},
		{playbookFile, "do_not: [silence_is_proof]", "do_not: [active_scan]", "do_not silence_is_proof is used nowhere"},
		{playbookFile, "with: [board_liaison, union_liaison]", "with: [board_liaison]", "role union_liaison is used nowhere"},
		{playbookFile, "{ id: no_change,", "{ id: no_changes,", `no basis "no_change"; did you mean "no_changes"?`},
		{playbookFile, "class: indirect, accepted: 2", "class: direct, accepted: 2", "needs one row for each class, in this order: [safety direct indirect none]"},
		{playbookFile, "date: \"2026-11-28\"", "date: \"28.11.2026\"", `"28.11.2026" is no date such as 2026-11-28`},
		{playbookFile, "activity: eliminate-risk", "activity: eliminate-risks", `no activity "eliminate-risks"; did you mean "eliminate-risk"?`},
		{playbookFile, "measures: CON-2", "measures: CON-22", `no step "CON-22"; did you mean "CON-2"?`},
		{playbookFile, "level: 5\n", "level: 6\n", "level is 6; it goes from 5 to 5"},
		{attackFile, "tactics: [discovery]", "tactics: [discover]", `no tactic "discover"; did you mean "discovery"?`},
		{attackFile, "now: T1691.001", "now: T1691.003", `no technique "T1691.003"; did you mean "T1691.001"?`},
		{attackFile, "SR 7.8", "SR 7.9", `requirement SR 7.9 is used nowhere`},
	} {
		err := edited(t, c.file, c.from, c.to)
		line := c.file + ":" + lineOf(t, c.file, c.from)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q:\n got %v\nwant %s", c.to, c.from, err, c.want)
			continue
		}
		if !strings.Contains(err.Error(), line) && !strings.Contains(c.want, "used nowhere") && !strings.Contains(c.want, "no way leads") &&
			!strings.Contains(c.want, "no basis") && !strings.Contains(c.want, "one row for each") {
			t.Errorf("%q: the message names another line than %s: %v", c.to, line, err)
		}
	}
}

func TestMissingFileIsAnError(t *testing.T) {
	if _, err := Load(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), playbookFile) || !strings.Contains(err.Error(), attackFile) {
		t.Errorf("got %v", err)
	}
}

// The hash ties an event to the very files it was placed with.
func TestHashChangesWithEveryByte(t *testing.T) {
	p := profile(t)
	files := fstest.MapFS{}
	for _, name := range []string{playbookFile, attackFile} {
		data, _ := fs.ReadFile(rules.Files(), name)
		files[name] = &fstest.MapFile{Data: append(data, '\n')}
	}
	q, err := Load(files)
	if err != nil || q.SHA256 == p.SHA256 {
		t.Errorf("the same hash over other bytes (%v)", err)
	}
}

// A profile with mistakes must not take the sensor down, whatever they are:
// at some place some bytes are others.
func FuzzLoad(f *testing.F) {
	book, _ := fs.ReadFile(rules.Files(), playbookFile)
	table, _ := fs.ReadFile(rules.Files(), attackFile)
	for _, c := range []struct{ from, to string }{
		{"next: [DIA-2]", "next: []"}, {"start: DIA-1", "start: DIA-6"}, {"steps:", "step:"}, {"techniques: [T0866", "techniques: [[T0866"},
	} {
		f.Add(uint16(strings.Index(string(book), c.from)), uint8(len(c.from)), c.to, false)
	}
	f.Fuzz(func(t *testing.T, at uint16, cut uint8, to string, inTable bool) {
		files := fstest.MapFS{playbookFile: {Data: book}, attackFile: {Data: table}}
		file := files[playbookFile]
		if inTable {
			file = files[attackFile]
		}
		from := min(int(at), len(file.Data))
		file.Data = slices.Concat(file.Data[:from], []byte(to), file.Data[min(from+int(cut), len(file.Data)):])
		if p, err := Load(files); err == nil {
			for _, typ := range p.Types {
				p.Map(Facts{Type: typ.ID})
			}
		}
	})
}
