package packet

import (
	"bytes"

	"otsensor/pkg/ot"
)

// fragmentAge is how long an incomplete datagram is kept, nanoseconds of the sensor clock.
const fragmentAge = 30 * int64(1_000_000_000)

// maxDatagram is the longest payload of a reassembled datagram.
const maxDatagram = 65535

// Defrag puts IP fragments together. It keeps at most a number of datagrams
// and a number of bytes; the oldest goes first. The first copy of a byte wins;
// a second copy that differs is FragmentOverlap.
type Defrag struct {
	Evicted uint64 // incomplete datagrams given up: time, or no room

	max, maxBytes, bytes int
	byKey                map[fragKey]*datagram
	first, last          *datagram
}

type fragKey struct {
	src, dst [16]byte
	id       uint32
	proto    uint8
}

// datagram is one datagram that is not whole yet.
type datagram struct {
	key        fragKey
	since      int64
	parts      []fragment // in order of offset, not overlapping
	have       int        // bytes in parts
	length     int        // whole length, -1 while the last fragment is missing
	prev, next *datagram
}

type fragment struct {
	off  int
	data []byte
}

// NewDefrag makes a table for at most datagrams and bytes.
func NewDefrag(datagrams, bytes int) *Defrag {
	return &Defrag{max: datagrams, maxBytes: bytes, byKey: map[fragKey]*datagram{}}
}

// Add takes one fragment. When it completes its datagram, whole is filled as
// if the datagram had come in one piece, its payload in memory from space, and
// Add gives true. Oddities are left in v.Odd, or in whole.Odd of a complete one.
func (d *Defrag) Add(v *View, now int64, whole *View, space func(n int) []byte) bool {
	for d.first != nil && now-d.first.since > fragmentAge {
		d.drop(d.first)
		d.Evicted++
	}
	off, data := int(v.FragOff), v.Payload
	if v.Cut || off+len(data) > maxDatagram || v.MoreFrags && (len(data) == 0 || len(data)%8 != 0) {
		if !v.Cut {
			v.odd(ot.FragmentBad)
		}
		return false
	}
	g := d.of(v, now)
	if !v.MoreFrags {
		if g.length >= 0 && g.length != off+len(data) {
			v.odd(ot.FragmentOverlap)
			return false
		}
		g.length = off + len(data)
	}
	if g.insert(d, off, data) {
		v.odd(ot.FragmentOverlap)
	}
	d.makeRoom(g)
	if g.length < 0 || g.have < g.length {
		return false
	}
	g.whole(v, whole, space)
	d.drop(g)
	return true
}

// of finds or makes the datagram of a fragment.
func (d *Defrag) of(v *View, now int64) *datagram {
	k := fragKey{v.SrcIP, v.DstIP, v.IPID, v.IPProto}
	if g := d.byKey[k]; g != nil {
		return g
	}
	if len(d.byKey) >= d.max {
		d.drop(d.first)
		d.Evicted++
	}
	g := &datagram{key: k, since: now, length: -1, prev: d.last}
	if d.last != nil {
		d.last.next = g
	} else {
		d.first = g
	}
	d.last = g
	d.byKey[k] = g
	return g
}

// makeRoom gives up the oldest datagrams, but not g, until the bytes fit.
func (d *Defrag) makeRoom(g *datagram) {
	for d.bytes > d.maxBytes {
		old := d.first
		if old == g {
			old = g.next
		}
		if old == nil {
			old = g
		}
		d.drop(old)
		d.Evicted++
		if old == g {
			return
		}
	}
}

func (d *Defrag) drop(g *datagram) {
	if g.prev != nil {
		g.prev.next = g.next
	} else {
		d.first = g.next
	}
	if g.next != nil {
		g.next.prev = g.prev
	} else {
		d.last = g.prev
	}
	delete(d.byKey, g.key)
	d.bytes -= g.have
}

// insert adds what is new of a fragment; true when it contradicts what is there.
func (g *datagram) insert(d *Defrag, off int, data []byte) (conflict bool) {
	i := 0
	for len(data) > 0 && i < len(g.parts) {
		p := &g.parts[i]
		end := p.off + len(p.data)
		switch {
		case off >= end:
			i++
		case off < p.off:
			n := min(len(data), p.off-off)
			g.put(d, i, off, data[:n])
			off, data = off+n, data[n:]
			i++
		default:
			n := min(len(data), end-off)
			conflict = conflict || !bytes.Equal(data[:n], p.data[off-p.off:off-p.off+n])
			off, data = off+n, data[n:]
			i++
		}
	}
	if len(data) > 0 {
		g.put(d, len(g.parts), off, data)
	}
	return conflict
}

func (g *datagram) put(d *Defrag, i, off int, data []byte) {
	g.parts = append(g.parts, fragment{})
	copy(g.parts[i+1:], g.parts[i:])
	g.parts[i] = fragment{off, bytes.Clone(data)}
	g.have += len(data)
	d.bytes += len(data)
}

// whole fills the view of the complete datagram.
func (g *datagram) whole(v, whole *View, space func(n int) []byte) {
	b := space(g.length)
	for _, p := range g.parts {
		if p.off < len(b) {
			copy(b[p.off:], p.data)
		}
	}
	*whole = *v
	whole.FragOff, whole.MoreFrags = 0, false
	whole.Layer, whole.Payload = IP, b
	whole.Transport(b)
}
