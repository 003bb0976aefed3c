package detect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
)

// What is kept near a conversation is a cache: with seats, which conversations
// take over from each other, and without them the same is told.
func TestSeatsChangeNothing(t *testing.T) {
	rules := []string{
		rule("A-01", "when: { op: auth }\nwindow: 20s\nlist: server"),
		rule("A-02", "when: { op: read-data }\ncount: { min: 5, over: 3s, by: [client] }\ngroup: [client]\nlist: server"),
		rule("A-03", "when: { op: [read-data, identify] }\ndistinct: { of: [unit], min: 3, over: 4s, by: [client, server] }"),
		rule("A-04", "when: { op: force }\ncount: { min: 2, over: 9s, by: [unit] }"),
		rule("B-01", "chain: [ { rules: [A-01] }, { rules: [A-03] } ]\nby: [source]\nover: 30s"),
		rule("B-02", "chain: [ { rules: [A-01, A-02, A-03, A-04], several: 3 } ]\nby: [source]\nover: 30s"),
	}
	play := func(seated bool) (told []string) {
		w := watch(t, &site{}, rules...)
		r := rand.New(rand.NewPCG(1, 2))
		convs := map[[2]byte]*ot.Conv{}
		for i := range 30000 {
			client, server := byte(1+r.IntN(4)), byte(100+r.IntN(3))
			o := act(float64(i)/5, client, server, []ot.Op{ot.OpAuth, ot.OpReadData, ot.OpIdentify, ot.OpForce, ot.OpAlarm}[r.IntN(5)], ot.OK)
			o.Did.Unit = uint32(r.IntN(5))
			key := [2]byte{client, server}
			if c := convs[key]; c == nil || r.IntN(200) == 0 {
				convs[key] = o.Conv
				if seated {
					o.Conv.Seat = uint32(1 + i%5)
				}
			}
			o.Conv = convs[key]
			w.Match(&o, baseline.Weight{})
			switch r.IntN(3000) {
			case 0:
				w.NewFile()
			case 1:
				w.Tick(o.Clock + 25*second)
			}
		}
		w.Flush()
		for _, e := range w.records {
			told = append(told, fmt.Sprint(e.State, e.ID, e.Count, e.List))
		}
		return told
	}
	with, without := play(true), play(false)
	if len(with) < 1000 || !slices.Equal(with, without) {
		t.Errorf("%d records with seats, %d without, or others", len(with), len(without))
	}
}
