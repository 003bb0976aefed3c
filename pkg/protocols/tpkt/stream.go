package tpkt

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Stream is the transport of one conversation. Its user calls Next from Feed,
// and hands Lost and Tick on.
type Stream struct {
	// Measure gives the length the user's PDU at the start of a data TPDU claims
	// for itself, 0 when it tells none. It lets the stream mend a TPKT length that
	// swallows the next TPKT, and end a chain that never says that it ended.
	Measure func(data []byte) int

	half [2]half
	open protocols.Open
	unit uint32

	called, calling [tsapText]byte // the TSAPs of the TPDU being read, as text
}

type half struct {
	chain  chain
	synced bool // a TPKT was seen in this direction, or it was said that none is
	lost   bool // the next byte need not begin a TPKT
}

// Unit is rack << 8 | slot of the TSAP that was called last, 0 when it names none.
func (s *Stream) Unit() uint32 { return s.unit }

// Next takes TPKTs from b until one completes a message of the transport's
// user, and gives the message and how many bytes it took. The message is nil
// when b holds no more; it is a view that dies with b or with the next call.
func (s *Stream) Next(dir ot.Dir, b []byte, out *protocols.Emit) (data []byte, used int) {
	h := &s.half[dir]
	for used < len(b) {
		rest := b[used:]
		if h.lost || !fits(rest) {
			n := h.sync(dir, rest, out)
			if used += n; h.lost {
				break
			}
			rest = rest[n:]
		}
		n, mended, whole := s.size(h, rest)
		if !whole {
			break
		}
		pdu := rest[:n]
		used += n
		h.synced = true
		if mended {
			out.Odd(ot.BadLength, dir, ot.COTP)
		}
		if pdu[1] != 0 {
			out.Odd(ot.BadValue, dir, ot.COTP)
		}
		if data = s.tpdu(h, dir, pdu[headerLen:], out); len(data) > 0 {
			return data, used
		}
	}
	return nil, used
}

// sync gives how many bytes stand before the next TPKT, where b begins with none.
func (h *half) sync(dir ot.Dir, b []byte, out *protocols.Emit) int {
	if !h.lost {
		h.lost = true
		h.chain.drop(out)
		out.Odd(h.oddity(b), dir, ot.COTP)
	}
	n, found := search(b)
	h.lost = !found
	return n
}

// oddity names what is wrong with bytes that are no TPKT.
func (h *half) oddity(b []byte) ot.Anomaly {
	switch {
	case b[0] == 3:
		return ot.BadLength
	case !h.synced:
		h.synced = true
		return ot.WrongProtocol
	}
	return ot.LostSync
}

// size gives how long the TPKT is, and whether b holds all of it. Where the PDU
// inside ends earlier, and a TPKT begins there, the PDU is believed.
func (s *Stream) size(h *half, b []byte) (n int, mended, whole bool) {
	if len(b) < headerLen {
		return 0, false, false
	}
	n = int(binary.BigEndian.Uint16(b[2:]))
	if inner := s.inner(h, b[:min(n, len(b))]); inner > 0 && inner < n {
		end := min(inner+dataLen, n)
		if len(b) < end {
			return 0, false, false
		}
		if Recognise(b[inner:end]) != protocols.No {
			return inner, true, true
		}
	}
	return n, false, len(b) >= n
}

// inner is the length of the TPKT by what it carries, 0 when that does not tell.
func (s *Stream) inner(h *half, b []byte) int {
	switch {
	case len(b) < dataLen:
		return 0
	case b[5]>>4 == typeDT:
		n := s.Measure(b[dataLen:])
		switch {
		case b[4] == 2 && n > 0 && h.chain.empty():
			return dataLen + n
		case binary.BigEndian.Uint16(b[2:]) >= 2*dataLen && Recognise(b[dataLen:]) != protocols.No:
			return dataLen // an empty TPDU, as keep-alives are
		}
		return 0
	case b[5]>>4 == typeCR, b[5]>>4 == typeCC, b[5]>>4 == typeDR:
		return headerLen + 1 + int(b[4])
	}
	return 0
}

// tpdu takes one TPDU and gives the message it completes.
func (s *Stream) tpdu(h *half, dir ot.Dir, b []byte, out *protocols.Emit) []byte {
	li := int(b[0])
	if li < 2 || li >= len(b) {
		out.Odd(ot.Malformed, dir, ot.COTP)
		return nil
	}
	if b[1]>>4 != typeDT {
		s.connection(dir, b[1]>>4, b[2:li+1], out)
		return nil
	}
	if li != 2 { // class 0 has no longer header
		out.Odd(ot.Malformed, dir, ot.COTP)
		return nil
	}
	data, last := b[3:], b[2]&0x80 != 0
	if last && h.chain.parts == 0 {
		return data // nearly all
	}
	return h.chain.add(dir, data, last, s.Measure, out)
}

// Lost says that bytes of a direction are missing.
func (s *Stream) Lost(dir ot.Dir, out *protocols.Emit) {
	s.half[dir].chain.drop(out)
	s.half[dir].lost = true
	s.open.Lost()
}

// Tick lets unanswered connection requests go.
func (s *Stream) Tick(now int64, out *protocols.Emit) {
	s.open.Expire(now, out)
	if now == protocols.EndOfTime {
		s.half[ot.ToServer].chain.drop(out)
		s.half[ot.ToClient].chain.drop(out)
	}
}
