package paper

import (
	"fmt"
	"strings"

	"otsensor/pkg/event"
)

// mostRows is how many events a table lists.
const mostRows = 400

// seen is what the sensor saw: two figures and every event.
func (r *report) seen() Section {
	s := Section{ID: "seen", Title: "What was seen", Intro: "Times are those of the packets, in UTC. A sentence states what was on the wire and that it is outside the learned set or against a specification."}
	if len(r.c.Events) == 0 {
		s.Intro = "No event is in this record."
		return s
	}
	s.Blocks = []Block{
		{Figure: &Figure{SVG: r.timeline(), Caption: "Events by incident type, from first to last sighting; the colour is the suggested severity. Lines mark what people decided."}},
		{Figure: &Figure{SVG: r.network(), Caption: "Who touched what. The width grows with the number of sightings; the colour is the highest suggested severity."}},
	}
	t := &Table{Head: []string{"First seen", "Sev.", "Type", "What was seen", "Seen", "Outcome", "Rule, event"}, Wide: 3, Level: 1, Code: map[int]bool{6: true}}
	for _, e := range r.c.Events[:min(len(r.c.Events), mostRows)] {
		t.Rows = append(t.Rows, []string{when(e.First), fmt.Sprint(e.Playbook.Severity.Suggested), clean(e.Playbook.IncidentType), clean(e.What + listed(e)),
			fmt.Sprintf("%d×", e.Count), outcome(e), clean(e.Rule.ID + " " + e.ID)})
	}
	b := Block{Title: "Events", Table: t}
	if n := len(r.c.Events) - mostRows; n > 0 {
		b.Note = fmt.Sprintf("%d further events are in the event file.", n)
	}
	s.Blocks = append(s.Blocks, b)
	return s
}

func listed(e *event.Event) string {
	if len(e.List) < 2 {
		return ""
	}
	const shown = 6
	text := strings.Join(e.List[:min(len(e.List), shown)], ", ")
	if n := len(e.List) - shown; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return " All: " + text + "."
}

// outcome is what came of an act, as far as it was seen.
func outcome(e *event.Event) string {
	switch e.Status {
	case "ok":
		return "accepted"
	case "oneway":
		return "answer not seen"
	case "":
		return "–"
	}
	return clean(e.Status)
}

// decisions are what people decided, as the journal has it.
func (r *report) decisions() Section {
	s := Section{ID: "decisions", Title: "What people decided", Intro: "As the journal has it: append-only, dated and attributed."}
	if len(r.c.Decisions) == 0 {
		s.Intro = "The journal holds no decision on this."
		s.Blocks = []Block{{Table: &Table{Head: []string{"When", "Who", "Decision", "Reason"}, Wide: 3, Level: -1, Open: map[int]bool{0: true, 1: true, 2: true, 3: true}, Rows: empty(4, 4)}}}
		return s
	}
	t := &Table{Head: []string{"When", "Who", "Decision", "Reason"}, Wide: 3, Level: -1}
	for _, d := range r.c.Decisions {
		t.Rows = append(t.Rows, []string{when(d.At), clean(d.By), clean(d.Do), clean(d.Text)})
	}
	s.Blocks = []Block{{Table: t}}
	return s
}

// empty are rows for people to fill.
func empty(rows, columns int) (all [][]string) {
	for range rows {
		all = append(all, make([]string, columns))
	}
	return all
}
