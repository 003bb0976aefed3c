package flow

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// Whether a receiver took a segment with a wrong checksum, or one that may have
// died on the way, only the receiver knows: card and path do not always do what
// they should. Such segments wait until it acknowledges them, or until others
// stand in their place.

// mostDoubted is how many segments of a direction wait; the oldest goes then.
const mostDoubted = 16

// doubted is a segment that the receiver may have dropped.
type doubted struct {
	segment
	died bool // by its time to live, not by its checksum
}

// hold keeps a segment until the receiver says whether it came.
func (s *Shard) hold(h *half, g segment, died bool) {
	if !h.known || g.size() == 0 || !near(g.seq, h.next) || s.kept+len(g.data) > MaxKept {
		return
	}
	if len(h.doubted) == mostDoubted {
		s.unhold(h, 0)
	}
	g.data = bytes.Clone(g.data)
	s.kept += len(g.data)
	h.doubted = append(h.doubted, doubted{g, died})
}

func (s *Shard) unhold(h *half, i int) doubted {
	g := h.doubted[i]
	s.kept -= len(g.data)
	h.doubted = append(h.doubted[:i], h.doubted[i+1:]...)
	if len(h.doubted) == 0 {
		h.doubted = nil
	}
	return g
}

func (s *Shard) dropDoubted(h *half) {
	for len(h.doubted) > 0 {
		s.unhold(h, len(h.doubted)-1)
	}
}

// damaged keeps what a segment holds that the receiver drops, if it does.
func (s *Shard) damaged(c *conn, d ot.Dir, v *packet.View, at At) {
	if v.Flags&(packet.SYN|packet.RST|packet.URG) == 0 {
		s.hold(&c.half[d], segmentOf(v, at), false)
	}
}

// vouched delivers the segments that the receiver of a direction acknowledged and
// that no other has taken the place of. It gives the direction under which the
// stream is known then.
func (s *Shard) vouched(c *conn, d ot.Dir, at At) ot.Dir {
	for i := 0; i < len(c.half[d].doubted); {
		h := &c.half[d]
		g := h.doubted[i].segment
		passed := int32(g.end()-h.next) <= 0
		if !passed && int32(h.ack-g.end()) < 0 {
			i++
			continue
		}
		took := s.unhold(h, i)
		if passed {
			continue
		}
		if !took.died {
			s.mark(c, ot.Conflict)
		}
		s.emit.Frame, s.emit.Time = g.at.Frame, g.at.Time
		d = s.place(c, d, g)
		s.emit.Frame, s.emit.Time = at.Frame, at.Time
		i = 0
	}
	return d
}

// contradicted says when a segment stands in the place of one that may have died
// on the way, with other bytes: of two such the receiver had one.
func (s *Shard) contradicted(c *conn, d ot.Dir, g segment) {
	h := &c.half[d]
	for i := 0; i < len(h.doubted); i++ {
		if q := h.doubted[i]; q.died && int32(q.end()-g.seq) > 0 && int32(g.end()-q.seq) > 0 && q.differs(g) {
			s.unhold(h, i)
			i--
			s.conflict(c, d)
		}
	}
}
