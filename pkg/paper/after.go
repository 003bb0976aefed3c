package paper

import (
	"fmt"
	"slices"
	"strings"

	"otsensor/pkg/cases"
	"otsensor/pkg/event"
)

// afterAction is the review: what happened when, and what is to be better.
func (r *report) afterAction() Section {
	closed := int64(0)
	if r.s.Status == cases.Closed {
		closed = int64(r.s.Ended)
	}
	t := &Table{Head: []string{"Milestone", "When", "Since first seen"}, Wide: 0, Level: -1, Open: map[int]bool{1: true, 2: true}}
	first := r.first()
	for _, m := range []struct {
		name string
		at   int64
	}{{"First seen on the wire", first}, {"Alert raised (DIA-1)", r.c.Raised}, {"Acknowledged (DIA-2)", int64(r.s.Acked)}, {"Incident confirmed (DIA-5)", int64(r.s.Confirmed)},
		{"Containment approved, and not seen to fail (CON-2)", int64(r.s.Contained)}, {"Moved to recovery (REC-1)", int64(r.s.Eradicated)}, {"Returned to baseline, as seen (REC-2)", int64(r.s.Recovered)}, {"Closed (REC-4)", closed}} {
		t.Rows = append(t.Rows, []string{m.name, when(m.at), span(first, m.at)})
	}
	return Section{ID: "after-action", Title: "After-action report", Intro: "Filled in by everybody who took part (REC-3).", Blocks: []Block{
		{Title: "Milestones", Table: t},
		{Title: "Counts", Fields: []Field{
			{Label: "Sightings after containment was approved, recovery begun or the case closed", Value: fmt.Sprint(r.s.Again)}, {Label: "Opened again after it was closed", Value: fmt.Sprint(r.s.Reopened)},
		}},
		{Title: "Steps of detection, investigation and analysis", Table: r.steps(cases.Detection)},
		{Fields: []Field{blank("What happened, in the words of those who took part"), blank("What went well"), blank("What to improve: detection, triage, containment, communication"), blank("Root cause"), blank("Effect on process, product and records")}},
		{Title: "Actions", Table: &Table{Head: []string{"Action", "Owner", "Due", "Done"}, Wide: 0, Level: -1, Open: map[int]bool{0: true, 1: true, 2: true, 3: true}, Rows: empty(5, 4)},
			Sign: []string{r.p.Role("steering_committee").Title, r.p.Role(r.p.Quality.Decides).Title}},
	}}
}

// exercise is the page in front of an exercise report (PRE-10).
func (r *report) exercise() Section {
	x := r.c.Exercise
	var first string
	if len(r.events) > 0 {
		first = fmt.Sprintf("%s after the scenario began (%s)", or(span(x.Began, r.events[0].First), "0s"), clean(r.events[0].What))
	}
	next := r.collect(func(e *event.Event) (all []string) {
		for _, n := range e.Playbook.Next {
			all = append(all, n.Step)
		}
		return all
	})
	t := &Table{Head: []string{"Step", "What", "Reached by", "Reached by people, when"}, Wide: 1, Level: -1, Open: map[int]bool{3: true}}
	for _, s := range r.p.Steps {
		by := ""
		switch {
		case s.ID == r.p.Places.Start && len(r.events) > 0:
			by = "the sensor"
		case slices.Contains(next, s.ID):
			by = "named next by events"
		}
		if s.Phase == r.p.Phases[0].ID {
			continue
		}
		t.Rows = append(t.Rows, []string{s.ID, s.Title, or(by, "–"), ""})
	}
	return Section{ID: "exercise", Title: "Exercise (PRE-10)", Intro: "A recorded scenario went through the whole chain: decode, baseline, rules, playbook. No frame was sent.", Blocks: []Block{
		{Fields: []Field{known("Scenario", clean(x.Scenario)), known("Recorded", when(x.Began)+" to "+when(x.Ended)), known("Frames", fmt.Sprint(x.Packets)), known("Replayed in", x.Took),
			known("First event", or(first, "none")), known("Incident types found", strings.Join(r.typeNames(), "; ")),
			blank("Held on, with"), blank("Objective"), blank("Result: met, met in part, not met")}},
		{Title: "Found, by incident type", Table: r.foundIn(x)},
		{Title: "Steps", Table: t, Note: "Steps after triage need people: fill in who reached them in the exercise, and when.", Sign: []string{r.p.Role("steering_committee").Title}},
	}}
}

// foundIn says what was found in which time.
func (r *report) foundIn(x *Exercise) *Table {
	t := &Table{Head: []string{"Incident type", "Events", "First after", "Highest severity", "Rules"}, Wide: 4, Level: 3}
	for i, id := range r.types() {
		n, level, first := 0, 0, int64(0)
		var rules []string
		for _, e := range r.events {
			if e.Playbook.IncidentType != id {
				continue
			}
			n++
			level = max(level, e.Playbook.Severity.Suggested)
			if first == 0 || e.First < first {
				first = e.First
			}
			if rule := clean(e.Rule.ID); !slices.Contains(rules, rule) {
				rules = append(rules, rule)
			}
		}
		t.Rows = append(t.Rows, []string{r.typeNames()[i], fmt.Sprint(n), or(span(x.Began, first), "0s"), fmt.Sprint(level), strings.Join(rules, ", ")})
	}
	return t
}
