package slmp

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The first byte of a frame; an answer has answerBit too.
const (
	frame3E   = 0x50
	frame4E   = 0x54
	melsoft   = 0x57
	opening   = 0x5a // what an engineering tool says first
	answerBit = 0x80
)

const (
	routeLen    = 7    // network, station, module I/O, multidrop station, length of what follows
	requestLen  = 6    // timer, command, subcommand
	longest     = 8192 // bytes behind the length field
	melsoftLen  = 21   // header of the engineering tools' framing, its length last
	melsoftBody = 28   // from there to the number of the request
	openAnswer  = 28
)

// measure is the length of a frame. A request is certain when its command is listed.
func measure(b []byte) (n int, certain bool) {
	if len(b) == 0 {
		return -1, false
	}
	switch b[0] &^ answerBit {
	case frame3E:
		return binaryFrame(b, 2)
	case frame4E:
		if len(b) >= 6 && (b[4] != 0 || b[5] != 0) {
			return 0, false
		}
		return binaryFrame(b, 6)
	case melsoft:
		return melsoftFrame(b)
	case opening:
		return openingFrame(b)
	}
	return 0, false
}

// binaryFrame measures a frame whose route begins at an offset.
func binaryFrame(b []byte, at int) (n int, certain bool) {
	switch answer := b[0]&answerBit != 0; {
	case len(b) > 1 && b[1] != 0:
		return 0, false
	case len(b) < at+routeLen:
		return -1, false
	case !module(binary.LittleEndian.Uint16(b[at+2:])):
		return 0, false
	default:
		length := int(binary.LittleEndian.Uint16(b[at+5:]))
		at += routeLen
		if length > longest || length < 2 || !answer && length < requestLen {
			return 0, false
		}
		if answer { // all but a CPU's own number is found among zeros too
			return at + length, b[at-4] == 3
		}
		if len(b) < at+requestLen {
			return -1, false
		}
		return at + length, find(uint32(binary.LittleEndian.Uint16(b[at+2:]))) != nil
	}
}

// module reports an I/O number that a CPU or a module has.
func module(io uint16) bool {
	return io == 0x3ff || io >= 0x3d0 && io <= 0x3d3 || io >= 0x3e0 && io <= 0x3e3 || io < 0x200
}

func melsoftFrame(b []byte) (n int, certain bool) {
	switch {
	case len(b) > 1 && (b[1] != 1 && b[0] == melsoft || b[1] != 0 && b[0] != melsoft):
		return 0, false
	case len(b) < melsoftLen:
		return -1, false
	case b[5] != 0x11 || b[6] != 0x11 || b[7] != 7 || b[8] != 0:
		return 0, false
	}
	length := int(binary.LittleEndian.Uint16(b[19:]))
	if length < melsoftBody || length > longest {
		return 0, false
	}
	return melsoftLen + length, true
}

func openingFrame(b []byte) (n int, certain bool) {
	for i, want := range [4]byte{b[0], 0, 0, 0xff} {
		if i >= len(b) {
			return -1, false
		}
		if b[i] != want {
			return 0, false
		}
	}
	if b[0]&answerBit != 0 {
		return openAnswer, true
	}
	return 4, true
}

// frame takes one whole frame.
func (d *decoder) frame(dir ot.Dir, b []byte, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.ProtoSLMP, Latency: -1}
	c := protocols.Read(b)
	kind := c.U8()
	c.Skip(1)
	key := uint64(kind &^ answerBit)
	switch kind &^ answerBit {
	case opening:
		t.Code, t.Op = Melsoft, ot.OpSession
		d.join(dir, kind, key, &t, 0, protocols.Cursor{}, out)
		return
	case melsoft:
		d.tool(dir, kind, &c, &t, out)
		return
	case frame4E:
		serial := c.U16LE()
		c.Skip(2)
		t.Arg[argSerial] = uint32(serial) | present
		key |= uint64(serial) << 8
	}
	network, station, io := c.U8(), c.U8(), c.U16LE()
	c.Skip(3) // multidrop station, length
	t.Unit, t.Arg[argModule] = uint32(network)<<8|uint32(station), uint32(io)|present
	if kind&answerBit != 0 {
		d.join(dir, kind, key, &t, uint32(c.U16LE()), c, out)
		return
	}
	c.Skip(2) // how long to wait
	command, sub := c.U16LE(), c.U16LE()
	t.Code, t.Arg[argSub] = uint32(command), uint32(sub)|present
	if c.Short() {
		out.OddIn(ot.Malformed, dir, &t)
		return
	}
	if row := find(uint32(command)); row != nil {
		t.Op = row.Op
	} else {
		out.OddIn(ot.ReservedCode, dir, &t)
	}
	touch(&t, sub, &c)
	d.join(dir, kind, key, &t, 0, c, out)
}

// tool takes a frame of the engineering tools: function and number stand at a
// fixed place, and the answer repeats both.
func (d *decoder) tool(dir ot.Dir, kind uint8, c *protocols.Cursor, t *ot.Transaction, out *protocols.Emit) {
	c.Skip(melsoftLen - 2 + toolSkip(kind))
	function, number := c.U16(), c.U16LE()
	t.Code, t.Arg[argSerial] = Melsoft|uint32(function), uint32(number)|present
	if row := find(t.Code); row != nil {
		t.Op = row.Op
	}
	if c.Short() {
		out.OddIn(ot.Malformed, dir, t)
		return
	}
	status := uint32(0)
	if kind&answerBit != 0 {
		status = uint32(c.U16LE())
	}
	d.join(dir, kind, uint64(number)<<32|uint64(function)<<8|melsoft, t, status, *c, out)
}
