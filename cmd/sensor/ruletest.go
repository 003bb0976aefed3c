package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"otsensor/pcaps"
	"otsensor/pkg/baseline"
	"otsensor/pkg/capture"
	"otsensor/pkg/config"
	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
	"otsensor/pkg/sensor"
)

// ruleTests runs the tests that rules carry, on the cases of a folder. A case
// is replayed once for all rules that name it.
type ruleTests struct {
	dir     string
	judge   judgeFlags
	own     bool // those of the site, beside whose file the captures lie
	pipe    sensor.Options
	fired   map[testRun][]string // ids of rules that fired
	learned map[string]*baseline.Baseline
}

// testRun is a replay that tests share: a case, what was learned first, and
// whether it is learned from.
type testRun struct {
	name, learn string
	learning    bool
}

// lineCase is the recorded line; its quiet part is what is learned from it.
const lineCase = "line"

// testMemoryMB is the least memory for evidence, so that a case can fill it.
const testMemoryMB = 1

func newRuleTests(dir string, judge judgeFlags) *ruleTests {
	return &ruleTests{dir: dir, judge: judge, pipe: (&pipeFlags{workers: 1}).options(),
		fired: map[testRun][]string{}, learned: map[string]*baseline.Baseline{}}
}

// run gives one line for every test that does not hold, and how many were run.
func (t *ruleTests) run(ctx context.Context, set *detect.Set) (failed []string, count int) {
	for i := range set.Rules {
		r := &set.Rules[i]
		if r.Own != t.own {
			continue
		}
		for _, test := range r.Tests {
			count++
			name, wants := test.Fires, true
			if test.Silent != "" {
				name, wants = test.Silent, false
			}
			fired, err := t.firedOn(ctx, testRun{name, test.Learn, test.Learning})
			switch does := slices.Contains(fired, r.ID); {
			case err != nil:
				failed = append(failed, fmt.Sprintf("%s:%d: %s: %v", r.File, r.Line, r.ID, err))
			case does && !wants:
				failed = append(failed, fmt.Sprintf("%s:%d: %s fires on %s, where it must be silent", r.File, r.Line, r.ID, name))
			case !does && wants:
				failed = append(failed, fmt.Sprintf("%s:%d: %s is silent on %s, where it must fire", r.File, r.Line, r.ID, name))
			}
		}
	}
	return failed, count
}

// firedOn replays a case, after learning from another, and gives the rules that fired.
func (t *ruleTests) firedOn(ctx context.Context, key testRun) ([]string, error) {
	if fired, done := t.fired[key]; done {
		return fired, nil
	}
	dir, err := os.MkdirTemp("", "sensor-check-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	fired := []string{}
	err = t.replay(ctx, key, config.Evidence{Dir: dir, MemoryMB: testMemoryMB, QuotaMB: 2 * testMemoryMB}, func(e *event.Event) error {
		if !slices.Contains(fired, e.Rule.ID) {
			fired = append(fired, e.Rule.ID)
		}
		return nil
	})
	sort.Strings(fired)
	t.fired[key] = fired
	return fired, err
}

// replay judges a case, after learning from another.
func (t *ruleTests) replay(ctx context.Context, run testRun, keep config.Evidence, emit func(*event.Event) error) error {
	name, learn := run.name, run.learn
	judge := t.judge
	if site := filepath.Join(t.dir, name, "site.yaml"); exists(site) {
		judge.site = site
	}
	o, err := judge.options(t.pipe.Table)
	if err != nil {
		return err
	}
	if run.learning {
		o.Learner = baseline.NewLearner(name, baseline.Defaults)
	}
	if learn != "" {
		if o.Baseline, err = t.learn(ctx, learn); err != nil {
			return err
		}
	}
	src, err := t.open(name)
	if err != nil {
		return err
	}
	defer src.Close()
	if o.Evidence, err = openEvidence(keep, false, o.Journal); err != nil {
		return err
	}
	o.Where, o.Emit = src.Where, emit
	notes, err := t.notes(name)
	if err != nil {
		return err
	}
	w := sensor.NewWatch(o)
	for _, a := range notes {
		w.Note(a)
	}
	stats, err := sensor.Run(ctx, src, t.pipe, w.Judge())
	w.Finish(stats)
	return err
}

func (t *ruleTests) learn(ctx context.Context, name string) (*baseline.Baseline, error) {
	if b := t.learned[name]; b != nil {
		return b, nil
	}
	src, err := t.open(name)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	l := learning{from: name, judge: judgeFlags{rules: t.judge.rules}}
	if name == lineCase {
		l.until = pcaps.LineQuietUntil().UnixNano()
	}
	got, err := l.run(ctx, src, t.pipe)
	t.learned[name] = got.baseline
	return got.baseline, err
}

// notes are oddities of the sensor itself, which no capture shows: one a line
// in the file notes of a case.
func (t *ruleTests) notes(name string) (list []ot.Anomaly, err error) {
	data, err := os.ReadFile(filepath.Join(t.dir, name, "notes"))
	if err != nil {
		return nil, nil
	}
	for word := range strings.FieldsSeq(string(data)) {
		a, known := ot.AnomalyNamed(word)
		if !known {
			return nil, fmt.Errorf("%s: notes: no anomaly %q", name, word)
		}
		list = append(list, a)
	}
	return list, nil
}

// open opens the one capture of a case, or the capture a rule of a site names.
func (t *ruleTests) open(name string) (*capture.Files, error) {
	if file := filepath.Join(t.dir, name); strings.Contains(filepath.Base(name), ".pcap") && exists(file) {
		return capture.OpenFiles([]string{file}, nil)
	}
	found, err := filepath.Glob(filepath.Join(t.dir, name, "*.pcap*"))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("the case %s has %d captures, not one", filepath.Join(t.dir, name), len(found))
	}
	return capture.OpenFiles(found, nil)
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
