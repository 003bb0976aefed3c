package baseline

import (
	"fmt"
	"runtime"
	"testing"

	"otsensor/pkg/assets"
	"otsensor/pkg/ot"
)

// bigLine is a line of many habits: every conversation polls ten areas in turn.
// Its observations are one round of all polls, with seats.
func bigLine(habits int) (round []ot.Observation) {
	seats := assets.NewTable()
	at := newPlant(nil).now
	for i := range habits / 10 {
		c := &ot.Conv{Client: ip(fmt.Sprintf("10.0.%d.%d", i>>5&255, i&31+1)), Server: ip(fmt.Sprintf("10.1.%d.%d", i>>5>>3, i>>5&7+1)), Transport: ot.TCP}
		c.Client.Port, c.Server.Port = uint16(40000+i%10000), uint16(502+i%3)
		for a := range uint32(10) {
			o := ot.Observation{Conv: c, Kind: ot.Did, Time: at, Clock: at, Did: read(a*100, 20)}
			o.Did.Object.Area = a
			round = append(round, o)
		}
	}
	for i := range round {
		seats.See(&round[i])
	}
	return round
}

func learnBig(habits int) (*Baseline, []ot.Observation) {
	round := bigLine(habits)
	l := NewLearner("big", Defaults)
	for range 25 {
		for i := range round {
			l.Learn(&round[i])
			round[i].Time += 10 * second
			round[i].Clock += 10 * second
		}
	}
	return l.Baseline(), round
}

// BenchmarkWeigh is one transaction of a learned line, in the order of polling.
func BenchmarkWeigh(b *testing.B) {
	for _, habits := range []int{1000, 100_000} {
		b.Run(fmt.Sprint(habits, " habits"), func(b *testing.B) {
			var before, after runtime.MemStats
			base, round := learnBig(habits)
			runtime.GC()
			runtime.ReadMemStats(&before)
			w := NewWeigher(base)
			for i := range round {
				w.Weigh(&round[i])
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			if len(w.pairs) != habits/10 || len(w.seats) <= habits/10 {
				b.Fatalf("%d pairs, %d seats", len(w.pairs), len(w.seats))
			}
			b.ReportAllocs()
			b.ResetTimer()
			i := 0
			for b.Loop() {
				o := &round[i]
				o.Clock += 10 * second
				if weight := w.Weigh(o); weight.Dev != 0 {
					b.Fatal(weight.Dev.Names())
				}
				if i++; i == len(round) {
					i = 0
				}
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(habits), "B/habit")
			runtime.KeepAlive(w)
		})
	}
}

// BenchmarkWeighOneConversation is the steady state of a poll that stays in the cache.
func BenchmarkWeighOneConversation(b *testing.B) {
	base, round := learnBig(10)
	w := NewWeigher(base)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		o := &round[i%10]
		o.Clock += 10 * second
		w.Weigh(o)
	}
}

// BenchmarkDeviation is one transaction that was not learned, seen before.
func BenchmarkDeviation(b *testing.B) {
	base, round := learnBig(100_000)
	w := NewWeigher(base)
	o := round[0]
	o.Did = write(5000, 1)
	b.ReportAllocs()
	for b.Loop() {
		if w.Weigh(&o).Dev == 0 {
			b.Fatal("a write nobody learned is no deviation")
		}
	}
}

// BenchmarkLearn is one transaction that was seen before.
func BenchmarkLearn(b *testing.B) {
	for _, habits := range []int{1000, 100_000} {
		b.Run(fmt.Sprint(habits, " habits"), func(b *testing.B) {
			round := bigLine(habits)
			l := NewLearner("big", Defaults)
			for range 70 {
				for i := range round {
					l.Learn(&round[i])
					round[i].Clock += second
				}
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				l.Learn(&round[i])
				round[i].Clock += second
				if i++; i == len(round) {
					i = 0
				}
			}
		})
	}
}

// BenchmarkTick is a second of a line of ten thousand conversations.
func BenchmarkTick(b *testing.B) {
	base, round := learnBig(100_000)
	w := NewWeigher(base)
	for i := range round {
		w.Weigh(&round[i])
	}
	now := round[0].Clock
	for b.Loop() {
		w.Tick(now, func(*ot.Observation, Weight) {})
	}
	if len(w.regular) != 10_000 {
		b.Fatal(len(w.regular))
	}
}

// In the steady state nothing is allocated.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	base, round := learnBig(1000)
	w, l := NewWeigher(base), NewLearner("x", Defaults)
	for range 70 {
		for i := range round {
			w.Weigh(&round[i])
			l.Learn(&round[i])
		}
	}
	i := 0
	if n := testing.AllocsPerRun(5000, func() {
		w.Weigh(&round[i%1000])
		l.Learn(&round[i%1000])
		i++
	}); n != 0 {
		t.Errorf("%v allocations for a transaction", n)
	}
	if n := testing.AllocsPerRun(100, func() { w.Tick(w.now, func(*ot.Observation, Weight) {}) }); n != 0 {
		t.Errorf("%v allocations for a tick", n)
	}
	strange := round[0]
	strange.Did.Object.Addr = 5000
	w.Weigh(&strange)
	if n := testing.AllocsPerRun(100, func() { w.Weigh(&strange) }); n != 0 {
		t.Errorf("%v allocations for a deviation seen before", n)
	}
}
