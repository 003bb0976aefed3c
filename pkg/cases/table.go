package cases

import "otsensor/pkg/event"

// class is what kind of act an event is, as far as the phase of a case decides what it means.
type class uint8

const (
	anyClass class = iota
	program        // of a controller: program, mode, firmware, forcing, clock
	write          // of a process value
	silence        // of an asset, or of a service
	other
)

// classes of incident types; what is not here is other.
var classes = map[string]class{"OT-03": write, "OT-04": program, "OT-05": program, "OT-06": program, "OT-07": program, "OT-14": program, "OT-09": silence}

func classOf(incidentType string) class {
	if c, ok := classes[incidentType]; ok {
		return c
	}
	return other
}

// Facts are what the judge knows of an event beside the event.
type Facts struct {
	Engineer bool   // the source is an engineering station by the site file
	Ticket   string // of planned work that covers the act
}

// condition is what else must hold for a row of the table.
type condition uint8

const (
	always    condition = iota
	engineers           // the source is a named engineering station, or planned work covers it
	repeated            // of an incident type the case has already
)

// outcome is what an event means in a case.
type outcome struct {
	name     string // for the reasons of the severity; "" says nothing of it
	again    bool   // what was done did not hold
	step     string // where the case goes back to; "" where it stands
	graver   int    // levels of severity
	expected bool   // part of the work: severity 1 at most
	apart    bool   // not of this case
	meaning  string // one sentence
}

// row of the table: in a phase, what a class of act means. The first row that
// fits decides; where none does, the event joins the case and moves nothing.
type row struct {
	phase string // "closed": the case was closed less than Recurs ago
	class class
	when  condition
	out   outcome
}

// closedPhase stands for a case that was closed.
const closedPhase = "closed"

var (
	notContained  = outcome{name: "again", again: true, step: contain, graver: 1, meaning: "The case is in containment and the behaviour was seen again: containment did not hold."}
	notEradicated = outcome{name: "again", again: true, step: contain, graver: 1, meaning: "The case is in eradication and the behaviour was seen again: back to containment."}
	notClean      = outcome{name: "again", again: true, step: plan, graver: 1, meaning: "The case is in recovery and the behaviour was seen again: eradication was not complete."}
	recurrence    = outcome{name: "again", again: true, step: triage, graver: 1, meaning: "The case was closed and the behaviour was seen again: it is open again, as a recurrence."}
	work          = outcome{name: "expected_work", expected: true, meaning: "The case is in eradication or recovery and a named engineering station does such work then. Keep the record; compare with the plan."}
	isolated      = outcome{name: "expected_work", expected: true, meaning: "The case is in containment: the silence may be the containment itself. Compare with what was isolated."}
	shutDown      = outcome{name: "expected_work", expected: true, meaning: "The case is in eradication: assets are taken out of service then. Compare with the plan."}
	another       = outcome{apart: true}
)

var table = []row{
	{Containment, program, always, notContained},
	{Containment, write, always, notContained},
	{Containment, silence, always, isolated},
	{Containment, other, repeated, notContained},

	{Eradication, program, engineers, work},
	{Eradication, program, always, notEradicated},
	{Eradication, write, always, notEradicated},
	{Eradication, silence, always, shutDown},
	{Eradication, other, repeated, notEradicated},

	{Recovery, program, engineers, work},
	{Recovery, program, always, notClean},
	{Recovery, write, always, notClean},
	{Recovery, silence, always, another},
	{Recovery, other, repeated, notClean},

	{closedPhase, silence, always, another},
	{closedPhase, anyClass, always, recurrence},
}

// meaning looks up what an event means in a case.
func (c *Case) meaning(e *event.Event, f Facts) outcome {
	for i := range table {
		if c.fitsRow(&table[i], e, f) {
			return table[i].out
		}
	}
	return outcome{}
}

func (c *Case) fitsRow(r *row, e *event.Event, f Facts) bool {
	phase := c.Phase
	if c.Status == Closed {
		phase = closedPhase
	}
	return r.phase == phase && (r.class == anyClass || r.class == classOf(e.Playbook.IncidentType)) && c.holds(r.when, e, f)
}

func (c *Case) holds(when condition, e *event.Event, f Facts) bool {
	switch when {
	case engineers:
		return f.Engineer || f.Ticket != ""
	case repeated:
		for _, t := range c.Types {
			if t == e.Playbook.IncidentType {
				return true
			}
		}
		return false
	}
	return true
}
