package cases

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"otsensor/pkg/journal"
	"otsensor/pkg/near"
	"otsensor/pkg/playbook"
)

// The phases, as the profile names them.
const (
	Detection   = "detection_investigation_analysis"
	Containment = "containment"
	Eradication = "eradication"
	Recovery    = "recovery_post_incident"
)

// The steps that the sensor's events about a case lead to.
const (
	QualityStep  = "CON-Q"
	EvidenceStep = gather
)

// The steps that decisions lead to.
const (
	triage    = "DIA-2"
	decision  = "DIA-5"
	dismissal = "DIA-6"
	classify  = "DIA-7"
	declare   = "DIA-8"
	contain   = "CON-2"
	gather    = "CON-4"
	plan      = "ERA-1"
	restore   = "REC-1"
	verify    = "REC-2"
	improve   = "REC-4"
)

// Check says why a decision cannot be about this case as it stands, nil when it can.
func (c *Case) Check(p *playbook.Profile, e *journal.Entry) error {
	switch e.Do {
	case journal.Note, journal.Evidence, journal.HandedOver:
		return nil
	case journal.Ack:
		if c.Status == Closed {
			return fmt.Errorf("case %s is closed", c.ID)
		}
		return nil
	}
	if c.Over() {
		return fmt.Errorf("case %s is %s; a recurrence opens it again, and so does ack when it was dismissed", c.ID, c.Status)
	}
	switch e.Do {
	case journal.Dismiss:
		if c.Status == Confirmed {
			return fmt.Errorf("case %s is a confirmed incident: it ends with close, in the recovery phase", c.ID)
		}
	case journal.Close:
		if c.Phase != Recovery {
			return fmt.Errorf("case %s is in %s: it can be closed in recovery; one that is no incident is dismissed", c.ID, c.Phase)
		}
	case journal.Phase:
		return c.checkStep(p, e)
	case journal.ContainApproved, journal.ContainRefused:
		var known []string
		for i := range p.Containment {
			known = append(known, p.Containment[i].ID)
		}
		if !slices.Contains(known, e.Measure) {
			return fmt.Errorf("no measure %q%s; sensor explain shows the ladder of an incident type", e.Measure, near.Hint(e.Measure, known))
		}
	}
	return nil
}

func (c *Case) checkStep(p *playbook.Profile, e *journal.Entry) error {
	s, ok := p.Step(e.Step)
	switch {
	case !ok:
		return fmt.Errorf("no step %q%s", e.Step, near.Hint(e.Step, stepIDs(p)))
	case s.Phase == p.Phases[0].ID:
		return fmt.Errorf("%s belongs to preparation, not to a case", e.Step)
	case s.Phase != Detection && c.Status != Confirmed:
		return fmt.Errorf("case %s is not confirmed: %s comes after confirm (%s)", c.ID, e.Step, decision)
	}
	return nil
}

func stepIDs(p *playbook.Profile) (all []string) {
	for i := range p.Steps {
		all = append(all, p.Steps[i].ID)
	}
	return all
}

// decide takes a decision; one that cannot be is told in the timeline and
// changes nothing.
func (c *Case) decide(p *playbook.Profile, e *journal.Entry) (taken bool) {
	at := Stamp(e.At.UnixNano())
	if err := c.Check(p, e); err != nil {
		c.tell(at, e.By, e.Says()+", without effect: "+err.Error())
		return false
	}
	before := c.Step
	switch e.Do {
	case journal.Ack:
		if c.Status == Dismissed {
			c.Status, c.Ended = Open, 0
		}
		c.Acked = at
		if c.Phase == Detection {
			c.move(p, triage, at, e.By)
		}
	case journal.Confirm:
		c.Status, c.Confirmed = Confirmed, at
		c.reach(decision, at, e.By)
		c.move(p, classify, at, e.By)
	case journal.Dismiss:
		c.Status, c.Ended = Dismissed, at
		c.reach(decision, at, e.By)
		c.move(p, dismissal, at, e.By)
	case journal.SeverityIs:
		c.Declared = e.Severity
		if c.Phase == Detection {
			c.reach(classify, at, e.By)
			c.move(p, declare, at, e.By)
		}
	case journal.ContainApproved, journal.ContainRefused:
		c.measure(p, e, at)
	case journal.Phase:
		c.step(p, e, at)
	case journal.Evidence, journal.HandedOver:
		c.reach(gather, at, e.By)
	case journal.Close:
		c.Status, c.Ended = Closed, at
		c.move(p, improve, at, e.By)
	}
	if c.Step != before || e.Do != journal.Note {
		c.reach(c.Step, at, e.By)
	}
	if e.Do == journal.Evidence || e.Do == journal.HandedOver {
		c.tellFile(e, at)
		return true
	}
	what := e.Says()
	if text := (&journal.Entry{Step: e.Step, Measure: e.Measure, Severity: e.Severity, Quiet: e.Quiet, Why: e.Why}).Text(); text != "" {
		what += ": " + text
	}
	c.tell(at, e.By, what)
	return true
}

// tellFile tells of a file of evidence; those of one act are one line, for the
// journal and the register list them all.
func (c *Case) tellFile(e *journal.Entry, at Stamp) {
	what := e.Says() + ": held by " + e.Holder
	if e.Why != "" {
		what += ", " + e.Why
	}
	if n := len(c.Timeline); n > 0 && c.Timeline[n-1].At == at && c.Timeline[n-1].By == e.By && strings.HasPrefix(c.Timeline[n-1].What, what) {
		c.files++
		c.Timeline[n-1].What = fmt.Sprintf("%s; %d files", what, c.files)
		return
	}
	c.files = 1
	c.tell(at, e.By, what+"; "+filepath.Base(e.File))
}

// move goes to a step and its phase.
func (c *Case) move(p *playbook.Profile, step string, at Stamp, by string) {
	if s, ok := p.Step(step); ok {
		c.Phase, c.Step = s.Phase, step
		c.reach(step, at, by)
	}
}

func (c *Case) measure(p *playbook.Profile, e *journal.Entry, at Stamp) {
	approved := e.Do == journal.ContainApproved
	if len(c.Measures) >= most {
		c.Left++
	} else {
		c.Measures = append(c.Measures, Measure{ID: e.Measure, Approved: approved, At: at, By: e.By, Why: e.Why})
	}
	if c.Phase == Detection || c.Phase == Containment {
		c.move(p, contain, at, e.By)
	}
	if approved && !p.Measure(e.Measure).Observes {
		c.Contained, c.Exposure.Contained = at, at
	}
}

// step goes where people say, and starts what begins there.
func (c *Case) step(p *playbook.Profile, e *journal.Entry, at Stamp) {
	from := c.Phase
	c.move(p, e.Step, at, e.By)
	if c.Phase == Recovery && from != Recovery {
		c.Eradicated = at
	}
	if e.Step == verify {
		agreed, _ := e.QuietTime()
		c.quiet.begin(at, agreed)
	}
}
