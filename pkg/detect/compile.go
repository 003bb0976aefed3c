package detect

import (
	"slices"
	"sort"

	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
)

// compiled is a rule ready to be matched.
type compiled struct {
	*Rule
	conds []cond
	gate  gate
	group []part
	list  *part
	count []part
	of    []part
	by    []part
	show  []part
	say   []piece
	links []link

	chains []int // numbers of chains that what it fires on may be a link of

	doubts  ot.Quality // what it does not judge
	freezes bool       // what it is about does not teach
	site    bool       // the site set its threshold

	unless []int // numbers of rules
	takes  []int // numbers of rules
	taken  []int // numbers of rules that take its events
	rank   int   // above the rank of all of them
}

// gate is what can be said of a rule from an observation's fixed parts: bits
// of what may match. It lets through whatever the conditions may accept.
type gate struct {
	kinds  uint16
	protos uint64 // without ot.NoProto where the rule has a condition on the protocol
	ops    uint32
	status uint8
	needs  baseline.Deviation // of which one must be there, 0 for any
}

// The gates are wide enough.
const (
	maxKinds  = 16
	maxProtos = 64
	maxOps    = 32
	maxStatus = 8
)

func (l *loader) compile() {
	s := l.set
	sort.SliceStable(s.Rules, func(i, j int) bool { return s.Rules[i].ID < s.Rules[j].ID })
	for i := range s.Rules {
		if len(s.Rules[i].Chain) == 0 {
			l.chainable = append(l.chainable, s.Rules[i].ID)
		}
	}
	for i := range s.Rules {
		r := &s.Rules[i]
		if i > 0 && s.Rules[i-1].ID == r.ID {
			l.fail(r, r.Line, "this id stands twice, also at %s:%d", s.Rules[i-1].File, s.Rules[i-1].Line)
		}
		s.compiled = append(s.compiled, l.rule(r))
		if len(r.Chain) > 0 {
			s.chains = append(s.chains, i)
		}
	}
	l.rank()
	for i := range s.Rules {
		s.Rules[i].doc = nil
		s.compiled[i].links = linksOf(s.compiled, &s.Rules[i])
	}
	for _, c := range s.chains {
		for n := range s.compiled {
			if slices.ContainsFunc(s.compiled[c].links, func(l link) bool { return l.rules[n] || l.ops != 0 }) {
				s.compiled[n].chains = append(s.compiled[n].chains, c)
			}
		}
	}
	s.turn = ordered(s.compiled)
}

func (l *loader) rule(r *Rule) compiled {
	l.check(r)
	if r.Window == 0 {
		r.Window = defaultWindow
	}
	c := compiled{Rule: r, conds: l.compileWhen(r)}
	l.onlyTransactions(&c)
	c.gate = gateOf(c.conds)
	if len(r.Group) == 0 {
		r.Group = []string{"client", "server"}
	}
	c.group = l.parts(r, r.Group, "group")
	if r.List != "" {
		if p := l.parts(r, []string{r.List}, "list"); len(p) > 0 {
			c.list = &p[0]
		}
	}
	if r.Count != nil {
		c.count = l.parts(r, r.Count.By, "count", "by")
		if len(r.Count.By) == 0 {
			c.count = c.group
		}
	}
	if r.Distinct != nil {
		c.of, c.by = l.parts(r, r.Distinct.Of, "distinct", "of"), l.parts(r, r.Distinct.By, "distinct", "by")
	}
	c.show = l.parts(r, r.Show, "show")
	c.say = l.sentence(r)
	c.doubts = r.Two.doubts()
	if c.doubts != 0 && c.gate.needs&baseline.Period != 0 {
		c.doubts |= ot.Displaced
	}
	c.freezes = r.Level >= freezeLevel && r.Play != aboutSensor && !slices.ContainsFunc(c.conds, func(c cond) bool { return c.f.name == "learned" })
	return c
}

// What an event of this level or more is about does not teach. What speaks of
// the sensor's own coverage is about no conversation, and what was not learned
// yet is no reason not to learn it.
const (
	freezeLevel = 2
	aboutSensor = "OT-15"
)

// onlyTransactions adds what a rule without kind means: transactions. The kind
// is looked at first, whatever the order in the file, as everything else is
// absent where it does not fit.
func (l *loader) onlyTransactions(c *compiled) {
	if len(c.Chain) > 0 {
		return
	}
	at := slices.IndexFunc(c.conds, func(d cond) bool { return d.f.name == "kind" })
	kind := cond{f: l.set.fields["kind"], spans: []span{{float64(ot.Did), float64(ot.Did)}}}
	if at >= 0 {
		kind = c.conds[at]
		c.conds = slices.Delete(c.conds, at, at+1)
	}
	c.conds = slices.Insert(c.conds, 0, kind)
}

func gateOf(conds []cond) gate {
	g := gate{kinds: 1<<maxKinds - 1, protos: 1<<maxProtos - 1, ops: 1<<maxOps - 1, status: 1<<maxStatus - 1}
	for i := range conds {
		c := &conds[i]
		switch c.f.name {
		case "kind":
			g.kinds &= uint16(c.mask(maxKinds))
		case "proto":
			g.protos &= c.mask(maxProtos) &^ (1 << ot.NoProto)
		case "op":
			g.ops &= uint32(c.mask(maxOps))
		case "status":
			g.status &= uint8(c.mask(maxStatus))
		case "engineering":
			g.verbs(c, ot.Op.Engineering)
		case "changes_state":
			g.verbs(c, ot.Op.ChangesState)
		case "deviation":
			if !c.not {
				g.needs = baseline.Deviation(c.bits)
			}
		}
		if c.f.proto != ot.NoProto { // only its transactions have the field
			g.protos &= 1 << c.f.proto
			g.kinds &= 1<<ot.Did | 1<<ot.Odd
		}
	}
	return g
}

// verbs lets through the verbs for which a condition on what a verb is holds.
func (g *gate) verbs(c *cond, is func(ot.Op) bool) {
	for op := range len(ot.OpNames()) {
		if n := map[bool]float64{true: 1}[is(ot.Op(op))]; !c.holds(n) {
			g.ops &^= 1 << op
		}
	}
}

// mask has a bit for every number below n that meets the condition.
func (c *cond) mask(n int) (bits uint64) {
	for v := range n {
		if c.holds(float64(v)) {
			bits |= 1 << v
		}
	}
	return bits
}
