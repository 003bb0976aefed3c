package protocols

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"

	"otsensor/pkg/ot"
)

// FileMost is the longest file that is summed up, bytes. Of a longer one nothing is told.
const FileMost = 16 << 20

// fileCost is what a file under way takes of the budget.
const fileCost = 512

// File sums up a file while it crosses the wire, so that it is known again
// where somebody lists it. Nothing of the file is kept.
type File struct {
	sum  hash.Hash
	size uint64
	open bool
	name [ot.NameCap]byte
	n    int
	raw  [sha256.Size]byte
	text [2 * sha256.Size]byte
}

// Begin starts a file with a clean name, "" where none is known. Without room
// in the budget there is no file.
func (f *File) Begin(name []byte, out *Emit) {
	f.Drop(out)
	if out.Budget != nil {
		if out.Budget.Left < fileCost {
			return
		}
		out.Budget.Left -= fileCost
	}
	if f.sum == nil {
		f.sum = sha256.New()
	}
	f.sum.Reset()
	f.open, f.size, f.n = true, 0, copy(f.name[:], name)
}

// Open reports whether a file is under way.
func (f *File) Open() bool { return f.open }

// Add takes the next bytes of the file.
func (f *File) Add(b []byte, out *Emit) {
	if !f.open {
		return
	}
	if f.size += uint64(len(b)); f.size > FileMost {
		f.Drop(out)
		return
	}
	f.sum.Write(b)
}

// Drop forgets a file that is not whole.
func (f *File) Drop(out *Emit) {
	if f.open && out.Budget != nil {
		out.Budget.Left += fileCost
	}
	f.open = false
}

// End tells of a file that is whole. One without content is none.
func (f *File) End(dir ot.Dir, p ot.Proto, out *Emit) {
	if f.open && f.size > 0 {
		hex.Encode(f.text[:], f.sum.Sum(f.raw[:0]))
		o := out.Add(ot.Carried)
		o.Dir = dir
		o.Did = ot.Transaction{Proto: p, Op: ot.OpFile, Object: ot.Object{Len: uint32(f.size)}, Latency: -1,
			Name: out.Batch.Keep(f.name[:f.n]), Value: out.Batch.Keep(f.text[:])}
	}
	f.Drop(out)
}
