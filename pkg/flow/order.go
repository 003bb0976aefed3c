package flow

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// The order of a stream is the sender's numbers as the receiver believes them.
// Where the receiver's acknowledgements are seen they decide what was received;
// numbers alone, which one crafted segment can set, decide only where they are not.
//
// Recognising a protocol may turn a guessed direction round. What delivers
// bytes therefore gives back the direction under which the stream is known then.

// place puts a segment where it belongs: delivered, kept for later, or dropped as seen.
func (s *Shard) place(c *conn, d ot.Dir, g segment) ot.Dir {
	h := &c.half[d]
	if h.keepsAlive(g) {
		return d
	}
	h.settle(g.seq)
	s.afterClose(c, d, g)
	switch diff := int32(g.seq - h.next); {
	case !near(g.seq, h.next):
		return s.stray(c, d, g)
	case diff > 0:
		s.count.Reordered++
		if c.awaits(d) && !s.room(h, g) {
			return s.place(c, s.goOn(c, d, g.at), g)
		}
		return s.later(c, d, g)
	case diff < 0 && h.misplaced(g):
		return s.resume(c, d, g, 0)
	case diff < 0:
		if !g.copy {
			s.count.Retransmitted++
		}
	}
	h.strays = 0
	if c.early(d, g.acks, g.ack) && int32(g.end()-h.next) > 0 {
		return s.await(c, d, g)
	}
	return s.catchUp(c, s.accept(c, d, g), g.at)
}

// afterClose says once that new bytes came behind a FIN or a RST.
func (s *Shard) afterClose(c *conn, d ot.Dir, g segment) {
	h := &c.half[d]
	fresh := int32(g.end()-h.next) > 0
	behind := c.aborted || h.fin && int32(g.end()-h.end) > 0
	if fresh && behind && !c.late {
		c.late = true
		s.emit.Odd(ot.DataAfterClose, d, ot.NoProto)
	}
}

// accept delivers what is new of a segment that begins no later than next.
func (s *Shard) accept(c *conn, d ot.Dir, g segment) ot.Dir {
	h := &c.half[d]
	if old := h.next - g.seq; old > 0 {
		s.repeated(c, d, g)
		if old >= g.size() {
			return d
		}
		_, g = g.split(old)
	}
	if len(g.data) > 0 {
		h.take(g.data, s.emit.Clock)
		d = s.deliver(c, d, g.data)
	}
	if g.cut > 0 {
		s.lost(c, d, g.cut)
	}
	return d
}

// repeated says when a segment has other bytes than were delivered for its place.
func (s *Shard) repeated(c *conn, d ot.Dir, g segment) {
	var was [pastBytes]byte
	if both, differ := c.half[d].conflicts(g, &was); differ {
		s.conflict(c, d, both)
	}
}

func (s *Shard) conflict(c *conn, d ot.Dir, both versions) {
	s.mark(c, ot.Conflict)
	s.emit.OddIn(ot.StreamConflict, d, &ot.Transaction{Name: both.text(nil)})
}

// stray takes a segment far outside the window: noise, or the stream further on.
func (s *Shard) stray(c *conn, d ot.Dir, g segment) ot.Dir {
	h := &c.half[d]
	a := h.aside()
	if h.strays == 0 || g.seq != a.strayNext {
		h.strays, a.strayFrom, a.strayAt, a.straySince = 0, g.seq, g.at.Seq, g.at.Clock
	}
	h.strays = min(h.strays+1, 3)
	a.strayNext = g.end()
	if !h.elsewhere(g) {
		s.emit.Odd(ot.OutOfWindow, d, ot.NoProto)
		return d
	}
	return s.resume(c, d, g, g.seq-a.strayFrom)
}

// resume goes on at a segment that does not join the stream so far; gap is how
// much was dropped before.
func (s *Shard) resume(c *conn, d ot.Dir, g segment, gap uint32) ot.Dir {
	h := &c.half[d]
	s.dropDisorder(h)
	s.lost(c, d, gap)
	h.begin(g.seq)
	h.strays = 0
	return s.accept(c, d, g)
}

// later keeps a segment until the hole before it is filled or given up. When
// there is no room, or many segments lie behind it, the hole is given up,
// unless the receiver is seen and has not passed it.
func (s *Shard) later(c *conn, d ot.Dir, g segment) ot.Dir {
	h := &c.half[d]
	if len(h.disorder()) == 0 {
		h.hole(g.at)
	}
	seen := h.heardAt > 0
	if !s.room(h, g) {
		s.emit.Odd(ot.StreamOverflow, d, ot.NoProto)
		if seen {
			return d
		}
	}
	taken, both, conflict := h.insert(g)
	s.kept += taken
	s.wheel.wants(c, s.emit.Clock, s.emit.Clock)
	if conflict {
		s.conflict(c, d, both)
	}
	for !seen && s.crowded(&c.half[d]) {
		d = s.giveUp(c, d, g.at)
	}
	return d
}

// crowded reports whether more lies behind a hole than disorder explains, or than there is room for.
func (s *Shard) crowded(h *half) bool {
	n := len(h.disorder())
	return n > holeSegments || n > 0 && (s.kept > MaxKept || h.kept() > maxDisorder)
}

// catchUp delivers kept segments whose turn has come, each as of its own frame.
func (s *Shard) catchUp(c *conn, d ot.Dir, at At) ot.Dir {
	for h := &c.half[d]; len(h.disorder()) > 0; h = &c.half[d] {
		g := &h.disorder()[0]
		if int32(g.seq-h.next) > 0 {
			h.hole(at)
			break
		}
		if c.early(d, g.acks, g.ack) {
			break
		}
		d = s.first(c, d, at)
	}
	return d
}

// first delivers the first kept segment, whose turn has come.
func (s *Shard) first(c *conn, d ot.Dir, at At) ot.Dir {
	g := c.half[d].apart.shift()
	s.kept -= len(g.data)
	s.emit.Frame, s.emit.Time = g.at.Frame, g.at.Time
	d = s.accept(c, d, g)
	s.emit.Frame, s.emit.Time = at.Frame, at.Time
	return d
}

// acknowledged gives a hole up when the receiver acknowledges what lies behind
// it: those bytes came, but not to this capture. A mirror port may show an
// acknowledgement shortly before the bytes it is about, so a young hole waits
// for several.
func (s *Shard) acknowledged(c *conn, d ot.Dir, v *packet.View, at At) {
	h := &c.half[d]
	if v.Flags&packet.ACK == 0 {
		return
	}
	h.hear(v.Ack, at.Seq)
	switch ahead := h.ahead(v.Ack); {
	case !ahead && c.rare != nil:
		c.rare.unseen[d] = false
	case ahead && c.unseen(d) && len(v.Payload) > 0:
		s.unsure(c)
	}
	if len(h.disorder()) == 0 || c.awaits(d) || !h.passed() {
		return
	}
	if h.acks++; h.acks >= holeAcks || at.Clock-h.apart.holeSince > mirrorDelay {
		s.giveUp(c, d, at)
	}
}

// age gives up a hole that stays, and forgets what lies behind it when the
// receiver did not believe it either.
func (s *Shard) age(c *conn, d ot.Dir, at At) ot.Dir {
	if h := &c.half[d]; h.heardAt == 0 && len(h.doubted()) > 0 {
		d = s.vouched(c, d, at, at.Clock)
	}
	h := &c.half[d]
	switch {
	case len(h.disorder()) == 0:
	case c.awaits(d):
		if at.Clock-h.apart.holeSince > holeAge {
			d = s.goOn(c, d, at)
		}
	case at.Clock-h.apart.holeSince > holeAge && !h.waits():
		d = s.giveUp(c, d, at)
	case at.Clock-h.disorder()[0].at.Clock > disbelieved:
		s.dropDisorder(h)
		s.emit.Odd(ot.OutOfWindow, d, ot.NoProto)
	}
	return d
}

// giveUp counts the present hole, which there must be, as lost and goes on behind
// it, unless what fills it only waited for a word.
func (s *Shard) giveUp(c *conn, d ot.Dir, at At) ot.Dir {
	if c.awaits(d) {
		return s.goOn(c, d, at)
	}
	next := c.half[d].next
	d = s.believe(c, d, at)
	h := &c.half[d]
	if h.next != next {
		return d
	}
	s.lost(c, d, h.disorder()[0].seq-h.next)
	return s.catchUp(c, d, at)
}

// lost tells decoder and judge that the next bytes are missing.
func (s *Shard) lost(c *conn, d ot.Dir, gap uint32) {
	h := &c.half[d]
	h.next += gap
	h.remains = 0
	s.count.Gaps++
	s.count.GapBytes += uint64(gap)
	c.total.Gap += uint64(gap)
	o := s.emit.Add(ot.Lost)
	o.Dir, o.Traffic.Gap = d, uint64(gap)
	o.Quality |= ot.Lossy
	s.desync(c, d)
}

// desync tells the decoder that the next bytes do not join those before.
func (s *Shard) desync(c *conn, d ot.Dir) {
	s.unsure(c)
	s.dropTail(&c.half[d])
	if c.dec != nil {
		c.dec.Lost(d, &s.emit)
	} else {
		c.probe.missed = true
	}
}

func (s *Shard) dropDisorder(h *half) {
	if a := h.apart; a != nil {
		s.kept -= a.kept
		a.disorder, a.kept = nil, 0
	}
}
