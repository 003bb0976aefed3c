package baseline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"otsensor/pkg/ot"
)

// Phase is one thing the line does, as a point says it: a value of a point that
// others go with. What it is called only people know.
type Phase struct {
	Number int
	Point  *Value
	Value  float64
	Name   PhaseName // zero where nobody gave one
	Spent  Spent     // zero in documents that do not hold it
	Share  float64   // of the time in which the point's value was known
}

// PhaseName is what people call a value of a point, and who says so.
type PhaseName struct {
	Value    float64
	Name, By string
}

// Spent is how long a value was held while learning, and on how many occasions it was written.
type Spent struct {
	Value float64
	Held  int64 // nanoseconds
	Times uint32
}

const maxPhaseName = 40 // bytes of a name, and of who gave it

// Phases lists the phases in force, by the numbers of their points and then by
// value: what is merged into a document or learned anew comes behind.
func (b *Baseline) Phases() (all []Phase) {
	var points []*Value
	for i := range b.Values {
		if v := &b.Values[i]; v.Mark == InForce && v.State > 0 {
			points = append(points, v)
		}
	}
	slices.SortStableFunc(points, func(a, b *Value) int { return cmp.Compare(a.State, b.State) })
	for _, v := range points {
		total := 0.0
		for _, s := range v.Spent {
			total += float64(s.Held)
		}
		for _, x := range v.Set {
			p := Phase{Number: len(all) + 1, Point: v, Value: x, Name: v.named(x), Spent: v.spent(x)}
			p.Share = float64(p.Spent.Held) / max(total, 1)
			all = append(all, p)
		}
	}
	return all
}

func (v *Value) named(x float64) (n PhaseName) {
	if i := slices.IndexFunc(v.Phases, func(n PhaseName) bool { return n.Value == x }); i >= 0 {
		n = v.Phases[i]
	}
	return n
}

func (v *Value) spent(x float64) (s Spent) {
	if i := slices.IndexFunc(v.Spent, func(s Spent) bool { return s.Value == x }); i >= 0 {
		s = v.Spent[i]
	}
	return s
}

// NamePhase gives a phase its name. Names are unique, or an event would not say which is meant.
func (b *Baseline) NamePhase(number int, name, by string) error {
	all := b.Phases()
	if number < 1 || number > len(all) {
		return fmt.Errorf("no phase %d: the baseline has %d", number, len(all))
	}
	name, err := phaseText("the name", name)
	if err == nil {
		by, err = phaseText("the name of who gives it", by)
	}
	if err != nil {
		return fmt.Errorf("phase %d: %w", number, err)
	}
	v, x := all[number-1].Point, all[number-1].Value
	if at, taken := b.named()[strings.ToLower(name)]; taken && at != (pointValue{v, x}) {
		return fmt.Errorf("phase %d: %s at %s is called %q already: give each phase a name of its own", number, at.of.place(), text(at.x), at.of.named(at.x).Name)
	}
	v.Phases = slices.DeleteFunc(slices.Clone(v.Phases), func(n PhaseName) bool { return n.Value == x })
	v.Phases = append(v.Phases, PhaseName{x, name, by})
	slices.SortFunc(v.Phases, func(a, b PhaseName) int { return cmp.Compare(a.Value, b.Value) })
	return nil
}

// pointValue is one value of a point.
type pointValue struct {
	of *Value
	x  float64
}

// named is what each name is given to. Large and small letters are one.
func (b *Baseline) named() map[string]pointValue {
	all := map[string]pointValue{}
	for i := range b.Values {
		for _, n := range b.Values[i].Phases {
			all[strings.ToLower(n.Name)] = pointValue{&b.Values[i], n.Value}
		}
	}
	return all
}

// phaseText is a text of people as it stands in the document.
func phaseText(what, text string) (string, error) {
	clean := ot.CleanString([]byte(text), 4*len(text))
	switch {
	case clean == "":
		return "", fmt.Errorf("%s is empty", what)
	case len(clean) > maxPhaseName:
		return "", fmt.Errorf("%s is longer than %d bytes: shorten %q", what, maxPhaseName, ot.CleanString([]byte(text), maxPhaseName))
	}
	return clean, nil
}
