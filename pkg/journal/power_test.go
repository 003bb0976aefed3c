package journal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"otsensor/pkg/journal"
)

// A loss of power may leave the last line torn at any byte, or room for it that
// holds zeros: every decision before it is there, the journal can be followed,
// and the next decision is appended to a whole chain, with what was torn said.
func TestLossOfPower(t *testing.T) {
	path, _ := kept(t, 3)
	all, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before := bytes.LastIndexByte(all[:len(all)-1], '\n') + 1
	path = filepath.Join(t.TempDir(), "left.jsonl")
	for cut := before; cut < len(all); cut++ {
		for _, zeros := range []int{0, 500} {
			left := append(bytes.Clone(all[:cut]), make([]byte, zeros)...)
			if err := os.WriteFile(path, left, 0o600); err != nil {
				t.Fatal(err)
			}
			_, j, err := journal.Follow(path)
			if err != nil || len(j.Entries) != 2 {
				t.Fatalf("cut at %d, %d zeros: followed with %d decisions, %v", cut, zeros, len(j.Entries), err)
			}
			if cut%16 != 0 { // each append is brought to the disk
				continue
			}
			written, torn, err := journal.Append(path, note(9))
			if err != nil || torn != len(left)-before || len(written) != 1 || written[0].Seq != 3 {
				t.Fatalf("cut at %d, %d zeros: appended %d, torn %d, %v", cut, zeros, len(written), torn, err)
			}
			now, _ := os.ReadFile(path)
			if r, err := journal.Verify(bytes.NewReader(now)); err != nil || r.Lines != 3 || !r.Whole() || !bytes.HasPrefix(now, all[:before]) {
				t.Fatalf("cut at %d, %d zeros: %+v, %v", cut, zeros, r, err)
			}
		}
	}
}
