package flow

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// tcp takes one TCP segment.
func (s *Shard) tcp(v *packet.View, at At) {
	k, fromA, _ := keyOf(v)
	c := s.conns[k]
	syn := v.Flags&(packet.SYN|packet.ACK) == packet.SYN
	if c != nil && syn && s.starts(c, c.dir(fromA), v) {
		s.close(c, at)
		c = nil
	}
	if c == nil {
		c = s.open(k, v, at, s.tcpRole(v))
	}
	d := c.dir(fromA)
	s.on(c, at)
	s.seen(c, d, v, at)
	s.handshake(c, d, v)
	if v.Flags&packet.RST != 0 {
		s.reset(c, d, v)
	} else {
		s.acknowledged(c, d.Other(), v, at)
		s.stream(c, d, v, at)
	}
	c.touch(s.listOf(c))
}

// starts reports whether a SYN begins another conversation on the same ports.
func (s *Shard) starts(c *conn, d ot.Dir, v *packet.View) bool {
	if c.phase == ended {
		return true
	}
	h := &c.half[d]
	if d == ot.ToClient {
		return c.phase == live && c.conv.Guessed // the guess was wrong
	}
	return h.delivered && v.Seq+1 != h.next && int32(v.Seq-h.next) != -1
}

// handshake follows SYN and SYN-ACK.
func (s *Shard) handshake(c *conn, d ot.Dir, v *packet.View) {
	if v.Flags&packet.SYN == 0 {
		if c.phase == tried && (len(v.Payload) > 0 || c.conv.Midstream) && v.Flags&packet.RST == 0 {
			s.opened(c)
		}
		return
	}
	h := &c.half[d]
	if h.known && !h.delivered && h.next != v.Seq+1 {
		s.emit.Odd(ot.SynAgain, d, ot.NoProto)
	}
	if !h.delivered {
		h.known, h.next = true, v.Seq+1
	}
	if v.Flags&packet.ACK != 0 && d == ot.ToClient {
		s.opened(c)
	}
}

// reset takes a RST: an answer to a first SYN, an end, or noise from outside the window.
func (s *Shard) reset(c *conn, d ot.Dir, v *packet.View) {
	h := &c.half[d]
	switch {
	case c.phase == tried && d == ot.ToClient:
		s.emit.Add(ot.Rejected)
		c.phase = ended
	case h.known && v.Seq != 0 && !near(v.Seq, h.next):
		s.emit.Odd(ot.OutOfWindow, d, ot.NoProto)
	default:
		c.phase = ended
	}
}

func near(a, b uint32) bool {
	diff := int32(a - b)
	return diff > -window && diff < window
}

// stream takes the payload of a segment into the ordered bytes of its direction.
func (s *Shard) stream(c *conn, d ot.Dir, v *packet.View, at At) {
	h := &c.half[d]
	seq, b := v.Seq, v.Payload
	if v.Flags&packet.SYN != 0 {
		seq++
	}
	if len(b) > 0 {
		if v.Flags&packet.URG != 0 {
			s.emit.Odd(ot.Urgent, d, ot.NoProto)
		}
		s.place(c, d, seq, b, at)
		if v.Cut {
			s.cut(c, d, v)
		}
	}
	if v.Flags&packet.FIN != 0 {
		h.fin = true
		if c.half[d.Other()].fin {
			c.phase = ended
		}
	}
}

// place puts a segment where it belongs: deliver, keep for later, or drop as seen.
func (s *Shard) place(c *conn, d ot.Dir, seq uint32, b []byte, at At) {
	h := &c.half[d]
	if !h.known {
		h.known, h.next = true, seq
	}
	diff := int32(seq - h.next)
	if !h.delivered && (diff < 0 || diff > window/4) {
		h.next, diff = seq, 0 // the handshake said otherwise; the data decides
	}
	if c.phase == ended && !c.late && diff+int32(len(b)) > 0 {
		c.late = true
		s.emit.Odd(ot.DataAfterClose, d, ot.NoProto)
	}
	switch {
	case diff == 0:
		h.strays = 0
		s.deliver(c, d, b)
		s.catchUp(c, d, at)
	case !near(seq, h.next):
		s.stray(c, d, seq, b)
	case diff < 0:
		s.overlap(c, d, seq, b, int(-diff), at)
	default:
		s.count.Reordered++
		s.later(c, d, segment{seq, b, at})
	}
}

// overlap takes a segment that begins with bytes already delivered.
func (s *Shard) overlap(c *conn, d ot.Dir, seq uint32, b []byte, old int, at At) {
	if len(b) == 1 && old == 1 {
		return // keep-alive probe
	}
	s.count.Retransmitted++
	if c.half[d].conflicts(seq, b) {
		c.quality |= ot.Conflict
		s.emit.Quality |= ot.Conflict
		s.emit.Odd(ot.StreamConflict, d, ot.NoProto)
	}
	if old < len(b) {
		s.deliver(c, d, b[old:])
		s.catchUp(c, d, at)
	}
}

// stray takes a segment far outside the window. Three that follow each other
// are the stream itself, further on.
func (s *Shard) stray(c *conn, d ot.Dir, seq uint32, b []byte) {
	h := &c.half[d]
	if h.strays > 0 && seq == h.strayNext {
		h.strays++
	} else {
		h.strays = 1
	}
	h.strayNext = seq + uint32(len(b))
	if h.strays < 3 {
		s.emit.Odd(ot.OutOfWindow, d, ot.NoProto)
		return
	}
	h.strays = 0
	s.lost(c, d, 0)
	s.dropDisorder(h)
	h.next = seq
	s.deliver(c, d, b)
}

// later keeps a segment until the hole before it is filled or given up.
func (s *Shard) later(c *conn, d ot.Dir, g segment) {
	h := &c.half[d]
	if h.holeSince == 0 {
		h.holeSince, h.acks = g.at.Clock, 0
	}
	if s.kept+len(g.data) > MaxKept || h.kept+len(g.data) > maxDisorder || len(h.disorder) >= maxSegments {
		s.emit.Odd(ot.StreamOverflow, d, ot.NoProto)
		s.giveUp(c, d, g.at)
		s.place(c, d, g.seq, g.data, g.at)
		return
	}
	i := len(h.disorder)
	for i > 0 && int32(h.disorder[i-1].seq-g.seq) > 0 {
		i--
	}
	g.data = append([]byte(nil), g.data...)
	h.disorder = append(h.disorder, segment{})
	copy(h.disorder[i+1:], h.disorder[i:])
	h.disorder[i] = g
	h.kept += len(g.data)
	s.kept += len(g.data)
	if len(h.disorder) > holeSegments {
		s.giveUp(c, d, g.at)
	}
}

// catchUp delivers kept segments whose turn has come, each as of its own frame.
func (s *Shard) catchUp(c *conn, d ot.Dir, at At) {
	h := &c.half[d]
	for len(h.disorder) > 0 {
		g := h.disorder[0]
		old := int(int32(h.next - g.seq))
		if old < 0 {
			h.holeSince, h.acks = at.Clock, 0
			return
		}
		h.disorder = h.disorder[:copy(h.disorder, h.disorder[1:])]
		h.kept -= len(g.data)
		s.kept -= len(g.data)
		if old < len(g.data) {
			s.emit.Frame, s.emit.Time = g.at.Frame, g.at.Time
			s.deliver(c, d, g.data[old:])
			s.emit.Frame, s.emit.Time = at.Frame, at.Time
		}
	}
	h.holeSince = 0
}

// acknowledged gives a hole up when the receiver acknowledges what lies behind
// it: those bytes came, but not to this capture. A mirror port may show an
// acknowledgement shortly before the bytes it is about, so a young hole waits
// for several.
func (s *Shard) acknowledged(c *conn, d ot.Dir, v *packet.View, at At) {
	h := &c.half[d]
	if h.holeSince == 0 || len(h.disorder) == 0 || v.Flags&packet.ACK == 0 || int32(v.Ack-h.disorder[0].seq) <= 0 {
		return
	}
	if h.acks++; h.acks >= holeAcks || at.Clock-h.holeSince > youngHole {
		s.giveUp(c, d, at)
	}
}

// giveUp counts the present hole as lost and goes on behind it.
func (s *Shard) giveUp(c *conn, d ot.Dir, at At) {
	h := &c.half[d]
	if len(h.disorder) == 0 {
		return
	}
	gap := h.disorder[0].seq - h.next
	s.lost(c, d, uint64(gap))
	h.next = h.disorder[0].seq
	s.catchUp(c, d, at)
}

// cut accounts for payload bytes that the snap length took off the frame.
func (s *Shard) cut(c *conn, d ot.Dir, v *packet.View) {
	c.quality |= ot.Truncated
	s.lost(c, d, uint64(v.CutBytes))
	c.half[d].next += uint32(v.CutBytes)
}

// lost tells decoder and judge that bytes are missing before the next ones.
func (s *Shard) lost(c *conn, d ot.Dir, gap uint64) {
	s.count.Gaps++
	s.count.GapBytes += gap
	c.total.Gap += gap
	c.doubt = s.emit.Clock + lossyFor
	s.emit.Quality |= ot.Lossy
	o := s.emit.Add(ot.Lost)
	o.Dir, o.Traffic.Gap = d, gap
	s.dropTail(&c.half[d])
	if c.dec != nil {
		c.dec.Lost(d, &s.emit)
	} else {
		c.probe.missed = true
	}
}

func (s *Shard) dropTail(h *half) {
	s.kept -= len(h.tail)
	h.tail = h.tail[:0]
}

func (s *Shard) dropDisorder(h *half) {
	s.kept -= h.kept
	h.disorder, h.kept, h.holeSince = h.disorder[:0], 0, 0
}

// conflicts reports whether these bytes differ from those delivered for the same place.
func (h *half) conflicts(seq uint32, b []byte) bool {
	for _, p := range h.recent {
		if p.len == uint32(len(b)) && p.seq == seq && p.len > 0 {
			return p.sum != digest(b)
		}
	}
	return false
}

// remember keeps the digest of a delivered segment.
func (h *half) remember(seq uint32, b []byte) {
	h.recent[h.recentAt&3] = print{seq, uint32(len(b)), digest(b)}
	h.recentAt++
}
