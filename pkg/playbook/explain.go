package playbook

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"otsensor/pkg/near"
)

// Explain writes the long form of one id: an incident type, step, measure,
// evidence, report, technique, role, phase, or the profile itself.
func (p *Profile) Explain(id string, w io.Writer) error {
	all := p.entries()
	i := slices.IndexFunc(all, func(e entry) bool { return strings.EqualFold(e.id, id) })
	if i < 0 {
		if t, ok := p.Technique(id); ok { // an id of the version before
			id = t.ID
			i = slices.IndexFunc(all, func(e entry) bool { return e.id == id })
		}
	}
	if i < 0 {
		return fmt.Errorf("nothing is called %q in the playbook%s", id, near.Hint(id, p.IDs()))
	}
	var pg page
	all[i].write(&pg)
	return pg.writeTo(w)
}

// IDs lists what Explain knows, in the order of the profile.
func (p *Profile) IDs() []string { return ids(p.entries(), func(e *entry) string { return e.id }) }

// entry is one id and how it is written out.
type entry struct {
	id    string
	write func(pg *page)
}

func (p *Profile) entries() []entry {
	all := []entry{{p.Head.ID, p.writeHead}}
	all = entriesOf(all, p.Types, func(x *IncidentType) string { return x.ID }, p.writeType)
	all = entriesOf(all, p.Phases, func(x *Phase) string { return x.ID }, p.writePhase)
	all = entriesOf(all, p.Steps, func(x *Step) string { return x.ID }, p.writeStep)
	all = entriesOf(all, p.Containment, func(x *Measure) string { return x.ID }, p.writeMeasure)
	all = entriesOf(all, p.Evidence, func(x *Evidence) string { return x.ID }, p.writeEvidence)
	all = entriesOf(all, p.Reporting, func(x *Report) string { return x.ID }, p.writeReport)
	all = entriesOf(all, p.DoNot, func(x *Never) string { return x.ID }, p.writeNever)
	all = entriesOf(all, p.Quality.Hooks, func(x *Hook) string { return x.ID }, p.writeHook)
	all = entriesOf(all, p.Roles, func(x *Role) string { return x.ID }, p.writeRole)
	return entriesOf(all, p.attack.Techniques, func(x *Technique) string { return x.ID }, p.writeTechnique)
}

func entriesOf[T any](all []entry, items []T, id func(*T) string, write func(*page, *T)) []entry {
	for i := range items {
		all = append(all, entry{id(&items[i]), func(pg *page) { write(pg, &items[i]) }})
	}
	return all
}

func (p *Profile) writeHead(pg *page) {
	pg.title(p.Head.Title, p.Head.ID+" "+p.Head.Version)
	pg.section("What this is")
	pg.para(p.Head.Statement)
	pg.section("Phases")
	for _, x := range p.Phases {
		pg.item(x.Title + ". " + x.Sensor)
	}
	pg.section("Severity")
	for _, l := range p.Severity.Levels {
		pg.pair(strconv.Itoa(l.Level)+" "+l.Name, l.Line+" Declared by: "+strings.Join(p.roles(l.DeclaredBy), ", ")+".")
	}
	pg.section("Incident types")
	for i := range p.Types {
		pg.pair(p.Types[i].ID, p.Types[i].Title)
	}
	pg.section("Cross-references")
	for _, r := range p.References {
		pg.pair(r.ID, r.Use)
	}
	pg.section("Files")
	pg.pair("SHA-256", p.SHA256)
	pg.pair("Techniques", "MITRE ATT&CK® for ICS "+p.attack.Version+", legacy ids of "+p.attack.LegacyVersion)
}

func (p *Profile) writeType(pg *page, t *IncidentType) {
	pg.title(t.ID+"  "+t.Title, "incident type")
	pg.section("What opens it")
	pg.para(t.Opens)
	pg.section("First")
	for _, f := range t.First {
		pg.pair(f.Step, p.role(f.Role)+": "+(&Facts{}).fill(f.Do))
	}
	triage := p.steps[p.steps[p.Places.Start].Next[0]]
	pg.pair(triage.ID, p.role(triage.Role)+": "+t.Ask)
	pg.section("Suggested level")
	pg.para(t.Start.describe())
	p.catalogues(pg, t.Evidence, t.Containment, t.DoNot)
	pg.section("Eradicate and recover")
	pg.pair("Eradicate", t.Eradicate)
	pg.pair("Recover", t.Recover)
	pg.pair("Product", t.Product+" Decides: "+p.role(p.Quality.Decides)+".")
	for _, h := range p.Quality.Hooks {
		if slices.Contains(t.Hooks, h.ID) {
			pg.pair(h.ID, h.Rule)
		}
	}
	p.reports(pg, t.Reporting)
	p.techniques(pg, "Usual techniques", t.Techniques)
}

func (s Start) describe() string {
	text := fmt.Sprintf("Usually %d to %d", s.From, s.To)
	if s.From == s.To {
		text = fmt.Sprintf("Usually %d", s.From)
	}
	if s.AcceptedChange > 0 {
		text += fmt.Sprintf("; %d where an asset with direct GxP impact accepted a change outside planned work", s.AcceptedChange)
	}
	return text + ". People confirm it."
}

func (p *Profile) writePhase(pg *page, x *Phase) {
	pg.title(x.Title, "phase")
	pg.section("The sensor meanwhile")
	pg.para(x.Sensor)
	pg.section("Steps")
	for _, s := range p.Steps {
		if s.Phase == x.ID {
			pg.pair(s.ID, s.Title+" ("+p.role(s.Role)+")")
		}
	}
	pg.section("Cross-references")
	pg.pair("SP 800-61r3", x.NIST)
}

func (p *Profile) writeStep(pg *page, s *Step) {
	pg.title(s.ID+"  "+s.Title, "step")
	pg.section("What to do")
	pg.para(s.Do)
	pg.section("Who and what")
	pg.pair("Phase", p.phase(s.Phase))
	pg.pair("Owner", p.role(s.Role))
	pg.pair("With", strings.Join(p.roles(s.With), ", "))
	pg.pair("Output", s.Output)
	for _, next := range s.Next {
		if n, ok := p.steps[next]; ok {
			pg.pair("Next", n.ID+"  "+n.Title)
		} else {
			pg.pair("Next", next)
		}
	}
	pg.section("Cross-references")
	pg.pair("NIST CSF 2.0", strings.Join(s.CSF2, ", "))
	pg.pair("IEC 62443-3-3", strings.Join(p.requirements(s.SR), "; "))
	for _, src := range p.Sources {
		if slices.Contains(s.Source, src.ID) {
			pg.pair("Source", src.Text)
		}
	}
}

func (p *Profile) writeMeasure(pg *page, m *Measure) {
	pg.title(m.ID+"  "+m.Title, "containment")
	pg.section("Before it is done")
	pg.pair("Decide", strings.Join(p.roles(m.Decides), ", "))
	pg.pair("Running line", m.Line)
	pg.pair("Evidence", m.Evidence)
	if m.NeedsHoldable {
		pg.pair("Only where", "the site file says that the step may be paused")
	}
	p.usedBy(pg, m.ID, func(t *IncidentType) []string { return t.Containment })
}

func (p *Profile) writeEvidence(pg *page, e *Evidence) {
	pg.title(e.ID+"  "+e.Title, "evidence")
	pg.section("How to keep it")
	pg.para(e.How)
	pg.section("Register")
	pg.pair("Taken by", p.role(e.By))
	pg.para("Record what it is, who took it, when and how, its hash, where it is stored, and everybody who handled it since.")
	p.usedBy(pg, e.ID, func(t *IncidentType) []string { return t.Evidence })
}

func (p *Profile) writeReport(pg *page, r *Report) {
	pg.title(r.ID+"  "+r.To, "report")
	pg.section("Who and when")
	pg.pair("Owner", p.role(r.Owner))
	pg.pair("When", r.When)
	if r.Here {
		pg.para("The time is this site's own. Legal counsel decides whether the report is due.")
	} else {
		pg.para("Legal counsel decides whether it is due. A clock in the site file takes precedence over the time given here.")
	}
	p.usedBy(pg, r.ID, func(t *IncidentType) []string { return t.Reporting })
}

func (p *Profile) writeNever(pg *page, n *Never) {
	pg.title(n.ID, "do not")
	pg.section("What not to do")
	pg.para(n.Text)
	p.usedBy(pg, n.ID, func(t *IncidentType) []string { return t.DoNot })
}

func (p *Profile) writeHook(pg *page, h *Hook) {
	pg.title(h.ID+"  "+h.Rule, "quality")
	pg.section("Meaning for an event")
	pg.para(h.Meaning)
	p.usedBy(pg, h.ID, func(t *IncidentType) []string { return t.Hooks })
}

func (p *Profile) writeRole(pg *page, r *Role) {
	pg.title(r.Title, "role "+r.ID)
	pg.section("Standing")
	pg.pair("Tier", r.Tier)
	pg.pair("Decides", r.Decides)
	if len(r.Who) > 0 {
		pg.section("Held here by")
	}
	for _, who := range r.Who {
		pg.item(who)
	}
	pg.section("Steps")
	for _, s := range p.Steps {
		switch {
		case s.Role == r.ID:
			pg.pair(s.ID, s.Title)
		case slices.Contains(s.With, r.ID):
			pg.pair(s.ID, s.Title+" (takes part)")
		}
	}
}

func (p *Profile) writeTechnique(pg *page, t *Technique) {
	pg.title(t.ID+"  "+t.Name, "technique")
	pg.section("In MITRE ATT&CK® for ICS " + p.attack.Version)
	for _, x := range p.attack.Tactics {
		if slices.Contains(t.Tactics, x.Short) {
			pg.pair("Tactic", x.Name+" ("+x.ID+")")
		}
	}
	if old := p.Legacy(t.ID); old != t.ID {
		pg.pair("Legacy id", old)
	}
	if slices.Contains(t.Tactics, p.attack.Consequence) {
		pg.para("It names what may follow, never what was seen.")
	}
	if len(t.SR) > 0 {
		pg.section("IEC 62443-3-3 requirements of its mitigations")
		for _, sr := range p.requirements(t.SR) {
			pg.item(sr)
		}
	}
	p.usedBy(pg, t.ID, func(t *IncidentType) []string { return t.Techniques })
}

// usedBy lists the incident types that name an id.
func (p *Profile) usedBy(pg *page, id string, list func(*IncidentType) []string) {
	first := true
	for i := range p.Types {
		if t := &p.Types[i]; slices.Contains(list(t), id) {
			if first {
				pg.section("Named by")
			}
			first = false
			pg.pair(t.ID, t.Title)
		}
	}
}
