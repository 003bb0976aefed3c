package sensor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/assets"
	"otsensor/pkg/event"
	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
	"otsensor/pkg/sensor"
)

// A table of the judge that is full is an event, which names it, and is told again only when it was full again.
func TestFullTableIsAnEvent(t *testing.T) {
	var said []string
	o := judge(t)
	o.Emit = func(e *event.Event) error {
		if e.Rule.ID == "SEN-09" && e.State != "closed" {
			said = append(said, fmt.Sprint(e.State, " ", strings.Join(e.List, ",")))
		}
		return nil
	}
	o.Where = func(uint64) (string, uint64) { return "", 0 }
	j := sensor.NewWatch(o).Judge()
	at := flow.At{Clock: 1_700_000_000_000_000_000}
	tick := func() {
		at.Clock += 1_000_000_000
		at.Time = at.Clock
		j.Tick(sensor.Tick{At: at, LastPacket: at.Clock})
	}
	for i := range assets.MaxAssets + 1 {
		j.Observe(&ot.Observation{Kind: ot.Claimed, Time: at.Clock, Clock: at.Clock,
			Claim: ot.Claim{IP: [16]byte{10: 0xff, 11: 0xff, 12: 10, 13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)}, MAC: [6]byte{2, 1, 0, byte(i >> 16), byte(i >> 8), byte(i)}, How: ot.ByARPReply}})
	}
	for range 5 {
		tick()
	}
	if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, "open") && strings.Contains(s, "assets") }) || len(said) > 3 {
		t.Errorf("said %q", said)
	}
}

// A table beside the judge, such as the store's queue, is shown with the others,
// and told each time it was full anew.
func TestFullTableBesideTheJudge(t *testing.T) {
	lost := []uint64{0, 0, 3, 3, 5, 5}
	var said []string
	o := judge(t)
	o.Emit = func(e *event.Event) error {
		if e.Rule.ID == "SEN-09" && e.State != "open" {
			said = append(said, fmt.Sprint(e.State, " ", e.Count, " ", strings.Join(e.List, ",")))
		}
		return nil
	}
	o.Where = func(uint64) (string, uint64) { return "", 0 }
	n := 0
	o.Beside = func() []sensor.Table {
		n++
		return []sensor.Table{{Name: "store_rows", Entries: 7, Limit: 4096, Evicted: lost[n-1]}}
	}
	w := sensor.NewWatch(o)
	for i := range lost {
		clock := 1_700_000_000_000_000_000 + int64(i)*1e9
		w.Judge().Tick(sensor.Tick{At: flow.At{Clock: clock, Time: clock}, LastPacket: clock})
	}
	w.Finish(sensor.Stats{})
	if want := []string{"closed 2 store_rows"}; !slices.Equal(said, want) {
		t.Errorf("said %q, want %q", said, want)
	}
	if !slices.Contains(w.Snapshot().Tables(), sensor.Table{Name: "store_rows", Entries: 7, Limit: 4096, Evicted: 5}) {
		t.Errorf("not shown: %+v", w.Snapshot().Tables())
	}
}
