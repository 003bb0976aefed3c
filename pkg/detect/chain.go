package detect

import (
	"math"
	"slices"

	"otsensor/pkg/ot"
)

// link is a member of a chain, ready to be met.
type link struct {
	rules   []bool // by number of a rule
	ops     uint32
	status  uint8 // 0 for any, and for what has none
	several int
}

func linksOf(rules []compiled, r *Rule) (all []link) {
	for i := range r.Chain {
		from := &r.Chain[i]
		to := link{rules: make([]bool, len(rules)), several: from.Several}
		for n := range rules {
			to.rules[n] = slices.Contains(from.Rules, rules[n].ID) || slices.Contains(from.Types, rules[n].Play)
		}
		for _, name := range from.Ops {
			op, _ := ot.OpNamed(name)
			to.ops |= 1 << op
		}
		for _, name := range from.Status {
			status, _ := ot.StatusNamed(name)
			to.status |= 1 << status
		}
		all = append(all, to)
	}
	return all
}

// meets reports whether what rule n fired on is what a link waits for.
func (l *link) meets(n int, o *ot.Observation) bool {
	did := o.Kind == ot.Did
	if l.status != 0 && (!did || l.status>>o.Did.Status&1 == 0) {
		return false
	}
	return l.rules[n] || did && l.ops>>o.Did.Op&1 != 0
}

// chain gives what rule n fired on to the rules that wait for an order of such
// sightings, per source, target or both. Every sighting counts, also one that
// only extends an open event or is over a rule's budget.
func (e *Engine) chain(n int, s *Sighting) {
	for _, c := range e.set.compiled[n].chains {
		r := &e.set.compiled[c]
		if !slices.ContainsFunc(r.links, func(l link) bool { return l.meets(n, s.O) }) {
			continue
		}
		w := e.chainWindow(c, r, s)
		many := r.links[0].several > 0
		if many && !e.another(c, w, n) || !many && !w.advance(r.links, int64(r.Over), e.now, n, s.O) {
			continue
		}
		if e.facts.Accepted(r.ID, s) {
			e.Counts.Accepted++
			continue
		}
		if !many {
			w = nil
		}
		e.raise(c, s, w)
	}
}

// another counts rule n in a chain that waits for several; true when there were enough.
func (e *Engine) another(c int, w *window, n int) bool {
	r := &e.set.compiled[c]
	id := e.set.Rules[n].ID
	show := func() string { return id }
	return e.tallies[c].differs(w, e.now, []byte(id), show, r.links[0].several, int64(r.Over)) >= r.links[0].several
}

// chainWindow is how far a chain has come for the hosts of a sighting.
func (e *Engine) chainWindow(c int, r *compiled, s *Sighting) *window {
	t := &e.tallies[c]
	at := e.nearby(c, s)
	if at == nil {
		return t.of(e.chainKey(r, s), e.now)
	}
	if at.window == nil || at.window.gone {
		at.window = t.of(e.chainKey(r, s), e.now)
	}
	t.use(at.window, e.now)
	return at.window
}

func (e *Engine) chainKey(r *compiled, s *Sighting) []byte {
	e.key = e.key[:0]
	for _, by := range r.By {
		host := s.Source()
		if by == "target" {
			host = s.Target()
		}
		e.key = append(append(e.key, host.IP[:]...), host.MAC[:]...)
	}
	return e.key
}

// never is a time before all others.
const never = math.MinInt64

// advance moves a chain on; true when its last link was met. times[i] is when
// the latest run of links that has come as far as i began. Links are looked at
// from the last, so that one sighting is never two links of one run.
func (w *window) advance(links []link, over, now int64, n int, o *ot.Observation) (done bool) {
	for len(w.times) < len(links) {
		w.times = append(w.times, never)
	}
	for i := len(links) - 1; i >= 0; i-- {
		if !links[i].meets(n, o) {
			continue
		}
		began := now
		if i > 0 {
			began = w.times[i-1]
		}
		if began == never || now-began > over {
			continue
		}
		w.times[i] = began
		done = done || i == len(links)-1
	}
	return done
}
