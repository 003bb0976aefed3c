package baseline

import "math"

// trend follows the numbers written to one point: which way they go, for how
// many steps, and how far. The learner keeps the longest; the weigher compares.
type trend struct {
	last float64
	from float64 // where the present run began
	run  int32   // steps of the present run, below 0 for downward
	seen bool
}

// step takes the next number and gives how far it is from the one before. A
// repeated number is no step, and a run does not end with it.
func (t *trend) step(x float64) (by float64) {
	if !t.seen {
		t.seen, t.last, t.from = true, x, x
		return 0
	}
	by = x - t.last
	switch {
	case by > 0 && t.run < 0, by < 0 && t.run > 0:
		t.from, t.run = t.last, 0
	}
	switch {
	case by > 0:
		t.run = min(t.run+1, math.MaxInt32-1)
	case by < 0:
		t.run = max(t.run-1, -math.MaxInt32)
	}
	t.last = x
	return by
}

// length and climb are the steps of the present run and how far it has gone.
func (t *trend) length() uint32 { return uint32(max(t.run, -t.run)) }
func (t *trend) climb() float64 { return math.Abs(t.last - t.from) }

// tops are the numbers at which counters begin anew: the widths of registers,
// and those of decimal displays.
var tops = [...]float64{100, 1 << 8, 1000, 10_000, 1 << 15, 1 << 16, 100_000, 1_000_000, 1 << 31, 1 << 32}

// rolled gives the step of a counter that went from a high number to a low one
// through its top, as far as that is shorter than a quarter of the way round.
func rolled(from, to float64) (by float64, ok bool) {
	for _, top := range tops {
		if by = to + top - from; from < top && by > 0 && by <= top/4 {
			return by, true
		}
	}
	return 0, false
}
