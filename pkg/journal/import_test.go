package journal_test

import (
	"path/filepath"
	"testing"
	"time"

	"otsensor/pkg/journal"
)

// A journal is imported once, however often people do it, and what it revokes
// is what it revoked there.
func TestImport(t *testing.T) {
	here, there := filepath.Join(t.TempDir(), "here"), filepath.Join(t.TempDir(), "there")
	accept := func(rule string) journal.Entry {
		return journal.Entry{At: noon, By: "a", Do: journal.Accept, Rule: rule, Until: noon.Add(time.Hour)}
	}
	if _, _, err := journal.Append(here, note(1), accept("AST-01"), note(2)); err != nil {
		t.Fatal(err)
	}
	other, _, err := journal.Append(there, accept("AST-01"), note(3), accept("COM-01"), journal.Entry{At: noon.Add(time.Minute), By: "a", Do: journal.Revoke, Of: 3},
		journal.Entry{At: noon.Add(time.Minute), By: "a", Do: journal.Revoke, Of: 1})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := journal.Import(here, other)
	if err != nil || len(got) != 4 { // all but the acceptance of AST-01, which is here as number 2
		t.Fatalf("%d added, %v", len(got), err)
	}
	if got[1].Seq != 5 || got[1].Rule != "COM-01" || got[2].Of != 5 || got[3].Of != 2 {
		t.Errorf("revoked are %d and %d: %+v", got[2].Of, got[3].Of, got)
	}
	if again, _, err := journal.Import(here, other); err != nil || len(again) != 0 {
		t.Errorf("%d added the second time, %v", len(again), err)
	}
	if _, _, err := journal.Import(here, []journal.Entry{{Do: "note"}}); err == nil {
		t.Error("half a decision was imported")
	}
}
