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
