package baseline

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// whyValues explains each written value that departs in one way.
func (w *Weigher) whyValues(o *ot.Observation, bit Deviation, why func(x float64, v *Value) event.Reason) (all []event.Reason) {
	for c := walkOf(&o.Did, w.habitFor(o)); c.next() && len(all) < mostListed; {
		if c.p.Step == 0 && c.p.Value.weigh(c.x)&bit != 0 {
			r := why(c.x, c.p.Value)
			r.Field, r.Threshold = "value at "+c.p.where(), "learned"
			all = append(all, r)
		}
	}
	return all
}

func (w *Weigher) whyValueRange(o *ot.Observation) []event.Reason {
	return w.whyValues(o, ValueRange, func(x float64, v *Value) event.Reason {
		usual := text(v.Min) + " to " + text(v.Max)
		if len(v.Set) > 0 {
			usual = "one of " + choices(v.Set)
		}
		return event.Reason{Seen: text(x), Usual: usual,
			Nearest: fmt.Sprintf("threshold: the learned range and %.0f %% of it at both ends", 100*valueMargin)}
	})
}

func (w *Weigher) whyValueNew(o *ot.Observation) []event.Reason {
	return w.whyValues(o, ValueNew, func(x float64, v *Value) event.Reason {
		nearest := v.Set[0]
		for _, s := range v.Set {
			if math.Abs(s-x) < math.Abs(nearest-x) {
				nearest = s
			}
		}
		return event.Reason{Seen: text(x), Usual: "one of " + choices(v.Set), Nearest: text(nearest)}
	})
}

func (w *Weigher) whyValueRare(o *ot.Observation) []event.Reason {
	rare := w.whyValues(o, ValueRare, func(x float64, v *Value) event.Reason {
		usual := text(v.Min) + " to " + text(v.Max)
		if len(v.Set) > 0 {
			usual = "one of " + choices(v.Set)
		}
		return event.Reason{Seen: text(x), Usual: usual, Nearest: "it was written while the baseline was learned, too rarely to count"}
	})
	return append(rare, w.whyTrends(o, func(p *weighPoint) (event.Reason, bool) {
		return event.Reason{Seen: text(p.trend.last), Usual: fmt.Sprintf("counts up, at most %s at once", text(p.Step)),
			Nearest: "it begins anew where it began when the baseline was learned"}, p.anew()
	})...)
}

// whyTrends explains the points of a write by how their values follow each other.
func (w *Weigher) whyTrends(o *ot.Observation, why func(p *weighPoint) (event.Reason, bool)) (all []event.Reason) {
	for c := walkOf(&o.Did, w.habitFor(o)); c.next() && len(all) < mostListed; {
		if r, ok := why(c.p); ok {
			r.Field, r.Threshold = "value at "+c.p.where(), "learned"
			all = append(all, r)
		}
	}
	return all
}

func (w *Weigher) whyValueJump(o *ot.Observation) []event.Reason {
	return w.whyTrends(o, func(p *weighPoint) (event.Reason, bool) {
		return event.Reason{Seen: text(p.trend.last), Usual: fmt.Sprintf("counts up, at most %s at once", text(p.Step)),
			Nearest: fmt.Sprintf("threshold: back, or %d times the largest learned step up, through its top included", stepFactor)}, p.Step > 0
	})
}

func (w *Weigher) whySlowDrift(o *ot.Observation) []event.Reason {
	return w.whyTrends(o, func(p *weighPoint) (event.Reason, bool) {
		return event.Reason{Seen: fmt.Sprintf("%s to %s in %d steps one way", text(p.trend.from), text(p.trend.last), p.trend.length()),
			Usual:   fmt.Sprintf("at most %d steps one way", p.Run),
			Nearest: fmt.Sprintf("threshold: %d steps more, at least %d, over %.0f %% of the learned range", driftSteps, driftLeast, 100*driftShare)}, p.drifts()
	})
}

// whyWrongPhase names, for each value, the state of the line it does not go with.
func (w *Weigher) whyWrongPhase(o *ot.Observation) (all []event.Reason) {
	for c := walkOf(&o.Did, w.habitFor(o)); c.next() && len(all) < mostListed; {
		rule, other := w.unfit(c.p, c.x)
		if rule == nil {
			continue
		}
		r := event.Reason{Field: other.place() + " when " + text(c.x) + " is written", Seen: text(other.trend.last), Usual: "one of " + choices(rule.Held),
			Nearest: fmt.Sprintf("threshold: by chance it would have been seen so with a certainty of %s %%", text(100*(1-stageChance))), Threshold: "learned"}
		w.inWords(&r, other, rule.Held)
		all = append(all, r)
	}
	return all
}

// inWords says phases by the names that people gave them, where they gave any.
func (w *Weigher) inWords(r *event.Reason, p *weighPoint, held []float64) {
	if now := p.named(p.trend.last).Name; now == "" && !slices.ContainsFunc(held, func(x float64) bool { return p.named(x).Name != "" }) {
		return
	}
	var usual []string
	for _, x := range held {
		usual = append(usual, cmp.Or(p.named(x).Name, w.phaseOf(p, x)))
	}
	r.Nearest = r.Seen + " was held, usual is " + r.Usual + "; " + r.Nearest
	r.Seen, r.Usual = "during "+w.phaseOf(p, p.trend.last), some(usual)
}

// phaseOf is a phase by its name and number.
func (w *Weigher) phaseOf(p *weighPoint, x float64) string {
	at, _ := slices.BinarySearch(p.Set, x)
	number := fmt.Sprintf("phase %d", w.phase[p.Value]+at)
	if name := p.named(x).Name; name != "" {
		return name + " (" + number + ")"
	}
	return number
}

// place is the point with its server.
func (v *Value) place() string {
	return v.Server.HostString() + " " + place(v.Area, v.Block) + " " + v.where()
}

// choices lists values for people.
func choices(set []float64) string {
	var all []string
	for _, s := range set {
		all = append(all, text(s))
	}
	return some(all)
}

// where is the point a value belongs to.
func (v *Value) where() string {
	if v.Name == "" {
		return number(v.Addr)
	}
	return v.Name + " " + number(v.Addr)
}

func text(x float64) string { return string(putFloat(nil, x)) }
