package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"otsensor/pkg/cases"
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
	ids, err := parse(fs, args)
	if err != nil {
		return err
	}
	if r.events == "" || len(ids) > 1 {
		return usagef("report: say with --events where the events are, and name one case at most")
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
		c.ID = ids[0]
		c.Events = slices.DeleteFunc(seen, func(ev *event.Event) bool { return ev.Playbook.Case != c.ID })
		if len(c.Events) == 0 {
			return fmt.Errorf("no event of %s is of case %s", r.events, c.ID)
		}
	}
	return r.write(e, c)
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
	c.Decisions = append(c.Decisions, decided(o.Journal, c.ID)...)
	if o.Journal != nil {
		stand(c, cases.Fold(o.Profile, c.Events, o.Journal.Entries))
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

// decided are the lines of a journal as a report shows them: those about its
// case, or about none.
func decided(j *journal.Journal, of string) (all []paper.Decision) {
	if j == nil {
		return nil
	}
	for i := range j.Entries {
		if x := &j.Entries[i]; x.Case == "" || of == "" || x.Case == of {
			all = append(all, paper.Decision{At: x.At.UnixNano(), By: x.By, Do: x.Do, Text: x.Text()})
		}
	}
	return all
}

// stand fills in where people stand with a case.
func stand(c *paper.Case, all []*cases.Case) {
	for _, k := range all {
		if k.ID == c.ID {
			c.Confirmed, c.Contained, c.Eradicated, c.Recovered = int64(k.Confirmed), int64(k.Contained), int64(k.Eradicated), int64(k.Recovered)
			c.Closed, c.Severity, c.Phase, c.Step = int64(k.Ended), k.Declared, k.Phase, k.Step
		}
	}
}
