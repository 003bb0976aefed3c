package protocols

import (
	"testing"

	"otsensor/pkg/ot"
)

// A file is told of with its name, size and SHA-256 (of "abc": FIPS 180-2, B.1).
func TestFileIsSummedUp(t *testing.T) {
	budget, batch := Budget{Left: fileCost}, Output{}
	out := &Emit{Budget: &budget, Batch: &batch}
	var f File
	f.Begin([]byte("a.txt"), out)
	f.Add([]byte("a"), out)
	f.Add([]byte("bc"), out)
	f.End(ot.ToClient, ot.ProtoHTTP, out)
	o := batch.At(0)
	if o.Kind != ot.Carried || string(o.Did.Name) != "a.txt" || o.Did.Object.Len != 3 || o.Dir != ot.ToClient ||
		string(o.Did.Value) != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("told %v %q %q of %d bytes", o.Kind, o.Did.Name, o.Did.Value, o.Did.Object.Len)
	}
	if budget.Left != fileCost {
		t.Errorf("%d of the budget were not given back", fileCost-budget.Left)
	}
}

// Nothing is told of a file without content, one that is too long, one that was
// dropped, and one that there was no room for.
func TestFileThatIsNotTold(t *testing.T) {
	megabyte := make([]byte, 1<<20)
	for name, c := range map[string]struct {
		room int
		tell func(f *File, out *Emit)
	}{
		"empty": {fileCost, func(*File, *Emit) {}},
		"too long": {fileCost, func(f *File, out *Emit) {
			for range FileMost>>20 + 1 {
				f.Add(megabyte, out)
			}
		}},
		"dropped": {fileCost, func(f *File, out *Emit) { f.Add(megabyte, out); f.Drop(out) }},
		"no room": {fileCost - 1, func(f *File, out *Emit) { f.Add(megabyte, out) }},
	} {
		budget, batch := Budget{Left: c.room}, Output{}
		out := &Emit{Budget: &budget, Batch: &batch}
		var f File
		f.Begin(nil, out)
		c.tell(&f, out)
		f.End(ot.ToServer, ot.NoProto, out)
		if batch.Len() != 0 || budget.Left != c.room {
			t.Errorf("%s: %d files told of, %d of the budget left", name, batch.Len(), budget.Left)
		}
	}
}

// After the first file only its sum is allocated.
func TestFileAllocatesItsSum(t *testing.T) {
	batch := Output{}
	out := &Emit{Batch: &batch}
	var f File
	file := func() {
		batch.Reset()
		f.Begin([]byte("name"), out)
		f.Add([]byte("content"), out)
		f.End(ot.ToServer, ot.NoProto, out)
	}
	file()
	if n := testing.AllocsPerRun(100, file); n > 1 {
		t.Errorf("%v allocations for a file", n)
	}
}
