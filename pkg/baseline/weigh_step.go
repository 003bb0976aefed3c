package baseline

import (
	"fmt"
	"math"
	"slices"

	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// weighStep is a step with those that may follow it; none where it is not in force.
type weighStep struct {
	*Step
	next  []*weighStep
	times uint64 // something followed
}

// shuns reports whether another step never followed although by chance it would
// have: two hands that do their own at one controller follow each other in any
// way, and in which not is known only once each did it often.
func (s *weighStep) shuns(other *weighStep, at *weighHost) bool {
	if len(s.next) == 0 || slices.Contains(s.next, other) {
		return false
	}
	share := float64(other.Count) / float64(max(at.steps, 1))
	return math.Pow(1-share, float64(s.times)) < stageChance
}

// walked is where a host stands among the steps done to it.
type walked struct {
	before *weighStep // nil while unknown
	at     int64
	turn   *weighStep // the step before the latest, for explaining it
}

// step is the step that an act is, nil where it is none.
func (h *weighHabit) step(t *ot.Transaction) *weighStep {
	for _, s := range h.steps {
		if s.is(t) {
			return s
		}
	}
	return nil
}

// is reports whether an act is this step.
func (s *weighStep) is(t *ot.Transaction) bool {
	switch {
	case s.Name != string(t.Name) && (s.Name != "" || len(s.Object) > 0):
		return false
	case len(s.Object) > 0 && (t.Object.Len == 0 || s.Object[0] != rangeOf(t.Object.Addr, t.Object.Len)):
		return false
	case len(s.Value) > 0:
		x, one := valueOf(t)
		return one && s.Value[0] == x
	}
	return true
}

// stepped weighs whether an act may follow the one before at its host. An act
// that departs in something else already ends the train: what follows it says nothing.
func (w *Weigher) stepped(at *weighHost, h *weighHabit, t *ot.Transaction, departs bool) Deviation {
	s := h.step(t)
	if t.Status == ot.Refused || s == nil && !departs {
		return 0
	}
	before := at.walked.before
	if at.walked.at < w.hole {
		before = nil
	}
	at.walked = walked{s, w.now, before}
	if departs {
		at.walked.before = nil
		return 0
	}
	if s.Hours != (Week{}) && !s.Hours.at(w.now) {
		return OffHours
	}
	if before == nil || !before.shuns(s, at) {
		return 0
	}
	at.walked.before = nil
	return OutOfTurn
}

// indexSteps gives the habits of writing their steps.
func (w *Weigher) indexSteps(habits map[actKey]*weighHabit) {
	byNumber := map[uint32]*weighStep{}
	for i := range w.b.Steps {
		l := &w.b.Steps[i]
		if p := w.pairs[l.Pair]; p != nil && l.Mark != Review {
			if h := habits[actKey{p.id, l.Act}]; h != nil {
				s := &weighStep{Step: l}
				h.steps, byNumber[l.Number] = append(h.steps, s), s
				p.server.steps += l.Count
			}
		}
	}
	for _, s := range byNumber {
		if s.Mark != InForce {
			continue
		}
		for _, f := range s.Next {
			if next := byNumber[f.Step]; next != nil {
				s.next = append(s.next, next)
			}
			s.times += uint64(f.Times)
		}
	}
}

func (w *Weigher) whyOutOfTurn(o *ot.Observation) []event.Reason {
	host := w.hosts[o.Conv.Server.Host()]
	if host == nil || host.walked.turn == nil {
		return nil
	}
	seen, usual := o.Did.Op.String(), []string(nil)
	if h := w.habitFor(o); h != nil {
		if s := h.step(&o.Did); s != nil {
			seen = s.label()
		}
	}
	before := host.walked.turn
	for _, s := range before.next {
		usual = append(usual, s.label())
	}
	return fired("learned", reason("after "+before.label(), seen, some(usual),
		fmt.Sprintf("threshold: %d times nothing else followed, at least %d; by chance this would have, with a certainty of %s %%", before.times, settledAfter, text(100*(1-stageChance)))))
}

func (w *Weigher) whyOffHours(o *ot.Observation) (why []event.Reason) {
	say := func(field string, week Week) {
		if week != (Week{}) && !week.at(o.Clock) {
			why = append(why, event.Reason{Field: field, Seen: hourText(o.Clock), Usual: string(putWeek(nil, week)), Threshold: "learned",
				Nearest: fmt.Sprintf("threshold: in none of at least %d weeks, and not near a learned hour", weeksLeast)})
		}
	}
	say("hour of the week", w.pairFor(o).line.Hours)
	if h := w.habitFor(o); h != nil && o.Kind == ot.Did {
		if s := h.step(&o.Did); s != nil {
			say("hour of the week of "+s.label(), s.Hours)
		}
	}
	return why
}
