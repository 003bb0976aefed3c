package baseline

import (
	"fmt"
	"time"

	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// latencyAnswers is how many answers are judged together.
const latencyAnswers = 30

// slowness is how fast a conversation's answers come now.
type slowness struct {
	beyond  int32  // microseconds after which an answer is late; 0 where nothing was learned
	answers uint8  // of those judged together
	late    uint8  // of them
	frame   uint64 // of the latest: one message may answer for many
}

// answer takes one answer where any were learned; SlowAnswers when more than half of the latest were late.
func (s *slowness) answer(o *ot.Observation) Deviation {
	if !timedAnswer(o) || o.Did.Answered == s.frame {
		return 0
	}
	s.frame = o.Did.Answered
	if s.answers++; o.Did.Latency > s.beyond {
		s.late++
	}
	if s.answers < latencyAnswers {
		return 0
	}
	slow := 2*s.late > s.answers
	s.answers, s.late = 0, 0
	if slow {
		return SlowAnswers
	}
	return 0
}

// lateAfter is the threshold of a learned latency, microseconds; 0 without one.
func (w *Weigher) lateAfter(l Latency) int32 {
	if l.Most == 0 {
		return 0
	}
	return int32(min(w.tolerate.SlowAnswers.threshold(uint64(l.Most))/1000, 1<<31-1))
}

func (w *Weigher) whySlowAnswers(o *ot.Observation) []event.Reason {
	p, t := w.pairFor(o), &w.tolerate.SlowAnswers
	if p == nil || p.line == nil {
		return nil
	}
	l := p.line.Latency
	return fired(t.origin(uint64(l.Most)), reason("latency", fmt.Sprintf("more than half of %d answers took longer than %v", latencyAnswers, time.Duration(p.slow.beyond)*time.Microsecond),
		fmt.Sprintf("half within %v, 99 of 100 within %v", time.Duration(l.Half), time.Duration(l.Most)),
		fmt.Sprintf("threshold: %d times what 99 of 100 took, at least %v", t.Factor, time.Duration(t.Least))))
}
