package detect

import (
	"slices"
	"strings"

	"otsensor/pkg/near"
)

// One act is one event: a general rule gives way to the rules it names under
// unless, where one of them speaks of the same sighting. To speak is to raise,
// or to be kept silent only because people accepted it. So those that are named
// are matched first: every rule has a rank above the ranks of those it names.

// rank finds the rules that each rule gives way to, and the order to match in.
func (l *loader) rank() {
	s := l.set
	for i := range s.compiled {
		c := &s.compiled[i]
		for j, id := range c.Unless {
			if n, ok := l.numberOf(c, id, "unless", j); ok {
				c.unless = append(c.unless, n)
			}
		}
		for j, id := range c.Takes {
			if n, ok := l.numberOf(c, id, "takes", j); ok {
				c.takes = append(c.takes, n)
				s.compiled[n].taken = append(s.compiled[n].taken, i)
			}
		}
	}
	for range s.compiled {
		if !s.raiseRanks() {
			return
		}
	}
	for i := range s.compiled {
		if c := &s.compiled[i]; c.rank >= len(s.compiled) {
			l.fail(c.Rule, c.Line, "unless: the rules give way to one another in a circle")
		}
	}
}

// numberOf finds a rule that another names.
func (l *loader) numberOf(c *compiled, id, key string, at int) (n int, ok bool) {
	n, found := slices.BinarySearchFunc(l.set.Rules, id, func(r Rule, id string) int { return strings.Compare(r.ID, id) })
	if !found || len(l.set.Rules[n].Chain) > 0 {
		l.fail(c.Rule, c.line(key, at), "%s: no rule %q that looks at single sightings%s", key, id, near.Hint(id, l.chainable))
		return 0, false
	}
	return n, true
}

// raiseRanks sets every rank above those of the rules it gives way to; false
// when nothing changed.
func (s *Set) raiseRanks() (changed bool) {
	for i := range s.compiled {
		c := &s.compiled[i]
		for _, n := range c.unless {
			if c.rank <= s.compiled[n].rank {
				c.rank, changed = s.compiled[n].rank+1, true
			}
		}
	}
	return changed
}

// ordered are the numbers of all rules, those that others give way to first.
func ordered(rules []compiled) []int {
	all := make([]int, len(rules))
	for i := range all {
		all[i] = i
	}
	slices.SortStableFunc(all, func(a, b int) int { return rules[a].rank - rules[b].rank })
	return all
}

// givesWay reports whether a rule that says more speaks of the present sighting.
func (e *Engine) givesWay(r *compiled) bool {
	for _, n := range r.unless {
		if e.spoke[n] == e.matched {
			return true
		}
	}
	return false
}
