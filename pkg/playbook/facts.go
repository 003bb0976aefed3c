package playbook

import (
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// Facts is what the profile needs to know of one event to place it.
type Facts struct {
	Type       string // incident type of the rule
	Level      int    // of the rule, 0 to 4
	Status     string // of the act: ok, refused, unanswered, unasked, oneway; "" when it has none
	Changes    bool   // the act may change what the plant does
	Techniques []string
	Coverage   event.Coverage

	Met         bool   // the same was done while the baseline was learned
	SourceKnown bool   // in the baseline
	Ticket      string // of the planned work that covers the event, "" when none does

	GxP         string // of the asset: direct, indirect, none; anything else is unknown and counts as direct
	Safety      bool   // the asset is marked safety
	NotHoldable bool   // the asset's step may not be paused
	Asset, Line string // names for people, "" when not known

	LastKnownGood, First, Last int64 // nanoseconds since 1970
}

// FactsOf gives what an event itself says; the site file and the journal add the rest.
func FactsOf(e *event.Event) Facts {
	op, _ := ot.OpNamed(e.Op)
	asset := e.Target.Name
	if asset == "" {
		asset = e.Target.Addr
	}
	return Facts{
		Type: e.Playbook.IncidentType, Level: e.Rule.Level, Status: e.Status, Changes: op.ChangesState(),
		Techniques: e.Attack.Techniques, Coverage: e.Coverage, SourceKnown: e.Source.Known,
		Asset: asset, Line: e.Sensor.Line, First: e.First, Last: e.Last,
	}
}

// outcome is what came of an act, as far as it counts for the asset.
type outcome int

const (
	accepted  outcome = iota // carried out, as the device's answer says
	notSeen                  // perhaps carried out
	attempted                // refused, or no answer came
	other                    // nothing was to be changed
)

// outcomeKeys are the keys of the tables, in the order of the outcomes.
var outcomeKeys = [...]string{"accepted", "not_seen", "attempted", "other"}

// outcome weighs the status: a request that needs no answer, or whose answer
// the capture may have missed, counts as possibly carried out.
func (f *Facts) outcome() outcome {
	switch {
	case !f.Changes:
		return other
	case f.Status == ot.OK.String():
		return accepted
	case f.Status == ot.Refused.String():
		return attempted
	case f.Status == ot.Unanswered.String() && !f.incomplete():
		return attempted
	}
	return notSeen
}

// incomplete reports whether the capture may have missed something of the conversation.
func (f *Facts) incomplete() bool {
	c := &f.Coverage
	return !c.BothWays || c.Lossy || c.Truncated || c.Conflict
}

// class is the asset's row in the tables of GxP impact.
func (f *Facts) class() string {
	switch f.GxP {
	case "indirect", "none":
		return f.GxP
	}
	return "direct"
}
