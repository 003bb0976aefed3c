package paper

import (
	"fmt"
	"slices"
	"strings"

	"otsensor/pkg/cases"
	"otsensor/pkg/event"
	"otsensor/pkg/journal"
)

// identification is the form that says what was found: prefilled from events.
func (r *report) identification() Section {
	s := Section{ID: "identification", Title: "Identification form", Intro: "Filled in from events and the journal where they say it.", Blocks: []Block{
		{Fields: []Field{
			known("Detected by", "Passive network sensor: "+strings.Join(r.sensors(), "; ")),
			known("How detected", r.rules()),
			known("Alert raised", when(r.c.Raised)),
			known("Began, as seen", when(r.first())),
			known("Last seen", when(r.last())+r.ongoing()),
			known("Kind, in the profile", strings.Join(r.typeNames(), "; ")),
			{Label: "Kind, as judged by people", Tick: []string{"denial of service", "malware", "cyber-physical", "man in the middle", "phishing", "injection", "not known before", "other"}},
			known("Assets concerned", strings.Join(r.assets(), "; ")),
			known("Lines and function", strings.Join(r.lines(), "; ")),
			known("Sources", strings.Join(r.sources(), "; ")),
			blank("Vector, as judged by people"),
			blank("Present and expected impact, inside and outside"),
			blank("Sensitivity of the data concerned"),
			known("First response, by whom and when", r.reachedBy("DIA-2")),
			known("First response team alerted, by whom and when", r.reachedBy("DIA-3")),
			blank("Who else was told, and when"),
			known("Confirmed as an incident, by whom and when", r.decidedBy(journal.Confirm)),
			known("Point of contact", r.contact()),
		}},
		{Title: "Severity", Fields: []Field{
			known("Suggested", fmt.Sprintf("%d. The reasons of the events of that level: %s", r.suggested(), r.basis())),
			r.declared(),
			known("Declared by, when", r.decidedBy(journal.SeverityIs)),
			known("Confirms", r.roles(r.p.Severity.ConfirmedBy)),
		}, Sign: []string{r.p.Role("ot_security").Title, r.p.Role(r.p.Severity.ConfirmedBy).Title}},
	}}
	if people := r.people(); len(people.Rows) > 0 {
		s.Blocks = append(s.Blocks, Block{Title: "Who is called here", Table: people})
	}
	return s
}

// people are those who hold the roles, as the site file has them.
func (r *report) people() *Table {
	t := &Table{Head: []string{"Role", "First", "Then"}, Wide: 0, Level: -1}
	for i := range r.p.Roles {
		if who := r.p.Who(r.p.Roles[i].ID); len(who) > 0 {
			t.Rows = append(t.Rows, []string{r.p.Roles[i].Title, clean(who[0]), clean(strings.Join(who[1:], "; "))})
		}
	}
	return t
}

func (r *report) declared() Field {
	if r.s.Declared == nil {
		return Field{Label: "Declared by people", Tick: []string{"0", "1", "2", "3", "4", "5"}}
	}
	level := *r.s.Declared
	for _, l := range r.p.Severity.Levels {
		if l.Level == level {
			return known("Declared by people", fmt.Sprintf("%d %s. %s", level, l.Name, l.Line))
		}
	}
	return known("Declared by people", fmt.Sprint(level))
}

func (r *report) ongoing() string {
	for _, e := range r.events {
		if e.State == "open" || e.State == "update" {
			return "; it had not gone quiet when this was written"
		}
	}
	return "; quiet since, as far as was seen"
}

// mostRules is how many rules a field names; the table of events names all.
const mostRules = 6

// rules names what detected it, those of the gravest events first.
func (r *report) rules() string {
	var all []string
	for level := 5; level >= 0; level-- {
		for _, rule := range r.collect(func(e *event.Event) []string {
			if e.Playbook.Severity.Suggested != level {
				return nil
			}
			return []string{clean(e.Rule.ID + " " + e.Rule.Title)}
		}) {
			if !slices.Contains(all, rule) {
				all = append(all, rule)
			}
		}
	}
	if n := len(all) - mostRules; n > 0 {
		return strings.Join(all[:mostRules], "; ") + fmt.Sprintf("; and %d further rules", n)
	}
	return strings.Join(all, "; ")
}

func (r *report) typeNames() []string {
	var all []string
	for _, id := range r.types() {
		if t, ok := r.p.Type(id); ok {
			all = append(all, id+" "+t.Title)
		} else {
			all = append(all, clean(id))
		}
	}
	return all
}

func (r *report) assets() []string {
	return r.collect(func(e *event.Event) []string {
		if cases.Asset(e) == "" {
			return nil // said to everybody
		}
		return []string{r.called(&e.Target)}
	})
}

func (r *report) sources() []string {
	return r.collect(func(e *event.Event) []string { return []string{r.called(&e.Source)} })
}

func (r *report) lines() []string {
	return r.collect(func(e *event.Event) []string {
		line := clean(e.Quality.Line)
		if line == "" {
			return nil
		}
		return []string{line}
	})
}

// contact is who is called for the incident, where the site says so.
func (r *report) contact() string {
	who := r.p.Who(r.p.Severity.ConfirmedBy)
	return strings.Join(who, "; ")
}

// basis are the reasons of the gravest events, in words.
func (r *report) basis() string {
	var all []string
	for _, id := range r.collect(func(e *event.Event) []string {
		if e.Playbook.Severity.Suggested < r.suggested() {
			return nil
		}
		return e.Playbook.Severity.Basis
	}) {
		text := clean(id)
		for _, b := range r.p.Basis {
			if b.ID == id {
				text = b.Text
			}
		}
		all = append(all, text)
	}
	if len(all) == 0 {
		return "no event says why"
	}
	return strings.Join(all, "; ")
}
