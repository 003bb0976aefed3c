package detect

import (
	"bytes"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Rules may be read again while the sensor runs. What is under way goes on where
// a rule is word for word the same: what it counts, and its open events under
// their ids. The open events of a rule that is another one now, or gone, are
// closed: what is seen from then on was judged otherwise and is another event.

// heir says what became of a rule.
type heir struct {
	now  int  // its number, -1 when it is gone
	same bool // it is word for word the same
}

// heirsIn finds the rules of a set in a later one.
func (s *Set) heirsIn(later *Set) []heir {
	numbers := map[string]int{}
	for n := range later.Rules {
		numbers[later.Rules[n].ID] = n
	}
	all := make([]heir, len(s.Rules))
	for n := range s.Rules {
		all[n] = heir{now: -1}
		if now, ok := numbers[s.Rules[n].ID]; ok {
			all[n] = heir{now, s.compiled[n].site == later.compiled[now].site && bytes.Equal(text(&s.Rules[n]), text(&later.Rules[now]))}
		}
	}
	return all
}

func (s *Set) has(id string) bool {
	return slices.ContainsFunc(s.Rules, func(r Rule) bool { return r.ID == id })
}

// text is a rule as it would be written, wherever it stands in its file.
func text(r *Rule) []byte {
	b, _ := yaml.Marshal(r) // it was read, so that it can be written
	return b
}

// Adopt goes on with what another engine has under way. That one must not be used any more.
func (e *Engine) Adopt(was *Engine) {
	heirs := was.set.heirsIn(e.set)
	was.cut(func(o *open) bool { return !heirs[o.rule].same })
	e.now, e.matched, e.seed = was.now, was.matched, was.seed
	c := &e.Counts
	c.Unjudgable, c.Accepted, c.Evicted, c.Gone, c.GoneOver = was.Counts.Unjudgable, was.Counts.Accepted, was.Counts.Evicted, was.Counts.Gone, was.Counts.GoneOver
	for n, to := range heirs {
		if !to.same {
			was.summary(n)
		}
		if to.now < 0 {
			c.Gone, c.GoneOver = c.Gone+was.Counts.Raised[n], c.GoneOver+was.Counts.Suppressed[n]
			continue
		}
		c.Raised[to.now], c.Suppressed[to.now] = was.Counts.Raised[n], was.Counts.Suppressed[n]
		if to.same {
			e.tallies[to.now], e.budget[to.now], e.storms[to.now] = was.tallies[n], was.budget[n], was.storms[n]
			e.unjudgable[to.now], e.spoke[to.now] = was.unjudgable[n], was.spoke[n]
		}
	}
	for taking, n := range was.Counts.Taken {
		if e.set.has(taking.By) && e.set.has(taking.From) {
			c.Taken[taking] = n
		}
	}
	e.adoptOpen(&was.open, heirs)
	e.past.adopt(&was.past, heirs)
}

// The key of an event ends in the number of its rule, see openKey.
func ruleOf(key string) int { return int(key[len(key)-2]) | int(key[len(key)-1])<<8 }

func keyUnder(key string, n int) string {
	return key[:len(key)-2] + string([]byte{byte(n), byte(n >> 8)})
}

// adoptOpen takes open events over.
func (e *Engine) adoptOpen(was *opens, heirs []heir) {
	for o := was.first; o != nil; {
		next := o.next
		o.rule = heirs[o.rule].now
		o.key = keyUnder(o.key, o.rule)
		e.open.byKey[o.key] = o
		e.open.push(o)
		if o.storm != nil {
			for i, k := range o.storm.members {
				o.storm.members[i] = keyUnder(k, o.rule)
				e.open.members[o.storm.members[i]] = o
			}
		}
		o = next
	}
}

// adopt goes on with what closed under rules that are the same.
func (p *past) adopt(was *past, heirs []heir) {
	p.forgotten = was.forgotten
	for i := range was.oldest {
		key := was.oldest[(was.at+i)%len(was.oldest)]
		if to := heirs[ruleOf(key)]; to.same {
			now := keyUnder(key, to.now)
			p.byKey[now], p.oldest = was.byKey[key], append(p.oldest, now)
		}
	}
}
