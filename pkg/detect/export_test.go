package detect

import (
	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
)

// WithoutIndex makes every rule a candidate of every observation.
func (e *Engine) WithoutIndex() *Engine {
	every := e.set.shelf(func(*gate) bool { return true })
	for i := range *every {
		(*every)[i].needs, (*every)[i].status = 0, 0xff
	}
	e.narrow.used = narrowSlots
	for p := range e.index.did {
		for op := range e.index.did[p] {
			e.index.did[p][op] = every
		}
	}
	for k := range e.index.other {
		e.index.other[k] = every
	}
	return e
}

// Missed lists the rules whose conditions an observation meets and that the
// index does not give.
func (e *Engine) Missed(o *ot.Observation, dev baseline.Deviation) (missed []string) {
	given, s := map[int]bool{}, e.set
	seen := &Sighting{O: o, W: baseline.Weight{Dev: dev}, engine: e}
	for _, c := range e.narrowed(lookOf(o, dev), o, dev).list {
		given[c.rule] = c.match(seen)
	}
rule:
	for i := range s.compiled {
		r := &s.compiled[i]
		for j := range r.conds {
			if !r.conds[j].match(seen) {
				continue rule
			}
		}
		if len(r.Chain) == 0 && !given[i] {
			missed = append(missed, r.ID)
		}
	}
	return missed
}
