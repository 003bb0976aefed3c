package main

import (
	"fmt"
	"strings"
	"time"

	"otsensor/pkg/cases"
)

func (d *desk) list(e *env) error {
	if d.asJSON {
		return printJSON(e, d.cases)
	}
	if len(d.cases) == 0 {
		fmt.Fprintf(e.stdout, "no cases in %s\n", d.events)
		return nil
	}
	fmt.Fprintf(e.stdout, "%-12s %-10s %-7s %-8s %-20s %6s  %s\n", "case", "status", "step", "severity", "first seen", "events", "source")
	for _, c := range d.cases {
		fmt.Fprintf(e.stdout, "%-12s %-10s %-7s %-8s %-20s %6d  %s\n", c.ID, c.Status, c.Step, severityOf(c), dateOf(c.First), len(c.Events), strings.Join(c.Sources, ", "))
	}
	return nil
}

func severityOf(c *cases.Case) string {
	if c.Declared != nil {
		return fmt.Sprint(*c.Declared)
	}
	return fmt.Sprintf("%d?", c.Suggested)
}

func dateOf(s cases.Stamp) string {
	if s == 0 {
		return "not yet"
	}
	return time.Unix(0, int64(s)).UTC().Format(time.DateTime)
}

// stands says in a few lines where a case stands and what comes next.
func (d *desk) stands(e *env, c *cases.Case) error {
	if d.asJSON {
		return printJSON(e, c)
	}
	fmt.Fprintf(e.stdout, "%s  %s  %s %s\n", c.ID, c.Status, c.Step, strings.ReplaceAll(c.Phase, "_", " "))
	step, ok := d.profile.Step(c.Step)
	if !ok || c.Status == cases.Dismissed || c.Status == cases.Closed {
		return nil
	}
	d.line(e, "now", fmt.Sprintf("%s (%s): %s", step.ID, step.Role, step.Do))
	for _, id := range step.Next {
		if next, ok := d.profile.Step(id); ok {
			d.line(e, "then", fmt.Sprintf("%s (%s): %s", next.ID, next.Role, next.Title))
		}
	}
	return nil
}

func (d *desk) line(e *env, label, text string) {
	for i, part := range wrap(printable(text), 66) {
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(e.stdout, "    %-9s %s\n", label, part)
	}
}

// show is all there is to know of a case.
func (d *desk) show(e *env, c *cases.Case) error {
	if d.asJSON {
		return printJSON(e, c)
	}
	if err := d.stands(e, c); err != nil {
		return err
	}
	declared := "not declared yet"
	if c.Declared != nil {
		declared = fmt.Sprintf("declared %d", *c.Declared)
	}
	d.line(e, "severity", fmt.Sprintf("suggested %d, %s", c.Suggested, declared))
	d.line(e, "types", strings.Join(c.Types, ", "))
	d.line(e, "source", shortList(c.Sources))
	d.line(e, "touched", shortList(c.Targets))
	d.line(e, "seen", fmt.Sprintf("%d events, %s to %s", len(c.Events), dateOf(c.First), dateOf(c.Last)))
	until := "it goes on: no containment holds"
	if c.Exposure.Contained != 0 {
		until = "contained " + dateOf(c.Exposure.Contained)
	}
	d.line(e, "exposure", fmt.Sprintf("last known good %s; %s; %d assets, %d habits outside the learned set (--json lists them)",
		dateOf(c.Exposure.LastKnownGood), until, len(c.Exposure.Assets), len(c.Exposure.Habits)))
	if c.Again > 0 {
		d.line(e, "again", fmt.Sprintf("%d times after containment, %d times after it was closed", c.Again, c.Reopened))
	}
	d.line(e, "baseline", "returned: "+dateOf(c.Recovered))
	if c.Left > 0 {
		d.line(e, "left out", fmt.Sprintf("%d entries had no room", c.Left))
	}
	fmt.Fprintln(e.stdout)
	for _, m := range c.Timeline {
		label := fmt.Sprintf("%s  %-6s %-10s ", dateOf(m.At), m.Step, m.By)
		for i, part := range wrap(printable(m.What), 72) {
			if i > 0 {
				label = strings.Repeat(" ", len(label))
			}
			fmt.Fprintln(e.stdout, label+part)
		}
	}
	return nil
}
