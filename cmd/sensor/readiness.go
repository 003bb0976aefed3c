package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"otsensor/pkg/capture"
	"otsensor/pkg/config"
	"otsensor/pkg/journal"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/ready"
)

// errNotReady ends with exit code 1: something is open, or cannot be told.
var errNotReady = errors.New("the preparation is not complete; what is next stands above")

func runReadiness(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var judge judgeFlags
	judge.declare(fs)
	file := fs.String("c", "", "configuration `FILE`")
	events := fs.String("events", "", "`FILE` with events, as run writes them")
	iface := fs.String("i", "", "`INTERFACE` that is watched")
	ask := fs.String("ask", "", "`ADDRESS` a running sensor listens on, as 127.0.0.1:9465, to ask it, too; with -c the one of the configuration")
	at := fs.String("at", "", "`TIME` to judge ages by, as 2026-03-02T06:00:00Z, instead of now; done: when it was done")
	by := fs.String("by", "", "done: `NAME` of who says so")
	why := fs.String("why", "", "done: what was done, in `WORDS`")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if *file != "" {
		c, err := config.Load(*file)
		if err != nil {
			return err
		}
		judge.fill(c)
		if *events == "" && eventsOf(c) != "-" {
			*events = eventsOf(c)
		}
		for to, from := range map[*string]string{iface: c.Interface, ask: c.Listen} {
			if *to == "" {
				*to = from
			}
		}
	}
	if len(rest) > 0 {
		d := desk{journal: judge.journal, rules: judge.rules, by: *by, why: *why, at: *at}
		return d.prepared(e, rest)
	}
	in, err := readinessOf(e, judge, *events, *iface, *at)
	if err != nil {
		return err
	}
	in.Running = askSensor(ctx, *ask)
	checks := ready.Assess(in)
	readinessTable(e.stdout, checks)
	if !ready.Ready(checks) {
		return errNotReady
	}
	return nil
}

// readinessOf reads what readiness is judged by.
func readinessOf(e *env, judge judgeFlags, events, iface, at string) (*ready.Inputs, error) {
	none := false
	if _, err := os.Stat(judge.journal); os.IsNotExist(err) { // nobody decided yet
		judge.journal, none = "", judge.journal != ""
	}
	o, err := judge.options(all.Table())
	if err != nil {
		return nil, err
	}
	if none {
		o.Journal = &journal.Journal{}
	}
	in := &ready.Inputs{Profile: o.Profile, Site: o.Site, Baseline: o.Baseline, Journal: o.Journal, Clock: clockSynced(), Now: time.Now()}
	if at != "" {
		if in.Now, err = time.Parse(time.RFC3339, at); err != nil {
			return nil, usagef("readiness: --at %q is no time such as 2026-03-02T06:00:00Z", at)
		}
	}
	if events != "" {
		in.HaveEvents = true
		if in.Events, _, err = readEvents(e, events); err != nil {
			return nil, err
		}
	}
	if iface != "" {
		in.HavePort = true
		for _, f := range capture.Preflight(iface) {
			in.Port = append(in.Port, f.What)
		}
	}
	return in, nil
}

// readinessTable writes the checks, and what to do next.
func readinessTable(w io.Writer, checks []ready.Check) {
	done := 0
	for _, c := range checks {
		if c.State == ready.Done {
			done++
		}
		fmt.Fprintf(w, "%-7s %-10s %s: %s\n", c.Step, c.State, c.What, c.Found)
		if c.Next != "" {
			for i, line := range wrap(c.Next, 76) {
				fmt.Fprintf(w, "%18s %s%s\n", "", map[bool]string{true: "next: ", false: "      "}[i == 0], line)
			}
		}
	}
	fmt.Fprintf(w, "\n%d of %d done\n", done, len(checks))
}
