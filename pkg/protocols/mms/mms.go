// Package mms decodes the Manufacturing Message Specification: who reads, writes, loads and starts what in a device of IEC 61850, a numeric control or a controller of a control system.
//
// ISO 9506-2 (MMS), ISO 8650 (ACSE), ISO 8823 (presentation), ISO 8327 (session);
// BER of ITU-T X.690. The decoder of TCP 102 carries it.
//
// Transaction conventions:
//
//	Code       the confirmed service; Unconfirmed, Control | its number for an
//	           unconfirmed one and for what opens and closes an association
//	Name       what was touched: domain/item, program invocation, file
//	StatusCode class << 8 | code of an error, Access | code where a variable was refused
package mms

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// What Code is a number of, where it is no confirmed service.
const (
	Unconfirmed uint32 = 0x100
	Control     uint32 = 0x200
)

// What StatusCode is a number of, where it is no class and code of an error.
const (
	Access   uint32 = 0x10000
	Rejected uint32 = 0x20000
)

// The indices of Transaction.Arg.
const argInvoke = 0 // with present

const present = 1 << 31

// Protocol is the row of MMS, which the decoder of TCP 102 carries along.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoMMS, Title: "MMS", Spec: "ISO 9506-2, ISO 8650, ISO 8823, ISO 8327",
		Codes: codes(), Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte { return append(dst, t.Name...) },
	}
}

// The kinds of PDU: the tags of ISO 9506-2 §7.2.
const (
	pduRequest     = 0xa0
	pduResponse    = 0xa1
	pduError       = 0xa2
	pduUnconfirmed = 0xa3
	pduReject      = 0xa4
	pduInitiate    = 0xa8
	pduInitiated   = 0xa9
	pduNot         = 0xaa
	pduConclude    = 0x8b
	pduConcluded   = 0x8c
	pduStays       = 0xad
)

// Stream follows one association.
type Stream struct {
	open protocols.Open
	text [ot.NameCap]byte
}

// Lost says that messages are missing.
func (s *Stream) Lost() { s.open.Lost() }

// Tick lets unanswered requests go.
func (s *Stream) Tick(now int64, out *protocols.Emit) { s.open.Expire(now, out) }

// Message takes one message of the transport.
func (s *Stream) Message(dir ot.Dir, b []byte, out *protocols.Emit) {
	pdu := unwrap(b)
	if len(pdu) == 0 {
		return // of the session, presentation or association alone
	}
	p := next(&pdu)
	if p.bad {
		out.Odd(ot.Malformed, dir, ot.ProtoMMS)
		return
	}
	t := ot.Transaction{Proto: ot.ProtoMMS, Latency: -1}
	switch body := p.value; p.tag {
	case pduRequest:
		s.request(dir, body, &t, out)
	case pduResponse, pduError, pduReject:
		s.answer(dir, p.tag, body, &t, out)
	case pduUnconfirmed:
		pushed := next(&body)
		s.begin(&t, Unconfirmed|pushed.number(), dir, out)
		t.Name = s.name(pushed.value)
		t.Status, t.Answered = ot.Unasked, out.Frame
		out.Did(&t)
	case pduInitiate, pduConclude:
		s.begin(&t, Control|uint32(p.tag&0x1f), dir, out)
		s.open.Ask(control(p.tag), ot.ProtoMMS, out).Add(&t, out)
	case pduInitiated, pduConcluded, pduNot, pduStays:
		s.associated(dir, p.tag, body, out)
	}
}

// control is the key of the request that a control PDU belongs to.
func control(tag byte) uint64 {
	if tag == pduInitiate || tag == pduInitiated || tag == pduNot {
		return 1 << 40
	}
	return 1 << 41
}

func (s *Stream) begin(t *ot.Transaction, code uint32, dir ot.Dir, out *protocols.Emit) {
	t.Code = code
	if row := find(code); row != nil {
		t.Op = row.op
		return
	}
	out.OddIn(ot.ReservedCode, dir, t)
}

// request opens a confirmed request: invoke id, perhaps modifiers, service.
func (s *Stream) request(dir ot.Dir, b []byte, t *ot.Transaction, out *protocols.Emit) {
	invoke, service := next(&b), next(&b)
	if service.tag == tagSequence {
		service = next(&b)
	}
	if invoke.bad || service.bad || invoke.tag != tagInteger {
		out.OddIn(ot.Malformed, dir, t)
		return
	}
	s.begin(t, service.number(), dir, out)
	t.Arg[argInvoke] = uint32(invoke.integer())&^present | present
	t.Name = s.name(service.value)
	s.open.Ask(invoke.integer(), ot.ProtoMMS, out).Add(t, out)
}

// answer closes a confirmed request.
func (s *Stream) answer(dir ot.Dir, kind byte, b []byte, t *ot.Transaction, out *protocols.Emit) {
	whole := b
	invoke, service := next(&b), next(&b)
	if invoke.bad {
		out.OddIn(ot.Malformed, dir, t)
		return
	}
	status := uint32(0)
	switch kind {
	case pduError:
		status = errorOf(service, b)
	case pduReject:
		status = Rejected | service.number()<<8&0xff00 | uint32(service.integer()&0xff)
	default:
		status = refusal(service)
		identify(service, dir, out)
	}
	r, verdict := s.open.Take(invoke.integer(), whole, out)
	switch verdict {
	case protocols.Again:
		return
	case protocols.Fits:
	default:
		if kind == pduResponse && !service.bad {
			s.begin(t, service.number(), dir, out)
			t.Arg[argInvoke] = uint32(invoke.integer())&^present | present
			t.Status, t.StatusCode, t.Answered = ot.Unasked, status, out.Frame
			out.Did(t)
		}
		return
	}
	for i := range r.Txns {
		conclude(&r.Txns[i], status, out)
	}
}

// associated closes what opens or ends an association.
func (s *Stream) associated(dir ot.Dir, tag byte, b []byte, out *protocols.Emit) {
	r, verdict := s.open.Take(control(tag), b, out)
	if verdict != protocols.Fits {
		return
	}
	status := uint32(0)
	if tag == pduNot || tag == pduStays {
		status = Rejected | uint32(tag)
	}
	for i := range r.Txns {
		conclude(&r.Txns[i], status, out)
	}
}

func conclude(t *ot.Transaction, status uint32, out *protocols.Emit) {
	if status != 0 {
		t.Status, t.StatusCode = ot.Refused, status
	}
	out.Did(t)
}

// identify takes what a device says of itself, ISO 9506-2 §10.5.
func identify(service element, dir ot.Dir, out *protocols.Emit) {
	const vendor, model, revision = 0x80, 0x81, 0x82
	if service.bad || service.number() != serviceIdentify {
		return
	}
	id := ot.Identity{Of: out.Conv.Server.Host(), Source: "MMS identify"}
	if dir == ot.ToServer {
		id.Of = out.Conv.Client.Host()
	}
	for b := service.value; len(b) > 0; {
		e := next(&b)
		switch {
		case e.bad:
			return
		case e.tag == vendor:
			id.Facts[ot.FactVendor] = ot.CleanString(e.value, ot.NameCap)
		case e.tag == model:
			id.Facts[ot.FactProduct] = ot.CleanString(e.value, ot.NameCap)
		case e.tag == revision:
			id.Facts[ot.FactFirmware] = ot.CleanString(e.value, ot.NameCap)
		}
	}
	if id.Facts != [ot.FactCount]string{} {
		out.Identified(id)
	}
}
