package protocols

import "otsensor/pkg/ot"

// Cutter cuts the bytes of a stream into PDUs that say their own length, and
// finds the next PDU behind bytes that belong to none.
type Cutter struct {
	Proto ot.Proto
	// Measure gives the length of the PDU that begins with b: 0 when none does,
	// below 0 when more bytes are needed to tell. A certain PDU can be told from
	// other bytes; one that is not certain is taken only where a PDU is due, and
	// what follows it must be certain. The verdict depends on the first
	// MeasureMax bytes alone, and not on how many more there are.
	Measure func(b []byte) (n int, certain bool)
	// Inside says that nothing but its length field tells where a PDU ends. Then
	// a certain PDU that begins inside another one is believed rather than the length.
	Inside bool
	// Datagrams says that bytes come as datagrams: no PDU goes on in the next one.
	Datagrams bool

	half   [2]cut
	mended []byte
}

// MeasureMax is the most bytes Measure may look at.
const MeasureMax = 64

// cut is where one direction stands.
type cut struct {
	spoke   bool // a PDU was recognised
	doubt   bool // the next PDU must be certain
	lost    bool // skipping until one is
	looked  int  // bytes of the present PDU that hold no other
	last    [7]byte
	lastLen int // bytes of the PDU before, kept in last
}

// Next gives the next whole PDU of b and how many bytes were used. The PDU is
// nil when b holds no more; it dies with b or with the next call.
func (c *Cutter) Next(dir ot.Dir, b []byte, out *Emit) (pdu []byte, used int) {
	pdu, used = c.next(dir, b, out)
	if h := &c.half[dir]; c.Datagrams && pdu == nil {
		if used < len(b) && !h.lost {
			out.Odd(ot.BadLength, dir, c.Proto)
		}
		h.doubt, h.lost, h.looked, h.lastLen = false, false, 0, 0
		return nil, len(b)
	}
	return pdu, used
}

// Each gives every whole PDU of b to take, and says how many bytes were used.
func (c *Cutter) Each(dir ot.Dir, b []byte, out *Emit, take func(dir ot.Dir, pdu []byte, out *Emit)) (used int) {
	for {
		pdu, n := c.Next(dir, b[used:], out)
		used += n
		if pdu == nil {
			return used
		}
		take(dir, pdu, out)
	}
}

func (c *Cutter) next(dir ot.Dir, b []byte, out *Emit) (pdu []byte, used int) {
	h := &c.half[dir]
	for used < len(b) {
		rest := b[used:]
		n, certain := c.Measure(rest)
		switch {
		case n < 0:
			return nil, used
		case n == 0 || (h.lost || h.doubt) && !certain:
			if pdu, n = c.beheaded(h, rest); pdu != nil {
				out.Odd(ot.BadLength, dir, c.Proto)
				return h.take(pdu, true), used + n
			} else if n < 0 {
				return nil, used
			}
			h.lose(dir, c.Proto, out)
			used++
			continue
		}
		end, whole := c.end(h, rest, n)
		if !whole {
			return nil, used
		}
		if end < n {
			out.Odd(ot.BadLength, dir, c.Proto)
		}
		return h.take(rest[:end:end], certain), used + end
	}
	return nil, used
}

// Lost says that bytes of a direction are missing.
func (c *Cutter) Lost(dir ot.Dir) {
	c.half[dir].lost, c.half[dir].looked, c.half[dir].lastLen = true, 0, 0
}

func (h *cut) take(pdu []byte, certain bool) []byte {
	h.spoke, h.lost, h.doubt, h.looked = true, false, !certain, 0
	h.lastLen = copy(h.last[:], pdu[max(len(pdu)-len(h.last), 0):])
	return pdu
}

// lose says once why bytes are skipped: they were never this protocol, or are so no more.
func (h *cut) lose(dir ot.Dir, proto ot.Proto, out *Emit) {
	if h.lost {
		return
	}
	h.lost, h.looked, h.lastLen = true, 0, 0
	if !h.spoke && out.Quality&ot.Midstream == 0 {
		out.Odd(ot.WrongProtocol, dir, proto)
		return
	}
	out.Odd(ot.LostSync, dir, proto)
}

// end is where a PDU of n bytes ends: there, or where another begins inside it.
func (c *Cutter) end(h *cut, b []byte, n int) (end int, whole bool) {
	if !c.Inside {
		return n, len(b) >= n
	}
	b = b[:min(n, len(b))]
	for at := max(h.looked, 1); at < len(b); at++ {
		m, certain := c.Measure(b[at:])
		if m < 0 && len(b) < n {
			h.looked = at
			return 0, false
		}
		if m > 0 && certain {
			return at, true
		}
	}
	h.looked = len(b)
	return n, len(b) == n
}

// beheaded gives a PDU whose first bytes were taken for the end of the one
// before; nil and n < 0 when more bytes are needed to tell.
func (c *Cutter) beheaded(h *cut, b []byte) (pdu []byte, n int) {
	if !c.Inside || h.lost {
		return nil, 0
	}
	for j := 1; j <= h.lastLen; j++ {
		head := append(append(c.mended[:0], h.last[h.lastLen-j:h.lastLen]...), b[:min(len(b), MeasureMax)]...)
		c.mended = head
		n, certain := c.Measure(head)
		switch {
		case n < 0 || n > j && certain && len(b) < n-j:
			return nil, -1
		case n > j && certain:
			c.mended = append(head[:j], b[:n-j]...)
			return c.mended, n - j
		}
	}
	return nil, 0
}
