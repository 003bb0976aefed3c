package bacnet

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The types of APDU, §20.1.1.
const (
	pduConfirmed = iota
	pduUnconfirmed
	pduSimpleAck
	pduComplexAck
	pduSegmentAck
	pduError
	pduReject
	pduAbort
)

const segmented = 0x08

// apdu takes one application PDU.
func (d *decoder) apdu(s *source, to, from station, c *protocols.Cursor, out *protocols.Emit) {
	head := c.U8()
	switch kind := head >> 4; kind {
	case pduConfirmed:
		s.network, s.far = to.network, protocols.Digest(to.address)
		d.confirmed(s, head, c, out)
	case pduUnconfirmed:
		s.network = from.network
		d.unconfirmed(s, c, out)
	case pduSimpleAck, pduComplexAck, pduError, pduReject, pduAbort:
		s.network, s.far = from.network, protocols.Digest(from.address)
		d.answer(s, kind, head, c, out)
	case pduSegmentAck:
	default:
		out.Odd(ot.BadValue, s.dir, ot.ProtoBACnet)
	}
}

// key of an open request: who is asked behind which network, with which invoke id, and from which side.
func (s *source) key(invoke uint8, asked ot.Dir) uint64 {
	return (s.far^uint64(s.network))<<10>>1 | uint64(invoke)<<1 | uint64(asked)
}

// confirmed opens a confirmed request.
func (d *decoder) confirmed(s *source, head uint8, c *protocols.Cursor, out *protocols.Emit) {
	c.U8() // longest answer
	invoke := c.U8()
	if head&segmented != 0 {
		sequence := c.U8()
		c.U8() // window
		if sequence != 0 {
			return
		}
	}
	service := c.U8()
	t := d.begin(s, uint32(service), services, out)
	t.Arg[argInvoke] = uint32(invoke) | present
	if c.Short() {
		out.OddIn(ot.Malformed, s.dir, &t)
		return
	}
	d.request(service, &t, c)
	d.open.Ask(s.key(invoke, s.dir), ot.ProtoBACnet, out).Add(&t, out)
}

// begin makes a transaction of a service.
func (d *decoder) begin(s *source, code uint32, rows []row, out *protocols.Emit) ot.Transaction {
	t := ot.Transaction{Proto: ot.ProtoBACnet, Code: code, Unit: uint32(s.network), Latency: -1}
	t.Arg[argReversed] = s.reversed
	if row := find(rows, code&0xff); row != nil {
		t.Op = row.op
	} else {
		out.OddIn(ot.ReservedCode, s.dir, &t)
	}
	return t
}

// unconfirmed takes an unconfirmed service: nobody answers it.
func (d *decoder) unconfirmed(s *source, c *protocols.Cursor, out *protocols.Emit) {
	service := c.U8()
	t := d.begin(s, Unconfirmed|uint32(service), unconfirmed, out)
	if c.Short() {
		out.OddIn(ot.Malformed, s.dir, &t)
		return
	}
	d.announce(s, service, &t, c, out)
	d.alone(ot.OneWay, &t, out)
}

// answer closes a confirmed request.
func (d *decoder) answer(s *source, kind, head uint8, c *protocols.Cursor, out *protocols.Emit) {
	invoke := c.U8()
	if kind == pduComplexAck && head&segmented != 0 {
		sequence := c.U8()
		c.U8() // window
		if sequence != 0 {
			return
		}
	}
	service := c.U8() // of a reject or abort the reason
	if c.Short() {
		out.Odd(ot.Malformed, s.dir, ot.ProtoBACnet)
		return
	}
	status, refused := refusal(kind, service, *c)
	if kind == pduComplexAck {
		d.identify(s, service, *c, out)
	}
	body := *c
	r, verdict := d.open.Take(s.key(invoke, s.dir.Other()), body.Rest(), out)
	switch {
	case verdict == protocols.Again:
		return
	case verdict != protocols.Fits && kind != pduReject && kind != pduAbort:
		t := d.begin(s, uint32(service), services, out)
		t.Arg[argReversed] ^= 1
		t.Arg[argInvoke], t.StatusCode = uint32(invoke)|present, status
		d.alone(ot.Unasked, &t, out)
		return
	case verdict != protocols.Fits:
		out.Odd(ot.Unmatched, s.dir, ot.ProtoBACnet)
		return
	}
	for i := range r.Txns {
		a := &r.Txns[i]
		if refused {
			a.Status, a.StatusCode = ot.Refused, status
		} else if kind == pduComplexAck && a.Code == readProperty {
			d.result(a, *c)
		}
		out.Did(a)
	}
}

// refusal is what an answer says against a request.
func refusal(kind, reason uint8, c protocols.Cursor) (status uint32, refused bool) {
	switch kind {
	case pduReject:
		return Reject | uint32(reason), true
	case pduAbort:
		return Abort | uint32(reason), true
	case pduError:
		class, code := next(&c), tag{}
		if class.opening {
			class = next(&c)
		}
		code = next(&c)
		return class.number()&0xff<<16 | code.number()&0xffff, true
	}
	return 0, false
}
