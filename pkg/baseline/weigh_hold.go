package baseline

import (
	"fmt"
	"slices"
	"time"

	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// hold is what a state of the line holds, since when, and what it held before.
type hold struct {
	known  bool
	told   bool // that it lasts too long
	value  float64
	began  int64 // 0 where the beginning was not seen
	at     int64 // latest write
	before float64
	lasted int64 // of the value before, 0 where that is not known
}

// turned weighs a write to a state: whether this may come now, and whether what was ended long enough.
func (w *Weigher) turned(p *weighPoint, x float64, sure bool) (d Deviation) {
	h := p.hold
	if !sure || !h.known || h.at < w.hole {
		*h = hold{known: sure, value: x, at: w.now}
		return 0
	}
	if h.at = w.now; x == h.value {
		return 0
	}
	before, began := h.value, h.began
	*h = hold{known: true, value: x, began: w.now, at: w.now, before: before}
	if began > 0 {
		h.lasted = w.now - began
	}
	if t := p.turn(before); t != nil && slices.Contains(p.Set, x) && !slices.Contains(t.To, x) {
		d |= PhaseOrder
	}
	if l := p.last(before); l != nil && l.judged() && h.lasted > 0 && h.lasted < l.short() {
		d |= PhaseDuration
	}
	return d
}

// missTurns looks for states that are held for far longer than ever.
func (w *Weigher) missTurns(miss func(ot.Observation, Deviation)) {
	for _, s := range w.holds {
		h := s.hold
		if h.told || !h.known || h.began == 0 || h.at < w.hole || !slices.Contains(s.against[:], nil) {
			continue
		}
		if l := s.last(h.value); l == nil || !l.judged() || w.now-h.began <= l.long() {
			continue
		}
		h.told = true
		w.overdue = s
		conv := ot.Conv{Client: s.Client, Server: s.Server, Transport: s.Transport}
		miss(ot.Observation{Conv: &conv, Did: ot.Transaction{Proto: s.Proto, Op: s.Op, Code: s.Code, Unit: s.Unit, Name: []byte(s.Name),
			Object: ot.Object{Area: s.Area, Block: s.Block, Addr: s.Addr, Len: 1}}}, PhaseDuration)
	}
}

func (w *Weigher) whyPhaseOrder(o *ot.Observation) []event.Reason {
	return w.whyTrends(o, func(p *weighPoint) (r event.Reason, ok bool) {
		if p.hold == nil || p.turn(p.hold.before) == nil || p.hold.began != w.now {
			return r, false
		}
		var usual []string
		for _, x := range p.turn(p.hold.before).To {
			usual = append(usual, w.phaseOf(p, x))
		}
		return event.Reason{Seen: w.phaseOf(p, p.hold.value) + " after " + w.phaseOf(p, p.hold.before), Usual: some(usual),
			Nearest: fmt.Sprintf("threshold: nothing else followed, at least %d times", settledAfter)}, true
	})
}

func (w *Weigher) whyPhaseDuration(o *ot.Observation) []event.Reason {
	if o.Kind == ot.Missed {
		p := w.overdue
		why := []event.Reason{p.whyLasted(w, p.hold.value, w.now-p.hold.began, "still")}
		why[0].Field, why[0].Threshold = "value at "+p.place(), "learned"
		return why
	}
	return w.whyTrends(o, func(p *weighPoint) (r event.Reason, ok bool) {
		if p.hold == nil || p.last(p.hold.before) == nil || p.hold.began != w.now {
			return r, false
		}
		return p.whyLasted(w, p.hold.before, p.hold.lasted, "ended"), true
	})
}

// whyLasted says how long a phase lasted, and how long it does.
func (p *weighPoint) whyLasted(w *Weigher, x float64, lasted int64, how string) event.Reason {
	l := p.last(x)
	return event.Reason{Seen: fmt.Sprintf("%s %s after %s", w.phaseOf(p, x), how, span(lasted)),
		Usual:   fmt.Sprintf("%s to %s, %d times", span(l.Least), span(l.Most), l.Times),
		Nearest: fmt.Sprintf("threshold: shorter than %s or longer than %s, %d times beyond what was learned", time.Duration(l.short()).Round(time.Second), time.Duration(l.long()).Round(time.Second), lastFactor)}
}
