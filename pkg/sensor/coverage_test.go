package sensor

import (
	"slices"
	"testing"

	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
)

// A second of the port's life: was there a packet?
func TestSilenceOfThePort(t *testing.T) {
	const begin = 1_700_000_000 * second
	busy := func(from, to int) (s []int) {
		for i := from; i <= to; i++ {
			s = append(s, i)
		}
		return s
	}
	for name, c := range map[string]struct {
		packets []int // seconds at which a packet came
		watched int   // seconds
		told    []int // seconds at which silence is told
	}{
		"never a packet":                 {nil, 200, []int{61}},
		"silent after a minute":          {busy(0, 90), 200, []int{136}},
		"silent too early to know":       {busy(0, 30), 200, nil},
		"slow line is not silent":        {[]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 110}, 120, nil},
		"told once each time":            {append(busy(0, 90), busy(150, 160)...), 260, []int{136, 206}},
		"comes after a silent beginning": {busy(100, 170), 260, []int{61, 216}},
	} {
		var cover coverage
		var told []int
		var last int64
		for i := range c.watched {
			now := begin + int64(i)*second
			cover.tick(Tick{At: flow.At{Clock: now}, LastPacket: last}, func(o *ot.Observation) {
				if o.Odd == ot.NoTraffic {
					told = append(told, i)
				}
			})
			if slices.Contains(c.packets, i) {
				last = now
			}
		}
		if !slices.Equal(told, c.told) {
			t.Errorf("%s: told at %v, want %v", name, told, c.told)
		}
	}
}
