package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"otsensor/pcaps"
	"otsensor/pkg/baseline"
	"otsensor/pkg/capture"
	"otsensor/pkg/config"
	"otsensor/pkg/event"
	"otsensor/pkg/journal"
	"otsensor/pkg/paper"
	"otsensor/pkg/ready"
	"otsensor/pkg/sensor"
)

// exercise is a scenario and what it is judged with.
type exercise struct {
	reportFlags
	scenario, learn string
	baseline        string
	journal, by     string
	evidence        string
	pipe            pipeFlags
}

func runExercise(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	x := exercise{pipe: pipeFlags{workers: 1}}
	x.declare(fs)
	fs.StringVar(&x.learn, "learn", "", "`CAPTURE` or folder of one that the baseline is learned from first")
	fs.StringVar(&x.baseline, "baseline", "", "`FILE` with what is normal, instead of learning")
	fs.StringVar(&x.evidence, "evidence", "", "`DIR` for capture files, one per event of suggested severity 2 and above")
	fs.StringVar(&x.journal, "journal", "", "`FILE` with people's decisions, to note the exercise in")
	fs.StringVar(&x.by, "by", "", "`NAME` of who holds the exercise; needed with --journal")
	words, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(words) != 1 || x.learn != "" && x.baseline != "" || (x.journal == "") != (x.by == "") {
		return usagef("exercise: name one scenario: line, a capture or a folder with one; --learn or --baseline, and --journal with --by")
	}
	if err := x.check(); err != nil {
		return err
	}
	x.scenario = words[0]
	c, err := x.play(ctx, e)
	if err != nil {
		return err
	}
	if err := x.write(e, c); err != nil {
		return err
	}
	x.tell(e, c)
	return x.note(c)
}

// play takes the scenario through the whole chain.
func (x *exercise) play(ctx context.Context, e *env) (*paper.Case, error) {
	judge := x.judge
	judge.baseline = x.baseline
	o, err := judge.options(x.pipe.options().Table)
	if err != nil {
		return nil, err
	}
	if o.Baseline == nil {
		if o.Baseline, err = x.learned(ctx); err != nil {
			return nil, err
		}
	}
	src, err := openScenario(x.scenario)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	keep := config.Default().Evidence
	keep.Dir = x.evidence
	if o.Evidence, err = openEvidence(keep, false, o.Journal); err != nil {
		return nil, err
	}
	c := &paper.Case{Name: "Exercise: " + x.scenario, Exercise: &paper.Exercise{Scenario: x.scenario}}
	q := inOrder{write: func(ev *event.Event) error { c.Events = append(c.Events, ev); return nil }}
	o.Where = src.Where
	o.Emit = func(ev *event.Event) error {
		if ev.State == "open" && (c.Raised == 0 || ev.Raised < c.Raised) {
			c.Raised = ev.Raised
		}
		return q.take(ev)
	}
	began := time.Now()
	w := sensor.NewWatch(o)
	watched := w.Judge()
	tick := watched.Tick
	watched.Tick = func(t sensor.Tick) {
		if c.Exercise.Began == 0 {
			c.Exercise.Began = t.At.Time
		}
		c.Exercise.Ended = t.At.Time
		tick(t)
	}
	stats, err := sensor.Run(ctx, src, x.pipe.options(), watched)
	w.Finish(stats)
	q.rest()
	c.Exercise.Packets, c.Exercise.Took = stats.Packets, time.Since(began).Round(time.Millisecond).String()
	return c, err
}

// learned is the baseline the scenario is judged with: from another capture,
// or of the recorded line from its quiet part; nil where nothing is to be learned.
func (x *exercise) learned(ctx context.Context) (*baseline.Baseline, error) {
	l := learning{from: x.learn}
	from := x.learn
	switch {
	case x.learn == "" && x.scenario == lineCase:
		from, l.from, l.until = lineCase, "the quiet part of the recorded line", pcaps.LineQuietUntil().UnixNano()
	case x.learn == "":
		return nil, nil
	}
	src, err := openScenario(from)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	got, err := l.run(ctx, src, x.pipe.options())
	if err != nil {
		return nil, err
	}
	return got.baseline, got.baseline.Write(io.Discard) // gives it its hash
}

// openScenario opens the embedded line, a capture, or the one capture of a folder.
func openScenario(name string) (*capture.Files, error) {
	if name == lineCase {
		return capture.OpenFiles([]string{"-"}, bytes.NewReader(pcaps.Line()))
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		found, err := filepath.Glob(filepath.Join(name, "*.pcap*"))
		if err != nil || len(found) != 1 {
			return nil, fmt.Errorf("the folder %s has %d captures, not one", name, len(found))
		}
		name = found[0]
	}
	return capture.OpenFiles([]string{name}, nil)
}

// tell sums up for people.
func (x *exercise) tell(e *env, c *paper.Case) {
	level := 0
	for _, ev := range c.Events {
		level = max(level, ev.Playbook.Severity.Suggested)
	}
	fmt.Fprintf(e.stderr, "exercise %s: %d frames in %s, %d events, highest suggested severity %d\n", x.scenario, c.Exercise.Packets, c.Exercise.Took, len(c.Events), level)
}

// note writes into the journal that the exercise was held.
func (x *exercise) note(c *paper.Case) error {
	if x.journal == "" {
		return nil
	}
	_, _, err := journal.Append(x.journal, journal.Entry{At: time.Now().UTC().Truncate(time.Second), By: x.by, Do: journal.Note, Step: ready.ExerciseStep,
		Why: fmt.Sprintf("exercise %s: %d events", x.scenario, len(c.Events))})
	return err
}
