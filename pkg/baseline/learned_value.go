package baseline

import (
	"fmt"
	"math"
	"slices"
)

// When what was written to a point says what will be. The shares are estimates
// of how many of the values to come are not like those seen.
const (
	rangeUnseen  = 0.2 // of n numbers, two of n+1 to come lie beyond both ends
	setUnseen    = 0.1 // of a choice: the share of values that came once (Good, Biometrika 40, 1953)
	setSightings = 10  // of a choice, at least
	setRepeats   = 2   // each value must have come so often, on average, for them to be a choice
	setShare     = 3   // one value in so many may be too rare to count
	setDense     = 2   // many values that take up one in so many of the steps between the outermost are a number
	counterUps   = 12  // times a number went up, and never back, until it is a counter
)

// values gives what the points of a habit teach: REALs where the bytes are REALs, else each by itself.
func (h *habit) values(th *Thresholds) (all []Value) {
	for i := range h.reals {
		p := &h.reals[i]
		if !p.isReal() {
			continue
		}
		if v, ok := p.value(th); ok {
			v.Real = true
			all = append(all, v)
		}
	}
	reals := len(all)
	for i := range h.points {
		p := &h.points[i]
		if slices.ContainsFunc(all[:reals], func(r Value) bool {
			return r.Name == p.name && p.addr-r.Addr < realSize*bitsOfByte
		}) {
			continue
		}
		if v, ok := p.value(th); ok {
			all = append(all, v)
		}
	}
	return all
}

// bitsOfByte is how far bytes are apart where they are written as REALs: such
// addresses count bits.
const bitsOfByte = 8

// isReal reports whether every value made sense as a REAL, and not all were nothing.
func (p *point) isReal() bool {
	return !p.not && p.tally.count > 0 && (p.high.most() != 0 || p.low.most() != 0)
}

// value is what a point teaches: that it counts up, the few values it takes,
// or else a range. ok is false while there is nothing to say.
func (p *point) value(th *Thresholds) (v Value, ok bool) {
	v = Value{Name: p.name, Addr: p.addr, Standing: p.tally.standing(), Run: p.run, stage: p.state}
	switch {
	case p.counts():
		v.Step, v.Min, v.Max = p.step, -p.low.most(), p.high.most()
		v.Run = 0
		return v, true
	case p.choice(&v, th):
		v.Run = 0
		return v, true
	}
	return v, p.between(&v)
}

// counts reports whether a point only ever went up.
func (p *point) counts() bool {
	return !p.not && p.ups >= counterUps && p.tally.buckets >= counterUps && 2*uint64(p.ups) >= p.tally.count && (p.many || len(p.set) >= counterUps)
}

// choice takes the values of a point that takes few, each often enough; false
// for one that takes new values all the time.
func (p *point) choice(v *Value, th *Thresholds) bool {
	n, once := p.tally.count, 0
	if p.many || n < setSightings || n < uint64(len(p.set))*setRepeats || p.dense() {
		return false
	}
	for _, w := range p.set {
		if w.count == 1 {
			once++
		}
		if th.few(w.few) {
			v.Set = append(v.Set, w.v)
		} else {
			v.Seldom = append(v.Seldom, w.v)
		}
	}
	if len(v.Seldom) > max(1, len(v.Set)/setShare) || len(v.Set) == 0 || float64(once) > setUnseen*float64(n) {
		v.Set, v.Seldom = nil, nil
		return false
	}
	slices.Sort(v.Set)
	slices.Sort(v.Seldom)
	v.Min, v.Max = v.Set[0], v.Set[len(v.Set)-1]
	return true
}

// dense reports whether a point takes many values that lie close together: a
// number of which most values came by now, and the others will.
func (p *point) dense() bool {
	if len(p.set) <= maxStates {
		return false
	}
	values := make([]float64, 0, MaxSet)
	for _, w := range p.set {
		values = append(values, w.v)
	}
	slices.Sort(values)
	step := math.Inf(1)
	for i := range values[1:] {
		step = min(step, values[i+1]-values[i])
	}
	return values[len(values)-1]-values[0] < setDense*step*float64(len(values))
}

// between takes the range of a point, and what lies beyond it.
func (p *point) between(v *Value) bool {
	low, haveLow := p.low.third()
	high, haveHigh := p.high.third()
	if !haveLow || !haveHigh {
		return false
	}
	v.Min, v.Max = min(-low, high), max(-low, high)
	width := v.Max - v.Min
	v.Min, v.Max = -p.low.within(-v.Min+width), p.high.within(v.Max+width)
	for i := range p.low.n {
		v.beyond(-p.low.v[i])
	}
	for i := range p.high.n {
		v.beyond(p.high.v[i])
	}
	slices.Sort(v.Seldom)
	v.Seldom = slices.Compact(v.Seldom)
	if unseen := 2 / float64(p.tally.count+1); unseen > rangeUnseen {
		v.Mark = Rare
		v.Why = fmt.Sprintf("not judgeable yet: of %d values, about %.0f %% of those to come would lie outside", p.tally.count, math.Ceil(100*unseen))
	}
	return true
}

// beyond keeps a value that the range leaves out.
func (v *Value) beyond(x float64) {
	if v.outside(x) {
		v.Seldom = append(v.Seldom, x)
	}
}
