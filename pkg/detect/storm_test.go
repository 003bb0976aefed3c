package detect

import (
	"fmt"
	"strings"
	"testing"

	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
)

// match takes an observation that departs.
func (w *told) match(o ot.Observation, d baseline.Deviation) { w.Match(&o, baseline.Weight{Dev: d}) }

// newcomers are conversations nobody knows, one a second.
func newcomers(w *told, from, n int) {
	for i := range n {
		o := act(float64(from+i), byte(from+i), 200, ot.OpReadData, ot.OK)
		o.Conv.Client.IP[14] = byte((from + i) >> 8)
		w.match(o, baseline.NewConversation)
	}
}

// What is new by the hundred has one cause: a few events, then one with the list.
func TestStormIsOneEvent(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", "when: { op: read-data, deviation: new-conversation }\ngroup: [client]"))
	newcomers(w, 1, 300)
	w.Flush()
	opened, members := 0, ""
	for _, e := range w.records {
		if e.State == "open" {
			opened++
		}
		if len(e.List) > 0 && e.State == "closed" {
			members = e.What
			if len(e.List) != ListKept || e.Count != 300-stormLeast {
				t.Errorf("the list has %d of them, %d sightings", len(e.List), e.Count)
			}
			if last := e.Why[len(e.Why)-1]; last.Threshold != "default" || !strings.Contains(last.Nearest, "threshold 5 within 10 minutes") {
				t.Errorf("why %+v", last)
			}
		}
	}
	if opened != stormLeast+1 || !strings.Contains(members, fmt.Sprint(300-stormLeast, " of them began")) {
		t.Errorf("%d events, and %q", opened, members)
	}
	if len(w.open.members) != 0 {
		t.Errorf("%d members of a closed storm are remembered", len(w.open.members))
	}
}

// Whoever comes once the storm has gathered is an event of their own, and who belongs to the storm stays in it.
func TestStormEnds(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", "when: { op: read-data, deviation: new-conversation }\ngroup: [client]\nwindow: 2h"))
	newcomers(w, 1, 20)
	w.lines()
	newcomers(w, 1000, 1)
	w.want(t, "open A-01 10.0.3.232>10.0.0.200 x1")
	o := act(1001, 15, 200, ot.OpReadData, ot.OK)
	w.match(o, baseline.NewConversation)
	w.want(t, "")
	newcomers(w, 1002, 3)
	if got := w.lines(); strings.Count(got, "open") != 3 {
		t.Errorf("three more are %q", got)
	}
}

// What is there and behaves otherwise, and what needs no baseline, is told one by one.
func TestWhatIsNotNewIsNoStorm(t *testing.T) {
	for _, when := range []string{"when: { op: write-data, deviation: value-out-of-range }", "when: { op: write-data }", "when: { op: write-data, deviation: [new-object, value-new] }"} {
		w := watch(t, &site{}, rule("A-01", when+"\ngroup: [client]"))
		for i := range 20 {
			w.match(act(float64(i), byte(1+i), 200, ot.OpWriteData, ot.OK), baseline.ValueRange|baseline.NewObject)
		}
		if opened := strings.Count(w.lines(), "open A-01"); opened != 20 {
			t.Errorf("%s: %d events, not 20", when, opened)
		}
	}
}

// A storm has room for so many; what is beyond still counts.
func TestStormIsBounded(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", "when: { op: read-data, deviation: new-conversation }\ngroup: [client, addr]"))
	for i := range uint32(maxMembers + 100) {
		o := act(1, 1, 200, ot.OpReadData, ot.OK)
		o.Did.Object.Addr = i
		w.match(o, baseline.NewConversation)
	}
	if n := len(w.open.members); n != maxMembers {
		t.Errorf("%d members", n)
	}
	w.Flush()
	if got := w.records[len(w.records)-1].What; !strings.Contains(got, "more than 1024 of them began") {
		t.Error(got)
	}
}
