package output_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"otsensor/pkg/output"
)

// A loss of power may leave the last write torn anywhere, or room for it
// that holds zeros: the next run begins, every whole record is there, what was
// torn is cut off and said, and what is written next is a line of its own.
func TestLossOfPower(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	f := open(t, path, 1<<20, 1)
	write(t, f, 1, 3)
	f.Close()
	all, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before := bytes.LastIndexByte(all[:len(all)-1], '\n') + 1
	for cut := len(all); cut >= before; cut -= 3 {
		zeros := cut % 2 * 4096
		left := append(bytes.Clone(all[:cut]), make([]byte, zeros)...)
		if err := os.WriteFile(path, left, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := output.OpenFile(path, 1<<20, 1)
		if err != nil {
			t.Fatalf("cut at %d of %d, %d zeros: %v", cut, len(all), zeros, err)
		}
		whole := before
		if cut == len(all) {
			whole = cut
		}
		if f.Torn() != int64(len(left)-whole) {
			t.Errorf("cut at %d: %d bytes are said to be torn, want %d", cut, f.Torn(), len(left)-whole)
		}
		write(t, f, 9, 9)
		f.Close()
		got, _ := os.ReadFile(path)
		if !bytes.HasPrefix(got, all[:whole]) || bytes.Count(got, []byte("\n")) != bytes.Count(all[:whole], []byte("\n"))+1 || bytes.IndexByte(got, 0) >= 0 {
			t.Fatalf("cut at %d, %d zeros: %q", cut, zeros, got)
		}
	}
	if err := os.WriteFile(path, make([]byte, 300), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := output.OpenFile(path, 1<<20, 1); err != nil || f.Torn() != 300 {
		t.Errorf("a file of zeros: %v", err)
	} else {
		f.Close()
	}
}
