package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"otsensor/pkg/cases"
	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/protocols/all"
)

func runExplain(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	events := fs.String("events", "", "`FILE` with events, as replay and run write them, to find an event id in")
	rulesDir := fs.String("rules", "", "`DIR` with rules and playbook instead of the built-in ones")
	siteFile := fs.String("site", "", "site `FILE`: who holds roles, reporting clocks and citations as they are here")
	markdown := fs.Bool("markdown", false, "all rules as the page docs/rules.md")
	ids, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(ids) != 1 && !*markdown {
		return usagef("explain: name one thing: an event id, an incident type (OT-04), a step (DIA-2), a rule (S7-06), a technique (T0858)")
	}
	o, err := (&judgeFlags{rules: *rulesDir, site: *siteFile}).options(all.Table())
	if err != nil {
		return err
	}
	set, profile := o.Rules, o.Profile
	if *markdown {
		rulesPage(e.stdout, set, profile)
		return nil
	}
	id := ids[0]
	if len(id) == 16 && strings.Trim(id, "0123456789abcdef") == "" {
		ev, err := findEvent(e, *events, id)
		if err != nil {
			return err
		}
		return profile.ExplainEvent(ev, e.stdout)
	}
	for i := range set.Rules {
		if strings.EqualFold(set.Rules[i].ID, id) {
			explainRule(e, &set.Rules[i])
			return nil
		}
	}
	for _, r := range cases.Rules() {
		if strings.EqualFold(r.ID, id) {
			fmt.Fprintf(e.stdout, "%s  %s\n\nWritten when: %s.\nIt is made of a case and of people's decisions: docs/cases.md.\n", r.ID, r.Title, r.Says)
			return nil
		}
	}
	return profile.Explain(id, e.stdout)
}

// findEvent gives the last record of an event.
func findEvent(e *env, name, id string) (found *event.Event, err error) {
	if name == "" {
		return nil, usagef("explain: say with --events which file holds event %s", id)
	}
	err = eachEvent(e, name, func(line []byte) (err error) {
		if strings.Contains(string(line), `"id":"`+id+`"`) {
			found, err = event.Parse(line)
		}
		return err
	})
	if err == nil && found == nil {
		err = fmt.Errorf("no event %s in %s", id, name)
	}
	return found, err
}

func explainRule(e *env, r *detect.Rule) {
	fmt.Fprintf(e.stdout, "%s  %s\n\n", r.ID, r.Title)
	fmt.Fprintf(e.stdout, "Says:        %s\n", r.Say)
	fmt.Fprintf(e.stdout, "Level:       %d, before asset and planned work are considered\n", r.Level)
	fmt.Fprintf(e.stdout, "Opens:       %s (sensor explain %s)\n", r.Play, r.Play)
	fmt.Fprintf(e.stdout, "Techniques:  %s\n", strings.Join(r.Attack, ", "))
	fmt.Fprintf(e.stdout, "One event:   per %s; it closes after %s of quiet\n", strings.Join(r.Group, ", "), r.Window)
	if r.Count != nil {
		fmt.Fprintf(e.stdout, "Threshold:   %d sightings within %s\n", r.Count.Min, r.Count.Over)
	}
	if r.Distinct != nil {
		fmt.Fprintf(e.stdout, "Threshold:   %d different %s within %s\n", r.Distinct.Min, strings.Join(r.Distinct.Of, "/"), r.Distinct.Over)
	}
	switch r.Two {
	case detect.FromStart:
		fmt.Fprintln(e.stdout, "Judged only where the capture is two-way, lossless and from the start of the conversation.")
	case detect.Anytime:
		fmt.Fprintln(e.stdout, "Judged only where the capture is two-way and lossless.")
	}
	fmt.Fprintf(e.stdout, "Stands in:   %s:%d\n", r.File, r.Line)
}
