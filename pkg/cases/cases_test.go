package cases

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"otsensor/pkg/event"
	"otsensor/pkg/journal"
	"otsensor/pkg/playbook"
	"otsensor/rules"
)

var began = time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)

// desk plays events and decisions into a book.
type desk struct {
	t      *testing.T
	p      *playbook.Profile
	b      *Book
	events []*event.Event
	said   []journal.Entry
	n      int
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	p, err := playbook.Load(rules.Files())
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t: t, p: p, b: NewBook(p)}
}

func at(minute int) time.Time { return began.Add(time.Duration(minute) * time.Minute) }

// see plays an event of a type, between two hosts.
func (d *desk) see(minute int, incidentType, source, target string, f Facts) *event.Event {
	d.n++
	t := at(minute).UnixNano()
	e := &event.Event{ID: fmt.Sprintf("%08x00000000", d.n), State: "closed", First: t, Last: t, What: "seen", Op: "write", Proto: "modbus"}
	e.Source.Addr, e.Target.Addr = source, target
	e.Quality.LastKnownGood = began.UnixNano()
	start, _ := d.p.Step("DIA-1")
	e.Playbook = event.Playbook{IncidentType: incidentType, Phase: start.Phase, Step: start.ID, Severity: event.Severity{Suggested: 2}}
	d.b.Decide(t)
	d.b.Place(e, f)
	d.b.Grew(e)
	d.events = append(d.events, e)
	return e
}

// say plays a decision: verb, then what belongs to it.
func (d *desk) say(minute int, do string, with func(*journal.Entry)) {
	e := journal.Entry{At: at(minute), By: "m.weber", Do: do, Why: "so"}
	if len(d.b.Cases()) > 0 {
		e.Case = d.b.Cases()[0].ID
	}
	if with != nil {
		with(&e)
	}
	d.said = append(d.said, e)
	d.b.Add(e)
	d.b.Decide(e.At.UnixNano())
}

func step(id string) func(*journal.Entry)    { return func(e *journal.Entry) { e.Step = id } }
func measure(id string) func(*journal.Entry) { return func(e *journal.Entry) { e.Measure = id } }
func level(n int) func(*journal.Entry)       { return func(e *journal.Entry) { e.Severity = &n } }
func (d *desk) first() *Case                 { return d.b.Cases()[0] }
func (d *desk) stands(status, phase, at string) {
	d.t.Helper()
	if c := d.first(); c.Status != status || c.Phase != phase || c.Step != at {
		d.t.Errorf("the case is %s, %s, %s; want %s, %s, %s", c.Status, c.Phase, c.Step, status, phase, at)
	}
}

const laptop, filler, hmi = "10.1.0.99", "10.1.0.20", "10.1.0.10"

// to takes a new case to a phase.
func (d *desk) to(phase string) {
	d.see(0, "OT-03", laptop, filler, Facts{})
	if phase == Detection {
		return
	}
	d.say(1, journal.Confirm, nil)
	d.say(2, journal.ContainApproved, measure("K-05"))
	if phase == Containment {
		return
	}
	d.say(3, journal.Phase, step("ERA-1"))
	if phase == Eradication {
		return
	}
	d.say(4, journal.Phase, step("REC-1"))
	if phase == closedPhase {
		d.say(5, journal.Close, nil)
	}
}

// The same detection means different things in the phases of a case.
func TestPhaseTable(t *testing.T) {
	engineer := Facts{Engineer: true}
	reached := map[string]bool{}
	for name, c := range map[string]struct {
		phase, seen, source string
		facts               Facts
		step                string
		again, apart        bool
		severity            int
	}{
		"a download, nothing known yet":       {Detection, "OT-04", laptop, Facts{}, "DIA-1", false, false, 2},
		"a download in containment":           {Containment, "OT-04", laptop, Facts{}, "CON-2", true, false, 3},
		"a write in containment":              {Containment, "OT-03", laptop, Facts{}, "CON-2", true, false, 3},
		"silence in containment":              {Containment, "OT-09", "", Facts{}, "CON-2", false, false, 1},
		"a new kind of look in containment":   {Containment, "OT-02", laptop, Facts{}, "CON-2", false, false, 2},
		"the engineer's restore":              {Eradication, "OT-04", laptop, engineer, "ERA-1", false, false, 1},
		"a restore with a permit":             {Eradication, "OT-04", laptop, Facts{Ticket: "W-1"}, "ERA-1", false, false, 1},
		"somebody's download in eradication":  {Eradication, "OT-04", laptop, Facts{}, "CON-2", true, false, 3},
		"a write in eradication":              {Eradication, "OT-03", laptop, engineer, "CON-2", true, false, 3},
		"silence in eradication":              {Eradication, "OT-09", "", Facts{}, "ERA-1", false, false, 1},
		"the engineer's download in recovery": {Recovery, "OT-04", laptop, engineer, "REC-1", false, false, 1},
		"a download in recovery":              {Recovery, "OT-04", laptop, Facts{}, "ERA-1", true, false, 3},
		"a write in recovery":                 {Recovery, "OT-03", laptop, Facts{}, "ERA-1", true, false, 3},
		"silence in recovery":                 {Recovery, "OT-09", "", Facts{}, "DIA-1", false, true, 2},
		"a write after the end":               {closedPhase, "OT-03", laptop, Facts{}, "DIA-2", true, false, 3},
		"a download after the end":            {closedPhase, "OT-04", laptop, Facts{}, "DIA-2", true, false, 3},
		"silence after the end":               {closedPhase, "OT-09", "", Facts{}, "DIA-1", false, true, 2},
		"the same kind of look, containment":  {Containment, "OT-02 again", laptop, Facts{}, "CON-2", true, false, 3},
		"the same kind of look, eradication":  {Eradication, "OT-02 again", laptop, Facts{}, "CON-2", true, false, 3},
		"the same kind of look, recovery":     {Recovery, "OT-02 again", laptop, Facts{}, "ERA-1", true, false, 3},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.to(c.phase)
			var again bool
			if c.seen, again = strings.CutSuffix(c.seen, " again"); again {
				d.see(8, c.seen, c.source, filler, c.facts)
			}
			reached[d.first().row(c.seen, c.facts)] = true
			e := d.see(10, c.seen, c.source, filler, c.facts)
			p := &e.Playbook
			if p.Step != c.step || p.Again != c.again || p.Severity.Suggested != c.severity || (p.Case != d.first().ID) != c.apart {
				t.Errorf("step %s, again %v, severity %d, case %s of %s", p.Step, p.Again, p.Severity.Suggested, p.Case, d.first().ID)
			}
		})
	}
	for i := range table {
		if !reached[fmt.Sprint(i)] {
			t.Errorf("no case above reaches row %d of the table: %+v", i, table[i])
		}
	}
}

// row is the number of the row of the table that decides, "" when none does.
func (c *Case) row(incidentType string, f Facts) string {
	e := &event.Event{Playbook: event.Playbook{IncidentType: incidentType}}
	for i := range table {
		if c.fitsRow(&table[i], e, f) {
			return fmt.Sprint(i)
		}
	}
	return ""
}

// What happened, and what people do about it, from the first event to the end.
func TestWalkThroughAllPhases(t *testing.T) {
	d := newDesk(t)
	d.see(0, "OT-03", laptop, filler, Facts{})
	d.stands(Open, Detection, "DIA-1")
	d.say(1, journal.Ack, nil)
	d.stands(Open, Detection, "DIA-2")
	d.say(2, journal.Confirm, nil)
	d.stands(Confirmed, Detection, "DIA-7")
	d.say(3, journal.SeverityIs, level(4))
	d.stands(Confirmed, Detection, "DIA-8")
	d.say(4, journal.ContainApproved, measure("K-05"))
	d.stands(Confirmed, Containment, "CON-2")
	d.say(5, journal.Phase, step("CON-5"))
	d.see(6, "OT-03", laptop, filler, Facts{})
	d.stands(Confirmed, Containment, "CON-2")
	if c := d.first(); c.Contained != 0 || c.Exposure.Contained != 0 || c.Again != 1 {
		t.Errorf("containment did not hold, and the case says %+v", c)
	}
	d.say(7, journal.ContainApproved, measure("K-02"))
	if c := d.first(); c.Exposure.Contained != Stamp(at(7).UnixNano()) || c.Exposure.LastKnownGood != Stamp(began.UnixNano()) {
		t.Errorf("exposure %+v", c.Exposure)
	}
	d.say(8, journal.Phase, step("ERA-1"))
	d.say(9, journal.Phase, step("REC-1"))
	d.say(10, journal.Close, nil)
	d.stands(Closed, Recovery, "REC-4")
	d.see(20, "OT-03", laptop, filler, Facts{})
	d.stands(Confirmed, Detection, "DIA-2")
	if d.first().Reopened != 1 {
		t.Error("a recurrence was not counted")
	}
}

// Decisions that cannot be change nothing, and the timeline says so.
func TestDecisionsThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		phase, do string
		with      func(*journal.Entry)
		why       string
	}{
		"close before recovery":       {Containment, journal.Close, nil, "can be closed in recovery"},
		"dismiss what was confirmed":  {Containment, journal.Dismiss, nil, "confirmed incident"},
		"eradicate before confirming": {Detection, journal.Phase, step("ERA-1"), "not confirmed"},
		"a step there is not":         {Detection, journal.Phase, step("DIA-77"), "no step"},
		"a step of preparation":       {Detection, journal.Phase, step("PRE-3"), "preparation"},
		"a measure there is not":      {Containment, journal.ContainApproved, measure("K-99"), "no measure"},
		"confirm after the end":       {closedPhase, journal.Confirm, nil, "is closed"},
	} {
		d := newDesk(t)
		d.to(c.phase)
		was := *d.first()
		d.say(30, c.do, c.with)
		now := d.first()
		if now.Status != was.Status || now.Step != was.Step || !strings.Contains(now.Timeline[len(now.Timeline)-1].What, c.why) {
			t.Errorf("%s: %s at %s, %q", name, now.Status, now.Step, now.Timeline[len(now.Timeline)-1].What)
		}
	}
}

// People can reach every step of a case; those of preparation are of no case.
func TestEveryStepIsReachable(t *testing.T) {
	d := newDesk(t)
	d.see(0, "OT-03", laptop, filler, Facts{})
	d.say(1, journal.Confirm, nil)
	phases := map[string]bool{}
	for i, s := range d.p.Steps {
		if strings.HasPrefix(s.ID, "PRE-") {
			continue
		}
		d.say(2+i, journal.Phase, step(s.ID))
		d.stands(Confirmed, s.Phase, s.ID)
		phases[s.Phase] = true
	}
	if len(d.first().Reached) != 23 || len(phases) != 4 {
		t.Errorf("%d steps in %d phases", len(d.first().Reached), len(phases))
	}
}

func TestWhatBelongsTogether(t *testing.T) {
	for name, c := range map[string]struct {
		minute               int
		seen, source, target string
		together             bool
	}{
		"the same source, another target":    {1, "OT-04", laptop, hmi, true},
		"another source, the same target":    {1, "OT-04", "10.1.0.98", filler, false},
		"from a host that was touched":       {1, "OT-03", filler, hmi, true},
		"silence of a host that was touched": {1, "OT-09", hmi, filler, true},
		"silence of it much later":           {120, "OT-09", hmi, filler, false},
		"the same source two days later":     {2 * 24 * 60, "OT-03", laptop, filler, false},
		"about the sensor itself":            {1, "OT-15", laptop, filler, false},
	} {
		d := newDesk(t)
		d.see(0, "OT-03", laptop, filler, Facts{})
		if got := d.see(c.minute, c.seen, c.source, c.target, Facts{}).Playbook.Case == d.first().ID; got != c.together {
			t.Errorf("%s: %v", name, got)
		}
	}
	d := newDesk(t)
	if e := d.see(0, "OT-04", laptop, filler, Facts{Ticket: "W-1"}); e.Playbook.Case != "" || e.Playbook.PhaseInput != "window" {
		t.Errorf("planned work opened case %q, %s", e.Playbook.Case, e.Playbook.PhaseInput)
	}
}

// A closed case is opened again for thirty days; what comes later is another case.
func TestRecurrenceEnds(t *testing.T) {
	for days, same := range map[int]bool{1: true, 29: true, 31: false} {
		d := newDesk(t)
		d.to(closedPhase)
		e := d.see(5+days*24*60, "OT-03", laptop, filler, Facts{})
		if got := e.Playbook.Case == d.first().ID; got != same || e.Playbook.Again != same || (d.first().Reopened == 1) != same {
			t.Errorf("after %d days: the same case %v, again %v", days, got, e.Playbook.Again)
		}
	}
}

// The silent time counts only without events, without loss, and with hosts that speak.
func TestReturnedToBaseline(t *testing.T) {
	for name, c := range map[string]struct {
		cov   Coverage
		since int // minute at which the sensor began to watch
		spoke int
		done  int // minute at which it is over
	}{
		"quiet":              {Coverage{}, 0, 99, 35},
		"frames lost":        {Coverage{Dropped: 1}, 0, 99, 45},
		"the host is mute":   {Coverage{}, 0, 2, 0},
		"watched from 20 on": {Coverage{}, 20, 99, 50},
	} {
		d := newDesk(t)
		d.to(Recovery)
		d.say(5, journal.Phase, func(e *journal.Entry) { e.Step, e.Quiet = "REC-2", "30m" })
		done := 0
		for m := 5; m < 60 && done == 0; m++ {
			cov := Coverage{}
			if m >= 15 {
				cov = c.cov
			}
			spoke := at(min(m, c.spoke)).UnixNano()
			if len(d.b.Tick(at(m).UnixNano(), at(c.since).UnixNano(), cov, func(string) int64 { return spoke })) > 0 {
				done = m
			}
		}
		if done != c.done || (d.first().Recovered != 0) != (c.done != 0) {
			t.Errorf("%s: over at minute %d, want %d", name, done, c.done)
		}
	}
}

// What is written gives the same cases as what the judge kept.
func TestFoldIsTheBook(t *testing.T) {
	d := newDesk(t)
	d.to(Eradication)
	d.see(6, "OT-04", laptop, filler, Facts{Engineer: true})
	d.see(7, "OT-03", laptop, hmi, Facts{})
	d.see(8, "OT-01", "10.1.0.77", "", Facts{})
	d.say(9, journal.Note, nil)
	if diff := cmp.Diff(d.b.Cases(), Fold(d.p, d.events, d.said), cmpopts.IgnoreUnexported(Case{})); diff != "" {
		t.Errorf("-book +fold\n%s", diff)
	}
	if len(d.b.Cases()) != 2 {
		t.Errorf("%d cases", len(d.b.Cases()))
	}
}

func TestBookIsBounded(t *testing.T) {
	d := newDesk(t)
	for i := range MaxOpen + 10 {
		d.see(i%60, "OT-03", fmt.Sprintf("10.2.%d.%d", i/250, i%250), filler, Facts{})
	}
	if len(d.b.Cases()) != MaxOpen || d.b.Dropped != 10 {
		t.Errorf("%d cases, %d dropped", len(d.b.Cases()), d.b.Dropped)
	}
}
