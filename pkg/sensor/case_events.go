package sensor

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"otsensor/pkg/cases"
	"otsensor/pkg/event"
	"otsensor/pkg/evidence"
)

// ofCase is an event about a case as a whole: it is made of the case and of
// people's decisions, not of a sighting. The key tells those of one rule apart.
func (w *Watch) ofCase(c *cases.Case, rule cases.Rule, at int64, key string) *event.Event {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%s\x00%s", rule.ID, c.ID, key)
	e := &event.Event{ID: fmt.Sprintf("%016x", h.Sum64()), Rule: event.Rule{ID: rule.ID, Title: rule.Title},
		Sensor: w.o.Sensor, First: at, Last: at, Raised: at, Count: 1}
	p := w.o.Profile
	e.Playbook = event.Playbook{Profile: p.Head.ID, ProfileVersion: p.Head.Version, Phase: c.Phase, Step: c.Step,
		Case: c.ID, PhaseInput: string(cases.AckInput), Severity: event.Severity{Basis: []string{"no_change"}, ConfirmedBy: p.Severity.ConfirmedBy}}
	e.Playbook.IncidentType = c.Types[0]
	if t, ok := p.Type(e.Playbook.IncidentType); ok {
		e.Playbook.IncidentTitle = t.Title
	}
	e.Attack.Version = p.Attack(nil).Version
	e.Quality = event.Quality{GxPImpact: "unknown", Ask: "none", Decides: p.Quality.Decides, FirstSeen: at, LastSeen: at,
		LastKnownGood: int64(c.Exposure.LastKnownGood)}
	e.Coverage = event.Coverage{BothWays: true, Dropped: w.last.Stats.Loss.Kernel, GapRatio: gapRatio(&w.last.Stats), Filter: w.o.Filter}
	e.Integrity = w.integrity()
	return e
}

// next names the step that comes next, where the profile has it.
func (w *Watch) next(e *event.Event, step string) {
	if s, ok := w.o.Profile.Step(step); ok {
		e.Playbook.Next = []event.NextStep{{Step: s.ID, Role: s.Role, Do: s.Do}}
	}
}

// tell writes an event that is over as soon as it is told.
func (w *Watch) tell(e *event.Event) {
	w.counts.OfCases[e.Rule.ID]++
	w.book.Note(e)
	for _, state := range []string{"open", "closed"} {
		e.State = state
		w.emit(e)
	}
}

// returned is the event that proves the return to the baseline: nothing of the
// case was seen for the agreed time, and the capture lost nothing in it.
func (w *Watch) returned(r cases.Returned) {
	c := r.Case
	e := w.ofCase(c, cases.ReturnedRule, r.To, fmt.Sprint(r.To))
	e.List = slices.Clone(c.Targets)
	e.What = fmt.Sprintf("Case %s: for %s nothing outside the learned set was seen of it, its hosts spoke, and the capture lost nothing.", c.ID, time.Duration(r.To-r.From))
	if w.o.Filter != "" {
		e.What += " A filter was in force: what it hides was not watched."
	}
	e.Why = []event.Reason{{Field: "silent time", Seen: stampOf(r.From) + " to " + stampOf(r.To), Usual: fmt.Sprintf("begun anew %d times before", r.Restarts)}}
	if step, ok := w.o.Profile.Step(c.Step); ok && len(step.Next) > 0 {
		w.next(e, step.Next[0])
	}
	w.tell(e)
}

// exposures tells of every case whose exposure window opened, closed or opened
// again: what the quality unit lists lots by.
func (w *Watch) exposures(now int64) {
	for _, x := range w.book.Exposed() {
		e := w.ofCase(x.Case, cases.ExposureRule, now, fmt.Sprint(now, x.State))
		e.What = fmt.Sprintf("Case %s: %s", x.Case.ID, x.Text())
		e.List = slices.Clone(x.Case.Exposure.Assets)
		lines := strings.Join(x.Case.Exposure.Lines, ", ")
		if lines == "" {
			lines = "not named in the site file"
		}
		e.Why = []event.Reason{{Field: "exposure window", Seen: x.Window()}, {Field: "assets", Seen: fmt.Sprint(len(x.Case.Exposure.Assets))}, {Field: "lines", Seen: lines}}
		w.next(e, cases.QualityStep)
		w.tell(e)
	}
}

// recorded tells of a file that holds what the hosts of a case said.
func (w *Watch) recorded(f evidence.CaseFile, at int64) {
	c := w.book.Find(f.Case)
	if c == nil { // of the process before
		step, _ := w.o.Profile.Step(cases.EvidenceStep)
		c = &cases.Case{ID: f.Case, Phase: step.Phase, Step: step.ID, Types: []string{blindType}}
	}
	e := w.ofCase(c, cases.RecordRule, at, f.File+f.SHA256)
	e.What = fmt.Sprintf("Case %s: %d frames of what its hosts said are in %s.", f.Case, f.Frames, f.File)
	if f.Cut {
		e.What = fmt.Sprintf("Case %s: the record was cut short when the sensor ended; %d whole frames of what its hosts said are in %s.", f.Case, f.Frames, f.File)
	}
	e.Captures = []event.Capture{{File: f.File, SHA256: f.SHA256, Frames: f.Frames, From: f.From, To: f.To, Whole: !f.Cut}}
	w.next(e, cases.EvidenceStep)
	w.tell(e)
}

func stampOf(t int64) string { return time.Unix(0, t).UTC().Format(time.RFC3339) }
