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
	if len(r.events) == 0 {
		s.Intro = "No event is in this record."
		return s
	}
	s.Blocks = []Block{
		{Figure: &Figure{SVG: r.timeline(), Caption: "Events by incident type, from first to last sighting; the colour is the suggested severity. Lines mark what people decided."}},
		{Figure: &Figure{SVG: r.network(), Caption: "Who touched what. The width grows with the number of sightings; the colour is the highest suggested severity."}},
	}
	t := &Table{Head: []string{"First seen", "Sev.", "Type", "What was seen", "Seen", "Outcome", "Rule, event"}, Wide: 3, Level: 1, Code: map[int]bool{6: true}}
	for _, e := range r.events[:min(len(r.events), mostRows)] {
		t.Rows = append(t.Rows, []string{when(e.First), fmt.Sprint(e.Playbook.Severity.Suggested), clean(e.Playbook.IncidentType), clean(e.What + listed(e)),
			fmt.Sprintf("%d×", e.Count), outcome(e), clean(e.Rule.ID + " " + e.ID)})
	}
	b := Block{Title: "Events", Table: t}
	if n := len(r.events) - mostRows; n > 0 {
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
