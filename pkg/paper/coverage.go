package paper

import (
	"fmt"
	"strings"

	"otsensor/pkg/event"
)

// coverage says under which view all this was judged, and with what.
func (r *report) coverage() Section {
	limited, dropped, unjudged := 0, uint64(0), uint64(0)
	for _, e := range r.events {
		c := &e.Coverage
		if !c.BothWays || c.Lossy || c.Truncated || c.Conflict || c.Midstream {
			limited++
		}
		dropped, unjudged = max(dropped, c.Dropped), max(unjudged, c.Unjudgable)
	}
	values := func(of func(e *event.Event) string) string {
		return strings.Join(r.collect(func(e *event.Event) []string { return []string{clean(of(e))} }), "; ")
	}
	hash := func(of func(i *event.Integrity) string) string {
		return values(func(e *event.Event) string { return of(&e.Integrity) })
	}
	fields := []Field{
		known("Frames lost by the capture, at most", fmt.Sprint(dropped)),
		known("Events judged under a limited view", fmt.Sprintf("%d of %d: one direction only, from the middle, with parts missing or cut short", limited, len(r.events))),
		known("Sightings one rule could not judge, at most", fmt.Sprint(unjudged)),
		{Label: "Filter in force", Value: or(values(func(e *event.Event) string { return e.Coverage.Filter }), "none: everything that came was looked at")},
		known("Sensor version", hash(func(i *event.Integrity) string { return i.SensorVersion })),
		known("Rules and playbook, SHA-256", hash(func(i *event.Integrity) string { return i.Rules })),
		{Label: "Baseline, SHA-256", Value: or(hash(func(i *event.Integrity) string { return i.Baseline }), "none in force")},
		{Label: "Site file, SHA-256", Value: or(hash(func(i *event.Integrity) string { return i.Config }), "none: every asset counts as direct")},
		known("Profile", r.p.Head.ID+" "+r.p.Head.Version+", a profile of the Medical Product Manufacturer Cyber Incident Response Playbook"),
		{Label: "Techniques, ATT&CK for ICS " + r.p.AttackVersion(), Value: or(r.techniques(), "none named")},
	}
	return Section{ID: "coverage", Title: "Coverage and integrity", Intro: "Where the view was limited, what is not listed may still have happened. The absence of events is no proof of the absence of change.", Blocks: []Block{{Fields: fields}}}
}
