package cip

import (
	"encoding/binary"
	"math/bits"
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Path is a decoded EPATH (Volume 1, appendix C-1.4): where a service goes, or
// what a connection connects. Its Name is reused from one path to the next.
type Path struct {
	Class, Instance, Attribute, Member uint32 // of the last object named
	Scope                              uint32 // class << 16 | instance of the object passed through before
	Points                             [3]uint32
	PointCount                         int

	Route uint32 // hops, port << 8 | link address, the last hop lowest
	Link  uint32 // link address of the last hop
	Hops  int

	Key  Key
	Data []byte // simple data segment: configuration data, a view
	Name []byte // symbolic segments joined: Program:Main.Tag[3].x; sanitised

	Inhibit  uint32 // production inhibit time, microseconds; 0 where none
	Schedule uint8  // multiplier and phase of a scheduled network, 0 where none
	FixedTag uint8  // service over a ControlNet link, 0 where none

	Safety     bool   // holds a safety network segment
	SafetyData []byte // its data, a view
	Bad        bool   // ends within a segment, or holds one that is reserved

	marks marks
}

// Key is an electronic key: what the originator expects to find (C-1.4.2.5.5).
type Key struct {
	Present            bool
	Vendor, Type, Code uint16
	Compatible         bool // any compatible revision will do
	MajorRev, MinorRev uint8
	Serial             uint32
}

// linkOther stands for a link address that is no number below 255.
const linkOther = 255

// parse reads a path. In padded form every segment fills whole words.
func (p *Path) parse(b []byte, padded bool) {
	*p = Path{Name: p.Name[:0]}
	for at := 0; at < len(b); {
		if kind := shortKind(b[at]); kind < 5 && at+1 < len(b) {
			p.number(kind, uint32(b[at+1]))
			at += 2
			continue
		}
		c := protocols.Read(b[at:])
		if p.segment(&c, padded); p.Bad {
			return
		}
		at += c.At()
	}
}

// shortKind is what a logical segment numbers that has its number in the next
// byte, as most have: it fills a word, padded or not. From 5 on it is none of those.
func shortKind(segment uint8) uint8 { return bits.RotateLeft8(segment-0x20, -2) }

// segment reads any segment.
func (p *Path) segment(c *protocols.Cursor, padded bool) {
	switch segment := c.U8(); segment >> 5 {
	case 0:
		p.port(c, segment)
	case 1:
		p.logical(c, segment, padded)
	case 2:
		p.network(c, segment)
	case 3:
		p.symbol(c, segment)
	case 4:
		p.data(c, segment)
	case 5: // constructed data type: the length of its description follows
		c.Skip(int(c.U8()))
	case 6: // elementary data type: one byte
	default:
		p.Bad = true
	}
	p.Bad = p.Bad || c.Short()
}

// port reads one hop: out of a port, to a link address there (C-1.4.1).
func (p *Path) port(c *protocols.Cursor, segment uint8) {
	start, port, size := c.At()-1, uint32(segment&0x0F), 1
	if segment&0x10 != 0 {
		size = int(c.U8())
	}
	if port == 15 {
		port = uint32(c.U16LE())
	}
	link := c.Bytes(size)
	if (c.At()-start)%2 != 0 {
		c.Skip(1)
	}
	p.Link = linkOther
	if len(link) == 1 {
		p.Link = uint32(link[0])
	}
	p.Route, p.Hops = p.Route<<16|min(port, 255)<<8|min(p.Link, linkOther), p.Hops+1
}

// logical reads a segment that numbers something (C-1.4.2).
func (p *Path) logical(c *protocols.Cursor, segment uint8, padded bool) {
	kind, format := segment>>2&7, segment&3
	switch {
	case kind == 5 && format == 0:
		p.key(c)
		return
	case kind == 7:
		c.Skip(1) // array, bit, member or handle: refines the value that follows
		p.Member = number(c, format, format == 0 && padded, true)
		p.marks |= hasMember
		return
	case format == 3 || kind == 5:
		p.Bad = true
		return
	}
	p.number(kind, number(c, format, format != 0 && padded, false))
}

// number reads a value of 8, 16 or 32 bits with its pad byte, which stands
// before the value, or behind an 8-bit value of an extended segment.
func number(c *protocols.Cursor, format uint8, pad, behind bool) (n uint32) {
	if pad && !behind {
		c.Skip(1)
	}
	switch format {
	case 0:
		n = uint32(c.U8())
	case 1:
		n = uint32(c.U16LE())
	default:
		n = c.U32LE()
	}
	if pad && behind {
		c.Skip(1)
	}
	return n
}

func (p *Path) number(kind uint8, n uint32) {
	switch kind {
	case 0:
		if p.marks&hasClass != 0 {
			p.Scope, p.marks = p.Class<<16|p.Instance&0xFFFF, p.marks&^hasInstance|hasScope
			p.Instance = 0
		}
		p.Class, p.marks = n, p.marks|hasClass
	case 1:
		if p.marks&hasInstance != 0 {
			p.point(n) // a further instance of a connection path: consumed, produced
			return
		}
		p.Instance, p.marks = n, p.marks|hasInstance
	case 2:
		p.member(n)
	case 3:
		p.point(n)
	case 4:
		p.Attribute, p.marks = n, p.marks|hasAttribute
	}
}

func (p *Path) point(n uint32) {
	if p.PointCount < len(p.Points) {
		p.Points[p.PointCount] = n
		p.PointCount++
	}
	p.marks |= hasPoint
}

// member is an array index behind a symbol, else a member of an attribute.
func (p *Path) member(n uint32) {
	if len(p.Name) == 0 {
		p.Member, p.marks = n, p.marks|hasMember
		return
	}
	if len(p.Name)+12 > ot.NameCap {
		return
	}
	if last := len(p.Name) - 1; p.Name[last] == ']' {
		p.Name[last] = ','
	} else {
		p.Name = append(p.Name, '[')
	}
	p.Name = append(strconv.AppendUint(p.Name, uint64(n), 10), ']')
}

func (p *Path) key(c *protocols.Cursor) {
	format := c.U8()
	k := Key{Present: true, Vendor: c.U16LE(), Type: c.U16LE(), Code: c.U16LE()}
	major := c.U8()
	k.Compatible, k.MajorRev, k.MinorRev = major&0x80 != 0, major&0x7F, c.U8()
	if format == 5 {
		k.Serial = c.U32LE()
	}
	p.Bad = p.Bad || format != 4 && format != 5
	p.Key = k
}

// network reads a segment about delivery (C-1.4.3). Subtypes from 10h on give
// their own length, in words.
func (p *Path) network(c *protocols.Cursor, segment uint8) {
	subtype := segment & 0x1F
	if subtype < 0x10 {
		switch n := c.U8(); subtype {
		case 1:
			p.Schedule = n
		case 2:
			p.FixedTag = n
		case 3:
			p.Inhibit = uint32(n) * 1000
		}
		return
	}
	data := c.Bytes(2 * int(c.U8()))
	switch {
	case subtype == 0x10 && !p.Safety:
		p.Safety, p.SafetyData = true, data
	case subtype == 0x11:
		n, _ := u32(data, 0)
		p.Inhibit = uint32(n)
	}
}

// symbol reads a symbolic segment (C-1.4.4): text of up to 31 bytes, or in
// extended form double- or triple-byte characters or a number.
func (p *Path) symbol(c *protocols.Cursor, segment uint8) {
	if n := int(segment & 0x1F); n > 0 {
		p.text(c.Bytes(n))
		return
	}
	format := c.U8()
	switch n := int(format & 0x1F); format >> 5 {
	case 1:
		p.text(c.Bytes(2 * n))
	case 2:
		p.text(c.Bytes(3 * n))
	case 6:
		p.Instance, p.marks = number(c, uint8(n-6)&3, false, false), p.marks|hasInstance
	default:
		p.Bad = true
	}
}

// data reads a data segment (C-1.4.5): configuration, or a Logix tag name.
func (p *Path) data(c *protocols.Cursor, segment uint8) {
	n := int(c.U8())
	switch segment & 0x1F {
	case 0x00:
		p.Data = c.Bytes(2 * n)
	case 0x11:
		p.text(c.Bytes(n))
		c.Skip(n % 2)
	default:
		p.Bad = true
	}
}

func (p *Path) text(b []byte) {
	if len(p.Name) > 0 && len(p.Name) < ot.NameCap {
		p.Name = append(p.Name, '.')
	}
	p.Name = clean(p.Name, b)
}

// clean appends a device's text to a name, which stays within ot.NameCap and
// never ends in a blank.
func clean(name, text []byte) []byte {
	name = ot.Clean(name, text, ot.NameCap-len(name))
	for len(name) > 0 && name[len(name)-1] == ' ' {
		name = name[:len(name)-1]
	}
	return name
}

// extra is the one further number a transaction carries of its path.
func (p *Path) extra() uint32 {
	switch {
	case p.marks&hasMember != 0:
		return p.Member
	case p.marks&hasPoint != 0:
		return p.Points[0]
	default:
		return p.Scope
	}
}

// u16 and u32 read little-endian numbers at an offset, absent when too short.
func u16(b []byte, at int) (uint64, bool) {
	if len(b) < at+2 {
		return 0, false
	}
	return uint64(binary.LittleEndian.Uint16(b[at:])), true
}

func u32(b []byte, at int) (uint64, bool) {
	if len(b) < at+4 {
		return 0, false
	}
	return uint64(binary.LittleEndian.Uint32(b[at:])), true
}
