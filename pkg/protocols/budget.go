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

	spare []*Request         // what was closed last lies on top
	wide  [][]ot.Transaction // of requests that asked for several things, apart: few do
	holds int                // bytes of both
}

// spareBytes is how much memory waits for later requests.
const spareBytes = 256 << 10

const txnBytes = int(unsafe.Sizeof(ot.Transaction{}))

// size is the memory a request holds on to.
func (r *Request) size() int {
	return int(unsafe.Sizeof(*r)) + (cap(r.Txns)-len(r.first))*txnBytes + cap(r.bytes)
}

func (b *Budget) request() *Request {
	r := &Request{budget: b}
	r.Txns = r.first[:0]
	return r
}

// lend gives memory for a request: of one that was closed before the packet of
// this sequence, or else new.
func (b *Budget) lend(seq uint64) *Request {
	if b == nil {
		return b.request()
	}
	last := len(b.spare) - 1
	for i := last; i >= 0; i-- {
		if r := b.spare[i]; r.closed != seq {
			b.spare[i] = b.spare[last]
			b.spare = b.spare[:last]
			b.holds -= r.holds
			b.lay(r.Txns)
			r.Txns, r.bytes, r.taken = r.first[:0], r.bytes[:0], 0
			return r
		}
	}
	return b.request()
}

// widen gives a request room for more than it asks for so far.
func (b *Budget) widen(r *Request) {
	asked := r.Txns
	if b != nil && len(b.wide) > 0 {
		if last := len(b.wide) - 1; cap(b.wide[last]) > len(asked) {
			r.Txns = append(b.wide[last], asked...)
			b.wide, b.holds = b.wide[:last], b.holds-cap(r.Txns)*txnBytes
			b.lay(asked)
			return
		}
	}
	r.Txns = append(asked, ot.Transaction{})[:len(asked)]
}

// lay puts by what a request needs no more, but for the room each has of its own.
func (b *Budget) lay(txns []ot.Transaction) {
	if size := cap(txns) * txnBytes; cap(txns) > 1 && b.holds+size <= spareBytes {
		b.wide, b.holds = append(b.wide, txns[:0]), b.holds+size
	}
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
