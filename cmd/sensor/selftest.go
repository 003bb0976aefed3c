package main

import (
	"bytes"
	"context"
	_ "embed" // what the recorded line must give
	"flag"
	"fmt"
	"strings"
)

// selftestWant is what the recorded line must give, one event a line.
//
//go:embed selftest.txt
var selftestWant string

func runSelftest(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return orUnexpected(err, "selftest", rest)
	}
	d, err := playLine(ctx)
	if err != nil {
		return err
	}
	got := d.lines()
	if got == selftestWant {
		fmt.Fprintf(e.stderr, "selftest: %d packets gave the %d events they must\n", d.stats.Packets, len(d.events))
		return nil
	}
	want := strings.Split(selftestWant, "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(want) || line != want[i] {
			fmt.Fprintf(e.stderr, "selftest: event %d is %q\n", i+1, line)
			break
		}
	}
	return fmt.Errorf("selftest failed: this build does not judge as it should; do not rely on it")
}

// lines writes the events short enough to compare.
func (d *played) lines() string {
	var b bytes.Buffer
	for _, ev := range d.events {
		fmt.Fprintf(&b, "%s %s %s severity %d count %d %s > %s\n", ev.ID, ev.Rule.ID, ev.Playbook.IncidentType, ev.Playbook.Severity.Suggested, ev.Count,
			ev.Source.Addr, ev.Target.Addr)
	}
	return b.String()
}
