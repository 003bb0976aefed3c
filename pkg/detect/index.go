package detect

import (
	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
)

// index gives the rules that may match an observation by kind, and for
// transactions by protocol and verb. It never leaves out a rule that matches.
// A shelf is put up when the first observation of its kind comes: a plant speaks
// few of all protocols.
type index struct {
	set   *Set
	did   [maxProtos][maxOps]*shelf
	other [maxKinds]*shelf // by kind, of what is not a transaction
}

// shelf holds the rules of one kind of observation, in the order in which they are matched.
type shelf []shelved

// shelved is a rule with what rejects it fastest.
type shelved struct {
	needs  baseline.Deviation
	status uint8
	candidate
}

// of gives the rules of the kind of an observation.
func (ix *index) of(o *ot.Observation) shelf {
	kind, p, op := o.Kind%maxKinds, o.Did.Proto%maxProtos, o.Did.Op%maxOps
	at, lets := &ix.other[kind], func(g *gate) bool { return g.kinds>>kind&1 != 0 }
	if o.Kind == ot.Did {
		at, lets = &ix.did[p][op], func(g *gate) bool { return g.kinds>>ot.Did&1 != 0 && g.protos>>p&1 != 0 && g.ops>>op&1 != 0 }
	}
	if *at == nil {
		*at = ix.set.shelf(lets)
	}
	return **at
}

// wide appends the rules that an observation may match by its kind, its status and how it departs.
func (ix *index) wide(to []candidate, o *ot.Observation, d baseline.Deviation) []candidate {
	all := ix.of(o)
	for i := range all {
		if all[i].lets(o, d) {
			to = append(to, all[i].candidate)
		}
	}
	return to
}

// shelf puts up the rules whose gates let through.
func (s *Set) shelf(lets func(*gate) bool) *shelf {
	sh := &shelf{}
	for _, i := range s.turn {
		if r := &s.compiled[i]; len(r.Chain) == 0 && lets(&r.gate) {
			c := candidate{rule: i}
			for j := range r.conds {
				c.conds = append(c.conds, &r.conds[j])
			}
			*sh = append(*sh, shelved{r.gate.needs, r.gate.status, c})
		}
	}
	return sh
}

// lets reports whether a rule may match.
func (r *shelved) lets(o *ot.Observation, d baseline.Deviation) bool {
	return (r.needs == 0 || r.needs&d != 0) && (o.Kind != ot.Did || r.status>>o.Did.Status&1 != 0)
}
