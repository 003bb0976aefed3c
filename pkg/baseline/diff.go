package baseline

import (
	"fmt"
	"io"
	"slices"
)

// Change is one difference between two baselines, statistics apart.
type Change struct {
	Sign byte   // '+' only in the second, '-' only in the first, '~' in both but not the same
	Line string // as in the second, or the first for '-'
	Was  string // as in the first, for '~'
}

func (c Change) String() string {
	if c.Sign == '~' {
		return fmt.Sprintf("- %s\n+ %s", c.Was, c.Line)
	}
	return fmt.Sprintf("%c %s", c.Sign, c.Line)
}

// Diff writes for people what changed from a to b.
func Diff(w io.Writer, a, b *Baseline) error {
	for _, c := range Changes(a, b) {
		if _, err := fmt.Fprintln(w, c); err != nil {
			return err
		}
	}
	return nil
}

// Changes lists what changed from a to b in what is learned: not counts, times or rhythms.
func Changes(a, b *Baseline) []Change {
	like := *b
	like.Steps = numbered(b.Steps, a.Steps)
	b = &like
	return slices.Concat(hostKind.diff(a, b), macKind.diff(a, b), identityKind.diff(a, b),
		conversationKind.diff(a, b), habitKind.diff(a, b), valueKind.diff(a, b), stepKind.diff(a, b))
}

// diff walks through two sorted lists side by side.
func (k *kind[T]) diff(a, b *Baseline) (changes []Change) {
	x, y := slices.Clone(*k.list(a)), slices.Clone(*k.list(b))
	slices.SortFunc(x, k.order)
	slices.SortFunc(y, k.order)
	for len(x)+len(y) > 0 {
		switch c := k.first(x, y); {
		case c < 0:
			changes, x = append(changes, Change{Sign: '-', Line: k.bare(&x[0])}), x[1:]
		case c > 0:
			changes, y = append(changes, Change{Sign: '+', Line: k.bare(&y[0])}), y[1:]
		default:
			if was, is := k.bare(&x[0]), k.bare(&y[0]); was != is {
				changes = append(changes, Change{'~', is, was})
			}
			x, y = x[1:], y[1:]
		}
	}
	return changes
}

// first says which list's head comes first; below 0 is x.
func (k *kind[T]) first(x, y []T) int {
	switch {
	case len(x) == 0:
		return 1
	case len(y) == 0:
		return -1
	}
	return k.order(x[0], y[0])
}

func (k *kind[T]) bare(e *T) string { return string(k.line(nil, e, true)) }
