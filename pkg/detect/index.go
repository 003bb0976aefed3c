package detect

import "otsensor/pkg/ot"

// index gives the rules that may match an observation by kind, protocol and verb.
type index struct {
	did   map[ot.Proto]*[32][]candidate // by verb
	other [16][]candidate               // by kind, of what is not a transaction
}

// candidate is a rule with what rejects it fastest.
type candidate struct {
	needs  uint64
	status uint8
	rule   int
}

func newIndex(rules []compiled) index {
	ix := index{did: map[ot.Proto]*[32][]candidate{}}
	for _, p := range append(ot.Protos(), ot.NoProto) {
		ix.did[p] = &[32][]candidate{}
		for op := range len(ot.OpNames()) {
			ix.did[p][op] = candidates(rules, map[string]float64{"kind": float64(ot.Did), "proto": float64(p), "op": float64(op)})
		}
	}
	for k := range ix.other {
		if ot.Kind(k) != ot.Did {
			ix.other[k] = candidates(rules, map[string]float64{"kind": float64(k)})
		}
	}
	return ix
}

// candidates keeps the rules whose conditions on the fixed fields hold.
func candidates(rules []compiled, fixed map[string]float64) (all []candidate) {
rule:
	for i := range rules {
		if len(rules[i].Chain) > 0 {
			continue
		}
		for _, c := range rules[i].conds {
			if n, is := fixed[c.f.name]; is && inSpans(c.spans, n) == c.not {
				continue rule
			}
		}
		all = append(all, candidate{rules[i].needs, rules[i].status, i})
	}
	return all
}

// of gives the candidates of an observation.
func (ix *index) of(o *ot.Observation) []candidate {
	if o.Kind != ot.Did {
		return ix.other[o.Kind&15]
	}
	if ops := ix.did[o.Did.Proto]; ops != nil {
		return ops[o.Did.Op&31]
	}
	return nil
}
