package detect

import (
	"slices"

	"otsensor/pkg/event"
)

// chain gives a new event to the rules that wait for an order of events. A
// chain is judged per source or target: its links must come in their order
// within the rule's time.
func (e *Engine) chain(ev *event.Event, s *Sighting) {
	for n := range e.set.compiled {
		r := &e.set.compiled[n]
		if len(r.Chain) == 0 || ev.Rule.ID == r.ID {
			continue
		}
		e.key = e.key[:0]
		for _, by := range r.By {
			p := ev.Source.Addr
			if by == "target" {
				p = ev.Target.Addr
			}
			e.key = append(append(e.key, p...), 0)
		}
		w := e.chains[n].of(e.key)
		if e.advance(r, w, ev) {
			e.raise(n, s, nil)
		}
	}
}

// advance moves a chain on; true when its last link was met. times[i] is when
// link i was last met.
func (e *Engine) advance(r *compiled, w *window, ev *event.Event) bool {
	if w.times == nil {
		w.times = make([]int64, len(r.Chain))
	}
	for i := len(r.Chain) - 1; i >= 0; i-- {
		if !r.Chain[i].meets(ev) {
			continue
		}
		if i > 0 && (w.times[i-1] == 0 || e.now-w.times[i-1] > int64(r.Over)) {
			continue
		}
		w.times[i] = e.now
		if i == len(r.Chain)-1 {
			return true
		}
	}
	return false
}

// meets reports whether an event is what a link waits for.
func (l *Link) meets(ev *event.Event) bool {
	return slices.Contains(l.Rules, ev.Rule.ID) || slices.Contains(l.Types, ev.Playbook.IncidentType) || slices.Contains(l.Ops, ev.Op)
}
