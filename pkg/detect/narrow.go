package detect

import (
	"math/bits"
	"slices"

	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
)

// narrow remembers which rules may match observations of one look, and which of
// their conditions are still open then: most rules are about others, and what is
// as it was learned is the business of hardly any. It is filled as looks are met,
// and for what there is no room for all rules of a kind are gone through.
type narrow struct {
	slots  []narrowed
	used   int
	latest *narrowed
	wide   narrowed // of a look there was no room for
}

// narrowed is the candidates of one look, in the order in which they are matched.
type narrowed struct {
	look look // how is 0 while the slot is free
	list []candidate
}

// candidate is a rule that may match.
type candidate struct {
	rule  int
	conds []*cond // what the look of an observation does not settle
}

// narrowSlots is the room for looks, of which three quarters are used.
const narrowSlots = 1024

func newNarrow() narrow {
	n := narrow{slots: make([]narrowed, narrowSlots)}
	n.latest = &n.slots[0]
	return n
}

// look is what can be said of an observation by its fixed parts.
type look struct{ what, how, departs uint64 }

// lookTells are the fields that the look of an observation tells, for one engine.
var lookTells = []string{"kind", "proto", "op", "status", "service", "anomaly", "code", "quality", "deviation", "learned", "usual",
	"changes_state", "engineering", "work_windows", "learning"}

// lookOf takes in what the fields above ask, and the shape and the direction,
// which lie beside it, so that each four bytes are read at once.
func lookOf(o *ot.Observation, d baseline.Deviation) look {
	const never0 = 1 << 63
	t := &o.Did
	return look{
		what:    uint64(t.Proto) | uint64(t.Op)<<8 | uint64(t.Status)<<16 | uint64(t.Shape)<<24 | uint64(t.Code)<<32,
		how:     uint64(o.Kind) | uint64(o.Quality)<<8 | uint64(o.Odd)<<16 | uint64(o.Dir)<<24 | uint64(o.Service)<<32 | never0,
		departs: uint64(d),
	}
}

// blank is an observation of which nothing but its look is known.
func blank(o *ot.Observation) *ot.Observation {
	t := &o.Did
	return &ot.Observation{Kind: o.Kind, Quality: o.Quality, Odd: o.Odd, Service: o.Service, Did: ot.Transaction{Proto: t.Proto, Op: t.Op, Status: t.Status, Code: t.Code}}
}

// slot is where a look is, or where there is room for it.
func (n *narrow) slot(l look) (s *narrowed, found bool) {
	i := (l.what ^ bits.RotateLeft64(l.how, 24) ^ bits.RotateLeft64(l.departs, 32)) * 0x9E3779B97F4A7C15 >> (64 - bits.Len(narrowSlots-1))
	for {
		if s = &n.slots[i%narrowSlots]; s.look == l || s.look.how == 0 {
			return s, s.look.how != 0
		}
		i++
	}
}

// narrowed gives the candidates of a look.
func (e *Engine) narrowed(l look, o *ot.Observation, d baseline.Deviation) *narrowed {
	n := &e.narrow
	s, found := n.slot(l)
	if !found {
		if n.used >= narrowSlots*3/4 {
			n.wide.list = e.index.wide(n.wide.list[:0], o, d)
			return &n.wide
		}
		n.used++
		s.look, s.list = l, e.mayMatch(o, d)
	}
	n.latest = s
	return s
}

// mayMatch finds the rules that an observation of the same look may match.
func (e *Engine) mayMatch(o *ot.Observation, d baseline.Deviation) (left []candidate) {
	s := &Sighting{O: blank(o), W: baseline.Weight{Dev: d}, engine: e}
	for _, c := range e.index.wide(nil, o, d) {
		if !slices.ContainsFunc(c.conds, func(d *cond) bool { return d.never(s) }) {
			left = append(left, candidate{c.rule, unsettled(c.conds)})
		}
	}
	return left
}

// unsettled are the conditions that a look does not settle.
func unsettled(conds []*cond) (left []*cond) {
	for _, c := range conds {
		if !c.f.looked {
			left = append(left, c)
		}
	}
	return left
}

// never reports whether no observation that looks like a blank one meets the condition.
func (c *cond) never(blank *Sighting) bool {
	switch f := c.f; {
	case f.critical:
		return blank.engine.facts.Critical == nil && !c.not
	case f.of != nil && !f.of(blank.O.Did.Code):
		return true
	case f.looked, f.byCode:
		return !c.match(blank)
	}
	return false
}
