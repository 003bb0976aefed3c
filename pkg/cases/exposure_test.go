package cases

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/event"
	"otsensor/pkg/journal"
)

// The exposure window opens when people confirm an incident, closes when they
// approve containment, and opens again when containment did not hold: each is
// told once, whatever else is seen or decided between.
func TestExposureWindowIsTold(t *testing.T) {
	d := newDesk(t)
	said := func(want ...string) {
		t.Helper()
		var got []string
		for _, x := range d.b.Exposed() {
			got = append(got, x.State+", "+x.Window())
			if !strings.Contains(x.Text(), "the exposure window is "+x.State) || !strings.Contains(x.Text(), "2026-03-01T03:00:00Z, when what it touched was last seen as learned") {
				t.Error(x.Text())
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
	}
	d.see(0, "OT-03", laptop, filler, Facts{})
	said()
	d.say(1, journal.Confirm, nil)
	said("open, 2026-03-01T03:00:00Z to open")
	d.see(2, "OT-04", laptop, hmi, Facts{})
	said()
	d.say(3, journal.ContainApproved, measure("K-01"))
	said() // to observe is not to contain
	d.say(3, journal.ContainRefused, measure("K-10"))
	said()
	d.say(4, journal.ContainApproved, measure("K-05"))
	said("closed, 2026-03-01T03:00:00Z to 2026-03-01T03:04:00Z")
	d.see(5, "OT-03", laptop, filler, Facts{})
	d.see(5, "OT-03", laptop, filler, Facts{})
	said("open again, 2026-03-01T03:00:00Z to open")
	d.say(6, journal.ContainApproved, measure("K-02"))
	said("closed, 2026-03-01T03:00:00Z to 2026-03-01T03:06:00Z")
	d.say(7, journal.Phase, step("REC-1"))
	d.say(8, journal.Close, nil)
	said()
	d.see(9, "OT-03", laptop, filler, Facts{}) // a recurrence
	said("open again, 2026-03-01T03:00:00Z to open")
	var held []string
	for _, m := range d.first().Measures {
		again := "never"
		if m.Again != 0 {
			again = m.Again.text()[11:16]
		}
		held = append(held, fmt.Sprint(m.ID, " ", m.Approved, " ", again))
	}
	if want := []string{"K-01 true 03:05", "K-10 false never", "K-05 true 03:05", "K-02 true 03:09"}; !slices.Equal(held, want) {
		t.Errorf("measures and when they did not hold: %q, want %q", held, want)
	}
}

// No window of a case that people dismissed.
func TestNoExposureOfADismissedCase(t *testing.T) {
	d := newDesk(t)
	d.see(0, "OT-03", laptop, filler, Facts{})
	d.say(1, journal.Dismiss, nil)
	if got := d.b.Exposed(); got != nil {
		t.Errorf("%+v", got)
	}
}

// What is written of a case's exposure says that it was told, so that a book
// made of it does not tell again; and an event about a case nobody knows
// opens none.
func TestEventsAboutCasesAreRead(t *testing.T) {
	d := newDesk(t)
	d.to(Containment)
	about := func(rule Rule, id string) {
		e := &event.Event{ID: id, State: "closed", First: at(3).UnixNano(), Last: at(3).UnixNano(), Rule: event.Rule{ID: rule.ID}, What: rule.Title}
		e.Playbook.Case = d.first().ID
		d.b.Note(e)
		d.events = append(d.events, e)
	}
	about(ExposureRule, "1111111111111111")
	about(RecordRule, "2222222222222222")
	about(ReturnedRule, "3333333333333333")
	if got := d.b.Exposed(); got != nil {
		t.Errorf("told again: %+v", got)
	}
	lost := &event.Event{ID: "4444444444444444", First: at(4).UnixNano(), Rule: event.Rule{ID: RecordRule.ID}}
	lost.Playbook.Case = "C-00000000"
	folded := Fold(d.p, append(slices.Clone(d.events), lost), d.said)
	if len(folded) != 1 || folded[0].Recovered != Stamp(at(3).UnixNano()) || len(folded[0].Events) != 1 || len(folded[0].About) != 3 || folded[0].told != closedWindow {
		t.Errorf("%d cases: %+v", len(folded), folded[0])
	}
}
