package paper

import (
	"slices"
	"strings"

	"otsensor/pkg/cases"
	"otsensor/pkg/journal"
	"otsensor/pkg/playbook"
)

// bySensor is who it was where no person decided, as a case has it.
const bySensor = "sensor"

// decisions are what people decided, as the journal has it. Evidence and its
// custody stand in the register.
func (r *report) decisions() Section {
	s := Section{ID: "decisions", Title: "What people decided", Intro: "As the journal has it: append-only, dated and attributed. Evidence stands in its register."}
	t := &Table{Head: []string{"When", "Who", "Decision", "What and why"}, Wide: 3, Level: -1}
	for i := range r.c.Decisions {
		d := r.c.Decisions[i]
		if d.Do == journal.Evidence || d.Do == journal.HandedOver || len(t.Rows) >= mostRows {
			continue
		}
		if d.Case == r.c.ID {
			d.Case = "" // the page is about it
		}
		t.Rows = append(t.Rows, []string{when(d.At.UnixNano()), clean(d.By), clean(d.Says()), said(d.Text())})
	}
	if len(t.Rows) == 0 {
		s.Intro = "The journal holds no decision on this."
		t.Open, t.Rows = map[int]bool{0: true, 1: true, 2: true, 3: true}, empty(4, 4)
	}
	s.Blocks = []Block{{Table: t}}
	return s
}

// history is the timeline of the incident: what was seen and what was decided,
// in one order.
func (r *report) history() Section {
	s := Section{ID: "history", Title: "Incident timeline", Intro: "What was seen and what people decided, in the order of its time. Step is where the case stood after it."}
	if len(r.s.Timeline) == 0 {
		s.Intro = "The events are of no case; the table of events above is in the order of its time."
		return s
	}
	t := &Table{Head: []string{"When", "Who", "What", "Step"}, Wide: 2, Level: -1}
	for _, m := range r.s.Timeline[:min(len(r.s.Timeline), mostRows)] {
		t.Rows = append(t.Rows, []string{when(int64(m.At)), clean(m.By), said(m.What), clean(m.Step)})
	}
	b := Block{Table: t}
	if len(r.s.Timeline) > mostRows || r.s.Left > 0 {
		b.Note = "Not all had room here; the event file and the journal hold the rest."
	}
	s.Blocks = []Block{b}
	return s
}

// empty are rows for people to fill.
func empty(rows, columns int) (all [][]string) {
	for range rows {
		all = append(all, make([]string, columns))
	}
	return all
}

// decidedBy is who made a kind of decision, when and why; "" when nobody did.
func (r *report) decidedBy(do string) string {
	return r.each(func(d *journal.Entry) bool { return d.Do == do })
}

// reachedBy is who brought the case to a step; the sensor does not count.
func (r *report) reachedBy(step string) string {
	if all := r.each(func(d *journal.Entry) bool { return d.Do == journal.Phase && d.Step == step }); all != "" {
		return all
	}
	for _, x := range r.s.Reached {
		if x.Step == step && x.By != bySensor {
			return clean(x.By) + ", " + when(int64(x.At))
		}
	}
	return ""
}

func (r *report) each(is func(d *journal.Entry) bool) string {
	var all []string
	for i := range r.c.Decisions {
		d := &r.c.Decisions[i]
		if !is(d) {
			continue
		}
		text := clean(d.By) + ", " + when(d.At.UnixNano())
		if d.Why != "" {
			text += ": " + said(d.Why)
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

// steps is the table of the steps of phases, with who reached each, when, and
// what they noted.
func (r *report) steps(phases ...string) *Table {
	t := &Table{Head: []string{"Step", "What", "Owner", "Reached by, when, noted"}, Wide: 3, Level: -1, Open: map[int]bool{3: true}}
	for i := range r.p.Steps {
		if s := &r.p.Steps[i]; slices.Contains(phases, s.Phase) {
			t.Rows = append(t.Rows, []string{s.ID, s.Title, r.titles(s.Role), r.stepReached(s)})
		}
	}
	return t
}

func (r *report) stepReached(s *playbook.Step) string {
	by := r.reachedBy(s.ID)
	if i := slices.IndexFunc(r.s.Reached, func(x cases.Reached) bool { return x.Step == s.ID }); by == "" && i >= 0 {
		return "the sensor, " + when(int64(r.s.Reached[i].At))
	}
	return by
}
