package baseline

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// species counts kinds of behaviour: acts with their object and name. The
// share of transactions that were the only one of their kind estimates how much
// of the traffic to come is of kinds not seen yet (Good, Biometrika 40, 1953).
type species struct {
	n    uint64 // transactions
	once uint64 // kinds seen exactly once
	all  uint64 // kinds
	last int64  // sensor clock of the latest first sighting
}

func (s *species) add(count uint64, now int64) {
	s.n++
	switch count {
	case 1:
		s.once++
		s.all++
		s.last = now
	case 2:
		s.once--
	}
}

func (s *species) unseen() float64 {
	if s.n == 0 {
		return 1
	}
	return float64(s.once) / float64(s.n)
}

// sighted counts a transaction whose kind was seen count times.
func (l *Learner) sighted(p *pair, count uint64) {
	l.species.add(count, l.now)
	p.species.add(count, l.now)
}

// Sample is one point of the learning curve: totals at a sensor clock.
type Sample struct {
	Clock        int64
	Transactions uint64
	Once         uint64 // kinds of behaviour seen exactly once
	Kinds        uint64
}

// curve keeps samples over the whole time: when it is full, every other one is
// dropped and from then on half as many are taken.
type curve struct {
	samples      []Sample
	stride, skip int
}

const curveSize = 1440

func (c *curve) add(s Sample) {
	if c.skip++; c.skip < c.stride {
		return
	}
	c.skip = 0
	if len(c.samples) == curveSize {
		for i := range curveSize / 2 {
			c.samples[i] = c.samples[2*i]
		}
		c.samples = c.samples[:curveSize/2]
		c.stride = 2 * max(c.stride, 1)
	}
	c.samples = append(c.samples, s)
}

// Progress says how far learning is.
type Progress struct {
	Since, Until  int64 // sensor clock
	Transactions  uint64
	Untaught      uint64                 // observations that did not teach
	Kinds         uint64                 // kinds of behaviour
	Unseen        float64                // estimated share of traffic of kinds not seen yet, 0 to 1
	Conversations []ConversationProgress // the ones with the most unseen first, a few
	Spread        Spread                 // of all of them
	Curve         []Sample
	Full          Full
	Enough        bool
	Reasons       []string // why, or why not yet, in plain sentences
}

// ConversationProgress is the progress of one conversation.
type ConversationProgress struct {
	Pair
	Transactions, Kinds uint64
	Unseen              float64
	LastNew             int64 // sensor clock of the latest first sighting
}

// mostUnseen is how many conversations Progress lists.
const mostUnseen = 20

// Progress says how far learning is.
func (l *Learner) Progress() Progress {
	p := Progress{Since: l.since, Until: l.now, Transactions: l.species.n, Untaught: l.untaught, Kinds: l.species.all,
		Unseen: l.species.unseen(), Curve: slices.Clone(l.curve.samples), Full: l.fullness()}
	p.Conversations = l.leastKnown()
	for _, c := range l.pairs {
		p.Spread.add(&c.species)
	}
	p.Reasons = l.notYet()
	p.Enough = len(p.Reasons) == 0
	if p.Enough {
		p.Reasons = []string{fmt.Sprintf("%s of traffic seen, nothing new for %s, %.1f kinds of behaviour a day are expected to be new",
			span(l.now-l.since), span(l.now-l.species.last), l.newADay())}
	}
	return p
}

// leastKnown lists the conversations of which most is unseen.
func (l *Learner) leastKnown() (worst []ConversationProgress) {
	for _, c := range l.pairs {
		s := &c.species
		p := ConversationProgress{c.Pair, s.n, s.all, s.unseen(), s.last}
		if s.n == 0 || len(worst) == mostUnseen && compareUnseen(p, worst[mostUnseen-1]) > 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(worst, p, compareUnseen)
		worst = slices.Insert(worst, at, p)
		worst = worst[:min(len(worst), mostUnseen)]
	}
	return worst
}

func compareUnseen(a, b ConversationProgress) int {
	return cmp.Or(cmp.Compare(b.Unseen, a.Unseen), comparePairs(&a.Pair, &b.Pair))
}

// newADay is how many kinds of behaviour are expected to be new in a day: the
// share of the unseen times the transactions of a day. A share alone says
// little where a line is polled all the time.
func (l *Learner) newADay() float64 {
	return float64(l.species.once) * float64(24*60*minute) / float64(max(l.now-l.since, minute))
}

// notYet lists what is missing.
func (l *Learner) notYet() (why []string) {
	took, quiet := l.now-l.since, l.now-l.species.last
	if l.species.n == 0 {
		why = append(why, "no transaction was seen yet")
	}
	if took < l.th.MinTime {
		why = append(why, fmt.Sprintf("%s of traffic seen, at least %s are needed", span(took), span(l.th.MinTime)))
	}
	if n := l.newADay(); n > l.th.NewADay {
		why = append(why, fmt.Sprintf("%.1f kinds of behaviour a day are expected to be new, %.1f are the limit", n, l.th.NewADay))
	}
	if want := int64(l.th.QuietShare * float64(took)); quiet < want {
		why = append(why, fmt.Sprintf("something new was seen %s ago, %s without are needed", span(quiet), span(want)))
	}
	if l.full.Any() {
		why = append(why, "a table is full: what came later was not learned")
	}
	return why
}

func span(ns int64) string { return time.Duration(ns).Round(time.Second).String() }
