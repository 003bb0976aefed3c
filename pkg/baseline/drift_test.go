package baseline

import (
	"slices"
	"testing"

	"otsensor/pkg/ot"
)

// numbers gives n numbers from 1000 to 2000 without a trend.
func numbers(n int) (all []uint16) {
	for i := range n {
		all = append(all, 1000+uint16(i*377%1001))
	}
	return all
}

// However slowly a set point is moved, it gets no further than a quarter of the
// learned range beyond it before something is said; moved without going back,
// no further than a quarter of the range from where it began. Nothing is learned
// after learning, so waiting does not help.
func TestSlowDriftIsBounded(t *testing.T) {
	b := learnWrites(writesOf(numbers(400)...)...)
	for _, c := range []struct {
		name     string
		value    func(i int) int // the i-th write of the attacker
		furthest int
	}{
		{"one a write, from the middle", func(i int) int { return 1500 + i }, 1500 + 250},
		{"ten a write", func(i int) int { return 1500 + 10*i }, 1500 + 250},
		{"one a hundred writes", func(i int) int { return 1500 + i/100 }, 1500 + 250},
		{"from the upper end", func(i int) int { return 2000 + i }, 2000 + 250},
		{"down", func(i int) int { return 1500 - 2*i }, 1500 - 250 - 2},
		{"two up, one back", func(i int) int { return 1500 + 20*(i/3) + 10*(i%3) - i/3*5 }, 2250 + 20},
		{"hidden between ordinary values", func(i int) int { return 1500 + i + i*377%201 }, 2250 + 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := NewWeigher(b)
			var dev Deviation
			p := newPlant(nil)
			at := 0
			p.take = func(o *ot.Observation) { dev = w.Weigh(o).Dev }
			p.open(p.conv(hmi, plc, 502))
			for i := 0; dev&(ValueRange|SlowDrift) == 0 && i < 1_000_000; i++ {
				at = c.value(i)
				p.did(p.conv(hmi, plc, 502), write(100, uint16(at)))
				p.now += minute
			}
			t.Logf("told at %d by %v", at, dev.Names())
			if dev&(ValueRange|SlowDrift) == 0 || c.furthest > 1500 && at > c.furthest || c.furthest < 1500 && at < c.furthest {
				t.Errorf("at %d, want no further than %d", at, c.furthest)
			}
		})
	}
}

// A set point moved while the sensor learns widens what is learned by what was
// written, and by nothing more.
func TestDriftWhileLearning(t *testing.T) {
	creep := numbers(400)
	for i := range 100 {
		creep = append(creep, 2000+uint16(i)*5) // up to 2495
	}
	b := learnWrites(writesOf(creep...)...)
	if len(b.Values) != 1 || b.Values[0].Max > 2495 {
		t.Fatalf("%+v", b.Values)
	}
	if v := b.Values[0]; v.weigh(3000) != ValueRange || slices.Contains(v.Set, 3000) {
		t.Errorf("500 beyond what was ever written is not told: %+v", v)
	}
}
