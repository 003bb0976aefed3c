package packet

import "otsensor/pkg/ot"

// fragmentAge is how long an incomplete datagram is kept, nanoseconds of the
// sensor clock.
const fragmentAge = 30 * int64(1_000_000_000)

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
	most        int       // pages in all
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

// NewDefrag makes a table for at most so many datagrams, and bytes in all. A
// datagram of full length takes 64 KiB.
func NewDefrag(datagrams, bytes int) *Defrag {
	const pageCost = pageSize + pageBlocks/8
	pages := (bytes - datagrams*recordSize) / pageCost
	return &Defrag{byKey: map[fragKey]*datagram{}, room: datagrams, pages: pages, most: pages}
}

// Bytes is how many bytes of memory incomplete datagrams hold now.
func (d *Defrag) Bytes() int { return (d.most - d.pages - len(d.idle)) * pageSize }

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
