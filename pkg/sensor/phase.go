package sensor

import (
	"otsensor/pkg/config"
	"otsensor/pkg/detect"
	"otsensor/pkg/ot"
)

// phases is the present phase of every line whose phase can be read on the
// wire, as the site file says where and how.
type phases struct {
	now map[string]*config.Phase // by line
}

func newPhases(s *config.Site) phases {
	if s == nil {
		return phases{}
	}
	for i := range s.Lines {
		if s.Lines[i].Phases != nil {
			return phases{now: map[string]*config.Phase{}}
		}
	}
	return phases{}
}

// at goes on with another site file: a line whose phase is still called so stays in it.
func (p *phases) at(s *config.Site) phases {
	now := newPhases(s)
	for id, was := range p.now {
		if phase := s.PhaseNamed(id, was.Name); now.now != nil && phase != nil {
			now.now[id] = phase
		}
	}
	return now
}

// see takes what a transaction, a Did, shows of a line's phase, where any can be read.
func (p *phases) see(s *config.Site, o *ot.Observation) {
	if line, phase := s.PhaseSeen(o.Conv.Server, &o.Did); phase != nil {
		p.now[line.ID] = phase
	}
}

// batch reports whether a line makes product now; a phase nobody saw says no.
func (w *Watch) batch(line string) bool {
	p := w.phases.now[line]
	return p != nil && p.Batch
}

// criticalIf is what the engine asks about values, nil where there is no site file.
func (w *Watch) criticalIf(site *config.Site) func(s *detect.Sighting) detect.Critical {
	if site == nil {
		return nil
	}
	return w.critical
}

// critical is what the site file says of a value that is written.
func (w *Watch) critical(s *detect.Sighting) (c detect.Critical) {
	asset, t := w.o.Site.Find(s.Target()), &s.O.Did
	p := asset.CriticalPoint(t)
	if p == nil {
		return c
	}
	c.Name = p.Name
	if v, ok := p.Point.Number(t); ok && p.Outside(v) {
		c.Breach |= detect.BeyondLimits
	}
	by := ""
	if from := w.o.Site.Find(s.Source()); from != nil {
		by = from.Name
	}
	if !p.MayWrite(by) {
		c.Breach |= detect.WrongWriter
	}
	if now := w.phases.now[asset.Line]; now != nil && !p.MayWriteIn(now.Name) {
		c.Breach |= detect.WrongPhase
	}
	return c
}
