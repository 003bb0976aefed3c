package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"otsensor/pkg/cases"
	"otsensor/pkg/config"
	"otsensor/pkg/event"
	"otsensor/pkg/journal"
	"otsensor/pkg/near"
	"otsensor/pkg/paper"
	"otsensor/pkg/protocols/all"
)

// reportFlags say what a report is of and how it is written.
type reportFlags struct {
	judge       judgeFlags
	events, out string
	format      string
}

// reportFormats are how a report may be written.
var reportFormats = map[string]func(io.Writer, *paper.Document) error{"html": paper.WriteHTML, "markdown": paper.WriteMarkdown}

func runReport(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var r reportFlags
	r.declare(fs)
	fs.StringVar(&r.events, "events", "", "`FILE` with events, as replay and run write them; - is standard input")
	fs.StringVar(&r.judge.journal, "journal", "", "`FILE` with people's decisions")
	file := fs.String("c", "", "configuration `FILE` that names events, journal, site and rules")
	ids, err := parse(fs, args)
	if err != nil {
		return err
	}
	if *file != "" {
		c, err := config.Load(*file)
		if err != nil {
			return err
		}
		r.judge.fill(c)
		r.judge.baseline = "" // it judges nothing
		if _, err := os.Stat(r.judge.journal); os.IsNotExist(err) {
			r.judge.journal = "" // nobody decided yet
		}
		if r.events == "" && eventsOf(c) != "-" {
			r.events = eventsOf(c)
		}
	}
	if r.events == "" || len(ids) > 1 {
		return usagef("report: say with --events, or in the configuration, where the events are, and name one case at most")
	}
	if err := r.check(); err != nil {
		return err
	}
	seen, raised, err := readEvents(e, r.events)
	if err != nil {
		return err
	}
	c := &paper.Case{Events: seen, Raised: raised}
	if len(ids) == 1 {
		if c.ID, err = caseNamed(seen, ids[0], r.events); err != nil {
			return err
		}
		c.Events = slices.DeleteFunc(seen, func(ev *event.Event) bool { return ev.Playbook.Case != c.ID })
	}
	return r.write(e, c)
}

// caseNamed finds the case of a command in events; the beginning of its id is enough.
func caseNamed(seen []*event.Event, word, file string) (string, error) {
	var found, known []string
	for _, ev := range seen {
		id := ev.Playbook.Case
		if id != "" && !slices.Contains(known, id) {
			known = append(known, id)
			if strings.HasPrefix(id, word) {
				found = append(found, id)
			}
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fmt.Errorf("no event of %s is of case %s%s", file, word, near.Hint(word, known))
	}
	return "", fmt.Errorf("%d cases of %s begin with %q; write more of the id", len(found), file, word)
}

// declare makes the flags that every paper has.
func (r *reportFlags) declare(fs *flag.FlagSet) {
	fs.StringVar(&r.judge.rules, "rules", "", "`DIR` with rules and playbook instead of the built-in ones")
	fs.StringVar(&r.judge.site, "site", "", "site `FILE`: who holds roles, reporting clocks and citations as they are here")
	fs.StringVar(&r.format, "format", "html", "html or markdown")
	fs.StringVar(&r.out, "o", "", "`FILE` to write, instead of standard output")
}

func (r *reportFlags) check() error {
	if reportFormats[r.format] != nil {
		return nil
	}
	return usagef("no format %q%s", r.format, near.Hint(r.format, []string{"html", "markdown"}))
}

// write makes the report of a case, with the decisions of the journal.
func (r *reportFlags) write(e *env, c *paper.Case) (err error) {
	o, err := r.judge.options(all.Table())
	if err != nil {
		return err
	}
	c.Decisions = decided(o.Journal, c.ID)
	for _, k := range cases.Fold(o.Profile, c.Events, c.Decisions) {
		if k.ID == c.ID {
			c.Stands = k
		}
	}
	out := e.stdout
	if r.out != "" {
		f, err := os.OpenFile(r.out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
		if err != nil {
			return err
		}
		defer func() {
			if bad := f.Close(); err == nil {
				err = bad
			}
		}()
		out = f
	}
	return reportFormats[r.format](out, paper.Report(o.Profile, c))
}

// decided are the lines of a journal as a report has them: those about its
// case, and those about none that say what counted as normal or planned. What
// was done in preparation is of no case.
func decided(j *journal.Journal, of string) (all []journal.Entry) {
	if j == nil {
		return nil
	}
	for _, x := range j.Entries {
		if x.Case == of || of == "" || x.Case == "" && x.Do != journal.Note && x.Do != journal.Phase {
			all = append(all, x)
		}
	}
	return all
}
