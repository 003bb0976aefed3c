package playbook

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"otsensor/pkg/event"
)

// ExplainEvent writes the long form of one event.
func (p *Profile) ExplainEvent(e *event.Event, w io.Writer) error {
	var pg page
	pg.title("Event "+e.ID, e.State)
	pg.para(e.Rule.ID + "  " + e.Rule.Title)
	p.seen(&pg, e)
	why(&pg, e)
	p.place(&pg, e)
	b := &e.Playbook
	p.catalogues(&pg, b.Evidence, b.Containment, b.DoNot)
	p.quality(&pg, e)
	p.reports(&pg, b.Reporting)
	p.techniques(&pg, "Techniques that show this sign", e.Attack.Techniques)
	p.techniques(&pg, "What may follow", e.Attack.Consequence)
	coverage(&pg, &e.Coverage)
	integrity(&pg, e)
	return pg.writeTo(w)
}

func stamp(ns int64) string {
	if ns == 0 {
		return ""
	}
	return time.Unix(0, ns).UTC().Format("2006-01-02 15:04:05.000 UTC")
}

func (p *Profile) seen(pg *page, e *event.Event) {
	pg.section("What was seen")
	pg.para(e.What)
	pg.pair("From", partyText(&e.Source))
	pg.pair("To", partyText(&e.Target))
	pg.pair("Act", strings.TrimSpace(e.Proto+" "+e.Op))
	pg.pair("Service", e.Service)
	pg.pair("Answer", answers[e.Status])
	pg.pair("Object", e.Object)
	pg.pair("First", stamp(e.First))
	pg.pair("Last", stamp(e.Last))
	pg.pair("Sightings", strconv.FormatUint(e.Count, 10))
	for _, s := range e.Samples {
		pg.pair("Packet", sampleText(&s))
	}
	pg.pair("List", strings.Join(e.List, ", "))
	for _, c := range e.Captures {
		pg.pair("Capture", captureText(&c))
	}
}

// answers say how the act ended.
var answers = map[string]string{
	"ok": "accepted", "refused": "refused", "unanswered": "none came", "unasked": "came without a request in sight", "oneway": "not seen, or none is due",
}

func partyText(x *event.Party) string {
	parts := []string{x.Name, x.Addr, x.MAC, x.Role, x.Vendor}
	if x.Role == "unknown" {
		parts[3] = ""
	}
	if x.Port != 0 {
		parts[1] = fmt.Sprintf("%s port %d", x.Addr, x.Port)
	}
	if x.Zone != "" {
		parts = append(parts, "zone "+x.Zone)
	}
	if !x.Known {
		parts = append(parts, "not in the baseline")
	}
	var said []string
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, ", ")
}

func sampleText(s *event.Sample) string {
	text := stamp(s.Time) + ", frame " + strconv.FormatUint(s.Frame, 10)
	if s.Answer != 0 {
		text += ", answer in " + strconv.FormatUint(s.Answer, 10)
	}
	if s.File != "" {
		text += " of " + s.File
	}
	if s.Value != "" {
		text += ", value " + s.Value
	}
	return text
}

func captureText(c *event.Capture) string {
	if c.File == "" {
		return "none: the frames could not be kept"
	}
	text := fmt.Sprintf("%s, %d frames from %s to %s", c.File, c.Frames, stamp(c.From), stamp(c.To))
	if !c.Whole {
		text += "; frames are missing from it"
	}
	return text + "; SHA-256 " + c.SHA256
}

func why(pg *page, e *event.Event) {
	pg.section("Why")
	for _, r := range e.Why {
		text := r.Seen
		if r.Usual != "" {
			text += "; usual: " + r.Usual
		}
		if r.Nearest != "" {
			text += "; nearest: " + r.Nearest
		}
		if r.Threshold != "" {
			text += " (" + r.Threshold + ")"
		}
		pg.pair(r.Field, text)
	}
}

func (p *Profile) place(pg *page, e *event.Event) {
	b := &e.Playbook
	pg.section("Where you stand")
	pg.pair("Playbook", "profile "+b.Profile+" "+b.ProfileVersion)
	pg.pair("Type", b.IncidentType+"  "+b.IncidentTitle)
	pg.pair("Phase", p.phase(b.Phase))
	pg.pair("Step", p.stepText(b.Step))
	pg.pair("Severity", fmt.Sprintf("%d of 0 to 5 is suggested. Confirms: %s. Because:", b.Severity.Suggested, p.role(b.Severity.ConfirmedBy)))
	for _, id := range b.Severity.Basis {
		text := id + " " + notHere
		if x := find(p.Basis, func(x *Basis) string { return x.ID }, id); x != nil {
			text = x.Text
		}
		pg.hang(strings.Repeat(" ", 2+keyWidth), "- ", text)
	}
	pg.pair("Case", b.Case)
	if b.Again {
		pg.pair("Again", "seen before in a case that was contained or closed")
	}
	pg.section("Next")
	for _, n := range b.Next {
		pg.pair(n.Step, p.called(n.Role)+": "+n.Do)
	}
	pg.pair("If confirmed", p.stepText(b.OnConfirm))
	pg.pair("If dismissed", p.stepText(b.OnDismiss))
}

func (p *Profile) stepText(id string) string {
	if s, ok := p.steps[id]; ok {
		return s.ID + "  " + s.Title
	}
	return id
}

func (p *Profile) quality(pg *page, e *event.Event) {
	q := &e.Quality
	pg.section("Quality")
	pg.pair("GxP impact", q.GxPImpact)
	pg.pair("Asset", q.Asset)
	pg.pair("Line", q.Line)
	if q.LastKnownGood != 0 {
		pg.pair("Window from", stamp(q.LastKnownGood)+", when the asset was last seen as learned, or the capture began")
	}
	pg.pair("Seen from", stamp(q.FirstSeen))
	pg.pair("Seen to", stamp(q.LastSeen))
	if p.askIndex(q.Ask) >= 0 {
		pg.pair("Asked", q.Ask+": "+p.Quality.Asks[p.askIndex(q.Ask)].Meaning)
	} else {
		pg.pair("Asked", q.Ask)
	}
	pg.pair("Decides", p.role(q.Decides))
}

func coverage(pg *page, c *event.Coverage) {
	pg.section("Coverage it was judged under")
	for _, x := range []struct {
		is   bool
		text string
	}{
		{c.BothWays, "Both directions of the conversation were seen."},
		{!c.BothWays, "Only one direction of the conversation was seen."},
		{c.Midstream, "The start of the conversation was not seen."},
		{c.Lossy, "Bytes were missing shortly before."},
		{c.Truncated, "Frames were cut by the capture."},
		{c.Conflict, "The stream held two versions of some bytes."},
	} {
		if x.is {
			pg.item(x.text)
		}
	}
	pg.item(fmt.Sprintf("Frames lost by the capture so far: %d.", c.Dropped))
	pg.item(fmt.Sprintf("Payload bytes known to be missing: %.3g %%.", 100*c.GapRatio))
	pg.item(fmt.Sprintf("Sightings of this rule that could not be judged: %d.", c.Unjudgable))
	if c.Filter != "" {
		pg.item(fmt.Sprintf("A filter was in force; only this was captured: %s.", c.Filter))
	}
}

func integrity(pg *page, e *event.Event) {
	pg.section("Judged with")
	pg.pair("Sensor", strings.TrimSpace(e.Sensor.ID+" "+e.Sensor.Site+" "+e.Sensor.Line)+", version "+e.Integrity.SensorVersion)
	pg.pair("Rules", e.Integrity.Rules)
	pg.pair("Baseline", e.Integrity.Baseline)
	pg.pair("Config", e.Integrity.Config)
}
