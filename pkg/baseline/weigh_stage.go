package baseline

import "slices"

// unfit finds the first state of the line that does not go with a value
// written to a point: it holds something that it never held when this value was
// written. What was not written in this run yet is not known and not judged.
func (w *Weigher) unfit(p *weighPoint, x float64) (rule *While, holder *weighPoint) {
	for i := range p.While {
		r := &p.While[i]
		if !r.Any && r.Value != x {
			continue
		}
		other := w.stage[r.State]
		if other == nil || !other.trend.seen {
			continue
		}
		if !other.doubts(p) {
			continue
		}
		held := other.trend.last
		if _, known := slices.BinarySearch(other.Set, held); known && !slices.Contains(r.Held, held) {
			return r, other
		}
	}
	return nil, nil
}

// mostAgainst is how many points may depart because of one value that is held:
// where more would, it is not they that are wrong, but a change was not seen.
const mostAgainst = 2

// contradict notes a point whose write did not go with the value held.
func (p *weighPoint) contradict(by *weighPoint) {
	for i := range p.against {
		if p.against[i] == nil || p.against[i] == by {
			p.against[i] = by
			return
		}
	}
}

// doubts reports whether a value held still speaks against writes to another point.
func (p *weighPoint) doubts(by *weighPoint) bool {
	return slices.Contains(p.against[:], nil) || slices.Contains(p.against[:], by)
}

// onPhases notes where the phases of each point begin.
func (w *Weigher) onPhases() {
	w.phase = map[*Value]int{}
	for _, p := range w.b.Phases() {
		if _, found := w.phase[p.Point]; !found {
			w.phase[p.Point] = p.Number
		}
	}
}

// onStage finds the points that say what the line does, once they stand in their order.
func (w *Weigher) onStage(h *weighHabit) {
	for i := range h.points {
		if n := h.points[i].State; n > 0 {
			w.stage[n] = &h.points[i]
			if len(h.points[i].Lasts)+len(h.points[i].Turns) > 0 {
				h.points[i].hold = &hold{}
				w.holds = append(w.holds, &h.points[i])
			}
		}
	}
}
