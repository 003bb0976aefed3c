package protocols

import (
	"unsafe"

	"otsensor/pkg/ot"
)

// Budget is what all conversations of a shard share for their open requests:
// the bytes these may still keep, and the memory of requests that were closed.
// Most requests are answered at once, so that the same few pieces of memory
// serve all conversations, and stay in the processor's cache.
type Budget struct {
	Left int // bytes

	spare []*Request // what was closed last lies on top
	holds int        // bytes of spare
}

// spareBytes is how much memory waits for later requests.
const spareBytes = 256 << 10

// size is the memory a request holds on to.
func (r *Request) size() int {
	return int(unsafe.Sizeof(*r)) + cap(r.Txns)*int(unsafe.Sizeof(ot.Transaction{})) + cap(r.bytes)
}

// lend gives memory for a request: of one that was closed before the packet of
// this sequence, or else new.
func (b *Budget) lend(seq uint64) *Request {
	if b == nil {
		return &Request{}
	}
	last := len(b.spare) - 1
	for i := last; i >= 0; i-- {
		if r := b.spare[i]; r.closed != seq {
			b.spare[i] = b.spare[last]
			b.spare = b.spare[:last]
			b.holds -= r.holds
			r.Txns, r.bytes, r.taken = r.Txns[:0], r.bytes[:0], 0
			return r
		}
	}
	return &Request{}
}

// settle takes back what a request cost. Its memory serves again from the next packet on.
func (b *Budget) settle(r *Request, seq uint64) {
	if b == nil {
		return
	}
	b.Left += r.taken
	r.closed, r.holds = seq, r.size()
	if b.holds+r.holds <= spareBytes {
		b.spare, b.holds = append(b.spare, r), b.holds+r.holds
	}
}
