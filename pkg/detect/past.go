package detect

import "otsensor/pkg/event"

// What opens again after it was closed is a recurrence: the event says which
// one it was before, and how many there were. The latest closed events are
// remembered, over the beginning of a new file too, as it is one plant.

// pastKept is how many closed events are remembered.
const pastKept = 4096

// past is the latest closed events by their keys, the oldest to be forgotten first.
type past struct {
	byKey  map[string]event.Recurrence
	oldest []string // a ring
	at     int

	forgotten uint64 // for newer ones
}

// closed notes an event that closes.
func (p *past) closed(o *open) {
	if o.storm != nil {
		return // what came together as a storm is no one thing
	}
	_, known := p.byKey[o.key]
	p.byKey[o.key] = event.Recurrence{Of: o.event.ID, Times: o.event.Recurs.Times + 1}
	switch {
	case known:
	case len(p.oldest) < pastKept:
		p.oldest = append(p.oldest, o.key)
	default:
		p.forgotten++
		delete(p.byKey, p.oldest[p.at])
		p.oldest[p.at] = o.key
		p.at = (p.at + 1) % pastKept
	}
}

// Closed is how many closed events are remembered, and how many were forgotten for newer ones.
func (e *Engine) Closed() (remembered int, forgotten uint64) {
	return len(e.past.oldest), e.past.forgotten
}
