package detect

import (
	"fmt"
	"slices"

	"otsensor/pkg/near"
	"otsensor/pkg/ot"
)

// checker tells what is wrong with one rule and needs no compiling to see.
type checker struct {
	*loader
	r *Rule
}

// need tells what is missing or wrong, with the line of the part it is about.
func (c checker) need(ok bool, what string, path ...any) {
	if !ok {
		c.fail(c.r, c.r.line(path...), "%s", what)
	}
}

func (l *loader) check(r *Rule) {
	c := checker{l, r}
	c.need(r.ID != "", "a rule needs an id", "id")
	c.need(r.Title != "", "a rule needs a title", "title")
	c.need(r.Say != "", "a rule needs a sentence under say", "say")
	c.need(r.Level >= 0 && r.Level <= 4, "level goes from 0 to 4", "level")
	c.need((r.When.Kind != 0) != (len(r.Chain) > 0), "a rule has either when or chain")
	c.ids()
	c.thresholds()
	if len(r.Chain) > 0 {
		c.chain()
	} else {
		c.need(r.Over == 0, "over beside when belongs under count or distinct", "over")
		c.need(len(r.By) == 0, "by beside when belongs under count or distinct", "by")
	}
	c.tests()
}

func (c checker) ids() {
	r := c.r
	c.need(r.Play != "", "a rule needs play, the incident type it opens")
	c.need(r.Play == "" || c.known.Play == nil || c.known.Play(r.Play), "play: no incident type "+r.Play, "play")
	for i, t := range r.Attack {
		c.need(c.known.Attack == nil || c.known.Attack(t), "attack: no technique "+t, "attack", i)
	}
}

func (c checker) thresholds() {
	fits := func(min int, over Duration) bool { return min >= 2 && min <= mostSightings && over > 0 }
	if n := c.r.Count; n != nil {
		c.need(fits(n.Min, n.Over), fmt.Sprintf("count needs min (2 to %d) and over", mostSightings), "count")
	}
	if n := c.r.Distinct; n != nil {
		c.need(fits(n.Min, n.Over) && len(n.Of) > 0 && len(n.By) > 0, fmt.Sprintf("distinct needs of, min (2 to %d), over and by", mostSightings), "distinct")
	}
	c.need(c.r.Count == nil || c.r.Distinct == nil, "a rule has count or distinct, not both", "distinct")
}

func (c checker) chain() {
	r := c.r
	if several := r.Chain[0].Several; several > 0 {
		c.need(len(r.Chain) == 1 && several >= 2 && several <= mostSightings, fmt.Sprintf("several (2 to %d) stands alone in its chain", mostSightings), "chain", 0)
	} else {
		c.need(len(r.Chain) >= 2, "a chain has at least two links", "chain")
	}
	c.need(r.Over > 0, "chain needs over")
	c.need(len(r.By) > 0, "chain needs by: source, target or both")
	c.need(r.Count == nil && r.Distinct == nil, "a chain has no count and no distinct")
	c.need(len(r.Unless) == 0, "a chain has no unless; its links have", "unless")
	c.need(len(r.Takes) == 0, "a chain takes no events", "takes")
	c.need(r.Two == AnyCoverage, "a chain has no two_way; its links have", "two_way")
	for i, by := range r.By {
		c.need(by == "source" || by == "target", "by of a chain is source or target", "by", i)
	}
	for i := range r.Chain {
		c.link(i)
	}
}

func (c checker) link(i int) {
	k := &c.r.Chain[i]
	c.need(len(k.Rules)+len(k.Types)+len(k.Ops) > 0, "a link needs rules, types or ops", "chain", i)
	for j, t := range k.Types {
		c.need(c.known.Play == nil || c.known.Play(t), "types: no incident type "+t, "chain", i, "types", j)
	}
	words := func(key string, given, right []string) {
		for j, w := range given {
			if !slices.Contains(right, w) {
				c.need(false, fmt.Sprintf("%s: unknown value %q%s", key, w, near.Hint(w, right)), "chain", i, key, j)
			}
		}
	}
	words("rules", k.Rules, c.chainable)
	words("ops", k.Ops, ot.OpNames())
	words("status", k.Status, c.set.fields["status"].symbols())
}

func (c checker) tests() {
	fires, silent := false, false
	for i, t := range c.r.Tests {
		fires, silent = fires || t.Fires != "", silent || t.Silent != ""
		c.need((t.Fires == "") != (t.Silent == ""), "a test has either fires or silent", "tests", i)
	}
	c.need(c.r.Own || fires && silent, "a rule needs a test that fires and one that is silent", "tests")
}
