package playbook

import (
	"slices"
	"time"

	"otsensor/pkg/near"
)

// The classes of assets, as severity and quality tables have them.
var (
	severityClasses = []string{"safety", "direct", "indirect", "none"}
	holdClasses     = []string{"direct", "indirect", "none"}
)

// sets of ids that entries refer to.
type known struct {
	source, phase, role, step, ask, hook, evidence, containment, doNot, reporting, technique, requirement *set
}

// attack checks the technique table, and that its tactics and requirements exist.
func (c *checker) attack() {
	a := &c.p.attack
	tactic := c.define(c.table, "tactic", ids(a.Tactics, func(n *named) string { return n.Short }), "tactics")
	technique := c.define(c.table, "technique", c.p.TechniqueIDs(), "techniques")
	requirement := c.define(c.table, "requirement", ids(a.Requirements, func(n *named) string { return n.ID }), "requirements")
	technique.loose = true
	c.texts(c.table, nil, "version", a.Version, "legacy_version", a.LegacyVersion)
	c.ref(tactic, c.table, a.Consequence, "consequence")
	for i, t := range a.Techniques {
		c.texts(c.table, []any{"techniques", i}, "name", t.Name)
		c.refs(tactic, c.table, t.Tactics, "techniques", i, "tactics")
		c.refs(requirement, c.table, t.SR, "techniques", i, "sr")
		if len(t.Tactics) == 0 {
			c.fail(c.table, []any{"techniques", i}, "technique %s has no tactic", t.ID)
		}
	}
	for i, l := range a.Legacy {
		c.ref(technique, c.table, l.Now, "legacy", i, "now")
		c.texts(c.table, []any{"legacy", i}, "id", l.ID, "name", l.Name)
	}
}

// all checks the profile.
func (c *checker) all() {
	p, b := c.p, c.book
	k := known{
		source:      c.define(b, "source", ids(p.Sources, func(x *Source) string { return x.ID }), "sources"),
		phase:       c.define(b, "phase", ids(p.Phases, func(x *Phase) string { return x.ID }), "phases"),
		role:        c.define(b, "role", p.RoleIDs(), "roles"),
		step:        c.define(b, "step", ids(p.Steps, func(x *Step) string { return x.ID }), "steps"),
		ask:         c.define(b, "ask", ids(p.Quality.Asks, func(x *Ask) string { return x.ID }), "quality", "asks"),
		hook:        c.define(b, "hook", ids(p.Quality.Hooks, func(x *Hook) string { return x.ID }), "quality", "hooks"),
		evidence:    c.define(b, "evidence", ids(p.Evidence, func(x *Evidence) string { return x.ID }), "evidence"),
		containment: c.define(b, "containment", ids(p.Containment, func(x *Measure) string { return x.ID }), "containment"),
		doNot:       c.define(b, "do_not", ids(p.DoNot, func(x *Never) string { return x.ID }), "do_not"),
		reporting:   c.define(b, "report", p.ReportIDs(), "reporting"),
		technique:   c.setOf("technique"),
		requirement: c.setOf("requirement"),
	}
	k.step.loose = true // reachability says more
	c.define(b, "incident type", ids(p.Types, func(x *IncidentType) string { return x.ID }), "incident_types").loose = true
	c.head(&k)
	c.stepsAndPhases(&k)
	c.severity(&k)
	c.quality(&k)
	c.catalogues(&k)
	for i := range p.Types {
		c.incidentType(&k, i, &p.Types[i])
	}
	c.unused()
	c.reachable()
}

func (c *checker) setOf(kind string) *set {
	return c.sets[slices.IndexFunc(c.sets, func(s *set) bool { return s.kind == kind })]
}

func (c *checker) head(k *known) {
	p, b := c.p, c.book
	c.texts(b, []any{"profile"}, "id", p.Head.ID, "version", p.Head.Version, "title", p.Head.Title, "statement", p.Head.Statement)
	if _, err := time.Parse(time.DateOnly, p.Head.Date); err != nil {
		c.fail(b, []any{"profile", "date"}, "%q is no date such as 2026-11-28", p.Head.Date)
	}
	for i, s := range p.Sources {
		c.texts(b, []any{"sources", i}, "text", s.Text)
	}
	for i, r := range p.References {
		c.texts(b, []any{"references", i}, "id", r.ID, "use", r.Use)
	}
	for i, r := range p.Roles {
		c.texts(b, []any{"roles", i}, "title", r.Title, "tier", r.Tier, "decides", r.Decides)
	}
	c.texts(b, []any{"places"}, "planned", p.Places.Planned, "incomplete", p.Places.Incomplete)
	c.ref(k.step, b, p.Places.Start, "places", "start")
	c.ref(k.step, b, p.Places.Confirm, "places", "confirm")
	c.ref(k.step, b, p.Places.Dismiss, "places", "dismiss")
	c.ref(k.step, b, p.Places.Measures, "places", "measures")
	if start := p.steps[p.Places.Start]; start != nil && (len(start.Next) == 0 || p.steps[start.Next[0]] == nil) {
		c.fail(b, []any{"places", "start"}, "step %s leads to no other step", start.ID)
	}
}

func (c *checker) stepsAndPhases(k *known) {
	b := c.book
	for i, x := range c.p.Phases {
		c.texts(b, []any{"phases", i}, "title", x.Title, "nist", x.NIST, "sensor", x.Sensor, "activity", x.Activity)
		c.activity(x.Activity, "phases", i, "activity")
	}
	withEnd := *k.step
	withEnd.ids = append(slices.Clone(k.step.ids), end)
	for i, s := range c.p.Steps {
		c.texts(b, []any{"steps", i}, "title", s.Title, "do", s.Do, "output", s.Output)
		c.ref(k.phase, b, s.Phase, "steps", i, "phase")
		c.ref(k.role, b, s.Role, "steps", i, "role")
		c.activity(s.Activity, "steps", i, "activity")
		c.refs(k.role, b, s.With, "steps", i, "with")
		c.refs(&withEnd, b, s.Next, "steps", i, "next")
		c.refs(k.requirement, b, s.SR, "steps", i, "sr")
		c.refs(k.source, b, s.Source, "steps", i, "source")
		if len(s.Next) == 0 || len(s.CSF2) == 0 || len(s.Source) == 0 {
			c.fail(b, []any{"steps", i}, "step %s needs next, csf2 and source", s.ID)
		}
	}
}

// activities are the words of CACAO v2 for what a step does, without those of active probing.
var activities = []string{"compose-content", "deliver-content", "identify-audience", "identify-channel", "match-indicator",
	"analyze-collected-data", "identify-indicators", "configure-systems", "restrict-access", "disconnect-system", "eliminate-risk",
	"revert-system", "restore-data", "restore-capabilities", "map-network", "identify-steps", "step-sequence"}

// activity checks a word; none is checked elsewhere.
func (c *checker) activity(word string, path ...any) {
	if word != "" && !slices.Contains(activities, word) {
		c.fail(c.book, path, "no activity %q%s", word, near.Hint(word, activities))
	}
}

func (c *checker) severity(k *known) {
	s, b := &c.p.Severity, c.book
	c.ref(k.role, b, s.ConfirmedBy, "severity", "confirmed_by")
	c.between(s.RefusedMinus, 0, 4, "severity", "refused_minus")
	c.between(s.PlannedMinus, 0, 4, "severity", "planned_minus")
	c.classes(severityClasses, ids(s.Asset, func(l *Levels) string { return l.Class }), "severity", "asset")
	for i, l := range s.Asset {
		for key, n := range []int{l.Accepted, l.NotSeen, l.Attempted, l.Other} {
			c.between(n, 0, maxSuggested, "severity", "asset", i, outcomeKeys[key])
		}
	}
	for i, l := range s.Levels {
		c.texts(b, []any{"severity", "levels", i}, "name", l.Name, "line", l.Line)
		c.refs(k.role, b, l.DeclaredBy, "severity", "levels", i, "declared_by")
		c.between(l.Level, i, i, "severity", "levels", i, "level")
	}
	if len(s.Levels) != maxLevel+1 {
		c.fail(b, []any{"severity", "levels"}, "the scale has %d levels; it goes from 0 to %d", len(s.Levels), maxLevel)
	}
	basis := c.define(b, "basis", ids(c.p.Basis, func(x *Basis) string { return x.ID }), "basis")
	for _, id := range basisIDs {
		c.ref(basis, b, id, "basis")
	}
	for i, x := range c.p.Basis {
		c.texts(b, []any{"basis", i}, "text", x.Text)
	}
}

// classes checks that a table has one row for each class, in order.
func (c *checker) classes(want, got []string, path ...any) {
	if !slices.Equal(want, got) {
		c.fail(c.book, path, "needs one row for each class, in this order: %v", want)
	}
}

func (c *checker) quality(k *known) {
	q, b := &c.p.Quality, c.book
	c.ref(k.role, b, q.Decides, "quality", "decides")
	for i, a := range q.Asks {
		c.texts(b, []any{"quality", "asks", i}, "meaning", a.Meaning)
		if a.Step != "" {
			c.ref(k.step, b, a.Step, "quality", "asks", i, "step")
			c.texts(b, []any{"quality", "asks", i}, "do", a.Do)
		}
	}
	c.ref(k.ask, b, q.Planned, "quality", "planned")
	if n := len(q.Asks); n == 0 || q.Asks[n-1].ID != askNone {
		c.fail(b, []any{"quality", "asks"}, "the last, weakest ask must be %q", askNone)
	}
	c.classes(holdClasses, ids(q.Hold, func(h *Hold) string { return h.Class }), "quality", "hold")
	for i, h := range q.Hold {
		for key, ask := range []string{h.Accepted, h.NotSeen, h.Attempted, h.Other} {
			c.ref(k.ask, b, ask, "quality", "hold", i, outcomeKeys[key])
		}
	}
	for i, h := range q.Hooks {
		c.texts(b, []any{"quality", "hooks", i}, "rule", h.Rule, "meaning", h.Meaning)
	}
}

func (c *checker) catalogues(k *known) {
	p, b := c.p, c.book
	for i, x := range p.Evidence {
		c.texts(b, []any{"evidence", i}, "title", x.Title, "how", x.How)
		c.ref(k.role, b, x.By, "evidence", i, "by")
	}
	for i, x := range p.Containment {
		c.texts(b, []any{"containment", i}, "title", x.Title, "line", x.Line, "evidence", x.Evidence)
		c.refs(k.role, b, x.Decides, "containment", i, "decides")
	}
	for i, x := range p.DoNot {
		c.texts(b, []any{"do_not", i}, "text", x.Text)
	}
	c.ref(k.doNot, b, neverInterrupt, "do_not")
	for i, x := range p.Reporting {
		c.texts(b, []any{"reporting", i}, "to", x.To, "when", x.When)
		c.ref(k.role, b, x.Owner, "reporting", i, "owner")
	}
}

func (c *checker) incidentType(k *known, i int, t *IncidentType) {
	b, path := c.book, "incident_types"
	c.texts(b, []any{path, i}, "title", t.Title, "opens", t.Opens, "ask", t.Ask,
		"eradicate", t.Eradicate, "recover", t.Recover, "product", t.Product)
	for n, f := range t.First {
		c.ref(k.step, b, f.Step, path, i, "first", n, "step")
		c.ref(k.role, b, f.Role, path, i, "first", n, "role")
		c.texts(b, []any{path, i, "first", n}, "do", f.Do)
	}
	c.refs(k.evidence, b, t.Evidence, path, i, "evidence")
	c.refs(k.containment, b, t.Containment, path, i, "containment")
	c.refs(k.doNot, b, t.DoNot, path, i, "do_not")
	c.refs(k.reporting, b, t.Reporting, path, i, "reporting")
	c.refs(k.technique, b, t.Techniques, path, i, "techniques")
	c.refs(k.hook, b, t.Hooks, path, i, "hooks")
	c.ref(k.ask, b, t.Quality, path, i, "quality")
	c.between(t.Start.From, 0, t.Start.To, path, i, "start", "from")
	c.between(t.Start.To, t.Start.From, maxSuggested, path, i, "start", "to")
	c.between(t.Start.AcceptedChange, 0, maxSuggested, path, i, "start", "accepted_change")
	for _, list := range []struct {
		key string
		ids []string
	}{{"evidence", t.Evidence}, {"containment", t.Containment}, {"do_not", t.DoNot}, {"reporting", t.Reporting}, {"hooks", t.Hooks}} {
		if len(list.ids) == 0 {
			c.fail(b, []any{path, i}, "%s has no %s", t.ID, list.key)
		}
	}
	if !slices.IsSorted(indices(t.Containment, k.containment.ids)) {
		c.fail(b, []any{path, i, "containment"}, "containment of %s is no ladder: least effect on the line comes first", t.ID)
	}
}

// indices are the positions of words in a list, -1 for a word that is not in it.
func indices(words, list []string) []int {
	all := make([]int, len(words))
	for i, w := range words {
		all[i] = slices.Index(list, w)
	}
	return all
}
