package baseline

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// Show writes for people what a baseline holds: how much is in force, and in
// full what is not.
func Show(w io.Writer, b *Baseline) error {
	out := fmt.Appendf(nil, "learned from %s, %s to %s, by %d transactions (%d observations did not teach)\n",
		b.From, putTime(nil, b.Since), putTime(nil, b.Until), b.Transactions, b.Untaught)
	out = fmt.Appendf(out, "%-14s %9s %9s %9s\n", "", "in force", "rare", "to review")
	out = hostKind.count(out, b)
	out = macKind.count(out, b)
	out = identityKind.count(out, b)
	out = conversationKind.count(out, b)
	out = habitKind.count(out, b)
	out = valueKind.count(out, b)
	out = stepKind.count(out, b)
	out = append(out, b.calendar()...)
	out = append(out, b.leastKnown()...)
	_, err := w.Write(b.review(append(out, '\n')))
	return err
}

// calendar says how many things have hours of the week of their own, or that too few weeks were learned to know.
func (b *Baseline) calendar() []byte {
	if took := b.Until - b.Since; took < (weeksLeast*weekHours-1)*hour {
		return fmt.Appendf(nil, "\nhours of the week are not judged: %.1f weeks were learned, at least %d are needed\n", float64(took)/float64(weekHours*hour), weeksLeast)
	}
	conversations, steps := 0, 0
	for i := range b.Conversations {
		if b.Conversations[i].Hours != (Week{}) {
			conversations++
		}
	}
	for i := range b.Steps {
		if b.Steps[i].Hours != (Week{}) {
			steps++
		}
	}
	return fmt.Appendf(nil, "\n%d conversations and %d steps have hours of the week of their own\n", conversations, steps)
}

// mostShown is how many conversations people are shown of which most is unseen.
const mostShown = 10

// leastKnown lists the conversations in force of which most is expected to be
// unseen still, and why that is so.
func (b *Baseline) leastKnown() []byte {
	var worst []*Conversation
	judged, well := 0, 0
	for i := range b.Conversations {
		c := &b.Conversations[i]
		switch {
		case c.Mark != InForce || c.Acts == 0:
			continue
		case c.Once == 0:
			well++
		default:
			worst = append(worst, c)
		}
		judged++
	}
	if judged == 0 {
		return nil
	}
	slices.SortStableFunc(worst, func(a, b *Conversation) int { return cmp.Compare(b.Unseen(), a.Unseen()) })
	out := fmt.Appendf(nil, "\n%d of %d conversations did nothing only once. The others, least known first:\n", well, judged)
	for i, c := range worst {
		if i == mostShown {
			return fmt.Appendf(out, "  and %d more\n", len(worst)-i)
		}
		out = putPair(append(out, "  "...), &c.Pair)
		out = fmt.Appendf(out, ": %.2f %% of what it does is expected to be new; of %d kinds in %d transactions %d came once. %s\n",
			100*c.Unseen(), c.Kinds, c.Acts, c.Once, c.advice())
	}
	return out
}

// advice says what would make a conversation better known.
func (c *Conversation) advice() string {
	if c.Acts < fewActs {
		return "It speaks rarely: learn longer, or accept each departure."
	}
	return "Much of it is new each time: look at its names and addresses."
}

// fewActs are too few transactions to know what a conversation does.
const fewActs = 1000

// review appends every line that is not in force: first what waits for a
// decision, then what was seen too rarely.
func (b *Baseline) review(dst []byte) []byte {
	for _, m := range []Mark{Review, Rare} {
		dst = hostKind.marked(dst, b, m)
		dst = macKind.marked(dst, b, m)
		dst = identityKind.marked(dst, b, m)
		dst = conversationKind.marked(dst, b, m)
		dst = habitKind.marked(dst, b, m)
		dst = valueKind.marked(dst, b, m)
	}
	return dst
}

func (k *kind[T]) marked(dst []byte, b *Baseline, m Mark) []byte {
	l := *k.list(b)
	for i := range l {
		if k.of(&l[i]).Mark == m {
			dst = append(k.line(dst, &l[i], false), '\n')
		}
	}
	return dst
}

func (k *kind[T]) count(dst []byte, b *Baseline) []byte {
	n := k.marks(b)
	return fmt.Appendf(dst, "%-14s %9d %9d %9d\n", k.word, n[InForce], n[Rare], n[Review])
}

// marks counts the lines of a kind by their mark.
func (k *kind[T]) marks(b *Baseline) map[Mark]int {
	n := make(map[Mark]int)
	for _, e := range *k.list(b) {
		n[k.of(&e).Mark]++
	}
	return n
}

// Summary says in a sentence what is in force and what is not.
func (b *Baseline) Summary() string {
	hosts, conversations, habits, values := hostKind.marks(b), conversationKind.marks(b), habitKind.marks(b), valueKind.marks(b)
	return fmt.Sprintf("%d hosts, %d conversations, %d habits and %d written points in force; %d habits seen too rarely, %d to review",
		hosts[InForce], conversations[InForce], habits[InForce], values[InForce], habits[Rare], habits[Review])
}
