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
	hold    *hold // of a state whose order or times are judged
	trend   trend
	against [mostAgainst]*weighPoint // points whose writes did not go with the present value
}

// values weighs every value of a write against what its point has learned.
func (w *Weigher) values(h *weighHabit, t *ot.Transaction, sure bool) (d Deviation) {
	for c := walkOf(t, h); c.next(); {
		d |= c.p.weigh(c.x, sure)
		if c.p.hold != nil && t.Status != ot.Refused {
			d |= w.turned(c.p, c.x, sure)
		}
		if len(c.p.While) > 0 {
			if rule, holder := w.unfit(c.p, c.x); rule != nil {
				holder.contradict(c.p)
				d |= WrongPhase
			}
		}
	}
	return d
}

// walk goes through the values of a write that have learned points: through the
// points, that is, of which there are few where a write holds a whole area.
type walk struct {
	t    *ot.Transaction
	h    *weighHabit
	n, i int    // values it holds; the first that may be next
	by   uint32 // from one value's address to the next
	at   int    // of h.points
	p    *weighPoint
	x    float64
}

func walkOf(t *ot.Transaction, h *weighHabit) walk {
	n := t.Points()
	c := walk{t: t, h: h, n: n, by: step(t, n), at: len(h.points)}
	if n > 0 && len(h.points) > 0 {
		c.at = h.from(t.Name, t.Object.Addr)
	}
	return c
}

func (c *walk) next() bool {
	for ; c.at < len(c.h.points); c.at++ {
		c.p = &c.h.points[c.at]
		off := c.p.Addr - c.t.Object.Addr
		i := int(off / c.by)
		if i >= c.n || c.p.Name != string(c.t.Name) {
			break
		}
		if off%c.by == 0 && i >= c.i && c.value(i) {
			c.at++
			return true
		}
	}
	return false
}

// value reads the value of the present point, which is the i-th; false where it is no whole number of that kind.
func (c *walk) value(i int) bool {
	switch {
	case !c.p.Real:
		c.x, c.i = c.t.Point(i), i+1
	case c.t.Shape == ot.U8 && i+realSize <= c.n:
		c.x, _ = realOf(c.t.Value[i:])
		c.i = i + realSize
	default:
		return false
	}
	return true
}

// from is the place of the first point of a name from an address on; writes begin in turn.
func (h *weighHabit) from(name []byte, addr uint32) int {
	if g := h.pointTurn.guess(); !h.points[g].before(name, addr) && (g == 0 || h.points[g-1].before(name, addr)) {
		h.pointTurn.hit()
		return g
	}
	i := sort.Search(len(h.points), func(i int) bool { return !h.points[i].before(name, addr) })
	if i < len(h.points) {
		h.pointTurn.came(i)
	}
	return i
}

// before reports whether a point stands before a name and address.
func (p *weighPoint) before(name []byte, addr uint32) bool {
	if p.Name == string(name) {
		return p.Addr < addr
	}
	return p.Name < string(name)
}

// weigh compares one value with what is learned. sure is false where values
// before it may be missing: then nothing is said of how it follows them.
func (p *weighPoint) weigh(x float64, sure bool) Deviation {
	before := p.trend
	p.against = [mostAgainst]*weighPoint{}
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
	switch {
	case by < 0 && p.anew():
		return ValueRare
	case by < 0 || by > p.Step*stepFactor:
		return ValueJump
	}
	return 0
}

// anew reports whether a counter is where it was when the first was learned of
// it: it begins anew, at a top that nobody saw, or after a restart.
func (p *weighPoint) anew() bool { return p.Step > 0 && p.trend.last == p.Min }

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
