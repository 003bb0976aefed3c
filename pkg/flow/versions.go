package flow

import (
	"bytes"
	"fmt"

	"otsensor/pkg/protocols"
)

// versions are two copies of some bytes of a stream. The receiver took one of
// them, and where it is not asked nobody knows which: so both are told.
type versions struct {
	size        int // bytes that both have
	read, other uint64
	from        int       // index of the first byte that differs
	heads       [2][]byte // what stands there, empty where the bytes are not known any more
}

// mostHead is how many bytes of each version are written out.
const mostHead = 8

// compare reports whether what was read differs from another copy of it.
func compare(read, other []byte) (v versions, differ bool) {
	if bytes.Equal(read, other) {
		return v, false
	}
	for read[v.from] == other[v.from] {
		v.from++
	}
	v.size, v.read, v.other = len(read), protocols.Digest(read), protocols.Digest(other)
	to := min(len(read), v.from+mostHead)
	v.heads = [2][]byte{read[v.from:to], other[v.from:to]}
	return v, true
}

// text writes both versions down, in less than ot.NameCap bytes.
func (v *versions) text(dst []byte) []byte {
	dst = fmt.Appendf(dst, "%d bytes, %016x read, %016x not", v.size, v.read, v.other)
	if len(v.heads[0]) > 0 {
		dst = fmt.Appendf(dst, "; from byte %d %x, %x", v.from+1, v.heads[0], v.heads[1])
	}
	return dst
}
