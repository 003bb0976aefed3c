package flow

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// tcp takes one TCP segment.
func (s *Shard) tcp(v *packet.View, at *At) {
	c, fromA := s.conns.lately(v, ot.TCP)
	if c == nil || v.Flags&packet.SYN != 0 || c.half[ot.ToServer].rivals {
		c, fromA = s.conversation(v, at)
	}
	d := c.dir(fromA)
	h, other := c.sides(d)
	s.seen(c, h, d, v)
	if h.sound.damaged(v) {
		s.damaged(c, d, v, *at)
		s.touch(c)
		return
	}
	if strange := h.sound.strange(v); strange || !c.plain(h, other, v) {
		s.unusual(c, d, v, *at, strange && len(v.Payload) > 0)
		s.touch(c)
		return
	}
	other.hear(v.Ack, at.Seq)
	if len(v.Payload) > 0 {
		h.strays = 0
		h.take(v.Payload, at.Clock)
		if c.dec != nil {
			s.feed(c, d, v.Payload)
		} else {
			s.deliver(c, d, v.Payload)
		}
	}
	s.live.touch(c)
}

// conversation finds the conversation of a segment by its key, or makes it.
func (s *Shard) conversation(v *packet.View, at *At) (c *conn, fromA bool) {
	c, fromA = s.find(v)
	switch {
	case c == nil:
		c = s.open(v, at, s.tcpRole(v))
		s.expected(c)
	case c.replacedBy(c.dir(fromA), v, at.Clock):
		s.close(c, *at)
		c = s.open(v, at, role{srcClient: v.Flags&(packet.SYN|packet.ACK) != packet.SYN|packet.ACK})
	}
	return c, fromA
}

// unusual takes a segment that is not plain.
func (s *Shard) unusual(c *conn, d ot.Dir, v *packet.View, at At, strange bool) {
	if strange {
		s.emit.Odd(ot.TTLShift, d, ot.NoProto)
	}
	s.handshake(c, d, v)
	if v.Flags&packet.RST != 0 {
		s.reset(c, d, v)
		return
	}
	s.acknowledged(c, d.Other(), v, at)
	if len(c.half[d.Other()].doubted()) > 0 {
		d = s.vouched(c, d.Other(), at, at.Clock).Other()
	}
	s.stream(c, d, v, at, strange)
	if len(c.half[0].disorder())+len(c.half[1].disorder()) > 0 {
		s.follow(c, at)
	}
}

// touch puts a conversation at the end of the list it belongs to now.
func (s *Shard) touch(c *conn) {
	l := s.listOf(c)
	l.touch(c)
	if sided := l == &s.live && c.oneSided(); sided != c.sided {
		s.side(c, sided)
	}
}

// replacedBy reports whether a segment belongs to a later conversation on the
// same ports. After an end a SYN is enough. Before, both sides must agree on
// it: a SYN alone, which the other side refuses, must not break a conversation
// into two.
func (c *conn) replacedBy(d ot.Dir, v *packet.View, clock int64) bool {
	client := &c.half[ot.ToServer]
	agreed := client.rivals && (c.half[0].delivered || c.half[1].delivered)
	switch v.Flags & (packet.SYN | packet.ACK | packet.RST) {
	case packet.SYN:
		again := c.half[d].opened && v.Seq+1 == c.half[d].syn && clock-c.last <= mirrorDelay
		return c.phase == ended && !again || d == ot.ToClient && c.phase == live && c.conv.Guessed
	case packet.SYN | packet.ACK:
		return d == ot.ToClient && (agreed && v.Ack == client.rival || c.phase == ended && !(c.half[d].opened && v.Seq+1 == c.half[d].syn))
	case packet.ACK:
		return d == ot.ToServer && agreed && v.Seq == client.rival
	}
	return false
}

// handshake follows SYN and SYN-ACK. Where they were not seen, an
// acknowledgement or data show that there was one.
func (s *Shard) handshake(c *conn, d ot.Dir, v *packet.View) {
	if v.Flags&packet.SYN == 0 {
		shown := len(v.Payload) > 0 || c.conv.Midstream && v.Flags&packet.ACK != 0
		if shown && v.Flags&packet.RST == 0 {
			s.opened(c)
		}
		if server := &c.half[ot.ToClient]; d == ot.ToServer && c.half[d].opened && !server.known && v.Flags&(packet.ACK|packet.RST) == packet.ACK {
			server.begin(v.Ack) // its SYN was not shown: who opened says where it begins
		}
		return
	}
	s.synchronise(c, d, v.Seq+1)
	if v.Flags&packet.ACK != 0 && d == ot.ToClient {
		c.half[ot.ToServer].agree(v.Ack)
		s.opened(c)
	}
}

// synchronise takes the number of the first byte that a SYN announces.
func (s *Shard) synchronise(c *conn, d ot.Dir, first uint32) {
	h := &c.half[d]
	switch {
	case !h.known, !h.opened && !h.delivered:
		h.begin(first)
		h.syn, h.opened = first, true
	case h.opened && first == h.syn || first == h.next || h.rivals && first == h.rival:
	default:
		h.rivals, h.rival = true, first
		s.emit.Odd(ot.SynAgain, d, ot.NoProto)
	}
}

// reset takes a RST: an answer to a first SYN, an end, or noise that the
// receiver does not believe (RFC 9293 §3.5.3).
func (s *Shard) reset(c *conn, d ot.Dir, v *packet.View) {
	switch {
	case c.phase == tried && d == ot.ToClient && c.refused(v):
		s.emit.Add(ot.Rejected)
	case !c.breaks(d, v):
		s.emit.Odd(ot.OutOfWindow, d, ot.NoProto)
		return
	}
	c.phase, c.aborted = ended, true
}

// refused reports whether a RST answers a SYN: it acknowledges it, or, where
// the SYN was not seen, has the number 0 that no other RST has.
func (c *conn) refused(v *packet.View) bool {
	h := &c.half[ot.ToServer]
	if v.Flags&packet.ACK == 0 {
		return false
	}
	if c.conv.Midstream {
		return v.Seq == 0
	}
	return v.Ack == h.next || h.rivals && v.Ack == h.rival
}

// breaks reports whether a RST ends the conversation. Some stacks number it 0
// and leave it to the acknowledgement to show that they know the conversation.
func (c *conn) breaks(d ot.Dir, v *packet.View) bool {
	if c.phase == tried && d == ot.ToClient && !c.conv.Midstream {
		return false
	}
	h, other := &c.half[d], &c.half[d.Other()]
	return !h.known || near(v.Seq, h.next) || v.Seq == 0 && v.Flags&packet.ACK != 0 && near(v.Ack, other.next)
}

// segmentOf is the payload of a segment.
func segmentOf(v *packet.View, at At) segment {
	g := segment{seq: v.Seq, data: v.Payload, cut: uint32(v.CutBytes), at: at, ack: v.Ack, acks: v.Flags&packet.ACK != 0, copy: v.Copy}
	if v.Flags&packet.SYN != 0 {
		g.seq++
	}
	return g
}

// stream takes the payload and the FIN of a segment. One that is strange may
// have died on the way, and waits.
func (s *Shard) stream(c *conn, d ot.Dir, v *packet.View, at At, strange bool) {
	g := segmentOf(v, at)
	if strange && s.doubt(c, d, g) {
		return
	}
	if v.Cut {
		s.mark(c, ot.Truncated)
	}
	if g.size() > 0 {
		if v.Flags&packet.URG != 0 { // receivers differ in whether the urgent byte is data
			s.mark(c, ot.Conflict)
			s.emit.Odd(ot.Urgent, d, ot.NoProto)
		}
		if len(c.half[d].doubted()) > 0 {
			s.contradicted(c, d, g)
		}
		d = s.place(c, d, g)
		if v.Cut && v.CutBytes == 0 {
			s.desync(c, d) // the headers promise more than was on the wire
		}
	}
	if v.Flags&packet.FIN != 0 {
		s.finish(c, d, g.end())
	}
}

// mark puts a doubt on the conversation from here on.
func (s *Shard) mark(c *conn, q ot.Quality) {
	c.quality |= q
	s.emit.Quality |= q
}

// finish takes the FIN behind the last byte of a direction.
func (s *Shard) finish(c *conn, d ot.Dir, end uint32) {
	h := &c.half[d]
	switch {
	case !h.known:
		h.begin(end)
	case !near(end, h.next):
		s.emit.Odd(ot.OutOfWindow, d, ot.NoProto)
		return
	}
	if !h.fin {
		h.fin, h.end = true, end
	}
	if c.half[d.Other()].fin {
		c.phase = ended
	}
}

// near reports whether two sequence numbers can belong to one stream at one time.
func near(a, b uint32) bool {
	diff := int32(a - b)
	return diff > -window && diff < window
}
