package flow

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
)

// listOf is the list a TCP conversation waits in for its timeout.
func (s *Shard) listOf(c *conn) *list {
	switch c.phase {
	case tried:
		return &s.tried
	case ended:
		return &s.ended
	default:
		return &s.live
	}
}

// Tick lets time pass: old holes are given up, unanswered requests let go,
// idle conversations closed. before is the clock of the tick before this one.
func (s *Shard) Tick(at At, before int64, out *protocols.Output) {
	s.stand(&at, out)
	s.off()
	s.asked.expire(at.Clock)
	s.wheel.turn(before, at.Clock, func(c *conn) { s.tick(c, at) })
	if at.Clock/movedEvery != before/movedEvery {
		s.moved(at)
	}
	s.press()
	tried, live := s.patience()
	s.expire(&s.tried, at, tried)
	s.expire(&s.ended, at, endedLinger)
	s.expire(&s.dgram, at, datagramIdle)
	s.expire(&s.live, at, live)
	s.count.OneSided = s.sided
}

func (s *Shard) tick(c *conn, at At) {
	s.on(c)
	d := s.age(c, ot.ToServer, at)
	s.age(c, d.Other(), at)
	s.follow(c, at)
	if c.dec != nil {
		c.dec.Tick(at.Clock, &s.emit)
		if s.emit.Due != 0 {
			s.wake(c)
		}
	}
	if c.half[0].pending() || c.half[1].pending() {
		s.wheel.wants(c, at.Clock, at.Clock)
	}
}

// wake puts a conversation where its decoder's Tick finds it, as that asked for.
func (s *Shard) wake(c *conn) {
	s.wheel.wants(c, s.emit.Due, s.emit.Clock)
	s.emit.Due = 0
}

// moved reports what each conversation carried that said something since the
// last report.
func (s *Shard) moved(at At) {
	for _, l := range []*list{&s.live, &s.dgram, &s.ended} {
		for c := l.newest(); c != nil && c.last >= s.reported; c = l.before(c) {
			s.on(c)
			s.report(c)
		}
	}
	s.reported = at.Clock
}

func (s *Shard) report(c *conn) {
	t, last := c.total, c.told
	if t.Packets == last.Packets {
		return
	}
	way, halved := c.lostWay()
	if c.rare != nil && c.rare.halved != halved {
		c.rare.halved = halved
		s.emit.Quality = c.doubts(s.emit.Clock)
	}
	o := s.emit.Add(ot.Moved)
	o.Halved, o.Dir = halved, way
	o.Traffic = ot.Traffic{
		Packets: [2]uint32{t.Packets[0] - last.Packets[0], t.Packets[1] - last.Packets[1]},
		Bytes:   [2]uint64{t.Bytes[0] - last.Bytes[0], t.Bytes[1] - last.Bytes[1]},
		Gap:     t.Gap - last.Gap,
		Since:   last.Since,
	}
	c.told = t
	c.told.Since = s.emit.Clock
}

// side counts a conversation among those of which one direction is not seen, or
// no longer.
func (s *Shard) side(c *conn, sided bool) {
	switch {
	case sided && !c.sided:
		s.sided++
	case c.sided && !sided:
		s.sided--
	}
	c.sided = sided
}

func (s *Shard) expire(l *list, at At, idle int64) {
	for c := l.oldest(); c != nil && at.Clock-c.last > idle; c = l.oldest() {
		s.close(c, at)
	}
}

// close ends a conversation: what is kept is delivered, what is open is let go.
func (s *Shard) close(c *conn, at At) {
	s.on(c)
	d := s.drain(c, ot.ToServer, at)
	s.drain(c, d.Other(), at)
	if c.dec != nil {
		c.dec.Tick(protocols.EndOfTime, &s.emit)
	}
	s.endBare(c)
	s.emit.Add(ot.Closed).Traffic = c.total
	s.dropTail(&c.half[ot.ToServer])
	s.dropTail(&c.half[ot.ToClient])
	s.dropDoubted(&c.half[ot.ToServer])
	s.dropDoubted(&c.half[ot.ToClient])
	if c.waits {
		s.wheel.remove(c)
	}
	s.side(c, false)
	s.conns.remove(c)
	s.places.drop(c)
}

// drain gives up every hole of a direction.
func (s *Shard) drain(c *conn, d ot.Dir, at At) ot.Dir {
	d = s.believe(c, d, at)
	for len(c.half[d].disorder()) > 0 {
		d = s.giveUp(c, d, at)
	}
	return d
}

// evict makes room: first what never got an answer, then what has ended, then
// datagrams, then TCP; of each the longest idle.
func (s *Shard) evict(at At) {
	for _, l := range []*list{&s.tried, &s.ended, &s.dgram, &s.live} {
		if c := l.oldest(); c != nil {
			s.count.Evicted++
			s.on(c)
			s.emit.Odd(ot.TableFull, ot.ToServer, ot.NoProto)
			s.close(c, at)
			return
		}
	}
}

// Flush ends every conversation, as at the end of a file.
func (s *Shard) Flush(at At, out *protocols.Output) {
	s.stand(&at, out)
	for _, l := range []*list{&s.tried, &s.ended, &s.dgram, &s.live} {
		for c := l.oldest(); c != nil; c = l.oldest() {
			s.close(c, at)
		}
	}
	s.asked = asked{}
	s.count.FragEvicted += uint64(s.defrag.Len())
	s.defrag = packet.NewDefrag(MaxFragments, MaxFragBytes)
}
