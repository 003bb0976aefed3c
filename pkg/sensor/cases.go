package sensor

import (
	"fmt"
	"hash/fnv"
	"net"
	"net/netip"
	"slices"
	"time"

	"otsensor/pkg/cases"
	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// decide takes people's decisions in force at their time. The open events of a
// case that moved are closed: what is seen from now on is another event, for it
// means something else.
func (w *Watch) decide(now int64) {
	if !w.book.Due(now) {
		return
	}
	if moved := w.book.Decide(now); len(moved) > 0 {
		w.engine.Cut(func(e *event.Event) bool { return slices.Contains(moved, e.Playbook.Case) })
	}
}

// freshDecisions takes the decisions that people made since the last tick.
func (w *Watch) freshDecisions() {
	if w.o.Fresh == nil {
		return
	}
	for _, e := range w.o.Fresh() {
		w.o.Journal.Add(e)
		w.book.Add(e)
	}
}

// inCase gives an event its case, and what it means in the case's phase.
func (w *Watch) inCase(e *event.Event, s *detect.Sighting, ticket string) {
	w.book.Place(e, cases.Facts{Engineer: w.host(s.Source()).Engineering, Ticket: ticket})
}

// returns tells of the cases whose agreed silent time is over.
func (w *Watch) returns(now int64) {
	t := &w.last.Stats
	cov := cases.Coverage{Dropped: t.Loss.Kernel, GapBytes: t.Flow.GapBytes, Cut: t.Cut}
	for _, r := range w.book.Tick(now, cov, w.lastSeen) {
		w.returned(r)
	}
}

// lastSeen is when a host was last seen to speak, 0 when never.
func (w *Watch) lastSeen(host string) int64 {
	e, _ := hostNamed(host)
	if a, ok := w.assets.Find(e); ok {
		return a.Last
	}
	return 0
}

// hostNamed is the host with an address or a MAC; false where it is neither.
func hostNamed(name string) (ot.Endpoint, bool) {
	if a, err := netip.ParseAddr(name); err == nil {
		return ot.EndpointOf(a, 0), true
	}
	if mac, err := net.ParseMAC(name); err == nil && len(mac) == 6 {
		return ot.Endpoint{MAC: [6]byte(mac)}, true
	}
	return ot.Endpoint{}, false
}

// returned is the event that proves the return to the baseline: nothing of the
// case was seen for the agreed time, and the capture lost nothing in it.
func (w *Watch) returned(r cases.Returned) {
	c := r.Case
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%s\x00%d", cases.ReturnedRule, c.ID, r.To)
	e := &event.Event{ID: fmt.Sprintf("%016x", h.Sum64()), Rule: event.Rule{ID: cases.ReturnedRule, Title: "Returned to baseline"},
		Sensor: w.o.Sensor, First: r.To, Last: r.To, Raised: r.To, Count: 1, List: slices.Clone(c.Targets)}
	e.What = fmt.Sprintf("Case %s: for %s nothing outside the learned set was seen of it, its hosts spoke, and the capture lost nothing.", c.ID, time.Duration(r.To-r.From))
	e.Why = []event.Reason{{Field: "silent time", Seen: stampOf(r.From) + " to " + stampOf(r.To), Usual: fmt.Sprintf("begun anew %d times before", r.Restarts)}}
	step, _ := w.o.Profile.Step(c.Step)
	e.Playbook = event.Playbook{Profile: w.o.Profile.Head.ID, ProfileVersion: w.o.Profile.Head.Version, IncidentType: c.Types[0], Phase: c.Phase, Step: c.Step,
		Case: c.ID, PhaseInput: string(cases.AckInput), Severity: event.Severity{Basis: []string{"no_change"}, ConfirmedBy: w.o.Profile.Severity.ConfirmedBy}}
	if t, ok := w.o.Profile.Type(c.Types[0]); ok {
		e.Playbook.IncidentTitle = t.Title
	}
	if next, ok := w.o.Profile.Step(step.Next[0]); ok {
		e.Playbook.Next = []event.NextStep{{Step: next.ID, Role: next.Role, Do: next.Do}}
	}
	e.Attack.Version = w.o.Profile.Attack(nil).Version
	e.Quality = event.Quality{GxPImpact: "unknown", Ask: "none", Decides: w.o.Profile.Quality.Decides, FirstSeen: r.To, LastSeen: r.To,
		LastKnownGood: int64(c.Exposure.LastKnownGood)}
	e.Coverage = event.Coverage{BothWays: true, Dropped: w.last.Stats.Loss.Kernel, GapRatio: gapRatio(&w.last.Stats), Filter: w.o.Filter}
	e.Integrity = w.integrity()
	w.counts.Returned++
	for _, state := range []string{"open", "closed"} {
		e.State = state
		w.emit(e)
	}
}

func stampOf(t int64) string { return time.Unix(0, t).UTC().Format(time.RFC3339) }
