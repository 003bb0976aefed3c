package cip

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// pcccCommand is a PCCC command or reply as it stands in an Execute PCCC
// service: requestor id, then the command (1770-6.5.16, 1756-RM003).
type pcccCommand struct {
	command, status, function, extended uint8
	tns                                 uint16 // transaction number
	data                                []byte
	short                               bool
}

const pcccReply = 0x40 // set in the command byte of a reply

func readPCCC(b []byte, reply bool) (p pcccCommand) {
	c := protocols.Read(b)
	c.Skip(int(c.U8()) - 1) // requestor id: its length, itself included, vendor, serial number
	p.command, p.status = c.U8()&^pcccReply, c.U8()
	p.tns = c.U16LE()
	p.function = noFunction
	switch {
	case reply && p.status == 0xF0:
		p.extended = c.U8()
	case !reply && (p.command == 0x06 || p.command == 0x07 || p.command == 0x0F):
		p.function = c.U8()
	}
	p.short = c.Short()
	p.data = c.Rest()
	return p
}

// pcccAddress is where in the data table a command works.
type pcccAddress struct {
	file, element, sub uint32
	kind               uint8 // file type, 0 where the address does not tell
	size               uint32
	known              bool
}

// askPCCC fills a transaction from a PCCC request. The name becomes the
// address as people write it, N7:0. The value is what is written.
func (c *Conversation) askPCCC(t *ot.Transaction, body []byte) (written []byte, ok bool) {
	p := readPCCC(body, false)
	code := uint32(p.command)<<8 | uint32(p.function)
	if listed := pcccByCode[code]; listed != nil {
		t.Op = listed.Op
	}
	if pcccRanged(code) {
		c.moves.pcccRangeAsked(&p)
	}
	t.Arg[argA] = uint32(p.command) | uint32(p.function)<<8
	a, rest := pcccTarget(code, p.data)
	if !a.known {
		return p.data, !p.short
	}
	mark(t, hasDetail)
	t.Arg[argExtra] = min(a.file, 0xFFFF)<<16 | uint32(a.kind)<<8 | min(a.size, 0xFF)
	t.Arg[argB] = a.element<<16 | a.sub&0xFFFF
	file := fileTypeOf(a.kind)
	t.Name = a.append(c.path.Name[:0], file)
	c.path.Name = t.Name // keeps the memory
	t.Shape = file.shape
	if file.force && t.Op == ot.OpWriteData {
		t.Op = ot.OpForce
	}
	if code == 0x0F_67 {
		rest, t.Shape = pcccTyped(rest)
	}
	setPiece(t, rest)
	return rest, !p.short
}

// pcccTarget reads the address of the commands that have one, and gives the data behind it.
func pcccTarget(code uint32, b []byte) (a pcccAddress, rest []byte) {
	c := protocols.Read(b)
	switch code {
	case 0x0F_A1, 0x0F_A9:
		a = logicalAddress(&c, false)
	case 0x0F_A2, 0x0F_AA:
		a = logicalAddress(&c, true)
	case 0x0F_AB:
		a = logicalAddress(&c, true)
		c.Skip(2) // which bits of each word to write
	case 0x0F_00, 0x0F_01, 0x0F_67, 0x0F_68:
		c.Skip(4) // offset and length of the whole transfer
		a = systemAddress(&c)
	case 0x0F_26:
		a = systemAddress(&c)
	default:
		return pcccAddress{}, b
	}
	a.known = !c.Short()
	return a, c.Rest()
}

// logicalAddress is the three- or two-field address of SLC commands.
func logicalAddress(c *protocols.Cursor, three bool) (a pcccAddress) {
	a.size = uint32(c.U8())
	a.file = level(c)
	a.kind = c.U8()
	a.element = level(c)
	if three {
		a.sub = level(c)
	}
	return a
}

// systemAddress is the logical binary address of PLC-5 commands: a mask tells
// which of the levels data table, file, element and sub-element follow.
func systemAddress(c *protocols.Cursor) (a pcccAddress) {
	mask := c.U8()
	for bit, to := range [...]*uint32{nil, &a.file, &a.element, &a.sub} {
		if mask>>bit&1 == 0 {
			continue
		}
		if n := level(c); to != nil {
			*to = n
		}
	}
	return a
}

// level is one byte, or FF and two bytes.
func level(c *protocols.Cursor) uint32 {
	if n := c.U8(); n != 0xFF {
		return uint32(n)
	}
	return uint32(c.U16LE())
}

func (a *pcccAddress) append(dst []byte, file *fileType) []byte {
	switch {
	case file.name == "" && a.kind != 0:
		dst = append(strconv.AppendUint(append(dst, "type "...), uint64(a.kind), 10), ' ')
	case file.letter == "" && a.kind != 0:
		dst = append(append(dst, file.name...), ' ')
	}
	dst = append(dst, file.letter...)
	dst = strconv.AppendUint(dst, uint64(a.file), 10)
	dst = strconv.AppendUint(append(dst, ':'), uint64(a.element), 10)
	if a.sub != 0 {
		dst = strconv.AppendUint(append(dst, '.'), uint64(a.sub), 10)
	}
	return dst
}

// answerPCCC fills a transaction from a PCCC reply and gives the data in it.
func answerPCCC(t *ot.Transaction, data []byte) (read []byte, ok bool) {
	p := readPCCC(data, true)
	if p.short {
		return nil, false
	}
	t.Arg[argA] |= uint32(p.status)<<16 | uint32(p.extended)<<24
	if p.status != 0 {
		t.Status, t.StatusCode = ot.Refused, PCCCStatus+uint32(p.status)
	}
	if read = p.data; pcccCode(t) == 0x0F_68 && p.status == 0 {
		read, t.Shape = pcccTyped(read)
	}
	return read, p.command == uint8(t.Arg[argA])
}
