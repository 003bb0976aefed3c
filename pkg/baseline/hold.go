package baseline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// In which order the phases of a line follow each other, and how long each lasts.

// Last is how long a value of a state was held from its beginning to its end,
// and how often that was seen. The longest counts what had not ended yet.
type Last struct {
	Value       float64
	Times       uint32
	Least, Most int64 // nanoseconds
}

// Turn is what followed a value of a state, where that is hardly ever new.
type Turn struct {
	Value float64
	To    []float64 // sorted
}

// Tolerances of durations.
const (
	lastTimes  = 10 // endings seen until the times are judged: of n, about 2 of n+1 to come lie beyond both ends
	lastFactor = 2  // so many times shorter or longer than ever
)

// judged reports whether enough endings were seen.
func (l *Last) judged() bool { return l.Times >= lastTimes }

// short and long are the times beyond which a value was held too briefly, or too long.
func (l *Last) short() int64 { return l.Least / lastFactor }
func (l *Last) long() int64  { return l.Most * lastFactor }

// turned takes that a state is written, while the learner knows what it held.
// Where its last value was first written is not known after a hole in the capture.
func (st *state) turned(at int8, now, hole int64) {
	switch sure := st.at >= 0 && st.since >= hole; {
	case !sure:
		st.began = 0
	case at != st.at:
		st.turns[st.at][at] = min(st.turns[st.at][at], 1<<32-2) + 1
		if st.began > 0 {
			st.values[st.at].lasted(now - st.began)
		}
		st.began = now
	}
}

func (w *stateValue) lasted(held int64) {
	if w.ends == 0 || held < w.least {
		w.least = held
	}
	w.most = max(w.most, held)
	w.ends = min(w.ends, 1<<32-2) + 1
}

// lasts is how long the values of a state were held each time.
func (st *state) lasts(now int64) (all []Last) {
	for i, w := range st.values[:st.n] {
		if int8(i) == st.at && st.began > 0 {
			w.most = max(w.most, now-st.began)
		}
		if w.ends > 0 {
			all = append(all, Last{w.v, w.ends, w.least, w.most})
		}
	}
	slices.SortFunc(all, compareLasts)
	return all
}

// order is what followed the values of a state, of those it is known of.
func (st *state) order() (all []Turn) {
	for i, w := range st.values[:st.n] {
		turn, n, once := Turn{Value: w.v}, uint64(0), uint64(0)
		for j, times := range st.turns[i][:st.n] {
			if times > 0 {
				turn.To = append(turn.To, st.values[j].v)
				n += uint64(times)
			}
			if times == 1 {
				once++
			}
		}
		if slices.Sort(turn.To); settled(n, once) {
			all = append(all, turn)
		}
	}
	slices.SortFunc(all, compareTurns)
	return all
}

func compareLasts(a, b Last) int { return cmp.Compare(a.Value, b.Value) }
func compareTurns(a, b Turn) int { return cmp.Compare(a.Value, b.Value) }

func (v *Value) last(x float64) *Last {
	if i := slices.IndexFunc(v.Lasts, func(l Last) bool { return l.Value == x }); i >= 0 {
		return &v.Lasts[i]
	}
	return nil
}

func (v *Value) turn(x float64) *Turn {
	if i := slices.IndexFunc(v.Turns, func(t Turn) bool { return t.Value == x }); i >= 0 {
		return &v.Turns[i]
	}
	return nil
}

// joinHolds adds how another document knows a state. An order stands only where both know it.
func (v *Value) joinHolds(o *Value) {
	lasts, turns := v.Lasts, v.Turns
	v.Lasts, v.Turns = nil, nil
	for _, l := range lasts {
		if m := o.last(l.Value); m != nil {
			l = Last{l.Value, l.Times + m.Times, min(l.Least, m.Least), max(l.Most, m.Most)}
		}
		v.Lasts = append(v.Lasts, l)
	}
	for _, l := range o.Lasts {
		if !slices.ContainsFunc(lasts, func(m Last) bool { return m.Value == l.Value }) {
			v.Lasts = append(v.Lasts, l)
		}
	}
	slices.SortFunc(v.Lasts, compareLasts)
	for _, t := range turns {
		if u := o.turn(t.Value); u != nil {
			v.Turns = append(v.Turns, Turn{t.Value, union(t.To, u.To, cmp.Compare, MaxSet)})
		}
	}
}

// pruneHolds drops what is said of values that are no choice of their point any more.
func (v *Value) pruneHolds() {
	v.Lasts = clip(v.Lasts, func(l Last) bool { return v.State == 0 || !slices.Contains(v.Set, l.Value) })
	v.Turns = clip(v.Turns, func(t Turn) bool { return v.State == 0 || !slices.Contains(v.Set, t.Value) })
}

// checkHolds refuses a value of which something is said twice.
func (v *Value) checkHolds() error {
	if !rises(v.Lasts, compareLasts) || !rises(v.Turns, compareTurns) {
		return fmt.Errorf("lasts or turns of %s: values rise, each stands once", v.place())
	}
	for _, l := range v.Lasts {
		if l.Least > l.Most {
			return fmt.Errorf("lasts of %s: the shortest time is longer than the longest", v.place())
		}
	}
	return nil
}

// rises reports whether a list is sorted and holds nothing twice.
func rises[T any](list []T, order func(a, b T) int) bool {
	for i := 1; i < len(list); i++ {
		if order(list[i-1], list[i]) >= 0 {
			return false
		}
	}
	return true
}

// putLast writes 1:24/50m0s/1h10m0s: 24 times, for so long at least and at most.
func putLast(dst []byte, l Last) []byte {
	dst = putUint32(append(putFloat(dst, l.Value), ':'), l.Times)
	return putSpan(append(putSpan(append(dst, '/'), l.Least), '/'), l.Most)
}

func readLast(text string) (l Last, err error) {
	value, rest, _ := strings.Cut(text, ":")
	words := strings.Split(rest, "/")
	if len(words) != 3 {
		return l, fmt.Errorf("%q is nothing like 1:24/50m0s/1h10m0s: value, times, shortest, longest", text)
	}
	l.Value, err = readFloat(value)
	if err == nil {
		l.Times, err = readUint32(words[0])
	}
	if err == nil {
		l.Least, err = readSpan(words[1])
	}
	if err == nil {
		l.Most, err = readSpan(words[2])
	}
	return l, err
}

// putTurn writes 1:0/2: after 1 came 0 or 2.
func putTurn(dst []byte, t Turn) []byte {
	dst = putFloat(dst, t.Value)
	for i, to := range t.To {
		dst = putFloat(append(dst, ":/"[min(i, 1)]), to)
	}
	return dst
}

func readTurn(text string) (t Turn, err error) {
	value, rest, found := strings.Cut(text, ":")
	if !found {
		return t, fmt.Errorf("%q is nothing like 1:0/2: after 1 comes 0 or 2", text)
	}
	if t.Value, err = readFloat(value); err != nil {
		return t, err
	}
	for _, word := range strings.Split(rest, "/") {
		to, err := readFloat(word)
		if err != nil {
			return t, err
		}
		if t.To = append(t.To, to); len(t.To) > MaxSet {
			return t, fmt.Errorf("more than %d values", MaxSet)
		}
	}
	slices.Sort(t.To)
	return t, nil
}
