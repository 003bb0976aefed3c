package detect

import (
	"bytes"
	"net/netip"
)

// cond is one line of a rule's when: a field and what it must be. A field that
// is absent is nothing at all, so no condition on it holds, not even a not; a
// set of bits is never absent, it may be empty.
type cond struct {
	f        *field
	not      bool
	spans    []span
	texts    []string
	starts   [][]byte
	contains [][]byte
	nets     []netip.Prefix
	bits     uint64
}

// span is an inclusive range of numbers.
type span struct{ lo, hi float64 }

func (c *cond) match(s *Sighting) bool {
	switch {
	case c.f.set != nil:
		return (c.f.set(s)&c.bits != 0) != c.not
	case c.f.num != nil:
		n, ok := c.f.num(s)
		return ok && c.holds(n)
	case c.f.addr != nil:
		a, ok := c.f.addr(s)
		return ok && inNets(c.nets, a) != c.not
	default:
		b, ok := c.f.text(s)
		return ok && c.inTexts(b) != c.not
	}
}

// holds reports whether a number that is present meets the condition.
func (c *cond) holds(n float64) bool {
	for _, sp := range c.spans {
		if n >= sp.lo && n <= sp.hi {
			return !c.not
		}
	}
	return c.not
}

func inNets(nets []netip.Prefix, a netip.Addr) bool {
	for _, p := range nets {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func (c *cond) inTexts(b []byte) bool {
	for _, t := range c.texts {
		if string(b) == t {
			return true
		}
	}
	for _, t := range c.starts {
		if bytes.HasPrefix(b, t) {
			return true
		}
	}
	for _, t := range c.contains {
		if bytes.Contains(b, t) {
			return true
		}
	}
	return false
}
