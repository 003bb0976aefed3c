package sensor

import (
	"net"
	"net/netip"
	"slices"

	"otsensor/pkg/cases"
	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// decide takes people's decisions in force at their time.
func (w *Watch) decide(now int64) {
	if w.book.Due(now) {
		w.decided(now)
	}
}

// decided takes those that are due. The open events of a case that moved are
// closed: what is seen from now on is another event, for it means something else.
func (w *Watch) decided(now int64) {
	if moved := w.book.Decide(now); len(moved) > 0 {
		w.engine.Cut(func(e *event.Event) bool { return slices.Contains(moved, e.Playbook.Case) })
	}
	w.exposures(now)
}

// freshDecisions takes the decisions that people made since the last tick.
func (w *Watch) freshDecisions() {
	if w.o.Fresh == nil {
		return
	}
	for _, e := range w.o.Fresh() {
		w.o.Journal.Add(e)
		if w.o.Evidence != nil && e.File != "" {
			w.o.Evidence.Hold(e.File)
		}
		w.book.Add(e)
	}
}

// changedCases hands over the cases that changed since the last tick.
func (w *Watch) changedCases() {
	if w.o.Case == nil {
		return
	}
	for _, c := range w.book.Changed() {
		w.o.Case(c)
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
	if w.since == 0 {
		return // nothing was seen yet
	}
	for _, r := range w.book.Tick(now, w.since, cov, w.lastSeen) {
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

// caseCounts is how the cases stand, for the snapshot.
func (w *Watch) caseCounts() CaseCounts {
	n := CaseCounts{Known: uint64(len(w.book.Cases())), Dropped: uint64(w.book.Dropped), Decisions: w.book.Decided, NoEffect: w.book.NoEffect}
	for _, c := range w.book.Cases() {
		if c.Over() {
			n.Ended++
			continue
		}
		if n.Open == nil {
			n.Open = map[CaseClass]int{}
		}
		n.Open[CaseClass{c.Phase, c.Severity()}]++
	}
	return n
}
