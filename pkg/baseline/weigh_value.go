package baseline

import (
	"slices"
	"sort"

	"otsensor/pkg/ot"
)

// Tolerances of values.
const (
	valueMargin = 0.25 // of the learned range, added at both ends
	stepFactor  = 4    // largest learned steps a counter may go at once
	driftSteps  = 4    // steps beyond the longest learned run until a drift counts,
	driftLeast  = 8    // and so many in all
	driftShare  = 0.25 // of the learned range it must have gone
)

// weighPoint is a point in force, with what was last written to it.
type weighPoint struct {
	*Value
	trend trend
}

// values weighs every value of a write against what its point has learned.
func (w *Weigher) values(h *weighHabit, t *ot.Transaction, sure bool) (d Deviation) {
	for c := (walk{t: t, h: h}); c.next(); {
		d |= c.p.weigh(c.x, sure)
		if len(c.p.While) > 0 {
			if rule, _ := w.unfit(c.p, c.x); rule != nil {
				d |= WrongPhase
			}
		}
	}
	return d
}

// walk goes through the values of a write that have learned points.
type walk struct {
	t *ot.Transaction
	h *weighHabit
	i int
	p *weighPoint
	x float64
}

func (c *walk) next() bool {
	n := c.t.Points()
	by := step(c.t, n)
	for c.i < n {
		i := c.i
		c.i++
		c.p = c.h.point(c.t.Name, c.t.Object.Addr+by*uint32(i))
		switch {
		case c.p == nil:
			continue
		case !c.p.Real:
			c.x = c.t.Point(i)
			return true
		case c.t.Shape == ot.U8 && i+realSize <= n:
			c.x, _ = realOf(c.t.Value[i:])
			c.i = i + realSize
			return true
		}
	}
	return false
}

// point finds a point that was learned; a write holds its points in turn.
func (h *weighHabit) point(name []byte, addr uint32) *weighPoint {
	if len(h.points) == 0 {
		return nil
	}
	if p := &h.points[h.pointTurn.guess()]; p.Addr == addr && p.Name == string(name) {
		h.pointTurn.hit()
		return p
	}
	i := sort.Search(len(h.points), func(i int) bool {
		p := h.points[i].Value
		return p.Name > string(name) || p.Name == string(name) && p.Addr >= addr
	})
	if i < len(h.points) && h.points[i].Addr == addr && h.points[i].Name == string(name) {
		h.pointTurn.came(i)
		return &h.points[i]
	}
	return nil
}

// weigh compares one value with what is learned. sure is false where values
// before it may be missing: then nothing is said of how it follows them.
func (p *weighPoint) weigh(x float64, sure bool) Deviation {
	before := p.trend
	if !sure {
		p.trend = trend{}
	}
	by := p.trend.step(x)
	if p.Step > 0 {
		return p.count(before, by)
	}
	d := p.Value.weigh(x)
	if d == 0 && p.drifts() {
		d = SlowDrift
	}
	return d
}

// count weighs the step of a counter.
func (p *weighPoint) count(before trend, by float64) Deviation {
	if by < 0 {
		if up, ok := rolled(before.last, p.trend.last); ok {
			by = up
		}
	}
	if by < 0 || by > p.Step*stepFactor {
		return ValueJump
	}
	return 0
}

// drifts reports whether the values go one way for longer than they ever did
// when they were learned. Numbers that vary by chance hardly ever do: eight in
// a row rise once in forty thousand times.
func (p *weighPoint) drifts() bool {
	n := p.trend.length()
	return p.Run > 0 && n >= max(p.Run+driftSteps, driftLeast) && p.trend.climb() >= driftShare*(p.Max-p.Min)
}

// weigh compares a value with the choice or range of its point.
func (v *Value) weigh(x float64) Deviation {
	if _, known := slices.BinarySearch(v.Set, x); known {
		return 0
	}
	_, seldom := slices.BinarySearch(v.Seldom, x)
	switch {
	case seldom:
		return ValueRare
	case v.outside(x):
		return ValueRange
	case len(v.Set) > 0:
		return ValueNew
	}
	return 0
}

// outside reports whether a value lies beyond the learned range and its margin.
func (v *Value) outside(x float64) bool {
	margin := (v.Max - v.Min) * valueMargin
	return x < v.Min-margin || x > v.Max+margin
}
