package main

import (
	"bytes"
	"context"
	_ "embed" // what the recorded line must give
	"flag"
	"fmt"
	"strings"

	"go.uber.org/zap"

	"otsensor/pkg/ot"
)

// selftestWant is what the recorded line must give, one event a line.
//
//go:embed selftest.txt
var selftestWant string

func runSelftest(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return orUnexpected(err, "selftest", rest)
	}
	d, wrong, err := selfTest(ctx, selftestWant)
	if err != nil {
		return err
	}
	if wrong == "" {
		fmt.Fprintf(e.stderr, "selftest: %d packets gave the %d events they must\n", d.stats.Packets, len(d.events))
		return nil
	}
	fmt.Fprintf(e.stderr, "selftest: %s\n", wrong)
	return fmt.Errorf("selftest failed: this build does not judge as it should; do not rely on it")
}

// selfTest judges the recorded line in a pipeline of its own, and says where
// the events are not what they must be, "" when they are.
func selfTest(ctx context.Context, must string) (d *played, wrong string, err error) {
	if d, err = playLine(ctx); err != nil {
		return nil, "", err
	}
	want := strings.Split(must, "\n")
	for i, line := range strings.Split(d.lines(), "\n") {
		if i >= len(want) || line != want[i] {
			return d, fmt.Sprintf("event %d is %q", i+1, line), nil
		}
	}
	return d, "", nil
}

// proven runs the self-test before a capture is judged; what failed is told as an event, too.
func proven(ctx context.Context, must string, log *zap.Logger) (failed []ot.Anomaly) {
	d, wrong, err := selfTest(ctx, must)
	if err != nil || wrong != "" {
		log.Error("the self-test failed: this build does not judge as it should; do not rely on it", zap.String("where", wrong), zap.Error(err))
		return []ot.Anomaly{ot.SelfTestFailed}
	}
	log.Info("the self-test gave the events it must", zap.Uint64("packets", d.stats.Packets), zap.Int("events", len(d.events)))
	return nil
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
