package baseline

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// What a line is told to do at any time, and what is written then.
//
// Points that take few values (run, mode, product) and keep them for a while
// say in which phase the line is. The learner notes, for each value written to
// such a point, what all others held at that moment. What was then never held,
// although it is held much of the time, does not go with it: the filler is not
// given a recipe while it runs.

// Limits and certainty of what goes together.
const (
	maxStage    = 256 // points that say what the line does
	maxStates   = 8   // values of one
	maxWhile    = 256
	occasion    = 10 * minute // writes closer than this are one occasion
	stageChance = 0.001       // that what goes together came together by chance never
	stageRepeat = 3           // occasions at least
)

// state is a point as it says what the line does.
type state struct {
	at     int8 // index of the present value, -1 while unknown
	since  int64
	began  int64 // of the present value, 0 where that was not seen
	turns  [maxStates][maxStates]uint32
	values [maxStates]stateValue
	n      int8
	many   bool // it takes more values than that
}

// stateValue is one value of a state.
type stateValue struct {
	v         float64
	held      int64 // how long, nanoseconds
	last      int64
	ends      uint32 // times it was held to its end, for so long
	least     int64
	most      int64
	occasions uint32
	met       [maxStage]uint8 // values of every other state, as bits, that were held when it was written
}

// stage is the states of a line.
type stage struct {
	states []*state
	full   uint64 // points there was no room for
}

// wrote takes a value written to a point that may be a state.
func (s *stage) wrote(p *point, v float64, now, hole int64) {
	st := p.state
	switch {
	case st == nil && p.tally.count == 1 && len(s.states) == maxStage:
		s.full++
		return
	case st == nil && p.tally.count == 1:
		st = &state{at: -1}
		p.state = st
		s.states = append(s.states, st)
	case st == nil || st.many:
		return
	}
	at := st.index(v)
	if at >= 0 {
		st.turned(int8(at), now, hole)
	}
	if st.hold(now, hole); at < 0 {
		return
	}
	w := &st.values[at]
	if w.occasions == 0 || now-w.last > occasion {
		w.occasions++
	}
	w.last = now
	for i, other := range s.states {
		if other != st && other.at >= 0 && !other.many {
			w.met[i] |= 1 << other.at
		}
	}
	st.at, st.since = int8(at), now
}

// hold counts how long the present value was held; over a hole in the capture nothing is known.
func (st *state) hold(now, hole int64) {
	if st.at >= 0 && st.since >= hole {
		st.values[st.at].held += now - st.since
	}
	st.since = now
}

// index finds a value of a state, or makes room for it; -1 when there is none.
func (st *state) index(v float64) int {
	for i := range st.values[:st.n] {
		if st.values[i].v == v {
			return i
		}
	}
	if int(st.n) == maxStates {
		st.many = true
		return -1
	}
	st.values[st.n].v = v
	st.n++
	return int(st.n) - 1
}

// While says of one value of a point, or of any, what another must hold when it is written.
type While struct {
	Any   bool
	Value float64
	State uint32 // the other point, as its line numbers it
	Held  []float64
}

// together gives what goes with the values of a state: for every other state
// whose values are not all met, those that were met, and those held too little for that to mean anything.
func (s *stage) together(st *state, number map[*state]uint32) (all []While) {
	of := func(w *stateValue, any bool) {
		for j, other := range s.states {
			if number[other] == 0 || other == st || w.met[j] == 0 || w.occasions < stageRepeat {
				continue
			}
			if held, some := w.fits(j, other); some {
				all = append(all, While{any, w.v, number[other], held})
			}
		}
	}
	for i := range st.values[:st.n] {
		of(&st.values[i], false)
	}
	of(st.whole(), true)
	slices.SortFunc(all, compareWhiles)
	return all[:min(len(all), maxWhile)]
}

// whole is all values of a state together: seldom written ones say something that way.
func (st *state) whole() *stateValue {
	var all stateValue
	for i := range st.values[:st.n] {
		w := &st.values[i]
		all.occasions += w.occasions
		for j := range w.met {
			all.met[j] |= w.met[j]
		}
	}
	return &all
}

// compareWhiles puts what any value asks for first.
func compareWhiles(a, b While) int {
	if a.Any != b.Any && a.Any {
		return -1
	} else if a.Any != b.Any {
		return 1
	}
	return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(a.State, b.State))
}

// fits gives the values of another state that go with a value; some is true
// when at least one does not.
func (w *stateValue) fits(j int, other *state) (held []float64, some bool) {
	total := int64(0)
	for _, u := range other.values[:other.n] {
		total += u.held
	}
	for k, u := range other.values[:other.n] {
		share := float64(u.held) / float64(max(total, 1))
		if w.met[j]>>k&1 == 0 && math.Pow(1-share, float64(w.occasions)) < stageChance {
			some = true
			continue
		}
		held = append(held, u.v)
	}
	slices.Sort(held)
	return held, some
}

// onStage gives numbers to the points that others go with, and says what goes with what.
func (l *Learner) onStage(b *Baseline) {
	number := map[*state]uint32{}
	for _, st := range l.stage.states {
		st.hold(l.now, l.hole)
	}
	for i := range b.Values {
		if v := &b.Values[i]; v.stage != nil && !v.stage.many && v.Mark == InForce && len(v.Set) > 1 {
			number[v.stage] = uint32(len(number) + 1)
		}
	}
	met := map[uint32]bool{}
	for i := range b.Values {
		if v := &b.Values[i]; number[v.stage] > 0 {
			v.State, v.While = number[v.stage], l.stage.together(v.stage, number)
			for _, w := range v.While {
				met[w.State] = true
			}
		}
	}
	for i := range b.Values {
		v := &b.Values[i]
		if met[v.State] {
			v.Spent, v.Lasts, v.Turns = v.stage.spent(), v.stage.lasts(l.now), v.stage.order()
			v.pruneHolds()
		} else {
			v.State = 0
		}
		v.stage = nil
	}
}

// apart gives the states of a baseline numbers beyond those of another, so that the two can be joined.
func (b *Baseline) apart(from *Baseline) {
	by := uint32(0)
	for i := range from.Values {
		by = max(by, from.Values[i].State)
	}
	for i := range b.Values {
		v := &b.Values[i]
		if v.State > 0 {
			v.State += by
		}
		v.While = slices.Clone(v.While)
		for j := range v.While {
			v.While[j].State += by
		}
	}
}

// prune drops what goes with a point that is not there any more.
func (b *Baseline) prune() {
	there := map[uint32]bool{}
	for i := range b.Values {
		there[b.Values[i].State] = true
	}
	for i := range b.Values {
		v := &b.Values[i]
		if v.While = slices.DeleteFunc(v.While, func(w While) bool { return !there[w.State] }); len(v.While) == 0 {
			v.While = nil
		}
		v.prunePhases()
		v.pruneHolds()
	}
	b.pruneSteps()
}

func putWhile(dst []byte, w While) []byte {
	if w.Any {
		dst = append(dst, '*')
	} else {
		dst = putFloat(dst, w.Value)
	}
	dst = putUint32(append(dst, '@'), w.State)
	for i, v := range w.Held {
		dst = append(dst, ":/"[min(i, 1)])
		dst = putFloat(dst, v)
	}
	return dst
}

func readWhile(text string) (w While, err error) {
	value, rest, found := strings.Cut(text, "@")
	number, held, more := strings.Cut(rest, ":")
	if !found || !more {
		return w, fmt.Errorf("%q is nothing like 1@5:0/2: value 1 while state 5 holds 0 or 2", text)
	}
	if w.Any = value == "*"; !w.Any {
		if w.Value, err = readFloat(value); err != nil {
			return w, err
		}
	}
	if w.State, err = readUint32(number); err != nil {
		return w, err
	}
	for more {
		var v float64
		held, rest, more = strings.Cut(held, "/")
		if v, err = readFloat(held); err != nil {
			return w, err
		}
		w.Held = append(w.Held, v)
		held = rest
	}
	if len(w.Held) > maxStates {
		return w, fmt.Errorf("more than %d values of a state", maxStates)
	}
	return w, nil
}
