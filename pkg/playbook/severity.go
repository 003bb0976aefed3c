package playbook

import "otsensor/pkg/event"

// The scale, and how far the sensor goes on it.
const (
	maxLevel     = 5
	maxSuggested = 4
)

// The reasons for a suggested level.
const (
	basisAccepted      = "accepted"
	basisRefused       = "refused"
	basisNoAnswer      = "no_answer"
	basisNotSeen       = "outcome_not_seen"
	basisNoChange      = "no_change"
	basisSafety        = "safety_asset"
	basisDirect        = "gxp_direct"
	basisUnknown       = "gxp_unknown"
	basisIndirect      = "gxp_indirect"
	basisNone          = "gxp_none"
	basisRaised        = "raised_by_asset"
	basisMet           = "met_before"
	basisSourceUnknown = "source_unknown"
	basisPlanned       = "planned_work"
	basisNotPlanned    = "no_planned_work"
	basisIncomplete    = "coverage_incomplete"
	basisAgain         = "again"         // given by the phase of a case
	basisWork          = "expected_work" // likewise
)

var basisIDs = []string{basisAccepted, basisRefused, basisNoAnswer, basisNotSeen, basisNoChange, basisSafety, basisDirect, basisUnknown,
	basisIndirect, basisNone, basisRaised, basisMet, basisSourceUnknown, basisPlanned, basisNotPlanned, basisIncomplete,
	basisAgain, basisWork}

// suggest gives a level from 0 to 4 and its reasons: the higher of what the
// behaviour and the asset ask for, less planned work.
func (p *Profile) suggest(t *IncidentType, f *Facts) event.Severity {
	out := f.outcome()
	level := f.Level
	if out == attempted && f.refused() {
		level -= p.Severity.RefusedMinus
	}
	basis := []string{f.outcomeBasis(out)}
	if f.Safety {
		basis = append(basis, basisSafety)
	}
	basis = append(basis, f.gxpBasis())
	switch asset := min(p.assetLevel(f, out), t.Start.AcceptedChange); {
	case f.Met:
		basis = append(basis, basisMet)
	case asset > level:
		level = asset
		basis = append(basis, basisRaised)
	}
	if !f.SourceKnown {
		basis = append(basis, basisSourceUnknown)
	}
	switch {
	case f.Ticket != "":
		level -= p.Severity.PlannedMinus
		basis = append(basis, basisPlanned)
	case out != other:
		basis = append(basis, basisNotPlanned)
	}
	if f.incomplete() {
		basis = append(basis, basisIncomplete)
	}
	return event.Severity{Suggested: min(max(level, 0), maxSuggested), Basis: basis, ConfirmedBy: p.Severity.ConfirmedBy}
}

// assetLevel is what the asset asks for: the higher of its GxP impact and safety.
func (p *Profile) assetLevel(f *Facts, out outcome) int {
	level := 0
	for _, row := range p.Severity.Asset {
		if row.Class == f.class() || f.Safety && row.Class == "safety" {
			level = max(level, [...]int{row.Accepted, row.NotSeen, row.Attempted, row.Other}[out])
		}
	}
	return level
}

func (f *Facts) refused() bool { return f.Status == "refused" }

func (f *Facts) outcomeBasis(out outcome) string {
	switch {
	case out == accepted:
		return basisAccepted
	case out == notSeen:
		return basisNotSeen
	case out == attempted && f.refused():
		return basisRefused
	case out == attempted:
		return basisNoAnswer
	}
	return basisNoChange
}

func (f *Facts) gxpBasis() string {
	switch f.GxP {
	case "direct":
		return basisDirect
	case "indirect":
		return basisIndirect
	case "none":
		return basisNone
	}
	return basisUnknown
}
