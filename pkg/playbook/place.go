package playbook

import (
	"slices"
	"strings"

	"otsensor/pkg/event"
)

// askNone is the question that asks nothing. As an incident type's least
// question it says that the type concerns no product.
const askNone = "none"

// Map places an event in the playbook. The incident type must exist; rules are
// checked for that when they are loaded.
func (p *Profile) Map(f Facts) (event.Playbook, event.Quality, event.Attack) {
	t := p.types[f.Type]
	if t == nil {
		t = &IncidentType{ID: f.Type, Quality: askNone}
	}
	start := p.steps[p.Places.Start]
	ask := p.ask(t, &f)
	book := event.Playbook{
		Profile: p.Head.ID, ProfileVersion: p.Head.Version,
		IncidentType: t.ID, IncidentTitle: t.Title,
		Phase: start.Phase, Step: start.ID,
		Next:      p.next(t, &f, ask, p.steps[start.Next[0]]),
		OnConfirm: p.Places.Confirm, OnDismiss: p.Places.Dismiss,
		Severity:    p.suggest(t, &f),
		Evidence:    slices.Clone(t.Evidence),
		Containment: p.ladder(t, &f),
		DoNot:       p.never(t, &f),
		Reporting:   slices.Clone(t.Reporting),
	}
	return book, p.qualityOf(&f, ask), p.Attack(f.Techniques)
}

// next says who does what now: those told at once, then triage, then the quality unit.
func (p *Profile) next(t *IncidentType, f *Facts, ask *Ask, triage *Step) (steps []event.NextStep) {
	for _, first := range t.First {
		steps = append(steps, event.NextStep{Step: first.Step, Role: first.Role, Do: f.fill(first.Do)})
	}
	do := []string{t.Ask}
	if f.Ticket != "" {
		do = []string{f.fill(p.Places.Planned), t.Ask}
	}
	if f.incomplete() {
		do = append(do, p.Places.Incomplete)
	}
	steps = append(steps, event.NextStep{Step: triage.ID, Role: triage.Role, Do: strings.Join(do, " ")})
	if ask.Step != "" {
		steps = append(steps, event.NextStep{Step: ask.Step, Role: p.Quality.Decides, Do: f.fill(ask.Do)})
	}
	return steps
}

// fill puts names into a sentence.
func (f *Facts) fill(sentence string) string {
	or := func(name, otherwise string) string {
		if name == "" {
			return otherwise
		}
		return name
	}
	return strings.NewReplacer("{asset}", or(f.Asset, "the asset"), "{line}", or(f.Line, "the asset's line"),
		"{ticket}", or(f.Ticket, "the permit")).Replace(sentence)
}

// ladder is the containment of the type, without what needs a step that may be paused where it may not.
func (p *Profile) ladder(t *IncidentType, f *Facts) (all []string) {
	for _, m := range p.Containment {
		if slices.Contains(t.Containment, m.ID) && !(m.NeedsHoldable && f.NotHoldable) {
			all = append(all, m.ID)
		}
	}
	return all
}

// never is the do-not list of the type; a step that may not be paused is added to it.
func (p *Profile) never(t *IncidentType, f *Facts) []string {
	all := slices.Clone(t.DoNot)
	if f.NotHoldable {
		all = add(all, neverInterrupt)
	}
	return all
}

// neverInterrupt is the do-not entry for steps that may not be paused.
const neverInterrupt = "interrupt_step"

// ask is the question to the quality unit: by GxP impact and by what came of
// the act, at least what the type asks for, at most what planned work leaves.
func (p *Profile) ask(t *IncidentType, f *Facts) *Ask {
	none := len(p.Quality.Asks) - 1
	if t.Quality == askNone {
		return &p.Quality.Asks[none]
	}
	out, at := f.outcome(), none
	for _, row := range p.Quality.Hold {
		if row.Class == f.class() {
			at = p.askIndex([...]string{row.Accepted, row.NotSeen, row.Attempted, row.Other}[out])
		}
	}
	if f.class() == "direct" && !f.refused() {
		at = min(at, p.askIndex(t.Quality))
	}
	if f.Ticket != "" {
		at = max(at, p.askIndex(p.Quality.Planned))
	}
	return &p.Quality.Asks[at]
}

// askIndex is the place of a question: the stronger, the smaller.
func (p *Profile) askIndex(id string) int {
	return slices.IndexFunc(p.Quality.Asks, func(a Ask) bool { return a.ID == id })
}

func (p *Profile) qualityOf(f *Facts, ask *Ask) event.Quality {
	gxp := f.GxP
	if f.gxpBasis() == basisUnknown {
		gxp = "unknown"
	}
	return event.Quality{
		GxPImpact: gxp, Asset: f.Asset, Line: f.Line,
		LastKnownGood: f.LastKnownGood, FirstSeen: f.First, LastSeen: f.Last,
		Ask: ask.ID, Decides: p.Quality.Decides,
	}
}
