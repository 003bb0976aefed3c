package cases

import (
	"cmp"
	"slices"

	"otsensor/pkg/event"
	"otsensor/pkg/journal"
	"otsensor/pkg/playbook"
)

// Fold makes the cases of written events and a journal. Events carry the case
// they were placed in; several records of one event count as the last.
func Fold(p *playbook.Profile, events []*event.Event, decisions []journal.Entry) []*Case {
	b := NewBook(p)
	b.Add(decisions...)
	b.Resume(events)
	if len(b.waiting) > 0 {
		b.Decide(b.waiting[len(b.waiting)-1].At.UnixNano())
	}
	return b.cases
}

// Resume takes the events of before, as they were written, with the decisions
// made up to each.
func (b *Book) Resume(events []*event.Event) {
	for _, e := range lastRecords(events) {
		if e.Playbook.Case == "" {
			continue
		}
		b.Decide(e.First)
		b.again(e)
	}
	for _, c := range b.cases {
		c.changed = true
	}
}

// again takes an event that was placed before.
func (b *Book) again(e *event.Event) {
	if AboutCase(e) {
		b.Note(e)
		return
	}
	c := b.Find(e.Playbook.Case)
	if c == nil {
		c = &Case{ID: e.Playbook.Case}
		b.cases = append(b.cases, c)
	}
	c.take(e)
}

// lastRecords gives each event as its last record has it, in the order first seen.
func lastRecords(events []*event.Event) []*event.Event {
	at := map[string]int{}
	var all []*event.Event
	for _, e := range events {
		if i, known := at[e.ID]; known {
			all[i] = e
			continue
		}
		at[e.ID] = len(all)
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(x, y *event.Event) int { return cmp.Compare(x.First, y.First) })
	return all
}
