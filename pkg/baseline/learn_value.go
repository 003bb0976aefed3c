package baseline

import (
	"cmp"
	"slices"

	"otsensor/pkg/ot"
)

// point is what was written to one point so far.
type point struct {
	name      string
	addr      uint32
	tally     tally
	low, high extremes
	set       []written
	many      bool // more than MaxSet distinct values
}

// written is one value of a point.
type written struct {
	v float64
	few
}

// written takes the values of a write.
func (l *Learner) written(h *habit, t *ot.Transaction) {
	n := t.Points()
	addr, by := t.Object.Addr, step(t, n)
	for i := range n {
		if p := l.point(h, t.Name, addr); p != nil {
			p.add(t.Point(i), l.now, l.bucket)
		}
		addr += by
	}
}

func (l *Learner) point(h *habit, name []byte, addr uint32) *point {
	i, found := slices.BinarySearchFunc(h.points, addr, func(p point, addr uint32) int {
		switch {
		case p.name < string(name):
			return -1
		case p.name > string(name):
			return 1
		}
		return cmp.Compare(p.addr, addr)
	})
	if found {
		return &h.points[i]
	}
	if len(h.points) >= maxPoints || l.values >= MaxValues {
		l.full.Values++
		return nil
	}
	l.values++
	h.points = slices.Insert(h.points, i, point{name: string(name), addr: addr})
	return &h.points[i]
}

func (p *point) add(v float64, now, bucket int64) {
	p.tally.add(now, bucket)
	p.high.add(v, bucket)
	p.low.add(-v, bucket)
	if p.many {
		return
	}
	for i := range p.set {
		if p.set[i].v == v {
			p.set[i].add(bucket)
			return
		}
	}
	if len(p.set) >= MaxSet {
		p.many, p.set = true, nil
		return
	}
	p.set = append(p.set, written{v: v})
	p.set[len(p.set)-1].add(bucket)
}

// Sightings of a point.
const (
	rangeSightings = 20 // until its range is in force: the third outermost of fewer says little
	setRepeats     = 5  // each value must have come so often, on average, for them to be a choice
)

// value is what a point teaches: the few values it takes, or else a range. ok
// is false while there is neither.
func (p *point) value(th *Thresholds) (v Value, ok bool) {
	v = Value{Name: p.name, Addr: p.addr, Standing: p.tally.standing()}
	if v.Set = p.choice(th); len(v.Set) > 0 {
		v.Min, v.Max = v.Set[0], v.Set[len(v.Set)-1]
		return v, true
	}
	low, haveLow := p.low.third()
	high, haveHigh := p.high.third()
	v.Min, v.Max = min(-low, high), max(-low, high)
	width := v.Max - v.Min
	v.Min, v.Max = -p.low.within(-v.Min+width), p.high.within(v.Max+width)
	if p.tally.count < rangeSightings {
		v.Mark = Rare
	}
	return v, haveLow && haveHigh
}

// choice gives the values of a point that takes few, each often enough; nil
// for one that takes new values all the time.
func (p *point) choice(th *Thresholds) (set []float64) {
	if p.many || p.tally.count < uint64(len(p.set))*setRepeats {
		return nil
	}
	for _, w := range p.set {
		if th.few(w.few) {
			set = append(set, w.v)
		}
	}
	slices.Sort(set)
	return set
}
