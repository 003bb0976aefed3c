package flow

import "otsensor/pkg/ot"

// deliver hands the next bytes of a direction on: to the decoder, or to
// whoever finds out which decoder it takes.
func (s *Shard) deliver(c *conn, d ot.Dir, b []byte) ot.Dir {
	if c.dec == nil {
		d = s.recognise(c, d, b)
		s.bare(c, b)
		return d
	}
	s.feed(c, d, b)
	return d
}

// feed gives bytes to the decoder, with those it left before in front.
func (s *Shard) feed(c *conn, d ot.Dir, b []byte) {
	h := &c.half[d&1]
	if len(h.tail) > 0 {
		s.keep(h, b)
		s.release(h, c.dec.Feed(d, h.tail, &s.emit))
	} else if used := c.dec.Feed(d, b, &s.emit); used < len(b) && c.key.transport == ot.TCP {
		s.keep(h, b[used:])
	}
	if s.emit.Due != 0 {
		s.wake(c)
	}
	if len(h.tail) > 0 {
		s.limit(c, d)
	}
}

// limit lets go what a decoder leaves of a direction when it is too much.
func (s *Shard) limit(c *conn, d ot.Dir) {
	switch {
	case len(c.half[d].tail) > c.row.Limit:
		s.emit.Odd(ot.Oversize, d, c.row.Proto)
	case s.kept > MaxKept:
		s.emit.Odd(ot.StreamOverflow, d, c.row.Proto)
	default:
		return
	}
	s.desync(c, d)
}

// keep puts bytes behind those that wait for more.
func (s *Shard) keep(h *half, b []byte) {
	h.tail = append(h.tail, b...)
	s.kept += len(b)
}

// idleTail is how much memory an empty tail may hold on to, bytes.
const idleTail = 512

// release takes used bytes off the tail, and gives back memory that only a
// large segment needed.
func (s *Shard) release(h *half, used int) {
	if used == 0 {
		return
	}
	s.kept -= used
	rest := h.tail[used:]
	if cap(h.tail) > idleTail && len(rest) < cap(h.tail)/4 {
		h.tail = append([]byte(nil), rest...)
		return
	}
	h.tail = h.tail[:copy(h.tail, rest)]
}

func (s *Shard) dropTail(h *half) { s.release(h, len(h.tail)) }
