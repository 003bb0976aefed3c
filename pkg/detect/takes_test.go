package detect

import (
	"slices"
	"testing"

	"otsensor/pkg/ot"
)

// lesser begins at the second refusal, graver at the fourth of any client.
var (
	lesser = rule("A-01", "when: { op: auth, status: refused }\ncount: { min: 2, over: 1h }\nunless: [B-01]")
	graver = rule("B-01", "when: { op: auth, status: refused }\ncount: { min: 4, over: 10s, by: [server] }\ntakes: [A-01]\ngroup: [server]\nlist: client")
)

// guesses are refused log-ons of a client, one a second.
func guesses(from float64, client byte, n int) (all []ot.Observation) {
	for i := range n {
		all = append(all, act(from+float64(i), client, 2, ot.OpAuth, ot.Refused))
	}
	return all
}

// What begins as little and grows grave is one event with one id: the graver
// rule goes on with it, and the lesser one adds to it while it is open.
func TestTheGraverRuleTakesTheEvent(t *testing.T) {
	w := watch(t, &site{}, lesser, graver)
	w.see(guesses(0, 1, 5)...)
	first := w.records[0].ID
	for _, e := range w.records {
		if e.ID != first {
			t.Errorf("%s of %s has another id", e.State, e.Rule.ID)
		}
	}
	w.want(t, "open A-01 10.0.0.1>10.0.0.2 x1; update B-01 10.0.0.1>10.0.0.2 x3")
	if c := w.Counts; c.Taken[Taking{By: "B-01", From: "A-01"}] != 1 || len(c.Taken) != 1 || !slices.Equal(c.Raised, []uint64{1, 0}) {
		t.Errorf("raised %v, taken %v", c.Raised, c.Taken)
	}
	w.see(guesses(100, 1, 2)...) // too few for the graver rule
	w.Flush()
	w.want(t, "closed B-01 10.0.0.1>10.0.0.2 x6")
}

// An event that went quiet stays as it was.
func TestAClosedEventIsNotTaken(t *testing.T) {
	w := watch(t, &site{}, lesser, graver)
	w.see(guesses(0, 1, 2)...)
	w.see(guesses(900, 1, 4)...) // the window of the first is ten minutes
	w.want(t, "open A-01 10.0.0.1>10.0.0.2 x1; closed A-01 10.0.0.1>10.0.0.2 x1; open A-01 10.0.0.1>10.0.0.2 x1; update B-01 10.0.0.1>10.0.0.2 x4")
}

// What a graver rule took counts for a chain as that rule's alone.
func TestAChainDoesNotCountWhatWasTaken(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", "when: { op: auth, status: refused }\ncount: { min: 2, over: 1h }"), graver,
		rule("C-01", "chain: [ { several: 2, types: [OT-01] } ]\nby: [source]\nover: 1h\ngroup: [client]"))
	w.see(guesses(0, 1, 3)...)
	w.want(t, "open A-01 10.0.0.1>10.0.0.2 x1")
	w.see(guesses(3, 1, 1)...)
	w.want(t, "update B-01 10.0.0.1>10.0.0.2 x4; open C-01 10.0.0.1>10.0.0.2 x1") // it was two: before, and grave
	w = watch(t, &site{}, rule("A-01", "when: { op: auth }\ncount: { min: 6, over: 1h }"), graver,
		rule("C-01", "chain: [ { several: 2, types: [OT-01] } ]\nby: [source]\nover: 1h\ngroup: [client]"))
	w.see(guesses(0, 1, 8)...)
	w.want(t, "open B-01 10.0.0.1>10.0.0.2 x1") // the lesser came when it was grave already
}
