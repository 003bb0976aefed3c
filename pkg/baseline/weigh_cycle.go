package baseline

import (
	"fmt"
	"time"

	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// cycle is a habit that came round all the time: once it is not seen while its
// conversation goes on, one message of a cycle is missing.
type cycle struct {
	pair  *weighPair
	habit *weighHabit
	limit int64
}

const (
	cyclePause = 10 // periods: what paused for longer when it was learned is no cycle
	cycleTurns = 8  // seconds in which each is looked at once
)

// indexCycles finds the habits that came round to the end of learning.
func (w *Weigher) indexCycles() {
	w.cycles = nil
	for i := range w.b.Habits {
		l := &w.b.Habits[i]
		limit := int64(w.tolerate.Silence.threshold(uint64(l.Beat.Gap)))
		if l.Mark != InForce || l.Beat.Every == 0 || l.Beat.Gap > cyclePause*l.Beat.Every || !w.regularly(&l.Standing, l.Beat.Gap, limit) {
			continue
		}
		p := w.pair(l.Pair)
		for _, h := range p.habits {
			if h.line == l {
				w.cycles = append(w.cycles, cycle{p, h, limit})
			}
		}
	}
}

// missCycles looks for acts that stopped while their conversations went on.
func (w *Weigher) missCycles(miss func(ot.Observation, Deviation)) {
	for i := int(w.now / second % cycleTurns); i < len(w.cycles); i += cycleTurns {
		c := &w.cycles[i]
		at := c.habit.watch.at
		last := max(at, w.start, w.hole, c.pair.resumed, c.pair.doubt) // what is missing may have been it
		if c.habit.missing == at+1 || w.now-last <= c.limit+toldLate || c.pair.acted-last <= c.limit || w.now-c.pair.acted > c.limit {
			continue
		}
		c.habit.missing = at + 1
		miss(c.missed(), ActMissing)
	}
}

// missed is the act that did not come.
func (c *cycle) missed() ot.Observation {
	p, l := c.pair, c.habit.line
	conv := ot.Conv{Client: p.Client, Server: p.Server, Transport: p.Transport}
	t := ot.Transaction{Proto: l.Proto, Op: l.Op, Code: l.Code, Unit: l.Unit, Latency: -1, Object: ot.Object{Area: l.Area, Block: l.Block}}
	lead := l.Lead
	switch {
	case lead.On && lead.Name != "":
		t.Name = []byte(lead.Name)
	case lead.On:
		t.Object.Addr, t.Object.Len = lead.Object.From, lead.Object.To-lead.Object.From+1
	case len(l.Names) > 0:
		t.Name = []byte(l.Names[0])
	case len(l.Objects) > 0:
		t.Object.Addr, t.Object.Len = l.Objects[0].From, l.Objects[0].To-l.Objects[0].From+1
	}
	return ot.Observation{Conv: &conv, Did: t, Quality: p.quality}
}

func (w *Weigher) whyActMissing(o *ot.Observation) []event.Reason {
	h, t := w.habitFor(o), &w.tolerate.Silence
	b := h.line.Beat
	gap := uint64(b.Gap)
	return fired(t.origin(gap), reason("act", "not seen for more than "+time.Duration(t.threshold(gap)).String(),
		fmt.Sprintf("every %v, at most %v apart", time.Duration(b.Every), time.Duration(b.Gap)),
		fmt.Sprintf("threshold: %d times the longest learned gap, at least %v", t.Factor, time.Duration(t.Least))))
}
