package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"otsensor/pkg/baseline"
	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/sensor"
)

// multi is a flag that may be given several times.
type multi []string

func (m *multi) String() string     { return strings.Join(*m, " ") }
func (m *multi) Set(v string) error { *m = append(*m, v); return nil }

func runEval(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var pipe pipeFlags
	var judge judgeFlags
	var learn multi
	pipe.declare(fs)
	judge.declare(fs)
	labels := fs.String("labels", "", "`FILE` of labelled intervals (CSV: file, start_epoch, end_epoch, label, attack, attacker, and if known incident_type; docs/evaluation.md)")
	fs.Var(&learn, "learn", "clean capture `FILE` to learn from; may be given several times. Without it each file's part before its first attack is learned")
	level := fs.Int("level", 1, "lowest suggested severity `N` of an event that counts")
	asJSON := fs.Bool("json", false, "as JSON")
	cross := fs.Bool("cross", false, "clean captures, no labels: learn the first part of their time, judge the rest, for growing parts")
	svg := fs.String("svg", "", "with --cross: `FILE` for the plot")
	files, err := parse(fs, args)
	if err != nil {
		return err
	}
	if err := pipe.check(); err != nil {
		return err
	}
	if *cross && len(files) > 0 {
		ev := evaluation{ctx: ctx, pipe: pipe.options(), judge: judge}
		points, err := ev.cross(files)
		if err != nil {
			return err
		}
		return printCross(e.stdout, points, *asJSON, *svg)
	}
	if *labels == "" || len(files) == 0 {
		return usagef("eval: give --labels and the captures they are about")
	}
	all, err := readLabels(*labels)
	if err != nil {
		return err
	}
	ev := evaluation{ctx: ctx, pipe: pipe.options(), judge: judge, level: *level, learn: learn}
	for _, f := range files {
		r, err := ev.file(f, all[filepath.Base(f)])
		if err != nil {
			return fmt.Errorf("%s: %w", f, err)
		}
		ev.results = append(ev.results, r)
	}
	if *asJSON {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(ev.outcome())
	}
	ev.table(e.stdout)
	return nil
}

// evaluation measures files one by one with the same configuration.
type evaluation struct {
	ctx     context.Context
	pipe    sensor.Options
	judge   judgeFlags
	level   int
	learn   []string
	learned *baseline.Baseline
	results []result
}

// result is what came out for one file.
type result struct {
	File       string    `json:"file"`
	Attacks    []finding `json:"attacks"`
	Found      int       `json:"found"`
	CleanHours float64   `json:"clean_hours"`
	False      []alarm   `json:"false_events"`
	Coverage   int       `json:"coverage_events"` // OT-15: what the sensor could not see
	Learned    string    `json:"learned_from"`

	said, right map[string]int // events by incident type, and those of them that belong to an attack
}

// finding is what was said about one labelled attack.
type finding struct {
	Name  string   `json:"attack"`
	Type  string   `json:"incident_type,omitempty"` // as the labels have it
	Found bool     `json:"found"`
	Delay float64  `json:"delay_seconds"`
	Rules []string `json:"rules"`
	Types []string `json:"incident_types"`
}

// alarm is an event outside every attack.
type alarm struct {
	Rule  string `json:"rule"`
	Level int    `json:"severity"`
	What  string `json:"what"`
}

// file learns, replays and scores one capture.
func (ev *evaluation) file(name string, labels []label) (result, error) {
	slices.SortFunc(labels, func(a, b label) int { return int(min(max(a.start-b.start, -1), 1)) })
	r := result{File: filepath.Base(name)}
	b, until, from, err := ev.normal(name, labels)
	if err != nil {
		return r, err
	}
	r.Learned = from
	src, err := capture.OpenFiles([]string{name}, nil)
	if err != nil {
		return r, err
	}
	defer src.Close()
	o, err := ev.judge.options(ev.pipe.Table)
	if err != nil {
		return r, err
	}
	if b != nil {
		o.Baseline = b
	}
	var events []*event.Event
	q := inOrder{write: func(e *event.Event) error { events = append(events, e); return nil }}
	o.Where, o.Emit = src.Where, q.take
	w := sensor.NewWatch(o)
	span := span{}
	j := w.Judge()
	tick := j.Tick
	j.Tick = func(t sensor.Tick) { span.see(t.At.Time); tick(t) }
	stats, err := sensor.Run(ev.ctx, src, ev.pipe, j)
	w.Finish(stats)
	q.rest()
	r.score(events, labels, until, ev.level, span)
	return r, err
}

type span struct{ from, to int64 }

func (s *span) see(t int64) {
	if s.from == 0 || t < s.from {
		s.from = t
	}
	s.to = max(s.to, t)
}

// normal learns what is clean: the --learn files, else the file before its first attack.
func (ev *evaluation) normal(name string, labels []label) (*baseline.Baseline, int64, string, error) {
	if ev.judge.baseline != "" {
		return nil, 0, ev.judge.baseline, nil
	}
	files, until, from := ev.learn, int64(0), strings.Join(ev.learn, " ")
	if len(files) == 0 {
		files = []string{name}
		i := slices.IndexFunc(labels, func(l label) bool { return l.attack })
		if i < 0 {
			return nil, 0, "nothing", nil
		}
		until, from = labels[i].start, "the part before the first attack"
	} else if ev.learned != nil {
		return ev.learned, 0, from, nil
	}
	src, err := capture.OpenFiles(files, nil)
	if err != nil {
		return nil, 0, "", err
	}
	defer src.Close()
	got, err := learning{from: from, until: until, judge: judgeFlags{site: ev.judge.site, rules: ev.judge.rules}}.run(ev.ctx, src, ev.pipe)
	if len(ev.learn) > 0 {
		ev.learned = got.baseline
	}
	return got.baseline, until, from, err
}
