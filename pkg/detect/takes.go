package detect

import "otsensor/pkg/event"

// What begins as little and grows grave is one event: a rule takes the open
// event of a rule it names, about the same hosts, and goes on with it under its
// own name. While it is open, the other rule's sightings belong to it.

// takenFrom is the open event of a rule that takes those of r and is about the same as a sighting.
func (e *Engine) takenFrom(r *compiled, s *Sighting) *open {
	for _, n := range r.taken {
		if o := e.open.byKey[string(e.openKey(n, &e.set.compiled[n], s))]; o != nil {
			return o
		}
	}
	return nil
}

// takeOver makes the open event of a lesser rule that of rule n, nil when there
// is none. w holds the values that rule n counted, nil where it counts none.
func (e *Engine) takeOver(n int, r *compiled, s *Sighting, w *window) *open {
	for _, m := range r.takes {
		lesser := &e.set.compiled[m]
		o := e.open.byKey[string(e.openKey(m, lesser, s))]
		if o == nil || e.now-o.clock > int64(lesser.Window) {
			continue
		}
		e.Counts.Taken[Taking{r.ID, o.event.Rule.ID}]++
		delete(e.open.byKey, o.key)
		o.key, o.rule, o.weight, o.listed = string(e.openKey(n, r, s)), n, -1, nil
		o.event.Rule, o.event.List = event.Rule{ID: r.ID, Title: r.Title, Level: r.Level}, nil
		e.open.byKey[o.key] = o
		if w != nil && r.list == nil {
			for _, item := range w.shown() {
				o.event.List = listed(o.event.List, item)
			}
		}
		return o
	}
	return nil
}
