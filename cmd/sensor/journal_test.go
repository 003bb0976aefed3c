package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const byHand = `{"at":"2026-03-01T06:00:00Z","by":"m.weber","do":"window","why":"pump change","ticket":"W-17","from":"2026-03-01T07:00:00Z","until":"2026-03-01T09:00:00Z"}
{"at":"2026-03-01T06:00:00Z","by":"a.rossi","do":"note","why":"seen \u001b[31m red"}
`

// A journal written by hand is told to be so, becomes a chained one, and shows
// what is done to it from then on.
func TestJournal(t *testing.T) {
	dir := t.TempDir()
	hand, chained := filepath.Join(dir, "hand"), filepath.Join(dir, "chained")
	os.WriteFile(hand, []byte(byHand), 0o600)
	if out, _ := must(t, "journal", "verify", hand); !strings.Contains(out, "2 decisions without hashes (unchained") {
		t.Error(out)
	}
	lines, _ := must(t, "journal", "chain", hand)
	os.WriteFile(chained, []byte(lines), 0o600)
	if out, _ := must(t, "journal", "verify", chained); !strings.Contains(out, "2 decisions, each as it was written") {
		t.Error(out)
	}
	if out, _ := must(t, "journal", "import", "--journal", chained, hand); !strings.Contains(out, "2 were in "+chained+" already") {
		t.Error(out)
	}
	other := filepath.Join(dir, "other")
	os.WriteFile(other, []byte(strings.ReplaceAll(byHand, "W-17", "W-18")), 0o600)
	if out, _ := must(t, "journal", "import", "--journal", chained, other); !strings.Contains(out, "1 decisions added") || !strings.Contains(out, "up to number 3") || !strings.Contains(out, "1 were in") {
		t.Error(out)
	}
	if out, _ := must(t, "journal", "show", chained); !strings.Contains(out, "ticket W-17") || strings.Contains(out, "\x1b") {
		t.Errorf("%q", out)
	}
	if out, _ := must(t, "journal", "export", chained); !strings.HasPrefix(out, lines) {
		t.Error(out)
	}
	os.WriteFile(chained, []byte(strings.Replace(lines, "pump", "pomp", 1)), 0o600)
	code, out, errs := call(t, nil, "journal", "verify", chained)
	if code != 1 || !strings.Contains(out, "line 1: altered") || !strings.Contains(errs, "not as it was written") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if code, _, _ := call(t, nil, "journal", "export", chained); code != 1 {
		t.Errorf("exported with %d", code)
	}
}
