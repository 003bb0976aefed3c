package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"time"

	"otsensor/pkg/cases"
	"otsensor/pkg/config"
	"otsensor/pkg/journal"
	"otsensor/pkg/playbook"
)

// desk is where people decide: the files decisions are about and go to.
type desk struct {
	config, events, journal, rules string
	evidence                       string // folder of capture files
	by, why, at                    string
	asJSON                         bool

	profile *playbook.Profile
	cases   []*cases.Case
	entries []journal.Entry
}

func (d *desk) declare(fs *flag.FlagSet) {
	fs.StringVar(&d.config, "c", "", "configuration `FILE` that names events, journal and rules")
	fs.StringVar(&d.events, "events", "", "`FILE` of events as JSON lines")
	fs.StringVar(&d.journal, "journal", "", "`FILE` decisions go to")
	fs.StringVar(&d.rules, "rules", "", "`DIR` with rules and playbook instead of the built-in ones")
	fs.StringVar(&d.by, "by", "", "`NAME` of who decides; without it the name you are logged in with, which is told")
	fs.StringVar(&d.why, "why", "", "the reason, in `WORDS`")
	fs.StringVar(&d.at, "at", "", "`TIME` of the decision, as 2026-03-01T07:00:00Z, for recorded captures; without it now")
	fs.BoolVar(&d.asJSON, "json", false, "print JSON")
}

// locate fills in from the configuration what no flag names.
func (d *desk) locate() error {
	if d.config == "" {
		return nil
	}
	c, err := config.Load(d.config)
	if err != nil {
		return err
	}
	for _, x := range []struct {
		to   *string
		from string
	}{{&d.events, eventsOf(c)}, {&d.journal, c.Journal}, {&d.rules, c.Rules}, {&d.evidence, c.Evidence.Dir}} {
		if *x.to == "" && x.from != "-" {
			*x.to = x.from
		}
	}
	return nil
}

// eventsOf is where a configuration's events can be read again: their file, or
// the store when they go to standard output.
func eventsOf(c config.Config) string {
	if c.Events.File == "-" && c.Store.File != "" {
		return c.Store.File
	}
	return c.Events.File
}

// open reads what the flags name; events are not needed for windows.
func (d *desk) open(e *env, events bool) error {
	if err := d.locate(); err != nil {
		return err
	}
	if d.journal == "" {
		return usagef("say with --journal, or in the configuration, which journal decisions are in")
	}
	if events && (d.events == "" || d.events == "-") {
		return usagef("say with --events, or in the configuration, which file events are in")
	}
	var err error
	if d.profile, err = playbook.Load(ruleFiles(d.rules)); err != nil {
		return err
	}
	if d.entries, err = d.decisions(); err != nil || !events {
		return err
	}
	all, _, err := readEvents(e, d.events)
	d.cases = cases.Fold(d.profile, all, d.entries)
	return err
}

// decisions reads the journal; one that does not exist yet holds none.
func (d *desk) decisions() ([]journal.Entry, error) {
	f, err := os.Open(d.journal)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the journal: %w", err)
	}
	defer f.Close()
	j, err := journal.Parse(f, d.journal)
	return j.Entries, err
}

// signed completes a decision with who, why and when.
func (d *desk) signed(e *env, j journal.Entry) (journal.Entry, error) {
	j.By, j.Why, j.At = d.by, d.why, time.Now().UTC().Truncate(time.Millisecond)
	if d.at != "" {
		at, err := time.Parse(time.RFC3339, d.at)
		if err != nil {
			return j, usagef("--at %q is no time such as 2026-03-01T07:00:00Z", d.at)
		}
		j.At = at
	}
	for _, name := range []string{"SUDO_USER", "USER"} {
		if j.By == "" && os.Getenv(name) != "" {
			j.By = os.Getenv(name)
			fmt.Fprintf(e.stderr, "signed as %s, your log-on name ($%s); --by says otherwise\n", j.By, name)
		}
	}
	if j.By == "" {
		return j, usagef("say with --by who decides")
	}
	return j, nil
}

// put writes decisions into the journal.
func (d *desk) put(e *env, all ...journal.Entry) error {
	written, torn, err := journal.Append(d.journal, all...)
	tellTorn(e, d.journal, torn)
	if err == nil && len(written) > 0 {
		fmt.Fprintf(e.stderr, "%s by %s in %s\n", journal.Numbers(written[0].Seq, written[len(written)-1].Seq), written[0].By, d.journal)
		d.entries = append(d.entries, written...)
	}
	return err
}
