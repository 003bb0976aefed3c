package export

import (
	"slices"
	"strings"

	"otsensor/pkg/playbook"
)

// ForType is what one incident type asks for as a playbook: the question, the
// evidence, the ladder of measures that may be considered on a running line,
// eradication, recovery, product and reports. Nil when there is no such type.
func ForType(p *playbook.Profile, typ string) *Playbook {
	t, ok := p.Type(typ)
	if !ok {
		return nil
	}
	c := newCacao(p, t.ID)
	c.book.Name = t.ID + " " + t.Title
	c.book.Text = t.Opens + " Never: " + strings.Join(c.nevers(t), " ")
	c.book.Types = []string{"investigation", "mitigation", "notification", "remediation"}
	c.book.Severity = max(1, 20*t.Start.To)
	c.book.Variables = map[string]variable{varCase: {Type: "string", Text: "Id of the case.", External: true}}
	for _, x := range t.Techniques {
		c.book.References = append(c.book.References, reference{Name: "MITRE ATT&CK for ICS", ID: x})
	}
	c.begin(c.list(c.parts(t)))
	return &c.book
}

// part is one step of an incident type's playbook.
type part struct {
	id, name, do, role, activity string
}

// parts are the steps of an incident type, in the order in which people meet them.
func (c *cacao) parts(t *playbook.IncidentType) []part {
	triage, _ := c.p.Step(c.first(c.p.Places.Start))
	all := []part{{"ask", "Ask", t.Ask, triage.Role, "analyze-collected-data"}}
	for _, e := range c.p.Evidence {
		if slices.Contains(t.Evidence, e.ID) {
			all = append(all, part{e.ID, "Keep " + e.ID + " " + e.Title, e.How, e.By, "analyze-collected-data"})
		}
	}
	for _, m := range c.p.Containment {
		if slices.Contains(t.Containment, m.ID) {
			do := "Consider; do it only as decided. Decide: " + strings.Join(c.titles(m.Decides), ", ") + ". Effect on the running line: " + m.Line + ". Evidence: " + m.Evidence + "."
			all = append(all, part{m.ID, m.ID + " " + m.Title, do, m.Decides[0], "restrict-access"})
		}
	}
	lead, restore := c.role("ERA-3"), c.role("REC-1")
	all = append(all, part{"eradicate", "Eradicate", t.Eradicate, lead, "eliminate-risk"}, part{"recover", "Recover", t.Recover, restore, "restore-capabilities"},
		part{"product", "Product", t.Product, c.p.Quality.Decides, "analyze-collected-data"})
	for _, r := range c.p.Reporting {
		if slices.Contains(t.Reporting, r.ID) {
			all = append(all, part{r.ID, "Report " + r.ID + " to " + r.To, "Counsel decides whether it is due. When: " + r.When + ".", r.Owner, "deliver-content"})
		}
	}
	return all
}

func (c *cacao) first(name string) string {
	s, _ := c.p.Step(name)
	return s.Next[0]
}

// role owns a step; the cyber incident response manager where a profile has no such step.
func (c *cacao) role(name string) string {
	if s, ok := c.p.Step(name); ok {
		return s.Role
	}
	return c.p.Severity.ConfirmedBy
}

func (c *cacao) nevers(t *playbook.IncidentType) (all []string) {
	for _, n := range c.p.DoNot {
		if slices.Contains(t.DoNot, n.ID) {
			all = append(all, n.Text)
		}
	}
	return all
}

// list writes steps one behind the other and gives the identifier of the first.
func (c *cacao) list(parts []part) string {
	then := c.end("")
	for _, p := range slices.Backward(parts) {
		at := c.id("action", p.id)
		c.book.Workflow[at] = step{Type: "action", Name: p.name, Agent: c.agent(p.role), Commands: c.manual(p.do, p.activity), Then: then}
		then = at
	}
	return then
}
