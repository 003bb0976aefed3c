package paper

import (
	"fmt"
	"slices"
	"strings"

	"otsensor/pkg/cases"
	"otsensor/pkg/event"
	"otsensor/pkg/playbook"
)

// containment is the record of what may be considered, what was approved and
// refused by whom and why, what was seen after it, and what must not be done.
func (r *report) containment() Section {
	var nevers []string
	not := r.collect(func(e *event.Event) []string { return e.Playbook.DoNot })
	for _, n := range r.p.DoNot {
		if slices.Contains(not, n.ID) {
			nevers = append(nevers, n.Text)
		}
	}
	held := ""
	if r.s.Again > 0 {
		held = fmt.Sprintf("%d sightings of the case came after containment was approved", r.s.Again)
	}
	return Section{ID: "containment", Title: "Containment record", Intro: "Measures that may be considered on a running line, least effect first, and what people decided on them. The sensor took none. It sees what is on the wire, not whether a measure was carried out.", Blocks: []Block{
		{Table: r.measures()}, {Title: "Must not be done", List: nevers},
		{Title: "Record", Fields: []Field{
			known("Contained, by the latest approval that holds", when(int64(r.s.Contained))), known("Seen after containment", held),
			blank("Carried out by, when"), blank("Removed from the network, approved by and when; if not, why"),
			blank("Backup made by, from, to"), blank("Sealed, and stored where"),
		}, Sign: []string{r.p.Role(r.p.Severity.ConfirmedBy).Title, r.p.Role("production_lead").Title}},
		{Title: "Steps of containment", Table: r.steps(cases.Containment)},
	}}
}

// measures are those that events name and those that people decided on, each
// with every decision.
func (r *report) measures() *Table {
	t := &Table{Head: []string{"", "Measure", "Running line", "Decides", "Approved or refused, by, when", "Why", "Seen after it"}, Wide: -1, Level: -1, Open: map[int]bool{4: true, 5: true}}
	named := r.collect(func(e *event.Event) []string { return e.Playbook.Containment })
	for i := range r.p.Containment {
		m := &r.p.Containment[i]
		row := []string{m.ID, m.Title, m.Line, r.titles(m.Decides...)}
		decided := false
		for _, d := range r.s.Measures {
			if d.ID == m.ID {
				decided = true
				t.Rows = append(t.Rows, append(slices.Clone(row), verdict(d), said(d.Why), r.after(m, d)))
			}
		}
		if !decided && slices.Contains(named, m.ID) {
			t.Rows = append(t.Rows, append(row, "", "", "–"))
		}
	}
	return t
}

func verdict(d cases.Measure) string {
	word := "refused"
	if d.Approved {
		word = "approved"
	}
	return word + " by " + clean(d.By) + ", " + when(int64(d.At))
}

// after is what was seen once a measure was approved: no more than that.
func (r *report) after(m *playbook.Measure, d cases.Measure) string {
	switch {
	case !d.Approved:
		return "–"
	case d.Again != 0:
		return "the behaviour was seen again " + when(int64(d.Again))
	case m.Observes:
		return "it observes; the exposure goes on"
	}
	return "no event of the case says that the behaviour was seen again"
}

// eradication is the record of how the cause was removed and the line brought back.
func (r *report) eradication() Section {
	t := &Table{Head: []string{"Type", "Eradicate", "Recover"}, Wide: 1, Level: -1}
	r.eachType(func(x *playbook.IncidentType) {
		t.Rows = append(t.Rows, []string{x.ID, x.Eradicate, x.Recover})
	})
	var proof []string
	for _, e := range r.about(cases.ReturnedRule) {
		proof = append(proof, when(e.First)+": "+clean(e.What))
	}
	return Section{ID: "eradication", Title: "Eradication and recovery record", Intro: "What the profile asks for, by incident type, and how far people got.", Blocks: []Block{
		{Table: t},
		{Title: "Steps of eradication and recovery", Table: r.steps(cases.Eradication, cases.Recovery)},
		{Title: "Record", Fields: []Field{
			blank("Forensic work done by"), blank("Vector and weakness found"), blank("What was removed, rebuilt or restored, from which verified source"),
			known("Validation procedure, and its result", r.reachedBy("ERA-4")), known("Moved to recovery", when(int64(r.s.Eradicated))),
			known("Returned to baseline, as far as the sensor saw", strings.Join(proof, "; ")), blank("Returned to service, decided by and when"),
		}, Sign: []string{r.p.Role("technical_lead").Title, r.p.Role("it_ot_liaison").Title}},
	}}
}

// about gives the events of a rule about the case as a whole.
func (r *report) about(rule cases.Rule) (all []*event.Event) {
	for _, e := range r.own {
		if e.Rule.ID == rule.ID {
			all = append(all, e)
		}
	}
	return all
}

func (r *report) eachType(do func(x *playbook.IncidentType)) {
	for _, id := range r.types() {
		if x, ok := r.p.Type(id); ok {
			do(x)
		}
	}
}

// reporting lists the reports that may be due.
func (r *report) reporting() Section {
	t := &Table{Head: []string{"", "To", "When", "Owner", "Due? decided by, when", "Sent, by, reference"}, Wide: 1, Level: -1, Open: map[int]bool{4: true, 5: true}}
	named := r.collect(func(e *event.Event) []string { return e.Playbook.Reporting })
	for _, x := range r.p.Reporting {
		if slices.Contains(named, x.ID) {
			t.Rows = append(t.Rows, []string{x.ID, x.To, x.When, r.titles(x.Owner), "", ""})
		}
	}
	return Section{ID: "reporting", Title: "Reports that may be due", Intro: "Legal counsel decides on every line. The times are reminders.", Blocks: []Block{{Table: t, Sign: []string{r.p.Role("legal").Title}}}}
}

// techniques lists what the events are described with.
func (r *report) techniques() string {
	var all []string
	for _, id := range r.collect(func(e *event.Event) []string { return e.Attack.Techniques }) {
		if t, ok := r.p.Technique(id); ok {
			all = append(all, t.ID+" "+t.Name)
		}
	}
	return strings.Join(all, "; ")
}
