package cases

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"otsensor/pkg/event"
	"otsensor/pkg/journal"
)

// A book that takes up the events of before stands where the other stood: what
// is seen next means what it would have meant, in the same case.
func TestResume(t *testing.T) {
	for _, phase := range []string{Detection, Containment, Eradication, Recovery, closedPhase} {
		ran, died := newDesk(t), newDesk(t)
		for _, d := range []*desk{ran, died} {
			d.to(phase)
		}
		died.b = NewBook(died.p)
		died.b.Add(died.said...)
		died.b.Resume(died.events)
		if all := died.b.Changed(); len(all) != 1 || len(died.b.Changed()) != 0 {
			t.Errorf("%s: %d cases to be told, %d a second time", phase, len(all), len(died.b.Changed()))
		}
		was := []*event.Event{ran.see(9, "OT-04", laptop, filler, Facts{}), died.see(9, "OT-04", laptop, filler, Facts{})}
		if a, b := was[0].Playbook, was[1].Playbook; a.Case != b.Case || a.Step != b.Step || a.Again != b.Again || a.Severity.Suggested != b.Severity.Suggested {
			t.Errorf("%s: %s %s %v %d without a restart, %s %s %v %d after one", phase,
				a.Case, a.Step, a.Again, a.Severity.Suggested, b.Case, b.Step, b.Again, b.Severity.Suggested)
		}
		ran.b.Decide(at(99).UnixNano())
		died.b.Decide(at(99).UnixNano())
		if diff := cmp.Diff(ran.b.Cases(), died.b.Cases(), cmpopts.IgnoreUnexported(Case{})); diff != "" {
			t.Errorf("%s: %s", phase, diff)
		}
	}
}

// A case is told as changed when an event or a decision changed it, once.
func TestChanged(t *testing.T) {
	d := newDesk(t)
	for n, change := range []func(){
		func() { d.see(0, "OT-03", laptop, filler, Facts{}) }, func() { d.see(1, "OT-04", laptop, filler, Facts{}) },
		func() { d.say(2, journal.Note, nil) }, func() { d.say(3, journal.Confirm, nil) },
	} {
		change()
		if all := d.b.Changed(); len(all) != 1 || len(d.b.Changed()) != 0 {
			t.Errorf("change %d: %d cases", n, len(all))
		}
	}
	d.say(4, journal.Note, func(e *journal.Entry) { e.Case = "" })
	if all := d.b.Changed(); len(all) != 0 {
		t.Errorf("%d cases changed by a note about none", len(all))
	}
}
