package baseline

import (
	"cmp"
	"fmt"
	"slices"

	"otsensor/pkg/ot"
)

// Which act follows which at a controller.
//
// A step is an act that changes something, told apart by what it touches, and
// by the value it writes where its point takes few. What comes at an even pace is
// a poll and no step. A step knows what followed it at the same controller,
// whoever did it, and is in force once what follows is hardly ever new.

// Limits of steps.
const (
	MaxSteps  = 16384
	maxPlaces = 64 // of one habit: one that touches more is one step
	maxNext   = 32 // what may follow one step; where more does, anything may
)

// settledAfter is how often something must have been followed until it is judged
// by that, each time by what followed it at least twice: then none of the next is
// expected to be new (Good, Biometrika 40, 1953), and one in twenty at most if the next time it is.
const settledAfter = 19

// settled reports whether what follows something is known well enough to judge
// by: n times something followed, and once of what followed came once.
func settled(n, once uint64) bool { return once == 0 && n >= settledAfter }

// Step is an act as one of a train of them.
type Step struct {
	Standing
	Pair
	Act
	Name   string
	Object []Range   // none or one
	Value  []float64 // none or one
	Number uint32    // by which others name this step
	Next   []Follow  // sorted by number
	Hours  Week      // in which it belongs
}

// Follow is what followed a step, and how often.
type Follow struct{ Step, Times uint32 }

func compareSteps(a, b Step) int {
	return cmp.Or(comparePairs(&a.Pair, &b.Pair), compareActs(&a.Act, &b.Act), cmp.Compare(a.Name, b.Name),
		slices.CompareFunc(a.Object, b.Object, compareRanges), slices.Compare(a.Value, b.Value))
}

func compareFollows(a, b Follow) int { return cmp.Compare(a.Step, b.Step) }

// stands marks a step by what followed it.
func (s *Step) stands() {
	n, once := uint64(0), uint64(0)
	for _, f := range s.Next {
		n += uint64(f.Times)
		if f.Times == 1 {
			once++
		}
	}
	switch {
	case len(s.Next) > maxNext:
		s.Mark, s.Why, s.Next = Rare, fmt.Sprintf("not judged: more than %d different acts followed", maxNext), nil
	case !settled(n, once):
		s.Mark, s.Why = Rare, fmt.Sprintf("not judgeable yet: of %d acts that followed, %d came once", n, once)
	}
}

// label is a step for people.
func (s *Step) label() string {
	text := s.Client.HostString() + " " + s.Op.String() + " " + place(s.Area, s.Block)
	if s.Name != "" {
		text += " " + s.Name
	}
	if len(s.Object) > 0 {
		text += " " + string(putRange(nil, s.Object[0]))
	}
	if len(s.Value) > 0 {
		text += " = " + string(putFloat(nil, s.Value[0]))
	}
	return text
}

// numbered gives steps the numbers that the same steps have in another
// document, and numbers beyond those to the others, so that the two can be joined or compared.
func numbered(steps, like []Step) []Step {
	steps, number, next := slices.Clone(steps), map[uint32]uint32{}, uint32(0)
	for i := range like {
		next = max(next, like[i].Number)
	}
	for i := range steps {
		s := &steps[i]
		was := s.Number
		if at, found := slices.BinarySearchFunc(like, *s, compareSteps); found {
			s.Number = like[at].Number
		} else {
			next++
			s.Number = next
		}
		number[was] = s.Number
	}
	for i := range steps {
		steps[i].Next = slices.Clone(steps[i].Next)
		for j := range steps[i].Next {
			steps[i].Next[j].Step = number[steps[i].Next[j].Step]
		}
		slices.SortFunc(steps[i].Next, compareFollows)
	}
	return steps
}

// joinSteps adds what followed a step elsewhere.
func joinSteps(x, y *Step) {
	x.Standing.join(&y.Standing)
	x.Hours = x.Hours.join(y.Hours)
	if len(x.Next) == 0 || len(y.Next) == 0 { // nothing followed, or too much: so it is for both
		x.Next, x.Mark, x.Why = nil, Rare, "not judged: what follows is known in one document only"
		return
	}
	x.Next = slices.Clone(x.Next)
	for _, f := range y.Next {
		if at, found := slices.BinarySearchFunc(x.Next, f, compareFollows); found {
			x.Next[at].Times += f.Times
		} else {
			x.Next = slices.Insert(x.Next, at, f)
		}
	}
	if len(x.Next) > maxNext {
		x.stands()
	}
}

// pruneSteps drops what follows and is not there any more.
func (b *Baseline) pruneSteps() {
	there := map[uint32]bool{}
	for i := range b.Steps {
		there[b.Steps[i].Number] = true
	}
	for i := range b.Steps {
		b.Steps[i].Next = clip(b.Steps[i].Next, func(f Follow) bool { return !there[f.Step] })
	}
}

// checkSteps refuses numbers that name no step, or two.
func (b *Baseline) checkSteps() error {
	there := map[uint32]bool{}
	for i := range b.Steps {
		if n := b.Steps[i].Number; n == 0 || there[n] {
			return fmt.Errorf("two steps have the number %d, or one has none", n)
		}
		there[b.Steps[i].Number] = true
	}
	for i := range b.Steps {
		for j, f := range b.Steps[i].Next {
			switch {
			case !there[f.Step]:
				return fmt.Errorf("no step %d, which is said to follow step %d", f.Step, b.Steps[i].Number)
			case j > 0 && b.Steps[i].Next[j-1].Step >= f.Step:
				return fmt.Errorf("next of step %d: numbers rise, each stands once", b.Steps[i].Number)
			}
		}
	}
	return nil
}

// valueOf is the one value that an act writes; false where it writes several, or none that is a number.
func valueOf(t *ot.Transaction) (x float64, one bool) {
	if t.Points() != 1 {
		return 0, false
	}
	return t.Point(0), true
}
