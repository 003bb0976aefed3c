package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"otsensor/pkg/event"
	"otsensor/pkg/export"
	"otsensor/pkg/near"
	"otsensor/pkg/playbook"
	"otsensor/pkg/protocols/all"
)

// formats of export, each with what it may be of.
var formats = []string{"cacao", "navigator", "stix"}

func runExport(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var judge judgeFlags
	fs.StringVar(&judge.rules, "rules", "", "`DIR` with rules and playbook instead of the built-in ones")
	fs.StringVar(&judge.site, "site", "", "site `FILE`: who holds roles, reporting clocks and citations as they are here")
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
	doc, err := exported(o.Profile, what, seen, func() any { return export.Covered(o.Profile, o.Rules.Rules) })
	if err != nil {
		return err
	}
	return export.Write(e.stdout, doc)
}

// exported makes the document; without events a layer is what rules cover.
func exported(p *playbook.Profile, what []string, seen []*event.Event, covered func() any) (any, error) {
	if what[0] != "cacao" && len(what) > 1 {
		return nil, usagef("export: %s takes no further argument, and %q is one", what[0], what[1])
	}
	switch {
	case what[0] == "cacao":
		return cacao(p, what[1:])
	case what[0] == "navigator" && seen == nil:
		return covered(), nil
	case what[0] == "navigator":
		return export.Seen(p, "Seen by the sensor", seen), nil
	case what[0] == "stix" && seen == nil:
		return nil, usagef("export: stix is made of events; say with --events where they are")
	case what[0] == "stix":
		return export.Observed(p, export.Case{}, seen), nil
	}
	return nil, usagef("export: no format %q%s", what[0], near.Hint(what[0], formats))
}

// cacao is the playbook of a part of the profile; the response when none is named.
func cacao(p *playbook.Profile, part []string) (any, error) {
	switch {
	case len(part) == 0 || part[0] == "response":
		return export.Response(p, export.Case{}), nil
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
