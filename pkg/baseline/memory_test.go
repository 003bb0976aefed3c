package baseline

import (
	"runtime"
	"testing"
)

// What a hundred thousand habits may take, with their ten thousand
// conversations: the document in memory, what weighs with it, and what learns it.
const (
	documentBytes = 48 << 20
	weigherBytes  = 24 << 20
	learnerBytes  = 96 << 20
)

// heap is how much of the heap is in use after what is not needed was given back.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestMemoryOfManyHabits(t *testing.T) {
	const habits = 100_000
	round := bigLine(habits)
	start := heap()
	l := NewLearner("big", Defaults)
	for range 25 {
		for i := range round {
			l.Learn(&round[i])
			round[i].Time += 10 * second
			round[i].Clock += 10 * second
		}
	}
	learned := heap()
	b := l.Baseline()
	written := heap()
	w := NewWeigher(b)
	for i := range round {
		w.Weigh(&round[i])
	}
	weighed := heap()
	if len(b.Habits) != habits || len(b.Conversations) != habits/10 {
		t.Fatalf("%d habits, %d conversations", len(b.Habits), len(b.Conversations))
	}
	for _, c := range []struct {
		what string
		got  uint64
		most uint64
	}{
		{"the learner", learned - start, learnerBytes},
		{"the document", written - learned, documentBytes},
		{"the weigher", weighed - written, weigherBytes},
	} {
		t.Logf("%s: %.1f MiB, %d bytes a habit", c.what, float64(c.got)/(1<<20), c.got/habits)
		if c.got > c.most {
			t.Errorf("%s takes %d MiB, more than %d", c.what, c.got>>20, c.most>>20)
		}
	}
	runtime.KeepAlive(l)
	runtime.KeepAlive(w)
}
