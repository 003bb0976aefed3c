package baseline

import (
	"testing"

	"otsensor/pkg/ot"
)

func TestDelayClasses(t *testing.T) {
	for us := int32(1); us < 1<<23; us = us*5/4 + 1 {
		c := delayClass(us)
		if end := delayEnd(c); int64(us)*1000 >= end || c > 0 && int64(us)*1000 < delayEnd(c-1) {
			t.Errorf("%d µs are in class %d, which ends at %d ns", us, c, end)
		}
	}
	if delayClass(1<<31-1) != delayClasses-1 || delayClass(0) != 0 {
		t.Error("the ends of the scale")
	}
}

// slowRead is answered after so many microseconds.
func (x *plant) slowRead(c *ot.Conv, us int32, q ot.Quality) {
	x.now += second
	r := read(0, 32)
	r.Latency, r.AskedAt, r.Answered = us, x.now, uint64(x.now)
	x.see(ot.Observation{Conv: c, Kind: ot.Did, Did: r, Quality: q})
}

// learnedFast is a line on which of a hundred answers one takes 9 ms and the others 3.
func learnedFast(t *testing.T) *Baseline {
	t.Helper()
	l := NewLearner("fast", Defaults)
	p := newPlant(l.Learn)
	c := p.conv(hmi, plc, 502)
	p.open(c)
	for i := range 400 {
		p.slowRead(c, 3000+6000*int32(i%100/99), 0)
	}
	return l.Baseline()
}

func TestLatencyIsLearned(t *testing.T) {
	b := learnedFast(t)
	if l := b.Conversations[0].Latency; l != (Latency{Half: 3_072_000, Most: 3_072_000}) {
		t.Errorf("%+v", l)
	}
}

func TestSlowAnswers(t *testing.T) {
	for _, c := range []struct {
		name string
		us   func(i int) int32
		q    ot.Quality
		want Deviation
	}{
		{"as ever", func(int) int32 { return 3000 }, 0, 0},
		{"somewhat slower", func(int) int32 { return 3050 }, 0, 0},
		{"slower than 99 of 100", func(int) int32 { return 3500 }, 0, SlowAnswers},
		{"every second of them", func(i int) int32 { return 3000 + 5000*int32(i%2) }, 0, 0},
		{"what the mirror showed out of order", func(int) int32 { return 9000 }, ot.Displaced, 0},
		{"of which something is missing", func(int) int32 { return 9000 }, ot.Lossy, 0},
	} {
		x := watchWith(learnedFast(t))
		conv := x.conv(hmi, plc, 502)
		x.open(conv)
		for i := range latencyAnswers {
			x.slowRead(conv, c.us(i), c.q)
		}
		if x.all != c.want {
			t.Errorf("%s: %v", c.name, x.all.Names())
		}
		if why := fmtReasons(x.w.Explain(&x.obs, x.last.Dev)); c.want != 0 && why != "latency: more than half of 30 answers took longer than 3.072ms; usual half within 3.072ms, 99 of 100 within 3.072ms (threshold: 1 times what 99 of 100 took, at least 2ms)\n" {
			t.Error(why)
		}
	}
}

// Twenty answers in one message are one answer.
func TestAnswersOfOneMessageAreOne(t *testing.T) {
	x := watchWith(learnedFast(t))
	conv := x.conv(hmi, plc, 502)
	x.open(conv)
	for range 5 {
		x.slowRead(conv, 9000, 0)
		for range 19 {
			x.see(x.obs)
		}
	}
	if x.all.Has(SlowAnswers) {
		t.Errorf("%v", x.all.Names())
	}
}
