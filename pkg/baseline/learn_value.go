package baseline

import (
	"cmp"
	"math"
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
	counter
	trend trend
	state *state // nil where it does not say what the line does
	run   uint32 // steps of the longest run one way
}

// written is one value of a point.
type written struct {
	v float64
	few
}

// counter is what makes a number one that only counts up.
type counter struct {
	ups  uint32
	step float64 // largest
	not  bool    // it went back, or holds fractions
}

// written takes the values of a write.
func (l *Learner) written(h *habit, t *ot.Transaction) {
	n := t.Points()
	addr, by := t.Object.Addr, step(t, n)
	for i := range n {
		if p := l.point(&h.points, t.Name, addr); p != nil {
			p.add(t.Point(i), l.now, l.bucket)
			l.stage.wrote(p, t.Point(i), l.now, l.hole)
		}
		addr += by
	}
	l.writtenReals(h, t)
}

// point finds a point in a sorted list, or makes it; nil when there is no room.
func (l *Learner) point(list *[]point, name []byte, addr uint32) *point {
	i, found := slices.BinarySearchFunc(*list, addr, func(p point, addr uint32) int {
		switch {
		case p.name < string(name):
			return -1
		case p.name > string(name):
			return 1
		}
		return cmp.Compare(p.addr, addr)
	})
	if found {
		return &(*list)[i]
	}
	if len(*list) >= maxPoints || l.values >= MaxValues {
		l.full.Values++
		return nil
	}
	l.values++
	*list = slices.Insert(*list, i, point{name: string(name), addr: addr})
	return &(*list)[i]
}

func (p *point) add(v float64, now, bucket int64) {
	p.tally.add(now, bucket)
	p.high.add(v, bucket)
	p.low.add(-v, bucket)
	p.follow(v)
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

// follow notes which way the values go, and whether they only count up.
func (p *point) follow(v float64) {
	before := p.trend.last
	by := p.trend.step(v)
	if by < 0 {
		var ok bool
		if by, ok = rolled(before, v); !ok {
			p.not = true
		}
	}
	if by > 0 {
		p.ups = min(p.ups, math.MaxUint32-1) + 1
		p.step = max(p.step, by)
	}
	p.not = p.not || v != math.Trunc(v)
	p.run = max(p.run, p.trend.length())
}

// writtenReals takes the bytes of a write four at a time, as REALs: several
// protocols write numbers as bytes, and byte by byte they say nothing.
func (l *Learner) writtenReals(h *habit, t *ot.Transaction) {
	n := t.Points()
	if t.Shape != ot.U8 || n < realSize || n > maxReals*realSize || n%realSize != 0 {
		return
	}
	by := step(t, n)
	for i := 0; i < n; i += realSize {
		p := l.point(&h.reals, t.Name, t.Object.Addr+by*uint32(i))
		if p == nil {
			return
		}
		x, ok := realOf(t.Value[i:])
		if p.not = p.not || !ok; ok {
			p.addReal(x, l.now, l.bucket)
			l.stage.wrote(p, x, l.now, l.hole)
		}
	}
}

// addReal takes a value; that it holds fractions says nothing against it.
func (p *point) addReal(x float64, now, bucket int64) {
	not := p.not
	p.add(x, now, bucket)
	p.not = not
}
