package capture

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// pcap reads the classic format (draft-ietf-opsawg-pcap).
type pcap struct {
	w      *window
	big    bool  // numbers are big-endian
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

// pcapOrder tells the byte order of a classic file, nil for another file.
func pcapOrder(head []byte) binary.ByteOrder {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if _, ok := pcapMagics[order.Uint32(head)]; ok {
			return order
		}
	}
	return nil
}

func newPcap(w *window, order binary.ByteOrder) (*pcap, error) {
	head, err := w.peek(24)
	if err != nil {
		return nil, fmt.Errorf("%w: its pcap header is cut short", ErrFormat)
	}
	if major, minor := order.Uint16(head[4:]), order.Uint16(head[6:]); major != 2 {
		return nil, fmt.Errorf("%w: pcap version %d.%d; convert it with: editcap -F pcap", ErrFormat, major, minor)
	}
	kind := pcapMagics[order.Uint32(head)]
	p := &pcap{w: w, big: order == binary.BigEndian, header: kind.header, unit: kind.unit, link: linkType(uint16(order.Uint32(head[20:])))}
	return p, w.skip(24)
}

// linkType maps the numbers old systems wrote for raw IP.
func linkType(n uint16) LinkType {
	if n == 12 || n == 14 {
		return LinkRaw
	}
	return LinkType(n)
}

func (p *pcap) next(b *Batch) error {
	head, err := p.w.peek(p.header)
	if err != nil {
		return err
	}
	sec, frac := int64(p.number(head)), int64(p.number(head[4:]))
	caplen, wire := p.number(head[8:]), p.number(head[12:])
	if caplen > MaxFrame {
		return damaged(p.w.offset(), "a record of %d bytes (limit %d)", caplen, MaxFrame)
	}
	if frac *= p.unit; frac >= 1e9 { // no fraction of a second: the seconds alone are believed
		frac = 0
	}
	whole := p.header + int(caplen)
	record, err := p.w.peek(whole)
	if err != nil {
		return err
	}
	b.add(Packet{Time: sec*1e9 + frac, WireLen: wireLen(wire, caplen), Link: p.link}, record[p.header:])
	p.w.at += whole
	return nil
}

// number reads a number of a record header; every packet has four.
func (p *pcap) number(b []byte) uint32 {
	n := binary.LittleEndian.Uint32(b)
	if p.big {
		n = bits.ReverseBytes32(n)
	}
	return n
}

// wireLen never gives less than what was captured.
func wireLen(wire, caplen uint32) int { return int(max(wire, caplen)) }

// damaged is the error that ends the reading of a file before its end.
func damaged(offset int64, what string, args ...any) error {
	return fmt.Errorf("damaged at byte %d: %s; packets before it were read, pcapfix may mend the rest", offset, fmt.Sprintf(what, args...))
}
