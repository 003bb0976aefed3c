package modbus

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// decoder is the state of one conversation.
type decoder struct {
	conv    *ot.Conv
	framing framing
	sides   [2]side
	open    protocols.Open
	asked   bool   // a request was seen
	lastKey uint64 // key of the latest request, to tell a wrong answer from one out of nowhere

	first   held             // RTU: the frame that waits for a second one to confirm it
	line    []byte           // ASCII: the present line's bytes
	alone   []ot.Transaction // what an answer without a request tells
	surveys []survey         // device identifications that go on over several answers
}

// side is the state of one direction.
type side struct {
	hunting bool // looking for the begin of an ADU
	gap     bool // the capture lost bytes, so that a PDU need not begin here
	owed    int  // hunting: where the last header says that the next one begins; negative once passed
	refused bool // WrongProtocol was said

	last    header          // of the latest ADU
	before  uint16          // transaction id of the one before it
	earlier uint16          // and of the one before that
	second  bool            // there was one before it
	tail    [headerLen]byte // its last bytes, where its function did not vouch for its end
	kept    int             // how many of them
}

// lose begins the hunt for an ADU that should begin owed bytes ahead.
func (s *side) lose(owed int) { s.hunting, s.gap, s.owed = true, false, owed }

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	if d.conv.Transport == ot.UDP {
		d.datagram(dir, b, out)
		return len(b)
	}
	s := &d.sides[dir]
	for used < len(b) {
		rest, n := b[used:], 0
		if d.framing == mbap && !s.hunting {
			n = d.nextADU(s, dir, rest, out)
		} else {
			n = d.unsettled(dir, rest, out)
		}
		if n == 0 {
			break
		}
		used += n
	}
	return used
}

// unsettled takes what stands at the begin of b where no ADU of TCP is due; 0 when it needs more.
func (d *decoder) unsettled(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	switch {
	case d.framing == rtu:
		return d.nextRTU(dir, b, out)
	case d.framing == ascii:
		return d.nextASCII(dir, b, out)
	case d.sides[dir].hunting:
		return d.hunt(dir, b, out)
	default:
		return d.recognise(dir, b, out)
	}
}

// nextADU takes the ADU at the begin of b, from this side.
func (d *decoder) nextADU(s *side, dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	if len(b) < headerLen+1 {
		return 0
	}
	h := readHeader(b)
	if odd := h.fault(); odd != ot.NoAnomaly {
		return d.noADU(dir, h, odd, b, out)
	}
	var a adu
	n := a.cut(dir, h, b)
	if n > len(b) {
		return 0
	}
	s.keep(h, &a)
	d.pdu(dir, &a, out)
	switch {
	case a.odd == ot.NoAnomaly:
	case a.swallowed:
		s.lose(0)
	default:
		s.lose(prefixLen + h.length - n)
	}
	return n
}

// noADU takes bytes that cannot be a header: they may be the rest of one.
func (d *decoder) noADU(dir ot.Dir, h header, odd ot.Anomaly, b []byte, out *protocols.Emit) (used int) {
	s := &d.sides[dir]
	if s.kept > 0 {
		if n, more := d.torn(dir, b, out); n > 0 || more {
			return n
		}
	}
	d.odd(odd, dir, h, out)
	if odd == ot.BadProtocolID {
		s.lose(prefixLen + h.length - 1)
	} else {
		s.lose(-1)
	}
	return 1
}

// cut takes the ADU at the begin of b and says how many bytes it takes; more than
// b has when it is not complete. The length field and the function must agree:
// where they do not, the shorter one holds and the ADU is marked.
func (a *adu) cut(dir ot.Dir, h header, b []byte) (n int) {
	a.framing, a.transaction, a.unit = mbap, h.transaction, h.unit
	declared := h.length - 1
	size := declared
	b = b[headerLen:]
	pdu := b[:min(len(b), declared)]
	want, known := pduLength(dir, pdu)
	switch {
	case !known && want <= declared:
		return headerLen + len(b) + 1
	case want == declared:
	case want > declared:
		a.odd = ot.BadLength
	case want != anyLength:
		a.odd, size = ot.TrailingBytes, want
	default:
		if at := h.swallowed(pdu); at > 0 {
			a.odd, a.swallowed, size = ot.BadLength, true, at
		}
	}
	if size <= len(b) {
		a.pdu = b[:size]
	}
	return headerLen + size
}

// datagram takes the ADUs of a datagram.
func (d *decoder) datagram(dir ot.Dir, b []byte, out *protocols.Emit) {
	s := &d.sides[dir]
	for at := 0; at < len(b); {
		rest := b[at:]
		if len(rest) <= headerLen || readHeader(rest).fault() != ot.NoAnomaly {
			d.foreignDatagram(dir, at > 0, out)
			return
		}
		h := readHeader(rest)
		cut := len(rest) < prefixLen+h.length
		h.length = min(h.length, len(rest)-prefixLen)
		var a adu
		a.cut(dir, h, rest)
		if cut {
			a.odd = ot.BadLength
		}
		d.pdu(dir, &a, out)
		s.refused = true // from here on, anything else is an oddity of its ADU
		at += prefixLen + h.length
	}
}

func (d *decoder) foreignDatagram(dir ot.Dir, trailing bool, out *protocols.Emit) {
	s := &d.sides[dir]
	switch {
	case trailing:
		out.Odd(ot.TrailingBytes, dir, ot.Modbus)
	case !s.refused:
		s.refused = true
		out.Odd(ot.WrongProtocol, dir, ot.Modbus)
	}
}

// Lost gives up what was begun in this direction and hunts for the next ADU.
// While the framing is not known there is nothing to hunt for yet.
func (d *decoder) Lost(dir ot.Dir, _ *protocols.Emit) {
	s := &d.sides[dir]
	if d.framing != unknown {
		s.lose(-1)
	}
	s.gap = true
	if dir == ot.ToClient {
		d.open.Lost()
	}
}

// Tick lets unanswered requests go.
func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }

// pdu takes one request or answer.
func (d *decoder) pdu(dir ot.Dir, a *adu, out *protocols.Emit) {
	if dir == ot.ToServer {
		d.request(a, out)
	} else {
		d.answer(a, out)
	}
}

// odd hands over what is wrong with a header.
func (d *decoder) odd(odd ot.Anomaly, dir ot.Dir, h header, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.Modbus, Code: uint32(h.function), Unit: uint32(h.unit), Latency: -1}
	t.Arg[argTransaction], t.Arg[argFraming] = uint32(h.transaction), uint32(mbap)
	out.OddIn(odd, dir, &t)
}
