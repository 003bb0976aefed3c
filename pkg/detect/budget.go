package detect

import (
	"fmt"
	"strconv"

	"otsensor/pkg/event"
)

// eventsAMinute is how many events one rule opens in a minute of packet time; the rest is summed up.
const eventsAMinute = 100

const (
	minute = int64(60e9)
	second = int64(1e9)
)

// budget is what a rule may still open in this minute.
type budget struct {
	minute      int64
	opened      int
	suppressed  uint64
	first, last int64        // packet time of what was suppressed
	gravest     *event.Event // of those opened
}

// affords reports whether a rule may open another event in this minute.
func (e *Engine) affords(n int, s *Sighting) bool {
	b := &e.budget[n]
	if now := e.now / minute; b.minute != now {
		e.summary(n)
		*b = budget{minute: now}
	}
	if b.opened < eventsAMinute {
		b.opened++
		return true
	}
	if b.suppressed == 0 {
		b.first = s.O.Time
	}
	b.last = max(b.last, s.O.Time)
	b.suppressed++
	e.Counts.Suppressed[n]++
	return false
}

// remember keeps the gravest event of a minute for its summary.
func (b *budget) remember(ev *event.Event) {
	if b.gravest == nil || ev.Playbook.Severity.Suggested > b.gravest.Playbook.Severity.Suggested {
		b.gravest = ev
	}
}

// summary says how much of one rule was not listed, if anything; it stands where the gravest listed event stands.
func (e *Engine) summary(n int) {
	b := &e.budget[n]
	if b.suppressed == 0 {
		return
	}
	r := &e.set.compiled[n]
	ev := *b.gravest
	ev.ID = eventID(r.ID, "summary"+strconv.FormatInt(b.minute, 10), b.first)
	ev.State, ev.Count = "summary", b.suppressed
	ev.Samples, ev.List, ev.Captures = nil, nil, nil
	ev.First, ev.Last, ev.Raised = b.first, b.last, e.now
	ev.What = fmt.Sprintf("%s: %d further sightings in one minute were not listed one by one (limit %d events a minute). Source and target are those of the gravest one listed.",
		r.Title, b.suppressed, eventsAMinute)
	ev.Why = []event.Reason{{Field: "sightings", Seen: strconv.FormatUint(b.suppressed, 10) + " beyond the limit",
		Nearest: fmt.Sprintf("limit %d events a minute", eventsAMinute)}}
	b.suppressed = 0
	e.emit(Raised{Event: &ev, Rule: r.Rule})
}
