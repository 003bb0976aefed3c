package flow

import (
	"encoding/binary"
	"math/bits"

	"otsensor/pkg/ot"
)

// deliver hands the next bytes of a direction on: to the decoder, or to
// whoever finds out which decoder it takes.
func (s *Shard) deliver(c *conn, d ot.Dir, b []byte) {
	h := &c.half[d]
	if c.key.transport == ot.TCP {
		h.remember(h.next, b)
		h.next += uint32(len(b))
		h.delivered = true
	}
	if c.dec == nil {
		s.recognise(c, d, b)
		return
	}
	s.feed(c, d, b)
}

// feed gives bytes to the decoder, with those it left before in front.
func (s *Shard) feed(c *conn, d ot.Dir, b []byte) {
	h := &c.half[d]
	before := len(s.emit.Batch.Obs)
	if len(h.tail) == 0 {
		b = b[c.dec.Feed(d, b, &s.emit):]
		s.keep(c, d, b)
	} else {
		s.keep(c, d, b)
		used := c.dec.Feed(d, h.tail, &s.emit)
		s.kept -= used
		h.tail = h.tail[:copy(h.tail, h.tail[used:])]
	}
	for i := before; i < len(s.emit.Batch.Obs); i++ {
		if o := &s.emit.Batch.Obs[i]; o.Kind == ot.Did {
			s.count.Decoded[o.Did.Proto]++
		}
	}
}

// keep stores what a decoder left; more than the protocol can need is a lost stream.
func (s *Shard) keep(c *conn, d ot.Dir, b []byte) {
	if len(b) == 0 || c.key.transport != ot.TCP {
		return
	}
	h := &c.half[d]
	if len(h.tail)+len(b) > c.row.Limit || s.kept+len(b) > MaxKept {
		s.emit.Odd(ot.Oversize, d, c.row.Proto)
		s.lost(c, d, uint64(len(h.tail)))
		b = b[:min(len(b), c.row.Limit)]
	}
	h.tail = append(h.tail, b...)
	s.kept += len(b)
}

// digest is a fast hash of a segment's bytes, the same in every run.
func digest(b []byte) uint64 {
	const k = 0x9E3779B97F4A7C15
	h := uint64(len(b)) * k
	for len(b) >= 8 {
		h = mix(h ^ binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	var last [8]byte
	copy(last[:], b)
	return mix(h ^ binary.LittleEndian.Uint64(last[:]))
}

func mix(x uint64) uint64 {
	hi, lo := bits.Mul64(x, 0xA0761D6478BD642F)
	return hi ^ lo ^ x>>29
}
