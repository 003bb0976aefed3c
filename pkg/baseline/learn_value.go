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

// value is what a point teaches. The set is learned only where every value
// came back often enough: a point with new values every time is a number, not a choice.
func (p *point) value(th *Thresholds) (v Value, ok bool) {
	low, haveLow := p.low.third()
	high, haveHigh := p.high.third()
	if !haveLow || !haveHigh {
		return v, false
	}
	v = Value{Name: p.name, Addr: p.addr, Min: -low, Max: high, Standing: p.tally.standing()}
	if v.Min > v.Max {
		v.Min, v.Max = v.Max, v.Min
	}
	if p.many || p.tally.count < uint64(len(p.set))*setRepeats {
		return v, true
	}
	for _, w := range p.set {
		if th.few(w.few) {
			v.Set = append(v.Set, w.v)
		}
	}
	slices.Sort(v.Set)
	return v, true
}

// setRepeats is how often, on average, each value must have come for them to be a choice.
const setRepeats = 5
