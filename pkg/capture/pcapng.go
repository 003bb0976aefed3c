package capture

import (
	"encoding/binary"
	"fmt"
)

// pcapng reads the next-generation format (draft-ietf-opsawg-pcapng).
type pcapng struct {
	w      *window
	order  byteOrder // of the present section
	ifaces []iface   // of the present section
	last   int64     // time of the packet before
}

// Block types.
const (
	blockSection   = 0x0a0d0d0a // the same in both byte orders
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockEnhanced  = 6
)

// Limits of what is believed in a file.
const (
	maxBlock  = 64 << 20 // bytes of a block that is passed over
	maxIfaces = 4096     // interfaces of a section; packets of others have LinkUnknown
)

// next adds one packet, reading the blocks on the way to it, and those that were
// read with it.
func (p *pcapng) next(b *Batch) error {
	for had := len(b.Packets); len(b.Packets) == had || len(b.Packets) < b.max && p.whole(); {
		head, err := p.w.peek(8)
		if err != nil {
			return err
		}
		if binary.LittleEndian.Uint32(head) == blockSection {
			if err := p.section(); err != nil {
				return err
			}
		}
		kind, length := p.order.Uint32(head), p.order.Uint32(head[4:])
		if length < 12 || length > maxBlock {
			return damaged(p.w.offset(), "a block of %d bytes (limit %d)", length, maxBlock)
		}
		if err := p.block(b, kind, int(length+3)&^3); err != nil { // some writers forget the padding
			return err
		}
	}
	return nil
}

// whole reports whether the next block was read to its end.
func (p *pcapng) whole() bool {
	rest := p.w.unread()
	return len(rest) >= 8 && uint64(p.order.Uint32(rest[4:]))+3 <= uint64(len(rest))
}

// section begins a new section: its byte order, and no interfaces.
func (p *pcapng) section() error {
	head, err := p.w.peek(16)
	if err != nil {
		return err
	}
	switch binary.LittleEndian.Uint32(head[8:]) {
	case 0x1a2b3c4d:
		p.order = byteOrder{}
	case 0x4d3c2b1a:
		p.order = byteOrder{big: true}
	default:
		return damaged(p.w.offset(), "a section header without byte-order mark")
	}
	if major, minor := p.order.Uint16(head[12:]), p.order.Uint16(head[14:]); major != 1 {
		return fmt.Errorf("%w: pcapng version %d.%d; convert it with: editcap -F pcap", ErrFormat, major, minor)
	}
	p.ifaces = p.ifaces[:0]
	return nil
}

// fixedPart is the length of a block's header and fixed fields, 0 for blocks
// that are passed over.
func fixedPart(kind uint32) int {
	switch kind {
	case blockEnhanced, blockPacket:
		return 28
	case blockInterface:
		return 16
	case blockSimple:
		return 12
	}
	return 0
}

// block reads one whole block.
func (p *pcapng) block(b *Batch, kind uint32, length int) error {
	fixed := fixedPart(kind)
	if fixed == 0 {
		return p.w.skip(length)
	}
	if length < fixed+4 || length > windowSize {
		return damaged(p.w.offset(), "a block of type %d with %d bytes", kind, length)
	}
	whole, err := p.w.peek(length)
	if err != nil {
		return err
	}
	body := whole[fixed : length-4]
	if kind == blockInterface {
		p.describe(whole[:fixed], body)
		return p.w.skip(length)
	}
	if err := p.packet(b, kind, whole[:fixed], body); err != nil {
		return err
	}
	p.w.keep(length)
	return nil
}

// packet adds the packet of a block whose fixed part is head.
func (p *pcapng) packet(b *Batch, kind uint32, head, body []byte) error {
	var in *iface
	var caplen, wire uint32
	switch kind {
	case blockSimple: // no time, no interface: the first one's, cut at its snap length
		in, wire = p.iface(0), p.order.Uint32(head[8:])
		caplen = min(wire, uint32(len(body)), in.snaplen)
	case blockPacket:
		in = p.iface(uint32(p.order.Uint16(head[8:])))
	default:
		in = p.iface(p.order.Uint32(head[8:]))
	}
	if kind != blockSimple {
		units := uint64(p.order.Uint32(head[12:]))<<32 | uint64(p.order.Uint32(head[16:]))
		if t, ok := in.nanos(units); ok {
			p.last = t
		}
		caplen, wire = p.order.Uint32(head[20:]), p.order.Uint32(head[24:])
	}
	if caplen > MaxFrame || int(caplen) > len(body) {
		return damaged(p.w.offset(), "a packet of %d bytes in a block with room for %d (limit %d)", caplen, len(body), MaxFrame)
	}
	b.free()[0].set(p.last, body[:caplen:caplen], wireLen(wire, caplen), in.link)
	b.hold(1)
	return nil
}
