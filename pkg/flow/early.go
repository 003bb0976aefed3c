package flow

import "otsensor/pkg/ot"

// A mirror port may show an answer before its request: each direction comes out
// of a queue of its own. Who answers says with its acknowledgement what it had
// received, so that a segment waits for the bytes it answers, and decoders see
// the directions in the order in which they happened. Bytes that do not come
// were lost, and what they were is in doubt.

// early reports whether a segment answers bytes that were not shown yet, and may still be.
func (c *conn) early(d ot.Dir, acks bool, ack uint32) bool {
	return acks && c.half[d.Other()].ahead(ack) && !c.unseen(d.Other())
}

// awaits reports whether a direction has no hole but waits for the other one.
func (c *conn) awaits(d ot.Dir) bool {
	h := &c.half[d]
	return len(h.disorder()) > 0 && int32(h.disorder()[0].seq-h.next) <= 0
}

// room reports whether another segment may be kept for later.
func (s *Shard) room(h *half, g segment) bool {
	return s.kept+len(g.data) <= MaxKept && h.kept()+len(g.data) <= maxDisorder && len(h.disorder()) < maxSegments
}

// await keeps a segment until what it answers was shown.
func (s *Shard) await(c *conn, d ot.Dir, g segment) ot.Dir {
	h := &c.half[d]
	c.seldom().displaced = s.emit.Clock + displacedFor
	s.emit.Quality |= ot.Displaced
	if !s.room(h, g) {
		d = s.goOn(c, d, g.at)
		return s.catchUp(c, s.accept(c, d, g), g.at)
	}
	if old := h.next - g.seq; old > 0 {
		s.repeated(c, d, g)
		_, g = g.split(old)
	}
	return s.later(c, d, g)
}

// follow delivers what waited for the other direction, as long as each lets the other go on.
func (s *Shard) follow(c *conn, at At) {
	for went := true; went; {
		went = false
		for d := range ot.Dir(2) {
			if before := c.half[d].next; c.awaits(d) {
				s.catchUp(c, d, at)
				went = went || c.half[d].next != before
			}
		}
		went = went || s.untie(c, at)
	}
}

// untie lets one direction go on where each waits for what the other keeps back:
// what was sent again may answer what it was answered with.
func (s *Shard) untie(c *conn, at At) bool {
	if !c.awaits(ot.ToServer) || !c.awaits(ot.ToClient) {
		return false
	}
	for d := range ot.Dir(2) {
		other := &c.half[d.Other()]
		if g := &c.half[d].disorder()[0]; c.early(d, g.acks, g.ack) && !other.beyond(g.ack, other.shown()) {
			s.first(c, d, at)
			return true
		}
	}
	return false
}

// goOn lets a direction go on that waited for the other one in vain: bytes of
// that are missing, or come too late to be joined.
func (s *Shard) goOn(c *conn, d ot.Dir, at At) ot.Dir {
	c.seldom().unseen[d.Other()] = true
	s.desync(c, d.Other())
	return s.catchUp(c, d, at)
}

// unsure puts what the conversation shows from here on in doubt, for a while.
func (s *Shard) unsure(c *conn) {
	c.seldom().doubt = s.emit.Clock + lossyFor
	s.emit.Quality |= ot.Lossy
}
