package detect

import (
	"cmp"
	"fmt"
	"slices"

	"otsensor/pkg/near"
)

// Threshold is what a site asks of a rule that counts, in place of what the
// rule asks; what is 0 stays.
type Threshold struct {
	Rule string
	Min  int
	Over Duration
}

// At gives the rules with one site's thresholds. The rules of this set stay as they are.
func (s *Set) At(site []Threshold) (*Set, error) {
	if len(site) == 0 {
		return s, nil
	}
	own := *s
	own.Rules, own.compiled = slices.Clone(s.Rules), slices.Clone(s.compiled)
	for i := range own.compiled {
		own.compiled[i].Rule = &own.Rules[i]
	}
	for _, t := range site {
		if err := own.set(t); err != nil {
			return nil, err
		}
	}
	return &own, nil
}

func (s *Set) set(t Threshold) error {
	n := slices.IndexFunc(s.Rules, func(r Rule) bool { return r.ID == t.Rule })
	if n < 0 {
		var ids []string
		for i := range s.Rules {
			ids = append(ids, s.Rules[i].ID)
		}
		return fmt.Errorf("no rule %q%s", t.Rule, near.Hint(t.Rule, ids))
	}
	r := &s.Rules[n]
	switch {
	case t.Min == 0 && t.Over == 0:
		return fmt.Errorf("%s needs min, over or both", r.ID)
	case t.Min != 0 && (t.Min < 2 || t.Min > mostSightings):
		return fmt.Errorf("min of %s goes from 2 to %d", r.ID, mostSightings)
	case r.Count != nil:
		c := *r.Count
		r.Count, c.Min, c.Over = &c, cmp.Or(t.Min, c.Min), cmp.Or(t.Over, c.Over)
	case r.Distinct != nil:
		d := *r.Distinct
		r.Distinct, d.Min, d.Over = &d, cmp.Or(t.Min, d.Min), cmp.Or(t.Over, d.Over)
	default:
		return fmt.Errorf("%s does not count: it has no threshold", r.ID)
	}
	s.compiled[n].site = true
	return nil
}
