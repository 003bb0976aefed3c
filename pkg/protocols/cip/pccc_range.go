package cip

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// pcccRange is what a command that moves a range of a data table piece by piece
// says of its piece (1770-6.5.16, word range and typed read and write): where
// it begins in the whole, and how long the whole is, in elements. The answer
// says neither; the transaction number leads back to them.
type pcccRange struct {
	tns           uint16
	offset, total uint16
}

// pcccRanged reports a command, command << 8 | function, with offset and total.
func pcccRanged(code uint32) bool {
	return code == 0x0F_00 || code == 0x0F_01 || code == 0x0F_67 || code == 0x0F_68
}

// pcccRangeAsked notes the range of a request.
func (f *transfers) pcccRangeAsked(p *pcccCommand) {
	if len(p.data) < 4 {
		return
	}
	if f.all == nil {
		f.all = make([]transfer, transfersKept)
	}
	f.ranges[int(p.tns)%transfersKept] = pcccRange{p.tns, binary.LittleEndian.Uint16(p.data), binary.LittleEndian.Uint16(p.data[2:])}
}

// pcccPiece is the piece that an answered command moved. An element is as long
// as the piece's bytes tell, or a word.
func (f *transfers) pcccPiece(t *ot.Transaction, m reply, p *piece, asked uint32) {
	answer := readPCCC(m.data, true)
	r := f.ranges[int(answer.tns)%transfersKept]
	element := uint32(2)
	if size := t.Shape.Size(); size > 0 {
		element = uint32(size)
	}
	p.body, p.size = t.Value, uint32(len(t.Value))
	if code := pcccCode(t); code == 0x0F_00 || code == 0x0F_67 {
		p.size = asked
	}
	if r.tns != answer.tns || r.total == 0 {
		p.state = transferGap
		return
	}
	p.from = uint32(r.offset) * element
	p.first = r.offset == 0
	if p.from+p.size >= uint32(r.total)*element {
		p.state = transferComplete
	}
}

// The data types of typed reads and writes that have a shape here.
var pcccShapes = map[uint32]ot.Shape{4: ot.I16LE, 8: ot.F32LE}

// pcccTyped passes over the description of typed data: a byte whose halves are
// type and size, or how many bytes say each of them; an array has the
// description of its elements behind its own.
func pcccTyped(b []byte) (data []byte, shape ot.Shape) {
	c := protocols.Read(b)
	kind := pcccDescription(&c)
	if kind == 9 {
		kind = pcccDescription(&c)
	}
	if c.Short() {
		return b, ot.Opaque
	}
	return c.Rest(), pcccShapes[kind]
}

func pcccDescription(c *protocols.Cursor) (kind uint32) {
	flag := c.U8()
	kind = pcccNumber(c, flag>>4)
	pcccNumber(c, flag&0x0F)
	return kind
}

// pcccNumber is three bits, or as many bytes as they say.
func pcccNumber(c *protocols.Cursor, half uint8) (n uint32) {
	if half&8 == 0 {
		return uint32(half)
	}
	for i := range half & 7 {
		n |= uint32(c.U8()) << (8 * i)
	}
	return n
}
