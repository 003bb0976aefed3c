package detect

import "otsensor/pkg/ot"

// index gives the rules that may match an observation by kind, and for
// transactions by protocol and verb. It never leaves out a rule that matches.
// A shelf is put up when the first observation of its kind comes: a plant speaks
// few of all protocols.
type index struct {
	set   *Set
	did   [maxProtos][maxOps]*shelf
	other [maxKinds]*shelf // by kind, of what is not a transaction
}

// shelf holds the candidates of one kind of observation. What departs from the
// baseline in nothing is by far the most, and few rules look at it.
type shelf struct {
	all   []candidate
	quiet [maxStatus][]candidate // those that ask for no deviation, by status
}

// candidate is a rule with what rejects it fastest.
type candidate struct {
	needs  uint64
	status uint8
	rule   int
	conds  []cond // what is not settled by the place in the index
}

// of gives the candidates of an observation that departs in deviation.
func (ix *index) of(o *ot.Observation, deviation uint64) []candidate {
	if o.Kind != ot.Did {
		at := &ix.other[o.Kind%maxKinds]
		if *at == nil {
			*at = ix.set.shelf(false, func(g *gate) bool { return g.kinds>>(o.Kind%maxKinds)&1 != 0 })
		}
		return (*at).all
	}
	p, op := o.Did.Proto%maxProtos, o.Did.Op%maxOps
	sh := ix.did[p][op]
	if sh == nil {
		sh = ix.set.shelf(true, func(g *gate) bool { return g.kinds>>ot.Did&1 != 0 && g.protos>>p&1 != 0 && g.ops>>op&1 != 0 })
		ix.did[p][op] = sh
	}
	if deviation == 0 {
		return sh.quiet[o.Did.Status%maxStatus]
	}
	return sh.all
}

// shelf puts up the rules whose gates let through, in the order in which they are matched.
func (s *Set) shelf(did bool, lets func(*gate) bool) *shelf {
	sh := &shelf{}
	for _, i := range s.turn {
		r := &s.compiled[i]
		if len(r.Chain) > 0 || !lets(&r.gate) {
			continue
		}
		c := candidate{r.gate.needs, r.gate.status, i, unsettled(r.conds, did)}
		sh.all = append(sh.all, c)
		for status := range sh.quiet {
			if c.needs == 0 && c.status>>status&1 != 0 {
				sh.quiet[status] = append(sh.quiet[status], c)
			}
		}
	}
	return sh
}

// unsettled are the conditions that a gate does not say all of: those on the
// kind are settled by the shelf, and for transactions those on protocol, verb,
// status and the deviations asked for.
func unsettled(conds []cond, did bool) (left []cond) {
	for _, c := range conds {
		switch c.f.name {
		case "kind":
			continue
		case "proto", "op", "status", "changes_state":
			if did {
				continue
			}
		case "deviation":
			if !c.not {
				continue
			}
		}
		left = append(left, c)
	}
	return left
}

// lets reports whether a candidate may match.
func (c *candidate) lets(o *ot.Observation, deviation uint64) bool {
	return (c.needs == 0 || c.needs&deviation != 0) && (o.Kind != ot.Did || c.status>>o.Did.Status&1 != 0)
}
