package cases

import (
	"cmp"
	"slices"
	"time"

	"otsensor/pkg/event"
	"otsensor/pkg/journal"
	"otsensor/pkg/playbook"
)

// When events belong together, and how much is remembered.
const (
	Joins   = Stamp(24 * time.Hour)      // an undecided case takes events up to so long after its last
	Follows = Stamp(time.Hour)           // a silence belongs to what was seen of its hosts up to so long before
	Recurs  = Stamp(30 * 24 * time.Hour) // a closed case is opened again up to so long after its end
	MaxOpen = 1024                       // cases in a book; the one seen longest ago goes
	opens   = 1                          // suggested severity that opens a case
	blind   = "OT-15"                    // about the sensor itself: no case
)

// Book is the cases as the judge keeps them.
type Book struct {
	profile *playbook.Profile
	cases   []*Case // in the order opened
	waiting []journal.Entry
	placed  map[string]placing // open events, by id
	Dropped int                // cases that had to go for want of room

	Decided  uint64 // decisions taken in force
	NoEffect uint64 // of them, about a case that could not take them, or that is not known
}

// placing is what was decided when an event opened.
type placing struct {
	c   *Case
	out outcome
	in  Input
}

// Input says what placed an event, as docs/event.schema.json names it.
type Input string

// What places an event.
const (
	NoInput   Input = "none"   // the sensor alone
	AckInput  Input = "ack"    // people moved its case
	WorkInput Input = "window" // planned work covers it
)

// NewBook makes an empty book.
func NewBook(p *playbook.Profile) *Book { return &Book{profile: p, placed: map[string]placing{}} }

// By has what comes judged by another profile.
func (b *Book) By(p *playbook.Profile) { b.profile = p }

// Cases lists what the book holds, in the order opened.
func (b *Book) Cases() []*Case { return b.cases }

// Severity is what people declared or, before they did, what the sensor suggests.
func (c *Case) Severity() int {
	if c.Declared != nil {
		return *c.Declared
	}
	return c.Suggested
}

// Changed lists the cases that changed since it was last asked, in the order opened.
func (b *Book) Changed() (all []*Case) {
	for _, c := range b.cases {
		if c.changed {
			all, c.changed = append(all, c), false
		}
	}
	return all
}

// Add takes decisions, to be taken in force at their time.
func (b *Book) Add(all ...journal.Entry) {
	b.waiting = append(b.waiting, all...)
	slices.SortStableFunc(b.waiting, func(x, y journal.Entry) int { return x.At.Compare(y.At) })
}

// Due reports whether a decision takes force by now.
func (b *Book) Due(now int64) bool {
	return len(b.waiting) > 0 && b.waiting[0].At.UnixNano() <= now
}

// Decide takes the decisions made by now in force, and gives the ids of the
// cases in which a sighting means something else from now on.
func (b *Book) Decide(now int64) (moved []string) {
	for b.Due(now) {
		e := &b.waiting[0]
		b.Decided++
		c := b.Find(e.Case)
		if c == nil && e.Case != "" {
			b.NoEffect++
		}
		if c != nil {
			was := c.footing()
			if !c.decide(b.profile, e) {
				b.NoEffect++
			}
			c.changed = true
			if was != c.footing() {
				moved = append(moved, c.ID)
			}
		}
		b.waiting = b.waiting[1:]
	}
	return moved
}

// footing is what decides what a sighting means: when it changes, open events
// of the case end.
type footing struct {
	phase            string
	ended            bool
	contained, quiet Stamp
}

func (c *Case) footing() footing {
	return footing{c.Phase, c.Over(), c.Contained, c.quiet.agreed}
}

// Find gives a case by its id.
func (b *Book) Find(id string) *Case {
	i := slices.IndexFunc(b.cases, func(c *Case) bool { return id != "" && c.ID == id })
	if i < 0 {
		return nil
	}
	return b.cases[i]
}

// Place gives an event its case and what it means there, and takes it into the case.
func (b *Book) Place(e *event.Event, f Facts) {
	at, known := b.placed[e.ID]
	if !known {
		at = b.find(e, f)
		if at.c == nil {
			e.Playbook.PhaseInput = string(at.in)
			return
		}
		if len(b.placed) < 2*MaxOpen {
			b.placed[e.ID] = at
		}
	}
	b.write(e, at)
	at.c.take(e)
	at.c.changed = true
}

// Grew takes a later record of an event.
func (b *Book) Grew(e *event.Event) {
	if at, known := b.placed[e.ID]; known {
		at.c.grow(e)
		at.c.changed = true
	}
	if e.State == "closed" {
		delete(b.placed, e.ID)
	}
}

// find looks for the case of an event that opens, and opens one where there is none.
func (b *Book) find(e *event.Event, f Facts) placing {
	in := NoInput
	if f.Ticket != "" {
		in = WorkInput
	}
	if e.Playbook.IncidentType == blind {
		return placing{in: in}
	}
	for _, c := range slices.Backward(b.cases) {
		if !c.fits(e) {
			continue
		}
		if out := c.meaning(e, f); !out.apart {
			if c.Acked|c.Confirmed|c.Contained != 0 || c.Phase != Detection {
				in = AckInput
			}
			return placing{c, out, in}
		}
	}
	if e.Playbook.Severity.Suggested < opens || f.Ticket != "" {
		return placing{in: in}
	}
	return placing{b.open(e), outcome{}, in}
}

func (b *Book) open(e *event.Event) *Case {
	if len(b.cases) >= MaxOpen {
		oldest := slices.MinFunc(b.cases, func(x, y *Case) int { return cmp.Compare(x.Last, y.Last) })
		b.cases = slices.DeleteFunc(b.cases, func(c *Case) bool { return c == oldest })
		b.Dropped++
	}
	c := &Case{ID: caseID(e.ID)}
	b.cases = append(b.cases, c)
	return c
}

func caseID(event string) string { return "C-" + event[:min(len(event), 8)] }

// fits reports whether an event has the cause of a case: the same source on the
// same line; a host the case touched that goes on from there; or it is a
// silence that follows soon, or has no source, and concerns one of its hosts.
func (c *Case) fits(e *event.Event) bool {
	at := Stamp(e.First)
	switch {
	case c.Status == Dismissed, c.Status == Closed && at-c.Ended > Recurs, c.Phase == Detection && at-c.Last > Joins:
		return false
	}
	source, target := e.Source.Host(), e.Target.Host()
	switch {
	case source == "" || classOf(e.Playbook.IncidentType) == silence && at-c.Last <= Follows:
		return slices.ContainsFunc([]string{source, target}, func(host string) bool {
			return host != "" && (slices.Contains(c.Targets, host) || slices.Contains(c.Sources, host))
		})
	case slices.Contains(c.Sources, source):
		return e.Quality.Line == "" || len(c.Lines) == 0 || slices.Contains(c.Lines, e.Quality.Line)
	}
	return slices.Contains(c.Targets, source) && at-c.Last <= Joins
}

// write puts the place into the event's record.
func (b *Book) write(e *event.Event, at placing) {
	p, c, out := &e.Playbook, at.c, at.out
	p.Case, p.PhaseInput, p.Again = c.ID, string(at.in), out.again
	step := out.step
	if step == "" && len(c.Events) > 0 {
		step = c.Step
	}
	if s, ok := b.profile.Step(step); ok && (out.again || s.Phase != Detection) {
		p.Phase, p.Step = s.Phase, s.ID
		p.Next = slices.Insert(slices.Clone(p.Next), 0, event.NextStep{Step: s.ID, Role: s.Role, Do: joined(out.meaning, s.Do)})
	}
	if out.expected {
		p.Severity.Suggested = min(p.Severity.Suggested, 1)
	}
	p.Severity.Suggested = min(p.Severity.Suggested+out.graver, 4)
	if out.name != "" {
		p.Severity.Basis = append(slices.Clone(p.Severity.Basis), out.name)
	}
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}
