package paper

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"otsensor/pkg/cases"
	"otsensor/pkg/event"
	"otsensor/pkg/playbook"
)

// report builds a document.
type report struct {
	p      *playbook.Profile
	c      *Case
	s      *cases.Case       // where people stand with it; nothing said of it yet where they do not
	events []*event.Event    // sightings, by the time of the first
	own    []*event.Event    // about the case as a whole
	names  map[string]string // of hosts, by address
}

// Report is the papers of a case as one document.
func Report(p *playbook.Profile, c *Case) *Document {
	r := &report{p: p, c: c, s: c.Stands, names: map[string]string{}}
	for _, e := range c.Events {
		if cases.AboutCase(e) {
			r.own = append(r.own, e)
			continue
		}
		r.events = append(r.events, e)
	}
	if r.s == nil {
		r.s = &cases.Case{}
	}
	for _, e := range r.events {
		r.learn(&e.Source)
		r.learn(&e.Target)
	}
	sort.SliceStable(r.events, func(i, j int) bool { return r.events[i].First < r.events[j].First })
	d := &Document{Title: "Incident record", Subtitle: clean(r.name()), Facts: r.facts(),
		Notice: "This record says what a passive sensor saw, when, and under which coverage, and what people decided. It names no motive and no guilt, and decides nothing about product. Empty fields are for people to fill; the manufacturer's approved plan takes precedence."}
	if c.Exercise != nil {
		d.Title = "Exercise report"
		d.Sections = append(d.Sections, r.exercise())
	}
	d.Sections = append(d.Sections, r.identification(), r.seen(), r.history(), r.decisions(), r.containment(), r.eradication(), r.register(), r.quality(), r.reporting(), r.afterAction(), r.coverage())
	return d
}

func (r *report) name() string {
	if r.c.Name != "" {
		return r.c.Name
	}
	if r.c.ID != "" {
		return "Case " + r.c.ID
	}
	if all := r.sensors(); len(all) == 1 {
		return "Events of " + all[0]
	}
	return "Events of a sensor"
}

// facts are what the head of the first page says.
func (r *report) facts() []Field {
	first, last := r.first(), r.last()
	level := fmt.Sprintf("%d suggested by the sensor", r.suggested())
	if r.s.Declared != nil {
		level = fmt.Sprintf("%d declared by people; %s", *r.s.Declared, level)
	}
	return []Field{
		known("Site and sensor", strings.Join(r.sensors(), "; ")),
		known("First seen", when(first)), known("Last seen", when(last)),
		known("Events", fmt.Sprintf("%d, seen %d times", len(r.events), r.sightings())),
		known("Severity (0 to 5)", level),
		known("Standing", r.standing()),
	}
}

func (r *report) standing() string {
	phase := r.s.Phase
	for _, p := range r.p.Phases {
		if p.ID == phase {
			phase = p.Title
		}
	}
	switch {
	case r.s.Status == cases.Closed:
		return "Closed " + when(int64(r.s.Ended))
	case r.s.Status == cases.Dismissed:
		return "Dismissed " + when(int64(r.s.Ended)) + ": people found no incident"
	case r.s.Confirmed == 0:
		return "Alert raised; not confirmed by people"
	}
	return clean(phase + ", step " + r.s.Step + "; confirmed by people " + when(int64(r.s.Confirmed)))
}

func (r *report) first() (t int64) {
	for _, e := range r.events {
		if t == 0 || e.First < t {
			t = e.First
		}
	}
	return t
}

func (r *report) last() (t int64) {
	for _, e := range r.events {
		t = max(t, e.Last)
	}
	return t
}

func (r *report) sightings() (n uint64) {
	for _, e := range r.events {
		n += e.Count
	}
	return n
}

func (r *report) suggested() (level int) {
	for _, e := range r.events {
		level = max(level, e.Playbook.Severity.Suggested)
	}
	return level
}

// collect gives what events have in common, each once, in the order in which it came.
func (r *report) collect(of func(e *event.Event) []string) (all []string) {
	seen := map[string]bool{}
	for _, e := range r.events {
		for _, s := range of(e) {
			if s != "" && !seen[s] {
				seen[s] = true
				all = append(all, s)
			}
		}
	}
	return all
}

func (r *report) sensors() []string {
	return r.collect(func(e *event.Event) []string {
		return []string{clean(strings.Join(some(e.Sensor.Site, e.Sensor.Line, e.Sensor.ID), ", "))}
	})
}

func (r *report) types() []string {
	all := r.collect(func(e *event.Event) []string { return []string{e.Playbook.IncidentType} })
	slices.Sort(all)
	return all
}

func some(all ...string) (there []string) {
	for _, s := range all {
		if s != "" {
			there = append(there, s)
		}
	}
	return there
}

// learn remembers what a host is called; the first name stays.
func (r *report) learn(p *event.Party) {
	if at := or(p.Addr, p.MAC); p.Name != "" && p.Name != at && r.names[at] == "" {
		r.names[at] = p.Name
	}
}

// called is one end of what was seen, for people: the same throughout a report.
func (r *report) called(p *event.Party) string {
	at := or(p.Addr, p.MAC)
	switch name := or(r.names[at], p.Name); {
	case name == "" || name == at:
		return clean(at)
	case at == "":
		return clean(name)
	default:
		return clean(name + " (" + at + ")")
	}
}

// titles writes roles by their names alone; who holds them stands once.
func (r *report) titles(ids ...string) string {
	var all []string
	for _, id := range ids {
		all = append(all, r.p.Role(id).Title)
	}
	return strings.Join(all, "; ")
}

// roles writes roles with who is called first, where the site says so.
func (r *report) roles(ids ...string) string {
	var all []string
	for _, id := range ids {
		text := r.p.Role(id).Title
		if who := r.p.Who(id); len(who) > 0 {
			text += ": " + who[0]
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}
