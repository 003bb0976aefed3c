// Package cases groups events into cases and follows them through the phases of the playbook, by people's decisions.
//
// A case is a pure function of events and journal: the judge keeps a Book
// beside the packets, and Fold makes the same cases from what was written.
package cases

import (
	"slices"
	"time"

	"otsensor/pkg/event"
)

// Stamp is a time, nanoseconds since 1970; 0 while it has not come.
type Stamp int64

// MarshalJSON writes it as events have it.
func (s Stamp) MarshalJSON() ([]byte, error) {
	return []byte(`"` + time.Unix(0, int64(s)).UTC().Format(time.RFC3339Nano) + `"`), nil
}

// How a case stands.
const (
	Open      = "open"      // not decided yet
	Confirmed = "confirmed" // people confirmed an incident
	Dismissed = "dismissed" // people found none
	Closed    = "closed"    // recovered, and reviewed
)

// Case is what belongs together by its cause, and where people stand with it.
type Case struct {
	ID        string   `json:"id"` // C- and the beginning of its first event's id
	Status    string   `json:"status"`
	Phase     string   `json:"phase"`
	Step      string   `json:"step"`
	Types     []string `json:"types"`              // incident types, in the order seen
	Suggested int      `json:"suggested_severity"` // the highest of its events
	Declared  *int     `json:"declared_severity,omitempty"`

	Sources []string `json:"sources"` // addresses, in the order seen
	Targets []string `json:"targets"`
	Lines   []string `json:"lines,omitempty"`

	// Milestones; zero while not reached.
	First      Stamp `json:"first"` // first and last sighting
	Last       Stamp `json:"last"`
	Acked      Stamp `json:"acknowledged,omitzero"`
	Confirmed  Stamp `json:"confirmed,omitzero"`
	Contained  Stamp `json:"contained,omitzero"` // zero again when it did not hold
	Eradicated Stamp `json:"eradicated,omitzero"`
	Recovered  Stamp `json:"recovered,omitzero"` // returned to baseline
	Ended      Stamp `json:"ended,omitzero"`     // closed or dismissed

	Again    int       `json:"again,omitempty"`    // sightings that should not have been, after containment
	Reopened int       `json:"reopened,omitempty"` // recurrences
	Exposure Exposure  `json:"exposure"`
	Measures []Measure `json:"measures,omitempty"`
	Reached  []Reached `json:"reached"`         // steps, in the order first reached
	Events   []string  `json:"events"`          // ids
	About    []string  `json:"about,omitempty"` // ids of events about the case as a whole
	Timeline []Moment  `json:"timeline"`
	Left     int       `json:"left_out,omitempty"` // entries of the lists above that had no room

	quiet   quiet
	files   int    // of evidence in the latest line of the timeline
	told    window // how people were told that the exposure stands
	changed bool   // since Changed was last asked
}

// Exposure is what the quality unit asks for: in which time what was touched.
type Exposure struct {
	LastKnownGood Stamp    `json:"last_known_good,omitzero"`
	Contained     Stamp    `json:"contained,omitzero"` // zero: it goes on
	Assets        []string `json:"assets"`
	Lines         []string `json:"lines,omitempty"`
	Habits        []string `json:"habits"` // what was done to which object of them
}

// Measure is a containment measure that people decided on.
type Measure struct {
	ID       string `json:"id"`
	Approved bool   `json:"approved"`
	At       Stamp  `json:"at"`
	By       string `json:"by"`
	Why      string `json:"why,omitempty"`
	Again    Stamp  `json:"again,omitzero"` // when the behaviour was seen after it was approved: it did not hold
}

// Reached is a step and who reached it first.
type Reached struct {
	Step string `json:"step"`
	At   Stamp  `json:"at"`
	By   string `json:"by"`
}

// Moment is one line of the timeline.
type Moment struct {
	At   Stamp  `json:"at"`
	By   string `json:"by"` // a person, or "sensor"
	What string `json:"what"`
	Step string `json:"step,omitempty"` // where the case stands after it
}

// most is how many entries each list of a case holds.
const most = 1000

// bySensor is who it was that no person decided.
const bySensor = "sensor"

// Over reports whether people are done with the case.
func (c *Case) Over() bool { return c.Status == Dismissed || c.Status == Closed }

// add puts a word into a list once, while there is room.
func (c *Case) add(list *[]string, word string) {
	switch {
	case word == "" || slices.Contains(*list, word):
	case len(*list) >= most:
		c.Left++
	default:
		*list = append(*list, word)
	}
}

// tell adds a line to the timeline.
func (c *Case) tell(at Stamp, by, what string) {
	if len(c.Timeline) >= most {
		c.Left++
		return
	}
	c.Timeline = append(c.Timeline, Moment{at, by, what, c.Step})
}

// reach notes a step; going there is another matter.
func (c *Case) reach(step string, at Stamp, by string) {
	if !slices.ContainsFunc(c.Reached, func(r Reached) bool { return r.Step == step }) && len(c.Reached) < most {
		c.Reached = append(c.Reached, Reached{step, at, by})
	}
}

// take adds an event as it was placed, with what it does to the case.
func (c *Case) take(e *event.Event) {
	at := Stamp(e.First)
	if len(c.Events) == 0 {
		c.First, c.Status = at, Open
	}
	if slices.Contains(c.Events, e.ID) {
		c.grow(e)
		return
	}
	c.add(&c.Events, e.ID)
	p := &e.Playbook
	if p.Again {
		c.failed(p, at)
	}
	if len(c.Events) == 1 {
		c.Phase, c.Step = p.Phase, p.Step
	}
	c.reach(p.Step, at, bySensor)
	c.grow(e)
	c.add(&c.Types, p.IncidentType)
	c.add(&c.Sources, e.Source.Host())
	c.add(&c.Targets, Asset(e))
	c.add(&c.Lines, e.Quality.Line)
	c.expose(e)
	c.tell(at, bySensor, e.What)
}

// failed takes the case back: what was done before did not hold.
func (c *Case) failed(p *event.Playbook, at Stamp) {
	if c.Over() {
		c.Status, c.Ended = Confirmed, 0
		c.Reopened++
	}
	c.Again++
	c.Contained, c.Eradicated, c.Recovered = 0, 0, 0
	c.Exposure.Contained = 0
	for i := range c.Measures {
		if m := &c.Measures[i]; m.Approved && m.Again == 0 {
			m.Again = at
		}
	}
	c.Phase, c.Step = p.Phase, p.Step
}

// grow takes what a later record of an event changes.
func (c *Case) grow(e *event.Event) {
	c.First, c.Last = min(c.First, Stamp(e.First)), max(c.Last, Stamp(e.Last))
	c.Suggested = max(c.Suggested, e.Playbook.Severity.Suggested)
	c.quiet.broken(Stamp(e.Last))
}
