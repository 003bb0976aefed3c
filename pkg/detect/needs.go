package detect

import (
	"slices"

	"otsensor/pkg/baseline"
)

// siteOnly are the fields that say something only with a site file or a journal.
var siteOnly = []string{"client_zone", "server_zone", "conduit", "client_scanner", "client_engineering", "client_purpose", "server_purpose", "server_gxp",
	"critical", "critical.breach", "client_unlisted", "batch", "client_batch", "work_windows", "planned"}

// Needs says what a rule needs beside packets before it can fire: a baseline,
// the site file, a sensor that learns. n is its place in Rules.
func (s *Set) Needs(n int) (needs []string) {
	conds := s.compiled[n].conds
	if slices.ContainsFunc(conds, cond.asksBaseline) {
		needs = append(needs, "baseline")
	}
	if slices.ContainsFunc(conds, cond.asksSite) {
		needs = append(needs, "site file")
	}
	if slices.ContainsFunc(conds, func(c cond) bool { return c.f.name == "learning" }) {
		needs = append(needs, "learning")
	}
	return needs
}

// asksBaseline: all deviations but that of an address held twice are from a baseline.
func (c cond) asksBaseline() bool {
	return c.f.name == "deviation" && !c.not && c.bits&uint64(baseline.AddressConflict) == 0
}

// asksSite: without a site file a conduit is there and every other yes is no.
func (c cond) asksSite() bool {
	switch {
	case !slices.Contains(siteOnly, c.f.name):
		return false
	case c.f.name == "conduit":
		return c.holds(0)
	case c.f.num != nil:
		return !c.holds(0)
	}
	return true
}
