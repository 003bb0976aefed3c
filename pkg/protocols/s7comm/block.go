package s7comm

import (
	"bytes"
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// A block in load memory begins with a header and ends with a footer. Both
// together are the card of the block: the Value of the transactions that
// tell of it.
const (
	headLen = 36
	footLen = 36
	cardLen = headLen + footLen
)

// Where the card holds what.
const (
	cardLanguage  = 4  // u8
	cardType      = 5  // u8
	cardNumber    = 6  // u16
	cardLoadLen   = 8  // u32
	cardSecurity  = 12 // u32: 3 is know-how protection
	cardCodeTime  = 16 // milliseconds u32, days since 1984-01-01 u16
	cardInterface = 22 // the same
	cardCodeLen   = 34 // u16
	cardAuthor    = headLen
	cardFamily    = headLen + 8
	cardName      = headLen + 16
	cardVersion   = headLen + 24 // u8: major in the high digit
	cardChecksum  = headLen + 26 // u16
)

// isCard reports whether b begins as a block does, with its mark.
func isCard(b []byte) bool { return len(b) >= headLen && b[0] == 'p' && b[1] == 'p' }

// transfer is a block on its way into or out of the controller.
type transfer struct {
	object ot.Object
	file   uint32 // as in argFile
	name   [16]byte
	named  int
	id     uint32 // upload id
	size   uint32
	sum    uint32
	head   [headLen]byte
	foot   [footLen]byte
	due    int  // pieces asked for that did not come
	broken bool // bytes were lost: size and sum say nothing
}

// start begins a transfer of the transaction's block.
func (m *transfer) start(t *ot.Transaction) {
	*m = transfer{object: t.Object, file: t.Arg[argFile] & 0xffff, sum: 2166136261}
	m.named = copy(m.name[:], t.Name)
}

// add takes the next bytes of the block.
func (m *transfer) add(b []byte) {
	m.due--
	if m.size < headLen {
		copy(m.head[m.size:], b)
	}
	m.size += uint32(len(b))
	for _, c := range b {
		m.sum = (m.sum ^ uint32(c)) * 16777619
	}
	if len(b) >= footLen {
		copy(m.foot[:], b[len(b)-footLen:])
		return
	}
	copy(m.foot[:], m.foot[len(b):])
	copy(m.foot[footLen-len(b):], b)
}

// blockJob reads the jobs that move a block.
func (d *decoder) blockJob(t *ot.Transaction, c *protocols.Cursor) {
	t.Arg[argFile] = uint32(c.U8()) << 16
	c.Skip(2)
	t.Arg[argUpload] = c.U32()
	up := &d.moving[1]
	switch t.Code {
	case funcUpload, funcEndUpload:
		if t.Arg[argUpload] == up.id && up.named > 0 {
			t.Object, t.Name = up.object, up.name[:up.named]
			t.Arg[argFile] |= up.file
		}
		if t.Code == funcEndUpload {
			d.moved(up, t)
		} else {
			up.due++
		}
		return
	}
	d.fileName(t, c.Bytes(int(c.U8())))
	down := &d.moving[0]
	switch t.Code {
	case funcRequestDown:
		d.lengths(t, c)
		down.start(t)
	case funcDownloadBlock:
		if !bytes.Equal(t.Name, down.name[:down.named]) {
			down.start(t)
			down.broken = true // its beginning was not seen
		}
		down.due++
	case funcDownloadEnd:
		if bytes.Equal(t.Name, down.name[:down.named]) {
			d.moved(down, t)
		}
	case funcStartUpload:
		up.start(t)
	}
}

// lengths reads the second part of a download request: a digit of unknown use,
// load memory and code length as six decimal digits each.
func (d *decoder) lengths(t *ot.Transaction, c *protocols.Cursor) {
	part := protocols.Read(c.Bytes(int(c.U8())))
	part.Skip(1)
	t.Arg[argLoad], t.Arg[argCode] = decimal(part.Bytes(6)), decimal(part.Bytes(6))
}

// fileName reads a file name: identifier, type, five digits, destination ("_0800001P").
func (d *decoder) fileName(t *ot.Transaction, b []byte) {
	t.Name = d.clean(b)
	if len(b) == 9 {
		t.Arg[argFile] |= uint32(b[0]) << 8
		blockName(t, b[1:])
	}
}

// blockName reads a block: type, five digits, destination ("0800001P").
func blockName(t *ot.Transaction, b []byte) {
	if len(b) < 8 {
		return
	}
	t.Object = ot.Object{Area: uint32(binary.BigEndian.Uint16(b)), Block: decimal(b[2:7]), Len: 1}
	t.Arg[argFile] |= uint32(b[7])
}

// decimal is a number in ASCII digits, 0 when it is none.
func decimal(b []byte) (n uint32) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + uint32(c-'0')
	}
	return n
}

// blockAnswer reads the answers that carry an upload id, or a piece of a block.
func (d *decoder) blockAnswer(p *pdu, t *ot.Transaction, c *protocols.Cursor, out *protocols.Emit) {
	status := uint32(c.U8())
	t.Arg[argFile] = t.Arg[argFile]&^0xff0000 | status<<16
	up := &d.moving[1]
	if t.Code == funcStartUpload {
		c.Skip(2)
		t.Arg[argUpload] = c.U32()
		if n := int(c.U8()); n > 0 {
			t.Arg[argLoad] = decimal(c.Bytes(n))
		}
		up.id = t.Arg[argUpload]
		return
	}
	data := protocols.Read(p.data)
	n := int(data.U16())
	data.Skip(2)
	if data.Left() != n {
		out.OddIn(ot.BadLength, p.dir, t)
	}
	piece := data.Bytes(min(n, data.Left()))
	m := up
	if t.Code == funcDownloadBlock {
		m = &d.moving[0]
	} else if t.Arg[argUpload] != up.id {
		return
	}
	first := m.size == 0
	if m.add(piece); first && m.size >= headLen && isCard(m.head[:]) {
		t.Value = m.head[:]
	}
}

// moved notes what a transfer carried.
func (d *decoder) moved(m *transfer, t *ot.Transaction) {
	if m.broken || m.due != 0 || m.size == 0 {
		return
	}
	t.Arg[argMoved], t.Arg[argHash] = m.size, m.sum
	if m.size >= cardLen && isCard(m.head[:]) {
		copy(d.card[:], m.head[:])
		copy(d.card[headLen:], m.foot[:])
		t.Value = d.card[:]
	}
}
