package srtp

import (
	"bytes"
	"encoding/binary"
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The header of every message, little-endian, and the places in it.
const (
	headerLen = 56

	atLength   = 4  // of what follows the header
	atSequence = 30 // of requests; echoed
	atKind     = 31
	atMailbox  = 36 // destination
	atService  = 42 // and its arguments, of a short request
	atLong     = 50 // the same of a request with data behind the header
	atAnswer   = 44 // six bytes of a short answer
	atError    = 42 // major and minor
	atStatus   = 50 // of an answer: program, privilege, sweep time, status word
)

// The types of messages, the first byte.
const (
	typeInit     = 0 // both sides begin: all zero, answered by one
	typeInitDone = 1
	typeRequest  = 2
	typeAnswer   = 3
)

// The kinds of messages.
const (
	shortRequest = 0xc0
	longRequest  = 0x80
	shortAnswer  = 0xd4
	longAnswer   = 0x94
	refusal      = 0xd1
)

var blank [headerLen - 1]byte

// measure gives the length of the message that b begins with. The opening is
// all zeros: it is taken only where a message is due.
func measure(b []byte) (n int, certain bool) {
	switch {
	case b[0] > typeAnswer, len(b) > 1 && b[1] != 0 && b[0] <= typeInitDone:
		return 0, false
	case len(b) < headerLen:
		return -1, false
	case b[0] <= typeInitDone:
		if !bytes.Equal(b[1:headerLen], blank[:]) {
			return 0, false
		}
		return headerLen, false
	}
	if from, ok := sender(b); !ok || from != b[0]-typeRequest || b[1]|b[3]|b[6]|b[7]|b[8] != 0 { // reserved
		return 0, false
	}
	return headerLen + int(binary.LittleEndian.Uint16(b[atLength:])), true
}

// sender tells by the kind of a message who sent it: 0 the client, 1 the controller.
func sender(b []byte) (from byte, ok bool) {
	switch b[atKind] {
	case shortRequest, longRequest:
		return 0, true
	case shortAnswer, longAnswer, refusal:
		return 1, true
	}
	return 0, false
}

// probe: zeros alone are no proof, neither of the protocol nor of who sends them.
func probe(head []byte) protocols.Answer {
	if len(head) == 0 {
		return protocols.More
	}
	n, _ := measure(head)
	switch {
	case n == 0:
		return protocols.No
	case n < 0:
		return protocols.More
	case head[0] == typeInitDone || head[0] == typeAnswer:
		return protocols.FromServer
	case head[0] == typeRequest:
		return protocols.FromClient
	case len(head) > headerLen && head[headerLen] != typeRequest:
		return protocols.No
	}
	return protocols.More
}

// decoder follows one conversation.
type decoder struct {
	cut   protocols.Cutter
	open  protocols.Open
	began uint64 // frame and time of the opening
	at    int64
	said  said
}

func newDecoder(*ot.Conv) protocols.Decoder {
	return &decoder{cut: protocols.Cutter{Proto: ot.ProtoSRTP, Measure: measure, Inside: true}}
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	return d.cut.Each(dir, b, out, d.message)
}

func (d *decoder) Lost(dir ot.Dir, _ *protocols.Emit) {
	d.cut.Lost(dir)
	d.open.Lost()
}

func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }

func (d *decoder) message(dir ot.Dir, b []byte, out *protocols.Emit) {
	switch {
	case len(b) < headerLen: // another message began inside it
	case b[0] == typeInit:
		d.began, d.at = out.Frame, out.Time
	case b[0] == typeInitDone:
		d.opened(dir, out)
	case dir == ot.ToServer && b[0] == typeRequest:
		d.request(b, out)
	case dir == ot.ToClient && b[0] == typeAnswer:
		d.answer(b, out)
	default:
		out.Odd(ot.WrongDirection, dir, ot.ProtoSRTP)
	}
}

func (d *decoder) opened(dir ot.Dir, out *protocols.Emit) {
	if dir == ot.ToServer {
		out.Odd(ot.WrongDirection, dir, ot.ProtoSRTP)
		return
	}
	t := ot.Transaction{Proto: ot.ProtoSRTP, Code: Connect, Op: ot.OpSession, Asked: d.began, AskedAt: d.at, Answered: out.Frame, Latency: -1}
	if d.began == 0 {
		t.Status = ot.Unasked
	} else if d.began != out.Frame { // else it was recognised by the answer
		t.Latency = int32(min(max((out.Time-d.at)/1000, 0), 1<<31-1))
	}
	d.began = 0
	out.Did(&t)
}

// request takes a service and its arguments.
func (d *decoder) request(b []byte, out *protocols.Emit) {
	at := atService
	if b[atKind] == longRequest {
		at = atLong
	}
	t := ot.Transaction{Proto: ot.ProtoSRTP, Code: uint32(b[at])}
	t.Op = protocols.OpOf(codes, t.Code)
	t.Arg[argSequence] = uint32(b[atSequence]) | protocols.Present
	t.Arg[argMailbox] = binary.LittleEndian.Uint32(b[atMailbox:])
	switch t.Code {
	case readSystem, readTask, readProgram, writeSystem, writeTask, writeBlock:
		t.Object = ot.Object{Area: uint32(b[at+1]), Addr: uint32(binary.LittleEndian.Uint16(b[at+2:])), Len: uint32(binary.LittleEndian.Uint16(b[at+4:]))}
		if t.Value = b[headerLen:]; t.Op == ot.OpWriteData && b[atKind] == shortRequest {
			t.Value = b[at+6 : at+6+min(2*int(t.Object.Len), headerLen-at-6)]
		}
		t.Shape = shape(t.Object.Area)
	case setState, privilege:
		t.Arg[argState] = uint32(b[at+1]) | protocols.Present
	}
	d.open.Ask(uint64(b[atSequence]), ot.ProtoSRTP, out).Add(&t, out)
}

// shape is how an area's values lie on the wire.
func shape(area uint32) ot.Shape {
	switch {
	case area >= 8 && area <= 12:
		return ot.U16LE
	case area >= 16 && area <= 56:
		return ot.U8
	case area >= 70 && area <= 86:
		return ot.Bit
	}
	return ot.Opaque
}

// answer joins an answer to its request.
func (d *decoder) answer(b []byte, out *protocols.Emit) {
	r, verdict := d.open.Take(uint64(b[atSequence]), b, out)
	t := ot.Transaction{Proto: ot.ProtoSRTP, Status: ot.Unasked, Answered: out.Frame, Latency: -1}
	t.Arg[argSequence] = uint32(b[atSequence]) | protocols.Present
	switch {
	case verdict == protocols.Again:
		return
	case verdict == protocols.Other:
		out.OddIn(ot.Doubled, ot.ToClient, &t)
		return
	case verdict == protocols.Fits && len(r.Txns) > 0:
		t = r.Txns[0]
	}
	if b[atKind] != refusal {
		t.Arg[argStatus] = protocols.Present | uint32(b[atStatus+1])<<16 | uint32(binary.LittleEndian.Uint16(b[atStatus+4:]))
		d.identify(&t, b, out)
	}
	if b[atKind] == refusal {
		t.StatusCode = uint32(b[atError])<<8 | uint32(b[atError+1])
		if t.Status == ot.OK {
			t.Status = ot.Refused
		}
	} else if t.Op == ot.OpReadData {
		if t.Value = b[headerLen:]; b[atKind] == shortAnswer {
			t.Value = b[atAnswer : atAnswer+min(bytesOf(&t), 6)]
		}
	}
	out.Did(&t)
}

// bytesOf is how many bytes a read asked for.
func bytesOf(t *ot.Transaction) int {
	n := int(t.Object.Len)
	if t.Shape == ot.Bit {
		return (n + 7) / 8
	}
	return n * max(t.Shape.Size(), 1)
}

// touched writes an area and its elements: "registers 0 to 9".
func touched(dst []byte, o *ot.Object) []byte {
	if area := areaName(uint64(o.Area)); area != "" {
		dst = append(dst, area...)
	} else {
		dst = strconv.AppendUint(append(dst, "area "...), uint64(o.Area), 10)
	}
	dst = strconv.AppendUint(append(dst, ' '), uint64(o.Addr), 10)
	if o.Len > 1 {
		dst = strconv.AppendUint(append(dst, " to "...), uint64(o.Addr)+uint64(o.Len)-1, 10)
	}
	return dst
}
