package detect

import (
	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
)

// WithoutIndex makes every rule a candidate of every observation.
func (e *Engine) WithoutIndex() *Engine {
	every := &shelf{}
	for _, i := range e.set.turn {
		if len(e.set.compiled[i].Chain) == 0 {
			every.all = append(every.all, candidate{status: 0xff, rule: i, conds: e.set.compiled[i].conds})
		}
	}
	for status := range every.quiet {
		every.quiet[status] = every.all
	}
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
	for _, c := range e.candidates(o, uint64(dev)) {
		given[c.rule] = c.lets(o, uint64(dev)) && c.match(seen)
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
