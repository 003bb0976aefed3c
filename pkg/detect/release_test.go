package detect_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/detect"
)

// The first release of the catalogue: every id has a rule, or a reason why not.
func TestFirstReleaseIsWhole(t *testing.T) {
	data, err := os.ReadFile("testdata/release1.txt")
	if err != nil {
		t.Fatal(err)
	}
	set, _ := shipped(t)
	rows, without := 0, 0
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		rows++
		id, why, excused := strings.Cut(line, ": ")
		has := slices.ContainsFunc(set.Rules, func(r detect.Rule) bool { return r.ID == id })
		switch {
		case !has && !excused:
			t.Errorf("%s has no rule and no reason why not", id)
		case has && excused:
			t.Errorf("%s has a rule; take its reason off the list (%s)", id, why)
		}
		if excused {
			without++
		}
	}
	if rows != 230 {
		t.Errorf("%d ids listed, want 230", rows)
	}
	t.Logf("%d of %d ids have a rule", rows-without, rows)
}
