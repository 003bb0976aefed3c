package baseline

import (
	"fmt"
	"io"
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
	_, err := w.Write(b.review(append(out, '\n')))
	return err
}

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
