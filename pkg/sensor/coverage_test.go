package sensor

import (
	"slices"
	"testing"

	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
)

// A second of the port's life: was there a packet?
func TestSilenceOfThePort(t *testing.T) {
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

// Loss by the kernel, frames cut, frames sent and steps of the clock are told
// when they grow, each once; what earlier files lost is not told again of the next.
func TestBlindnessIsTold(t *testing.T) {
	var cover coverage
	now := begin
	for i, c := range []struct {
		kernel, cut, sent uint64
		stepped           bool
		newFile           bool
		note              bool // of the sensor itself
		want              []ot.Anomaly
	}{
		{want: nil},
		{kernel: 5, want: []ot.Anomaly{ot.CaptureLoss}},
		{kernel: 5, want: nil},
		{kernel: 9, cut: 2, want: []ot.Anomaly{ot.CaptureLoss, ot.FramesCut}},
		{kernel: 9, cut: 2, stepped: true, want: []ot.Anomaly{ot.ClockStep}},
		{kernel: 9, cut: 2, want: nil},
		{kernel: 9, cut: 2, newFile: true, want: nil},
		{kernel: 9, cut: 3, want: []ot.Anomaly{ot.FramesCut}},
		{kernel: 9, cut: 3, sent: 1, want: []ot.Anomaly{ot.PortTransmits}},
		{kernel: 9, cut: 3, sent: 1, newFile: true, note: true, want: []ot.Anomaly{ot.SandboxWeak}},
		{kernel: 9, cut: 3, sent: 1, want: nil},
	} {
		if c.newFile {
			cover.newFile()
		}
		now += second
		tick := Tick{At: flow.At{Clock: now, Time: now, Frame: 7}, LastPacket: now - second, Stepped: c.stepped}
		tick.Stats.Loss.Kernel, tick.Stats.Loss.Transmitted, tick.Stats.Cut = c.kernel, c.sent, c.cut
		if c.note {
			cover.notes = append(cover.notes, ot.SandboxWeak)
		}
		var told []ot.Anomaly
		cover.tick(tick, func(o *ot.Observation) {
			told = append(told, o.Odd)
			if o.Kind != ot.Odd || o.Conv != nil || o.Clock != now || o.Time != now || o.Frame != 7 {
				t.Errorf("tick %d: %+v", i, o)
			}
		})
		if !slices.Equal(told, c.want) {
			t.Errorf("tick %d: told %v, want %v", i, told, c.want)
		}
	}
}
