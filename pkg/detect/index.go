package detect

import "otsensor/pkg/ot"

// index gives the rules that may match an observation by kind, and for
// transactions by protocol and verb. It never leaves out a rule that matches.
type index struct {
	did   [maxProtos][maxOps][]candidate
	other [maxKinds][]candidate // by kind, of what is not a transaction
}

// candidate is a rule with what rejects it fastest.
type candidate struct {
	needs  uint64
	status uint8
	rule   int
}

func newIndex(rules []compiled) index {
	var ix index
	for p := range len(ot.Protos()) + 1 {
		for op := range len(ot.OpNames()) {
			ix.did[p][op] = candidates(rules, func(g *gate) bool {
				return g.kinds>>ot.Did&1 != 0 && g.protos>>p&1 != 0 && g.ops>>op&1 != 0
			})
		}
	}
	for k := range ix.other {
		ix.other[k] = candidates(rules, func(g *gate) bool { return g.kinds>>k&1 != 0 })
	}
	return ix
}

// candidates lists the rules whose gates let through.
func candidates(rules []compiled, lets func(*gate) bool) (all []candidate) {
	for i := range rules {
		if g := &rules[i].gate; len(rules[i].Chain) == 0 && lets(g) {
			all = append(all, candidate{g.needs, g.status, i})
		}
	}
	return all
}

// of gives the candidates of an observation.
func (ix *index) of(o *ot.Observation) []candidate {
	if o.Kind != ot.Did {
		return ix.other[o.Kind%maxKinds]
	}
	return ix.did[o.Did.Proto%maxProtos][o.Did.Op%maxOps]
}

// lets reports whether a candidate may match.
func (c *candidate) lets(o *ot.Observation, deviation uint64) bool {
	return (c.needs == 0 || c.needs&deviation != 0) && (o.Kind != ot.Did || c.status>>o.Did.Status&1 != 0)
}
