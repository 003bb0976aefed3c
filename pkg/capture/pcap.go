package capture

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// pcap reads the classic format (draft-ietf-opsawg-pcap).
type pcap struct {
	w      *window
	order  byteOrder
	header int   // bytes of a record header
	unit   int64 // nanoseconds of one unit of the fraction
	link   LinkType
}

// pcapKind is what a magic number says of the records behind it.
type pcapKind struct {
	header int
	unit   int64
}

// pcapMagics are the first four bytes of a file, in its own byte order. The
// last is of patched captures of old Linux systems: 8 more bytes a record.
var pcapMagics = map[uint32]pcapKind{
	0xa1b2c3d4: {16, 1000},
	0xa1b23c4d: {16, 1},
	0xa1b2cd34: {24, 1000},
}

// pcapOrder tells the byte order of a classic file; false for another file.
func pcapOrder(head []byte) (byteOrder, bool) {
	for _, o := range []byteOrder{{}, {big: true}} {
		if _, ok := pcapMagics[o.Uint32(head)]; ok {
			return o, true
		}
	}
	return byteOrder{}, false
}

func newPcap(w *window, order byteOrder) (*pcap, error) {
	head, err := w.peek(24)
	if err != nil {
		return nil, fmt.Errorf("%w: its pcap header is cut short", ErrFormat)
	}
	if major, minor := order.Uint16(head[4:]), order.Uint16(head[6:]); major != 2 {
		return nil, fmt.Errorf("%w: pcap version %d.%d; convert it with: editcap -F pcap", ErrFormat, major, minor)
	}
	kind := pcapMagics[order.Uint32(head)]
	p := &pcap{w: w, order: order, header: kind.header, unit: kind.unit, link: linkType(uint16(order.Uint32(head[20:])))}
	return p, w.skip(24)
}

// linkType maps the numbers old systems wrote for raw IP.
func linkType(n uint16) LinkType {
	if n == 12 || n == 14 {
		return LinkRaw
	}
	return LinkType(n)
}

// record is the header of a packet.
type record struct{ sec, frac, caplen, wire uint32 }

func (p *pcap) record(b []byte) record {
	h := (*[16]byte)(b)
	r := record{binary.LittleEndian.Uint32(h[0:]), binary.LittleEndian.Uint32(h[4:]), binary.LittleEndian.Uint32(h[8:]), binary.LittleEndian.Uint32(h[12:])}
	if p.order.big { // asked once for all four
		r = record{bits.ReverseBytes32(r.sec), bits.ReverseBytes32(r.frac), bits.ReverseBytes32(r.caplen), bits.ReverseBytes32(r.wire)}
	}
	return r
}

// next makes sure of one record, and adds those that were read with it.
func (p *pcap) next(b *Batch) error {
	head, err := p.w.peek(p.header)
	if err != nil {
		return err
	}
	r := p.record(head)
	if r.caplen > MaxFrame {
		return damaged(p.w.offset(), "a record of %d bytes (limit %d)", r.caplen, MaxFrame)
	}
	if _, err := p.w.peek(p.header + int(r.caplen)); err != nil {
		return err
	}
	p.w.keep(p.records(b, p.w.unread()))
	return nil
}

// records adds the whole and sound records that data begins with, as many as the
// batch takes. It gives how many bytes they are.
func (p *pcap) records(b *Batch, data []byte) (taken int) {
	n, free := 0, b.free()
	for ; n < len(free); n++ {
		rest := data[taken:]
		if len(rest) < p.header {
			break
		}
		r := p.record(rest)
		whole := p.header + int(r.caplen)
		if r.caplen > MaxFrame || whole > len(rest) {
			break
		}
		frac := int64(r.frac) * p.unit
		if frac >= 1e9 { // no fraction of a second: the seconds alone are believed
			frac = 0
		}
		free[n].set(int64(r.sec)*1e9+frac, rest[p.header:whole:whole], wireLen(r.wire, r.caplen), p.link)
		taken += whole
	}
	b.hold(n)
	return taken
}

// wireLen never gives less than what was captured.
func wireLen(wire, caplen uint32) int { return int(max(wire, caplen)) }

// damaged is the error that ends the reading of a file before its end.
func damaged(offset int64, what string, args ...any) error {
	return fmt.Errorf("damaged at byte %d: %s; packets before it were read, pcapfix may mend the rest", offset, fmt.Sprintf(what, args...))
}
