package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"otsensor/pkg/cases"
	"otsensor/pkg/event"
	"otsensor/pkg/export"
	"otsensor/pkg/journal"
	"otsensor/pkg/near"
	"otsensor/pkg/playbook"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
)

// formats of export, each with what it may be of.
var formats = []string{"cacao", "navigator", "stix"}

func runExport(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var judge judgeFlags
	fs.StringVar(&judge.rules, "rules", "", "`DIR` with rules and playbook instead of the built-in ones")
	fs.StringVar(&judge.site, "site", "", "site `FILE`: who holds roles, reporting clocks and citations as they are here")
	fs.StringVar(&judge.journal, "journal", "", "`FILE` with people's decisions, for how they stand with a case")
	id := fs.String("case", "", "`CASE` the export is of, or the beginning of its id, with --events; without it the whole profile or all events")
	events := fs.String("events", "", "`FILE` with events, as replay and run write them; - is standard input")
	what, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(what) == 0 {
		return usagef("export: name the format: %s", strings.Join(formats, ", "))
	}
	o, err := judge.options(all.Table())
	if err != nil {
		return err
	}
	var seen []*event.Event
	if *events != "" {
		if seen, _, err = readEvents(e, *events); err != nil {
			return err
		}
	}
	var k export.Case
	if *id != "" {
		if *events == "" {
			return usagef("export: say with --events where the events of case %s are", *id)
		}
		if *id, err = caseNamed(seen, *id, *events); err != nil {
			return err
		}
		k, seen = oneCase(o, *id, seen)
	}
	doc, err := exported(o.Profile, what, k, seen, func() any { return export.Covered(o.Profile, o.Rules.Rules) })
	if err != nil {
		return err
	}
	return export.Write(e.stdout, doc)
}

// oneCase keeps the events of a case, and says how people stand with it. Its
// type is that of its gravest event.
func oneCase(o sensor.WatchOptions, id string, seen []*event.Event) (export.Case, []*event.Event) {
	seen = slices.DeleteFunc(seen, func(e *event.Event) bool { return e.Playbook.Case != id })
	var decisions []journal.Entry
	if o.Journal != nil {
		decisions = o.Journal.Entries
	}
	c := export.Case{ID: id, Name: "Case " + id}
	sightings := slices.DeleteFunc(slices.Clone(seen), cases.AboutCase)
	slices.SortStableFunc(sightings, func(a, b *event.Event) int {
		return cmp.Or(cmp.Compare(b.Playbook.Severity.Suggested, a.Playbook.Severity.Suggested), cmp.Compare(b.Rule.Level, a.Rule.Level))
	})
	if len(sightings) > 0 {
		c.Type = sightings[0].Playbook.IncidentType
	}
	for _, k := range cases.Fold(o.Profile, seen, decisions) {
		if k.ID == id {
			c.Step, c.Severity, c.Confirmed = k.Step, k.Severity(), k.Confirmed != 0
		}
	}
	return c, seen
}

// exported makes the document; without events a layer is what rules cover.
func exported(p *playbook.Profile, what []string, k export.Case, seen []*event.Event, covered func() any) (any, error) {
	if what[0] != "cacao" && len(what) > 1 {
		return nil, usagef("export: %s takes no further argument, and %q is one", what[0], what[1])
	}
	switch {
	case what[0] == "cacao":
		return cacao(p, k, what[1:])
	case what[0] == "navigator" && seen == nil:
		return covered(), nil
	case what[0] == "navigator":
		return export.Seen(p, cmp.Or(k.Name, "Seen by the sensor"), seen), nil
	case what[0] == "stix" && seen == nil:
		return nil, usagef("export: stix is made of events; say with --events where they are")
	case what[0] == "stix":
		return export.Observed(p, k, seen), nil
	}
	return nil, usagef("export: no format %q%s", what[0], near.Hint(what[0], formats))
}

// cacao is the playbook of a part of the profile; the response when none is named.
func cacao(p *playbook.Profile, k export.Case, part []string) (any, error) {
	switch {
	case len(part) == 0 || part[0] == "response":
		return export.Response(p, k), nil
	case part[0] == "preparation":
		return export.Preparation(p), nil
	}
	if book := export.ForType(p, strings.ToUpper(part[0])); book != nil {
		return book, nil
	}
	known := []string{"response", "preparation"}
	for _, t := range p.Types {
		known = append(known, t.ID)
	}
	return nil, fmt.Errorf("the profile has no part %q%s", part[0], near.Hint(part[0], known))
}
