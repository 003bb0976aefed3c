package capture

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/bits"
)

// pcapng reads the next-generation format (draft-ietf-opsawg-pcapng).
type pcapng struct {
	r      *bufio.Reader
	order  binary.ByteOrder
	ifaces []iface
	offset int64
}

// iface is one interface description of the present section.
type iface struct {
	link    LinkType
	perSec  uint64 // time units per second
	shift   int64  // seconds added to every time
	snaplen uint32
}

// Block types.
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockEnhanced  = 6
)

// Limits of what is believed in a file.
const (
	maxBlock  = 64 << 20 // bytes of a block that is passed over
	maxIfaces = 4096
	maxInfo   = 64 << 10 // bytes of an interface description that are read
)

func (p *pcapng) next(b *Batch, loss *Loss) error {
	for {
		head, err := p.r.Peek(12)
		if err != nil {
			loss.TailCut += uint64(len(head))
			return end(err)
		}
		if binary.LittleEndian.Uint32(head) == blockSection {
			if err := p.section(head); err != nil {
				return err
			}
		}
		if p.order == nil {
			return fmt.Errorf("%w: a pcapng file begins with a section header", ErrFormat)
		}
		kind, length := p.order.Uint32(head), p.order.Uint32(head[4:])
		if length < 12 || length > maxBlock {
			return absurd(p.offset, length)
		}
		got, err := p.block(kind, length, b, loss)
		p.offset += int64(length)
		if got || err != nil {
			return err
		}
	}
}

// section begins a new section: its byte order, and no interfaces.
func (p *pcapng) section(head []byte) error {
	switch binary.LittleEndian.Uint32(head[8:]) {
	case 0x1a2b3c4d:
		p.order = binary.LittleEndian
	case 0x4d3c2b1a:
		p.order = binary.BigEndian
	default:
		return fmt.Errorf("%w: the section header at byte %d has no byte-order mark", ErrFormat, p.offset)
	}
	p.ifaces = p.ifaces[:0]
	return nil
}

// block reads one whole block; got says that it gave a packet.
func (p *pcapng) block(kind, length uint32, b *Batch, loss *Loss) (got bool, err error) {
	fixed := map[uint32]int{blockInterface: 16, blockPacket: 28, blockSimple: 12, blockEnhanced: 28}[kind]
	if fixed == 0 || int(length) < fixed+4 {
		return false, p.skip(int(length), loss)
	}
	head, err := p.r.Peek(fixed)
	if err != nil {
		loss.TailCut += uint64(len(head))
		return false, end(err)
	}
	if kind == blockInterface {
		return false, p.describe(head, int(length), loss)
	}
	pk, caplen := p.header(kind, head, length)
	if caplen > MaxFrame {
		return false, absurd(p.offset, caplen)
	}
	if fixed+int(caplen)+4 > int(length) {
		return false, fmt.Errorf("the packet at byte %d is longer than its block: the file is damaged there; what came before was read", p.offset)
	}
	p.r.Discard(fixed)
	pk.Data = b.Take(int(caplen))
	if n, err := io.ReadFull(p.r, pk.Data); err != nil {
		loss.TailCut += uint64(fixed + n)
		return false, end(err)
	}
	if err := p.skip(int(length)-fixed-int(caplen), loss); err != nil && err != io.EOF {
		return false, err
	}
	b.add(pk)
	return true, nil
}

// header reads the fixed part of a packet block.
func (p *pcapng) header(kind uint32, head []byte, length uint32) (Packet, uint32) {
	if kind == blockSimple {
		wire := p.order.Uint32(head[8:])
		in := p.iface(0)
		caplen := min(wire, length-16)
		if in.snaplen > 0 {
			caplen = min(caplen, in.snaplen)
		}
		return Packet{WireLen: int(wire), Link: in.link}, caplen
	}
	n := p.order.Uint32(head[8:])
	if kind == blockPacket {
		n = uint32(p.order.Uint16(head[8:]))
	}
	in := p.iface(n)
	units := uint64(p.order.Uint32(head[12:]))<<32 | uint64(p.order.Uint32(head[16:]))
	caplen, wire := p.order.Uint32(head[20:]), p.order.Uint32(head[24:])
	return Packet{Time: in.nanos(units), WireLen: wireLen(wire, caplen), Link: in.link}, caplen
}

// iface gives a described interface; a packet of one that was not described is
// taken as Ethernet with microseconds.
func (p *pcapng) iface(n uint32) iface {
	if int(n) < len(p.ifaces) {
		return p.ifaces[n]
	}
	return iface{link: LinkEthernet, perSec: 1e6}
}

// nanos is a time in units as nanoseconds, held inside the range of int64.
func (i iface) nanos(units uint64) int64 {
	sec, rest := units/i.perSec, units%i.perSec
	s := float64(sec) + float64(i.shift)
	if s > math.MaxInt64/1e9 || s < math.MinInt64/1e9 {
		return 0
	}
	hi, lo := bits.Mul64(rest, 1e9)
	frac, _ := bits.Div64(hi, lo, i.perSec)
	return (int64(sec)+i.shift)*1e9 + int64(frac)
}

// describe reads an interface description block: link type, snap length, options 9 and 14.
func (p *pcapng) describe(head []byte, length int, loss *Loss) error {
	in := iface{link: linkType(p.order.Uint16(head[8:])), snaplen: p.order.Uint32(head[12:]), perSec: 1e6}
	info, err := p.r.Peek(min(length, maxInfo))
	if err != nil {
		loss.TailCut += uint64(len(info))
		return end(err)
	}
	for o := info[16 : len(info)-4]; len(o) >= 4; {
		code, n := p.order.Uint16(o), int(p.order.Uint16(o[2:]))
		if n > len(o)-4 || code == 0 {
			break
		}
		in.option(code, o[4:4+n], p.order)
		o = o[min(4+(n+3)&^3, len(o)):]
	}
	if len(p.ifaces) < maxIfaces {
		p.ifaces = append(p.ifaces, in)
	}
	return p.skip(length, loss)
}

func (i *iface) option(code uint16, v []byte, order binary.ByteOrder) {
	switch {
	case code == 9 && len(v) == 1 && v[0]&0x80 == 0 && v[0] <= 18: // if_tsresol, power of ten
		i.perSec = uint64(math.Round(math.Pow10(int(v[0]))))
	case code == 9 && len(v) == 1 && v[0]&0x80 != 0 && v[0]&0x7f < 63: // power of two
		i.perSec = 1 << (v[0] & 0x7f)
	case code == 14 && len(v) == 8: // if_tsoffset
		i.shift = int64(order.Uint64(v))
	}
}

func (p *pcapng) skip(n int, loss *Loss) error {
	got, err := p.r.Discard(n)
	if err != nil {
		loss.TailCut += uint64(got)
		return end(err)
	}
	return nil
}
