package config

import (
	"slices"

	"otsensor/pkg/ot"
)

// Phases says where a line's present phase stands: a point in a controller
// that hosts read, and what its values mean.
type Phases struct {
	Asset  string // that holds the point
	Point  Point
	Values []Phase
}

// Phase is one phase of a line, such as filling or sterilising.
type Phase struct {
	Value       float64
	Name        string
	Batch       bool // product is being made
	NotHoldable bool // must not be interrupted
}

// PhaseOf finds what a value of the point means, nil when nobody said.
func (p *Phases) PhaseOf(value float64) *Phase {
	i := slices.IndexFunc(p.Values, func(x Phase) bool { return x.Value == value })
	if i < 0 {
		return nil
	}
	return &p.Values[i]
}

// PhaseSeen is the line, and its phase, that a transaction with a host shows:
// it read or wrote the point that holds the phase. Nil where it shows none.
func (s *Site) PhaseSeen(server ot.Endpoint, t *ot.Transaction) (*Line, *Phase) {
	a := s.Find(server)
	if a == nil || t.Status != ot.OK {
		return nil, nil
	}
	for i := range s.Lines {
		l := &s.Lines[i]
		if l.Phases == nil || l.Phases.Asset != a.Name || !l.Phases.Point.Touched(t) {
			continue
		}
		if v, ok := l.Phases.Point.Number(t); ok {
			if p := l.Phases.PhaseOf(v); p != nil {
				return l, p
			}
		}
	}
	return nil, nil
}

// PhaseNamed finds a phase of a line by its name, nil when there is none.
func (s *Site) PhaseNamed(line, name string) *Phase {
	if s == nil {
		return nil
	}
	for i := range s.Lines {
		if l := &s.Lines[i]; l.ID == line && l.Phases != nil {
			if at := slices.IndexFunc(l.Phases.Values, func(x Phase) bool { return x.Name == name }); at >= 0 {
				return &l.Phases.Values[at]
			}
		}
	}
	return nil
}

// phaseNames lists the phases of a line.
func (l *Line) phaseNames() (names []string) {
	if l == nil || l.Phases == nil {
		return nil
	}
	for _, p := range l.Phases.Values {
		names = append(names, p.Name)
	}
	return names
}

// phases checks how lines say their phase.
func (c *siteChecker) phases() {
	for i := range c.raw.Lines {
		r := c.raw.Lines[i].Phases
		if r == nil {
			continue
		}
		c.oneOf("asset", r.Asset, c.assetNames(), "lines", i, "phase_point", "asset")
		p := &Phases{Asset: r.Asset, Point: c.point(&r.Point, at("lines", i, "phase_point", "point"))}
		for j, v := range r.Values {
			c.name("phase", v.Name, nil, "lines", i, "phase_point", "values", j, "name")
			if p.PhaseOf(v.Value) != nil {
				c.fail(at("lines", i, "phase_point", "values", j), "the value %g has a phase already", v.Value)
			}
			p.Values = append(p.Values, Phase{Value: v.Value, Name: v.Name, Batch: v.Batch, NotHoldable: v.Holdable != nil && !*v.Holdable})
		}
		if len(p.Values) == 0 {
			c.fail(at("lines", i, "phase_point"), "phase_point needs values, and what they mean")
		}
		c.s.Lines[i].Phases = p
	}
}

// PurposeWords are what an asset may be for where that decides over product.
func PurposeWords() []string {
	return []string{
		"inspection",  // vision, check-weigher, leak test, reject
		"environment", // monitors of environment and utilities
		"labelling",   // coders, printers, serialisation
		"records",     // historian, MES, batch record
	}
}
