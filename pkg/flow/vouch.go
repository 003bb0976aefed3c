package flow

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
)

// Whether a receiver took a segment with a wrong checksum, or one that may have
// died on the way, only the receiver knows: card and path do not always do what
// they should. Such segments wait until it acknowledges them, or until others
// stand in their place.

// mostDoubted is how many segments of a direction wait; the oldest goes then.
const mostDoubted = 16

// forever is a clock by which all that waits has waited long enough.
const forever = protocols.EndOfTime

// doubted is a segment that the receiver may have dropped.
type doubted struct {
	segment
	died bool // by its time to live, not by its checksum
}

// hold keeps a segment until the receiver says whether it came.
func (s *Shard) hold(h *half, g segment, died bool) bool {
	if !h.known || g.size() == 0 || !near(g.seq, h.next) || s.kept+len(g.data) > MaxKept {
		return false
	}
	if len(h.doubted()) == mostDoubted {
		s.unhold(h, 0)
	}
	g.data = bytes.Clone(g.data)
	s.kept += len(g.data)
	a := h.aside()
	a.doubted = append(a.doubted, doubted{g, died})
	return true
}

func (s *Shard) unhold(h *half, i int) doubted {
	a := h.apart
	g := a.doubted[i]
	s.kept -= len(g.data)
	a.doubted = append(a.doubted[:i], a.doubted[i+1:]...)
	if len(a.doubted) == 0 {
		a.doubted = nil
	}
	return g
}

func (s *Shard) dropDoubted(h *half) {
	for len(h.doubted()) > 0 {
		s.unhold(h, len(h.doubted())-1)
	}
}

// damaged keeps what a segment holds that the receiver drops, if it does.
func (s *Shard) damaged(c *conn, d ot.Dir, v *packet.View, at At) {
	s.emit.Odd(ot.BadChecksum, d, ot.NoProto)
	if v.Flags&(packet.SYN|packet.RST|packet.URG) == 0 {
		s.hold(&c.half[d], segmentOf(v, at), false)
	}
}

// believes reports whether a segment came, as far as that is known. Where the
// receiver is not seen, what may have died on the way is taken for received when
// for a time nothing else took its place; a wrong checksum never is.
func (h *half) believes(g *doubted, clock int64) bool {
	if h.heardAt > 0 {
		return int32(h.ack-g.end()) >= 0
	}
	return g.died && clock-g.at.Clock > holeAge
}

// vouched delivers the segments that came and that no other has taken the place
// of. It gives the direction under which the stream is known then.
func (s *Shard) vouched(c *conn, d ot.Dir, at At, clock int64) ot.Dir {
	for i := 0; i < len(c.half[d].doubted()); {
		h := &c.half[d]
		g := h.doubted()[i].segment
		passed := int32(g.end()-h.next) <= 0
		if !passed && !h.believes(&h.doubted()[i], clock) {
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

// believe takes what waits for received, where no receiver is seen who would say so.
func (s *Shard) believe(c *conn, d ot.Dir, at At) ot.Dir {
	if h := &c.half[d]; h.heardAt > 0 || len(h.doubted()) == 0 {
		return d
	}
	return s.vouched(c, d, at, forever)
}

// doubt keeps a segment that may have died on the way. False says that it cannot
// wait, and that no receiver is seen who would say whether it came.
func (s *Shard) doubt(c *conn, d ot.Dir, g segment) bool {
	h := &c.half[d]
	if h.known && int32(g.seq-h.next) < 0 {
		s.repeated(c, d, g)
	}
	if len(h.doubted()) == mostDoubted {
		d = s.believe(c, d, g.at)
		h = &c.half[d]
	}
	held := s.hold(h, g, true)
	s.wheel.wants(c, g.at.Clock+holeAge, g.at.Clock)
	return held || h.heardAt > 0
}

// contradicted says when a segment stands in the place of one that may have died
// on the way, with other bytes: of two such the receiver had one.
func (s *Shard) contradicted(c *conn, d ot.Dir, g segment) {
	h := &c.half[d]
	for i := 0; i < len(h.doubted()); i++ {
		other := &h.doubted()[i]
		if both, differ := compare(overlap(g, other.segment)); differ && other.died {
			s.unhold(h, i)
			i--
			s.conflict(c, d, both)
		}
	}
}
