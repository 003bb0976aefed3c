package s7plus

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/tls"
)

// Stream decodes the messages of one conversation. The transport's user calls
// Message with every whole message, and hands Lost and Tick on.
type Stream struct {
	open  protocols.Open
	half  [2]chain
	tls   secured
	made  [madeMax]made // objects the client had created, newest last
	count int           // of them
	asked bool          // a request was seen
	spoke bool

	facts facts
	name  [ot.NameCap]byte
	text  [8 * protocols.OpenTxns]byte // numbers of an answer, or the card of a session
}

// Takes reports whether a message belongs to this stream. Once TLS has begun every
// one does, for its records may be cut anywhere.
func (s *Stream) Takes(b []byte) bool { return s.tls.on || b[0] == ProtocolID || tls.IsRecord(b) }

// Message takes one message of the transport's user.
func (s *Stream) Message(dir ot.Dir, b []byte, out *protocols.Emit) {
	if !Fits(b) && (s.tls.on || tls.IsRecord(b)) {
		s.tls.feed(s, dir, b, out)
		return
	}
	if !s.spoke {
		s.spoke = true
		out.Add(ot.Spoke).Did.Proto = ot.S7Plus
	}
	for len(b) > 0 {
		b = b[s.next(dir, b, out):]
	}
}

// Lost says that bytes of a direction are missing.
func (s *Stream) Lost(dir ot.Dir, out *protocols.Emit) {
	s.half[dir].drop(out)
	s.half[dir].sure = false
	s.tls.lost(dir, out)
	s.open.Lost()
}

// Tick lets unanswered requests go.
func (s *Stream) Tick(now int64, out *protocols.Emit) {
	s.open.Expire(now, out)
	s.tls.flow.tick(s, now, out)
	if now == protocols.EndOfTime {
		for dir := range s.half {
			s.half[dir].drop(out)
			s.tls.lost(ot.Dir(dir), out)
		}
	}
}

// next takes one PDU from a message and gives how many bytes it was.
func (s *Stream) next(dir ot.Dir, b []byte, out *protocols.Emit) int {
	if len(b) < headerLen || b[0] != ProtocolID {
		out.Odd(ot.TrailingBytes, dir, ot.S7Plus)
		return len(b)
	}
	n := headerLen + int(binary.BigEndian.Uint16(b[2:]))
	switch version := b[1]; version {
	case keepAlive:
		s.alive(dir, b[2], out)
		return headerLen
	case version1, version2, version3, systemEvent:
		if n > len(b) {
			out.Odd(ot.BadLength, dir, ot.S7Plus)
			s.whole(dir, version, b[headerLen:], out)
			return len(b)
		}
		return s.sized(dir, version, b, n, out)
	}
	out.Odd(ot.BadValue, dir, ot.S7Plus)
	return len(b)
}

// sized takes a PDU whose header and data are the first n bytes. One that ends
// without trailer goes on in the next; of events none does.
func (s *Stream) sized(dir ot.Dir, version byte, b []byte, n int, out *protocols.Emit) int {
	switch {
	case version == systemEvent:
		s.event(dir, b[headerLen:n], out)
		return n
	case n == headerLen: // a trailer that came alone
		s.part(dir, version, nil, true, out)
		return n
	case n == len(b):
		s.part(dir, version, b[headerLen:n], false, out)
		return n
	}
	s.part(dir, version, b[headerLen:n], true, out)
	if isTrailer(b[n:]) {
		return n + trailerLen
	}
	if b[n] != ProtocolID {
		out.Odd(ot.TrailingBytes, dir, ot.S7Plus)
		return len(b)
	}
	return n
}

// whole takes data of which nothing can follow.
func (s *Stream) whole(dir ot.Dir, version byte, b []byte, out *protocols.Emit) {
	if version == systemEvent {
		s.event(dir, b, out)
		return
	}
	s.part(dir, version, b, true, out)
}

// part takes the data of one fragment, and decodes what the last one completes.
func (s *Stream) part(dir ot.Dir, version byte, b []byte, last bool, out *protocols.Emit) {
	h := &s.half[dir]
	p := pdu{dir: dir, version: version}
	if version == version3 && len(b) > digestLen && b[0] == digestLen {
		p.digest, b = true, b[1+digestLen:]
	}
	if h.parts > 0 && begins(b) { // the end of the one before is missing
		out.Odd(ot.Malformed, dir, ot.S7Plus)
		h.drop(out)
	}
	if !h.sure && !begins(b) {
		h.sure = last
		return
	}
	h.sure = true
	if !last {
		h.add(b, out)
		return
	}
	p.size = len(b)
	if h.parts > 0 {
		h.add(b, out)
		p.size, p.cut, b = h.size, h.size > len(h.buf), h.buf
	}
	if version == version2 && !p.cut {
		b = p.unsealed(b)
	}
	s.pdu(&p, b, out)
	h.drop(out)
}

// pdu decodes a whole PDU.
func (s *Stream) pdu(p *pdu, b []byte, out *protocols.Emit) {
	ok := p.parse(b)
	switch {
	case !ok && len(b) > 0 && p.opcode>>4 != 3 && p.opcode != opResponse2:
		t := s.begin(p)
		t.Code = uint32(p.opcode) << 16
		out.OddIn(ot.ReservedCode, p.dir, &t)
	case !ok:
		out.Odd(ot.Malformed, p.dir, ot.S7Plus)
	case p.opcode == opRequest:
		s.request(p, out)
	case p.opcode == opNotification:
		s.notification(p, out)
	default:
		s.response(p, out)
	}
}

// alive hands over a keep-alive.
func (s *Stream) alive(dir ot.Dir, number byte, out *protocols.Emit) {
	p := pdu{dir: dir, version: keepAlive, function: codeKeepAlive, seq: uint16(number)}
	t := s.begin(&p)
	oneWay(&t, out)
}
