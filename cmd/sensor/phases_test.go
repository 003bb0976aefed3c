package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// campaigns is a baseline of a line whose phases the traffic tells.
func campaigns(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "line.baseline")
	must(t, "learn", "-o", name, filepath.Join("..", "..", "pcaps", "campaigns", "capture.pcap.gz"))
	return name
}

// People name the phases that were found, which voids what was approved, and
// events say the names.
func TestPhasesFromNameToEvent(t *testing.T) {
	name := campaigns(t)
	key := filepath.Join(filepath.Dir(name), "anna")
	must(t, "baseline", "keygen", "-o", key)
	must(t, "baseline", "approve", "--key", key+".key", "--by", "anna", name)
	if out, _ := must(t, "baseline", "phases", name); strings.Count(out, "\n") != 3 || !strings.Contains(out, "51.0 %     13     12m0s") {
		t.Errorf("listed\n%s", out)
	}
	must(t, "baseline", "verify", name) // listing changes nothing
	out, errs := must(t, "baseline", "phases", name, "--name", "1=standstill", "--name", "2=production", "--by", "Anna Ott")
	if !strings.Contains(out, "2      production           Anna Ott") || !strings.Contains(errs, "1 approval(s) of the one before are void") {
		t.Errorf("named\n%s%s", out, errs)
	}
	if code, _, _ := call(t, nil, "baseline", "verify", name); code == 0 {
		t.Error("still approved")
	}
	out, _ = must(t, "replay", "--baseline", name, filepath.Join("..", "..", "pcaps", "campaign-wrong-phase", "capture.pcap"))
	if want := `"seen":"during production (phase 2)","usual":"standstill"`; !strings.Contains(out, `"id":"SEQ-11"`) || !strings.Contains(out, want) {
		t.Errorf("no %s in\n%s", want, out)
	}
}

// A name that cannot be is told in one line, and nothing is written.
func TestPhasesNamedWrongly(t *testing.T) {
	name := campaigns(t)
	before, _ := os.ReadFile(name)
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"--name 2=cleaning", 2, "say which, what and who: --name 2=cleaning --by 'Anna Ott'"},
		{"--by ada", 2, "say which, what and who"},
		{"--by ada --name 2", 2, `"2" is no number and name, as 2=cleaning is`},
		{"--by ada --name two=cleaning", 2, `"two=cleaning" is no number and name`},
		{"--by ada --name 9=cleaning", 1, "no phase 9: the baseline has 2; sensor baseline phases " + name},
		{"--by ada --name 2=", 1, "phase 2: the name is empty"},
		{"--by ada --name 2=" + strings.Repeat("x", 41), 1, "longer than 40 bytes"},
		{"--by ada --name 1=cleaning --name 2=Cleaning", 1, `is called "cleaning" already: give each phase a name of its own`},
	} {
		args := append([]string{"baseline", "phases", name}, strings.Fields(c.args)...)
		if code, _, errs := call(t, nil, args...); code != c.code || !strings.Contains(errs, c.says) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit %d\n%s", c.args, code, errs)
		}
	}
	if after, _ := os.ReadFile(name); string(after) != string(before) {
		t.Error("a name that was refused was written")
	}
}
