package flow

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Each conversation is handed on by the first turn whose clock is past the
// earliest time it was wanted for, however far off that is and however long
// nothing turned, and by no other.
func TestWheelTurnsUpWhatIsDue(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		all := newPlaces()
		w := wheel{of: &all}
		conns := make([]*conn, 20)
		for i := range conns {
			conns[i] = &conn{}
			all.add(conns[i])
		}
		want := map[*conn]int64{} // what a wheel without seconds would hold
		now := int64(1_000) * second
		for range 300 {
			for range r.IntN(4) {
				c, past := conns[r.IntN(len(conns))], now+r.Int64N(200*second)-5*second
				w.wants(c, past, now)
				if had, ok := want[c]; !ok || past < had {
					want[c] = past
				}
			}
			if c := conns[r.IntN(len(conns))]; c.waits && r.IntN(10) == 0 {
				w.remove(c)
				delete(want, c)
			}
			before := now
			now += []int64{1, second / 3, second, 3 * second, 70 * second, 500 * second}[r.IntN(6)]
			var due []*conn
			for c, past := range want {
				if past < now {
					due = append(due, c)
					delete(want, c)
				}
			}
			w.turn(before, now, func(c *conn) {
				i := slices.Index(due, c)
				if i < 0 {
					t.Fatalf("seed %d: handed on before its time", seed)
				}
				due = slices.Delete(due, i, i+1)
			})
			if len(due) > 0 {
				t.Fatalf("seed %d: %d were due and not handed on", seed, len(due))
			}
		}
	}
}

// What is wanted anew while it is handed on comes in a later turn, not in this one.
func TestWheelTurnEnds(t *testing.T) {
	all := newPlaces()
	w, c := wheel{of: &all}, &conn{}
	all.add(c)
	w.wants(c, 0, 0)
	turns := 0
	again := func(c *conn) {
		turns++
		w.wants(c, 7*second, 7*second)
	}
	w.turn(0, 7*second, again)
	w.turn(7*second, 8*second, again)
	if turns != 2 {
		t.Errorf("handed on %d times in two turns", turns)
	}
}
