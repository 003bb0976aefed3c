package packet

import (
	"bytes"
	"math/bits"

	"otsensor/pkg/ot"
)

const (
	maxDatagram = 65535 // longest payload of a datagram, bytes
	blockSize   = 8     // unit of fragment offsets, bytes
	pageSize    = 2048  // unit of memory, bytes
	pageBlocks  = pageSize / blockSize
	recordSize  = 512 // what a datagram costs beside its pages, generously
)

// datagram is one that is not whole yet.
type datagram struct {
	key        fragKey
	since      int64 // sensor clock of its first fragment
	proto      uint8 // what its first bytes are
	odd        ot.Anomaly
	length     int // of the whole, -1 while the last fragment is missing
	end        int // of what was seen so far
	blocks     int // different blocks held
	pages      [(maxDatagram + pageSize) / pageSize]*page
	prev, next *datagram
}

// page is a stretch of a datagram and which of its blocks are held.
type page struct {
	have [pageBlocks / 64]uint64
	data [pageSize]byte
}

func blocksOf(n int) int { return (n + blockSize - 1) / blockSize }

// contradicts reports whether a fragment disagrees with what is known of where
// the datagram ends.
func (g *datagram) contradicts(end int, more bool) bool {
	if g.length >= 0 {
		return end > g.length || !more && end != g.length
	}
	return !more && end < g.end
}

func (g *datagram) note(a ot.Anomaly) {
	if g.odd == ot.NoAnomaly {
		g.odd = a
	}
}

// put takes in the bytes of a fragment for which no earlier copy is held, and
// reports whether it differs from earlier copies.
func (g *datagram) put(off int, v *View) (conflict bool) {
	if off == 0 && g.key.ipv6 {
		if g.pages[0].have[0]&1 == 0 {
			g.proto = v.IPProto
		}
		conflict = g.proto != v.IPProto
	}
	for data := v.Payload; len(data) > 0; {
		p, at := g.pages[off/pageSize], off%pageSize
		n, held := p.run(at, len(data))
		if held {
			conflict = conflict || !bytes.Equal(p.data[at:at+n], data[:n])
		} else {
			copy(p.data[at:], data[:n])
			g.blocks += p.hold(at, n)
		}
		off, data = off+n, data[n:]
	}
	g.end = max(g.end, off)
	if !v.MoreFrags {
		g.length = off
	}
	return conflict
}

// run is how many bytes from at on, no more than most, are alike in being held
// or not. It ends with the word of the bitmap at the latest.
func (p *page) run(at, most int) (n int, held bool) {
	word, bit := at/blockSize/64, at/blockSize%64
	w := p.have[word] >> bit
	held = w&1 != 0
	if held {
		w = ^w
	}
	return min(most, min(bits.TrailingZeros64(w), 64-bit)*blockSize), held
}

// hold marks the blocks of n bytes within one word of the bitmap.
func (p *page) hold(at, n int) (blocks int) {
	word, bit := at/blockSize/64, at/blockSize%64
	blocks = blocksOf(n)
	p.have[word] |= (1<<blocks - 1) << bit
	return blocks
}

// fill makes the view of the whole datagram in b.
func (g *datagram) fill(v, whole *View, b []byte) {
	for at := 0; at < len(b); at += pageSize {
		copy(b[at:], g.pages[at/pageSize].data[:])
	}
	*whole = *v
	whole.Odd, whole.IPProto = g.odd, g.proto
	whole.FragOff, whole.MoreFrags = 0, false
	whole.Datagram, whole.HeaderLen = b, 0
	if !v.IPv6 {
		whole.Payload = whole.transport(b)
		return
	}
	whole.Payload = whole.extensions(b)
	if whole.Fragment() {
		whole.odd(ot.FragmentBad) // a fragment inside a datagram that came in fragments
	}
}
