package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The chain of custody: registered as it was cut, handed over, and altered or
// lost evidence named.
func TestChainOfCustody(t *testing.T) {
	dir := t.TempDir()
	events, decisions, folder := filepath.Join(dir, "events.jsonl"), filepath.Join(dir, "journal.jsonl"), filepath.Join(dir, "evidence")
	out, _ := must(t, "replay", "--evidence", folder, "../../pcaps/s7-plc-stop/capture.pcap")
	if err := os.WriteFile(events, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	about := []string{"--events", events, "--journal", decisions, "--dir", folder}
	evidence := func(args ...string) (int, string) {
		code, out, errs := call(t, nil, append(append([]string{"evidence"}, args...), about...)...)
		return code, out + errs
	}
	if code, says := evidence("list"); code != 0 || !strings.Contains(says, "not registered") {
		t.Fatalf("exit %d: %s", code, says)
	}
	if code, says := evidence("verify"); code != 0 || !strings.Contains(says, "each as it was cut") {
		t.Fatalf("exit %d: %s", code, says)
	}
	file := filepath.Base(first(must(t, "evidence", "list", "--events", events))[66:][:23])
	if code, says := evidence("hand-over", file, "--by", "ada", "--to", "counsel"); code != 1 || !strings.Contains(says, "is not registered") {
		t.Errorf("exit %d: %s", code, says)
	}
	evidence("register", "--by", "ada", "--to", "safe 3")
	if code, says := evidence("register", "--by", "ada"); code != 0 || !strings.Contains(says, "0 files registered") {
		t.Errorf("registered twice: exit %d: %s", code, says)
	}
	if code, says := evidence("hand-over", file, "--by", "ada", "--to", "counsel", "--why", "for the file"); code != 0 {
		t.Errorf("exit %d: %s", code, says)
	}
	if _, says := evidence("list"); !strings.Contains(says, "held by counsel since") {
		t.Errorf("%s", says)
	}
	must(t, "journal", "verify", decisions)
	path := filepath.Join(folder, file)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-1] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, says := evidence("verify"); code != 1 || !strings.Contains(says, "altered        "+file) {
		t.Errorf("exit %d: %s", code, says)
	}
	if code, says := evidence("hand-over", file, "--by", "ada", "--to", "court"); code != 1 || !strings.Contains(says, "is altered") {
		t.Errorf("exit %d: %s", code, says)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if code, says := evidence("verify"); code != 1 || !strings.Contains(says, "missing        "+file) {
		t.Errorf("exit %d: %s", code, says)
	}
}

func TestEvidenceCalledWrongly(t *testing.T) {
	for _, args := range [][]string{{}, {"lsit", "--events", "x"}, {"list"}, {"register", "--journal", "nowhere.jsonl"}, {"hand-over", "--journal", "nowhere.jsonl", "--by", "a"}} {
		if code, _, errs := call(t, nil, append([]string{"evidence"}, args...)...); code != 2 {
			t.Errorf("%v: exit %d %s", args, code, errs)
		}
	}
}
