package detect

import (
	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
)

// WithoutIndex is the set with every rule a candidate of every observation.
func (s *Set) WithoutIndex() *Set {
	var every []candidate
	for _, i := range ordered(s.compiled) {
		if len(s.compiled[i].Chain) == 0 {
			every = append(every, candidate{status: 0xff, rule: i, conds: s.compiled[i].conds})
		}
	}
	shelf := shelf{all: every}
	for status := range shelf.quiet {
		shelf.quiet[status] = every
	}
	plain := *s
	for p := range plain.index.did {
		for op := range plain.index.did[p] {
			plain.index.did[p][op] = shelf
		}
	}
	for k := range plain.index.other {
		plain.index.other[k] = shelf
	}
	return &plain
}

// Missed lists the rules whose conditions an observation meets and that the
// index does not give.
func (s *Set) Missed(o *ot.Observation, dev baseline.Deviation, f Facts) (missed []string) {
	given := map[int]bool{}
	e := NewEngine(s, f, nil)
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
