package cases

import (
	"slices"

	"otsensor/pkg/event"
)

// Rule is the rule of an event about a case as a whole. Such an event is made
// of the case and of people's decisions; a rule of the rules folder sees
// sightings only.
type Rule struct{ ID, Title, Says string }

// The rules of events about cases.
var (
	ReturnedRule = Rule{"CASE-01", "Returned to baseline", "the agreed silent time of REC-2 is over: nothing of the case was seen, its hosts spoke, and the capture lost nothing"}
	ExposureRule = Rule{"CASE-02", "Exposure window opened or closed", "a case was confirmed, contained, or its containment did not hold: the time from last known good to containment, with its assets and lines"}
	RecordRule   = Rule{"CASE-03", "Record of a whole case", "a capture file of what the hosts of a confirmed case said ended, with its hash"}
)

// Rules lists them.
func Rules() []Rule { return []Rule{ReturnedRule, ExposureRule, RecordRule} }

// AboutCase reports whether an event is about a case as a whole.
func AboutCase(e *event.Event) bool {
	return slices.ContainsFunc(Rules(), func(r Rule) bool { return r.ID == e.Rule.ID })
}

// Note takes an event about a case as a whole into its case.
func (b *Book) Note(e *event.Event) {
	if c := b.Find(e.Playbook.Case); c != nil {
		c.note(e)
		c.changed = true
	}
}

func (c *Case) note(e *event.Event) {
	at := Stamp(e.First)
	if slices.Contains(c.About, e.ID) {
		return
	}
	switch e.Rule.ID {
	case ReturnedRule.ID: // the proof of the silent time
		c.Recovered, c.quiet.from = at, 0
	case ExposureRule.ID:
		c.told = c.window()
	}
	c.add(&c.About, e.ID)
	c.tell(at, bySensor, e.What)
}
