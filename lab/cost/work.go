package main

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"syscall"
	"testing/fstest"

	"otsensor/pkg/baseline"
	"otsensor/pkg/capture"
	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/playbook"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
	"otsensor/rules"
)

// work is what is done with the packets.
type work struct {
	learn bool // a baseline of the same packets
	rules int  // 0: those that are built in
}

// made is a measurement that is ready to be run again and again.
type made struct {
	load   load
	watch  sensor.WatchOptions
	events int
}

func prepare(l load, w work) (*made, error) {
	m := &made{load: l}
	profile, err := playbook.Load(rules.Files())
	if err != nil {
		return nil, err
	}
	files, err := ruleFiles(w.rules)
	if err != nil {
		return nil, err
	}
	set, err := detect.Load(files, all.Table(), detect.Known{
		Play:   func(id string) bool { _, ok := profile.Type(id); return ok },
		Attack: func(id string) bool { _, ok := profile.Technique(id); return ok },
	})
	if err != nil {
		return nil, err
	}
	m.watch = sensor.WatchOptions{Table: all.Table(), Rules: set, Profile: profile,
		Where: func(frame uint64) (string, uint64) { return "load", frame },
		Emit: func(e *event.Event) error {
			if e.State == "open" {
				m.events++
			}
			return nil
		}}
	if w.learn {
		m.watch.Baseline, err = m.learned()
	}
	return m, err
}

// learned is a baseline that holds what the load does.
func (m *made) learned() (*baseline.Baseline, error) {
	th := baseline.Defaults
	th.MinMinutes, th.Bucket = 1, 1
	l := baseline.NewLearner("load", th)
	_, err := sensor.Run(context.Background(), m.load.again(), sensor.Options{Table: all.Table()}, sensor.Judge{Observe: l.Learn})
	if err != nil {
		return nil, err
	}
	b := l.Baseline()
	if want := m.load.conversations * m.load.blocks; len(b.Habits) != want {
		return nil, fmt.Errorf("%d habits were learned, not %d: give more packets", len(b.Habits), want)
	}
	return b, nil
}

// cost is what a packet takes of the processor, nanoseconds.
func (m *made) cost() float64 {
	m.events = 0
	batch := capture.NewBatch(256)
	before := processor()
	for l := m.load.again(); l.Fill(batch) == nil; {
	}
	making := processor() - before
	w := sensor.NewWatch(m.watch)
	src := m.load.again()
	before = processor()
	stats, _ := sensor.Run(context.Background(), src, sensor.Options{Table: all.Table()}, w.Judge())
	took := processor() - before - making
	w.Finish(stats)
	return float64(took) / float64(m.load.packets)
}

// processor is the time of the processor this process took, nanoseconds.
func processor() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

var (
	ruleID = regexp.MustCompile(`(?m)^- id: (\S+)$`)
	taking = regexp.MustCompile(`(?m)^  takes: .*\n`)
)

// ruleFiles are so many of the built-in rules, and once more under other ids
// where there are not enough. Rules that wait for others are left out, and none
// takes another's events.
func ruleFiles(n int) (fs.FS, error) {
	if n == 0 {
		return rules.Files(), nil
	}
	out, left := fstest.MapFS{}, n
	for copies := 0; left > 0; copies++ {
		names, err := fs.Glob(rules.Files(), "*.yaml")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := fs.ReadFile(rules.Files(), name)
			if err != nil {
				return nil, err
			}
			if detect.NotRules[name] {
				out[name] = &fstest.MapFile{Data: text}
				continue
			}
			kept := first(string(text), &left, copies)
			if kept != "" {
				out[fmt.Sprintf("%d-%s", copies, name)] = &fstest.MapFile{Data: []byte(kept)}
			}
		}
	}
	return out, nil
}

// first takes rules of a file while some are asked for.
func first(text string, left *int, copies int) string {
	var kept strings.Builder
	starts := ruleID.FindAllStringIndex(text, -1)
	for i, at := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		rule := taking.ReplaceAllString(text[at[0]:end], "")
		if *left == 0 || strings.Contains(rule, "unless:") || strings.Contains(rule, "chain:") {
			continue
		}
		*left--
		if copies > 0 {
			rule = ruleID.ReplaceAllString(rule, fmt.Sprintf("- id: ${1}-%d", copies))
		}
		kept.WriteString(rule)
	}
	return kept.String()
}
