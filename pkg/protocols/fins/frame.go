package fins

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const (
	mark      = "FINS"
	frameLen  = 16 // mark, length, command, error code
	headerLen = 10 // of a FINS command: control to service id
	longest   = 4096
)

// Bits of the information control field.
const (
	isAnswer = 0x40
	noAnswer = 0x01
	zeroBits = 0x3e
)

// The commands of the TCP frame, W420 §7-4.
const (
	frameClient = 0
	frameServer = 1
	frameSend   = 2
	frameError  = 3
)

// measure is the length of a frame over TCP.
func measure(b []byte) (n int, certain bool) {
	if have := min(len(b), len(mark)); string(b[:have]) != mark[:have] {
		return 0, false
	}
	if len(b) < frameLen {
		return -1, false
	}
	length, command := binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	if length < 8 || length > longest || command > 6 {
		return 0, false
	}
	return 8 + int(length), true
}

// datagram judges the header of a FINS command: reserved bits, few gateways, networks up to 127, a listed command.
func datagram(b []byte) (n int, certain bool) {
	for i, wrong := range [7]func(byte) bool{
		0: func(x byte) bool { return x&zeroBits != 0 },
		1: func(x byte) bool { return x != 0 },
		2: func(x byte) bool { return x > 7 },
		3: func(x byte) bool { return x > 127 },
		6: func(x byte) bool { return x > 127 },
	} {
		if i < len(b) && wrong != nil && wrong(b[i]) {
			return 0, false
		}
	}
	if len(b) < headerLen+2 {
		return -1, false
	}
	return len(b), find(uint32(b[headerLen])<<8|uint32(b[headerLen+1])) != nil
}

// frame takes one frame over TCP.
func (d *decoder) frame(dir ot.Dir, b []byte, out *protocols.Emit) {
	c := protocols.Read(b)
	c.Skip(8)
	command, failed := c.U32(), c.U32()
	t := ot.Transaction{Proto: ot.ProtoFINS, Code: Frame | command, Op: ot.OpSession, Latency: -1}
	const key = 1 << 32
	switch {
	case c.Short():
	case command == frameSend && failed == 0:
		d.command(dir, c.Rest(), out)
	case command == frameClient:
		d.open.Ask(key, ot.ProtoFINS, out).Add(&t, out)
	case command == frameServer:
		d.close(dir, key, failed, c.Rest(), &t, out)
	default:
		if command == frameError || failed != 0 {
			t.Op = ot.OpError
		}
		t.Status, t.StatusCode, t.Asked, t.AskedAt = ot.OneWay, failed, out.Frame, out.Time
		out.Did(&t)
	}
}

// command takes one FINS command or its response.
func (d *decoder) command(dir ot.Dir, b []byte, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.ProtoFINS, Latency: -1}
	c := protocols.Read(b)
	control := c.U8()
	c.Skip(2)
	to, from := address(&c), address(&c)
	service := c.U8()
	t.Code = uint32(c.U16())
	t.Unit, t.Arg[argSource], t.Arg[argService] = to, from|present, uint32(service)|present
	if c.Short() {
		out.OddIn(ot.Malformed, dir, &t)
		return
	}
	if row := find(t.Code); row != nil {
		t.Op = row.op
	} else {
		out.OddIn(ot.ReservedCode, dir, &t)
	}
	key := uint64(service)<<16 | uint64(t.Code)
	if control&isAnswer != 0 {
		end := uint32(c.U16()) & endBits
		d.close(dir, key, end, c.Rest(), &t, out)
		return
	}
	touch(&t, &c)
	if control&noAnswer != 0 {
		t.Status, t.Asked, t.AskedAt = ot.OneWay, out.Frame, out.Time
		out.Did(&t)
		return
	}
	d.open.Ask(key, ot.ProtoFINS, out).Add(&t, out)
}

// endBits are an end code without its flags: a relay failed, the CPU has an error.
const endBits = 0x7f3f

// address is network, node and unit.
func address(c *protocols.Cursor) uint32 {
	network := uint32(c.U8()) << 16
	return network | uint32(c.U16())
}

// close joins an answer to its request.
func (d *decoder) close(dir ot.Dir, key uint64, failed uint32, body []byte, t *ot.Transaction, out *protocols.Emit) {
	r, verdict := d.open.Take(key, body, out)
	switch verdict {
	case protocols.Again:
		return
	case protocols.Fits:
	default:
		t.Status, t.StatusCode, t.Answered = ot.Unasked, failed, out.Frame
		out.Did(t)
		return
	}
	for i := range r.Txns {
		a := &r.Txns[i]
		switch {
		case failed != 0:
			a.Status, a.StatusCode = ot.Refused, failed
		case a.Code == readController && a.Arg[argParameter] != 1:
			identify(body, dir, out)
		case a.Code == readMemory && a.Shape != ot.Opaque:
			a.Value = body
		}
		out.Did(a)
	}
}
