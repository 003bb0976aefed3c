package main

import (
	"cmp"
	"container/heap"
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"time"
)

// script is one thread of what happens on the line: a client that polls, an
// operator, an attack. It is written as a sequence and sleeps in packet time;
// all scripts share one clock, and who wakes first runs first.
type script struct {
	*lab
	now   time.Time
	rng   *rand.Rand
	act   *act // what its frames are labelled with; nil for ordinary work
	yield func(time.Time) bool
}

// start runs do from a time on. The name seeds the script's own randomness, so
// that one script more does not change the others.
func (l *lab) start(name string, at time.Time, do func(s *script)) {
	l.play(name, at, nil, do)
}

func (l *lab) play(name string, at time.Time, a *act, do func(s *script)) {
	s := &script{lab: l, now: at, rng: l.chance(name), act: a}
	next, stop := iter.Pull(func(yield func(time.Time) bool) {
		s.yield = yield
		do(s)
	})
	l.order++
	heap.Push(&l.waiting, wake{at, l.order, next, stop})
}

// chance is a source of randomness of its own for a name.
func (l *lab) chance(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(l.seed, h.Sum64()))
}

// wait sleeps; others run meanwhile.
func (s *script) wait(d time.Duration) {
	s.now = s.now.Add(d)
	s.yield(s.now)
}

// till sleeps until a time that may be over already.
func (s *script) till(t time.Time) { s.wait(max(0, t.Sub(s.now))) }

// pause lets a little time pass within one exchange; nobody else runs.
func (s *script) pause(d time.Duration) { s.now = s.now.Add(d) }

// running reports whether the recording goes on; loops of the line ask it.
func (s *script) running() bool { return s.now.Before(s.end) }

// between draws a time evenly.
func (s *script) between(a, b time.Duration) time.Duration {
	return a + time.Duration(s.rng.Int64N(int64(b-a)))
}

// about draws a time near d, as timers of real programs hit it.
func (s *script) about(d time.Duration) time.Duration {
	return d + time.Duration(s.rng.NormFloat64()*float64(d)/500)
}

// wake is when a script goes on.
type wake struct {
	at    time.Time
	order uint64
	next  func() (time.Time, bool)
	stop  func()
}

type wakes []wake

func (w wakes) Len() int { return len(w) }
func (w wakes) Less(i, j int) bool {
	return cmp.Or(w[i].at.Compare(w[j].at), cmp.Compare(w[i].order, w[j].order)) < 0
}
func (w wakes) Swap(i, j int) { w[i], w[j] = w[j], w[i] }
func (w *wakes) Push(x any)   { *w = append(*w, x.(wake)) }
func (w *wakes) Pop() any {
	last := (*w)[len(*w)-1]
	*w = (*w)[:len(*w)-1]
	return last
}

// run lets the scripts play until the end of the recording.
func (l *lab) run() error {
	for len(l.waiting) > 0 {
		w := heap.Pop(&l.waiting).(wake)
		if !w.at.Before(l.end) {
			w.stop()
			continue
		}
		if err := l.wire.flush(w.at); err != nil {
			return err
		}
		at, ok := w.next()
		if !ok {
			continue
		}
		l.order++
		heap.Push(&l.waiting, wake{at, l.order, w.next, w.stop})
	}
	return l.wire.flush(l.end)
}
