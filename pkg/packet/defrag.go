package packet

import (
	"bytes"

	"otsensor/pkg/ot"
)

// fragmentAge is how long an incomplete datagram is kept, nanoseconds of the
// sensor clock.
const fragmentAge = 30 * int64(1_000_000_000)

const (
	maxDatagram = 65535 // longest payload of a datagram, bytes
	blockSize   = 8     // unit of fragment offsets, bytes
	pageSize    = 2048  // unit of memory, bytes
	pageBlocks  = pageSize / blockSize
	recordSize  = 512 // what a datagram costs beside its pages, generously
)

// Defrag puts IP fragments together, within a fixed number of datagrams and of
// bytes. When there is no room the oldest datagram goes. Where two fragments
// overlap the first copy wins; a second one that differs is FragmentOverlap.
type Defrag struct {
	Begun   uint64 // datagrams of which a fragment was taken in
	Whole   uint64 // datagrams completed
	Evicted uint64 // datagrams given up: no room, or not complete in 30 s
	Refused uint64 // fragments not taken in: impossible, or contradicting the datagram's length

	byKey       map[fragKey]*datagram
	first, last *datagram // by age, oldest first
	room        int       // datagrams that may still begin
	pages       int       // pages that may still be allocated
	idle        []*page
	spare       *datagram // records given back, linked by next
}

// fragKey names a datagram (RFC 791 §3.2, RFC 8200 §4.5). For IPv6 the
// protocol is not part of it: only the first fragment's counts.
type fragKey struct {
	src, dst [16]byte
	id       uint32
	proto    uint8
	ipv6     bool
}

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

// NewDefrag makes a table for at most so many datagrams, and bytes in all. A
// datagram of full length takes 64 KiB.
func NewDefrag(datagrams, bytes int) *Defrag {
	const pageCost = pageSize + pageBlocks/8
	return &Defrag{
		byKey: map[fragKey]*datagram{},
		room:  datagrams,
		pages: (bytes - datagrams*recordSize) / pageCost,
	}
}

// Len is how many datagrams are incomplete now.
func (d *Defrag) Len() int { return len(d.byKey) }

// Add takes one fragment at sensor clock now. When it completes its datagram,
// whole is filled as if that had come in one piece, with its bytes in memory
// from space, and Add gives true. Oddities of the fragment are left in v.Odd;
// whole.Odd is the first of all fragments.
func (d *Defrag) Add(v *View, now int64, whole *View, space func(n int) []byte) bool {
	for d.first != nil && now-d.first.since > fragmentAge {
		d.evict(d.first)
	}
	if v.Cut {
		return false
	}
	off, end := int(v.FragOff), int(v.FragOff)+len(v.Payload)
	if end > maxDatagram || end == off || v.MoreFrags && end%blockSize != 0 {
		v.odd(ot.FragmentBad)
		d.Refused++
		return false
	}
	g := d.datagram(v, now)
	if g.contradicts(end, v.MoreFrags) {
		v.odd(ot.FragmentOverlap)
		g.note(v.Odd)
		d.Refused++
		return false
	}
	if !d.reserve(g, off, end) {
		return false
	}
	if g.put(off, v) {
		v.odd(ot.FragmentOverlap)
	}
	g.note(v.Odd)
	if g.length < 0 || g.blocks < blocksOf(g.length) {
		return false
	}
	g.fill(v, whole, space(g.length))
	d.remove(g)
	d.Whole++
	return true
}

func blocksOf(n int) int { return (n + blockSize - 1) / blockSize }

// datagram finds the datagram of a fragment, or begins it.
func (d *Defrag) datagram(v *View, now int64) *datagram {
	k := fragKey{src: v.SrcIP, dst: v.DstIP, id: v.IPID, ipv6: v.IPv6}
	if !v.IPv6 {
		k.proto = v.IPProto
	}
	if g := d.byKey[k]; g != nil {
		return g
	}
	if d.room == 0 {
		d.evict(d.first)
	}
	g := d.spare
	if g == nil {
		g = new(datagram)
	} else {
		d.spare = g.next
	}
	*g = datagram{key: k, since: now, proto: v.IPProto, length: -1, prev: d.last}
	if d.last == nil {
		d.first = g
	} else {
		d.last.next = g
	}
	d.last = g
	d.byKey[k] = g
	d.room--
	d.Begun++
	return g
}

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

// reserve gives the datagram pages for these bytes, at the cost of older ones
// and at last of itself.
func (d *Defrag) reserve(g *datagram, off, end int) bool {
	for i := off / pageSize; i <= (end-1)/pageSize; i++ {
		for g.pages[i] == nil {
			if g.pages[i] = d.page(); g.pages[i] != nil {
				break
			}
			old := d.first
			if old == g && g.next != nil {
				old = g.next
			}
			d.evict(old)
			if old == g {
				return false
			}
		}
	}
	return true
}

// page is an empty page, nil when there is none.
func (d *Defrag) page() *page {
	if n := len(d.idle); n > 0 {
		p := d.idle[n-1]
		d.idle = d.idle[:n-1]
		p.have = [len(p.have)]uint64{}
		return p
	}
	if d.pages <= 0 {
		return nil
	}
	d.pages--
	return new(page)
}

// put takes in the bytes of a fragment for which no earlier copy is held, and
// reports whether it differs from earlier copies.
func (g *datagram) put(off int, v *View) (conflict bool) {
	if off == 0 && g.key.ipv6 {
		conflict = g.has(0) && g.proto != v.IPProto
		if !g.has(0) {
			g.proto = v.IPProto
		}
	}
	for data := v.Payload; len(data) > 0; {
		n := min(blockSize, len(data))
		held := g.pages[off/pageSize].data[off%pageSize:][:n]
		if g.has(off) {
			conflict = conflict || !bytes.Equal(held, data[:n])
		} else {
			copy(held, data)
			g.mark(off)
		}
		off, data = off+n, data[n:]
	}
	g.end = max(g.end, off)
	if !v.MoreFrags {
		g.length = off
	}
	return conflict
}

// has reports whether the block at this offset is held.
func (g *datagram) has(off int) bool {
	block := off % pageSize / blockSize
	return g.pages[off/pageSize].have[block/64]>>(block%64)&1 != 0
}

func (g *datagram) mark(off int) {
	block := off % pageSize / blockSize
	g.pages[off/pageSize].have[block/64] |= 1 << (block % 64)
	g.blocks++
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
		whole.transport(b)
		return
	}
	whole.extensions(b)
	if whole.Fragment() {
		whole.odd(ot.FragmentBad) // a fragment inside a datagram that came in fragments
	}
}

func (d *Defrag) evict(g *datagram) {
	d.remove(g)
	d.Evicted++
}

func (d *Defrag) remove(g *datagram) {
	if g.prev == nil {
		d.first = g.next
	} else {
		g.prev.next = g.next
	}
	if g.next == nil {
		d.last = g.prev
	} else {
		g.next.prev = g.prev
	}
	delete(d.byKey, g.key)
	for _, p := range g.pages {
		if p != nil {
			d.idle = append(d.idle, p)
		}
	}
	d.room++
	g.next, d.spare = d.spare, g
}
