package ads

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const (
	tcpLen    = 6  // reserved, length
	amsLen    = 32 // both addresses, command, state flags, length, error, invoke id
	headerLen = tcpLen + amsLen
)

// Bits of the state flags.
const (
	isAnswer  = 0x0001
	isCommand = 0x0004
	flagsMax  = 0x0200
)

// measure is the length of a frame. The length stands in both headers; where
// they disagree the shorter one is taken.
func measure(b []byte) (n int, certain bool) {
	switch {
	case len(b) > 0 && b[0] != 0, len(b) > 1 && b[1] != 0:
		return 0, false
	case len(b) < headerLen:
		return -1, false
	}
	flags := binary.LittleEndian.Uint16(b[24:])
	if flags&isCommand == 0 || flags >= flagsMax {
		return 0, false
	}
	outer, inner := binary.LittleEndian.Uint32(b[2:]), binary.LittleEndian.Uint32(b[26:])
	if outer < amsLen || min(outer, inner) > limit-headerLen {
		return 0, false
	}
	known := find(uint32(binary.LittleEndian.Uint16(b[22:]))) != nil
	return tcpLen + int(min(outer, inner+amsLen)), known && outer == inner+amsLen
}

// frame takes one whole frame.
func (d *decoder) frame(dir ot.Dir, b []byte, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.ProtoADS, Latency: -1}
	c := protocols.Read(b)
	c.Skip(tcpLen)
	high, low, port := c.U32(), c.U16(), c.U16LE()
	c.Skip(6)
	source := c.U16LE()
	t.Code = uint32(c.U16LE())
	flags := c.U16LE()
	c.Skip(4) // length
	failed, invoke := c.U32LE(), c.U32LE()
	t.Unit, t.Arg[argSourcePort], t.Arg[argInvoke] = uint32(port), uint32(source), invoke
	t.Arg[argNetHigh], t.Arg[argNetLow] = high, uint32(low)
	if dir == ot.ToClient {
		t.Arg[argReversed] = 1
	}
	row := find(t.Code)
	if row != nil {
		t.Op = row.op
	} else {
		out.OddIn(ot.ReservedCode, dir, &t)
	}
	if _, certain := measure(b); row != nil && !certain {
		out.OddIn(ot.BadLength, dir, &t)
	}
	switch {
	case flags&isAnswer != 0:
		d.answer(dir, failed, &t, c, out)
	case t.Code == notification:
		t.Unit, t.Arg[argSourcePort] = uint32(source), uint32(port)
		t.Status, t.Answered = ot.Unasked, out.Frame
		out.Did(&t)
	default:
		if !d.request(&t, &c) {
			out.OddIn(ot.Malformed, dir, &t)
		}
		d.open.Ask(key(invoke, source, dir), ot.ProtoADS, out).Add(&t, out)
	}
}

func key(invoke uint32, source uint16, asked ot.Dir) uint64 {
	return uint64(asked)<<48 | uint64(source)<<32 | uint64(invoke)
}

// request reads what a command is about.
func (d *decoder) request(t *ot.Transaction, c *protocols.Cursor) (whole bool) {
	switch t.Code {
	case read, write, readWrite, addNotification:
		t.Object = ot.Object{Area: c.U32LE(), Addr: c.U32LE(), Len: c.U32LE()}
	case writeControl:
		t.Arg[argState] = uint32(c.U16LE()) | present
		c.Skip(6)
	}
	if c.Short() {
		t.Object = ot.Object{}
		return false
	}
	switch t.Code {
	case write:
		t.Value = c.Rest()
	case readWrite:
		n := c.U32LE()
		b := c.Bytes(int(min(n, limit)))
		if named(t.Object.Area) {
			t.Name = ot.Clean(d.text[:0], b, ot.NameCap)
		} else {
			t.Value = b
		}
	}
	t.Op = verb(t)
	return !c.Short()
}

// answer joins an answer to its request.
func (d *decoder) answer(dir ot.Dir, failed uint32, t *ot.Transaction, c protocols.Cursor, out *protocols.Emit) {
	body := c
	if result := c.U32LE(); failed == 0 {
		failed = result
	}
	// in an answer the asking side is the destination
	r, verdict := d.open.Take(key(t.Arg[argInvoke], uint16(t.Unit), dir.Other()), body.Rest(), out)
	switch verdict {
	case protocols.Again:
		return
	case protocols.Fits:
	default:
		t.Unit, t.Arg[argSourcePort] = t.Arg[argSourcePort], t.Unit
		t.Arg[argReversed] ^= 1
		t.Status, t.StatusCode, t.Answered = ot.Unasked, failed, out.Frame
		out.Did(t)
		return
	}
	for i := range r.Txns {
		a := &r.Txns[i]
		if failed != 0 {
			a.Status, a.StatusCode = ot.Refused, failed
		} else {
			result(a, dir, c, out)
		}
		out.Did(a)
	}
}

// result reads what an accepted command gave.
func result(t *ot.Transaction, dir ot.Dir, c protocols.Cursor, out *protocols.Emit) {
	switch t.Code {
	case deviceInfo:
		identify(t, dir, c, out)
	case read:
		n := c.U32LE()
		t.Value = c.Bytes(int(min(n, limit)))
	case readState:
		if state := c.U16LE(); !c.Short() {
			t.Arg[argState] = uint32(state) | present
		}
	}
}
