package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/sensor"
)

// Cross-validation: learn the first part of clean captures, judge the rest, and
// see how the events that come while nothing is wrong fall with the time learned.

// crossParts are the shares of the time that are learned.
var crossParts = []float64{1. / 128, 1. / 64, 1. / 32, 1. / 16, 1. / 8, 1. / 4, 1. / 2, 3. / 4}

// crossPoint is what came out for one time of learning.
type crossPoint struct {
	Learned time.Duration `json:"learned_ns"`
	Unseen  float64       `json:"unseen"` // share of what is to come, as the learner estimates it
	Enough  bool          `json:"enough"` // and whether it thinks that it knows enough
	Hours   float64       `json:"judged_hours"`
	Events  int           `json:"events"` // of severity 1 or more, OT-15 aside
	Grave   int           `json:"events_of_2"`
}

func (p *crossPoint) hourly(n int) float64 { return float64(n) / p.Hours }

// cross learns and judges once for each share.
func (ev *evaluation) cross(files []string) (all []crossPoint, err error) {
	whole, err := ev.learnUntil(files, 0)
	if err != nil {
		return nil, err
	}
	from, to := whole.progress.Since, whole.progress.Until
	for _, share := range crossParts {
		p := crossPoint{Learned: time.Duration(float64(to-from) * share).Round(time.Second)}
		until := from + int64(p.Learned)
		got, err := ev.learnUntil(files, until)
		if err != nil {
			return nil, err
		}
		p.Unseen, p.Enough, p.Hours = got.progress.Unseen, got.progress.Enough, float64(to-until)/float64(time.Hour)
		if err := ev.judgeRest(files, got, until, &p); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func (ev *evaluation) learnUntil(files []string, until int64) (lesson, error) {
	src, err := capture.OpenFiles(files, nil)
	if err != nil {
		return lesson{}, err
	}
	defer src.Close()
	return learning{from: strings.Join(files, " "), until: until, judge: judgeFlags{site: ev.judge.site, rules: ev.judge.rules}}.run(ev.ctx, src, ev.pipe)
}

// judgeRest counts the events that begin after what was learned.
func (ev *evaluation) judgeRest(files []string, got lesson, until int64, p *crossPoint) error {
	src, err := capture.OpenFiles(files, nil)
	if err != nil {
		return err
	}
	defer src.Close()
	o, err := ev.judge.options(ev.pipe.Table)
	if err != nil {
		return err
	}
	o.Baseline, o.Where = got.baseline, src.Where
	o.Emit = func(e *event.Event) error {
		if e.State != "open" || e.First < until || e.Playbook.IncidentType == "OT-15" {
			return nil
		}
		if e.Playbook.Severity.Suggested >= 1 {
			p.Events++
		}
		if e.Playbook.Severity.Suggested >= 2 {
			p.Grave++
		}
		return nil
	}
	w := sensor.NewWatch(o)
	stats, err := sensor.Run(ev.ctx, src, ev.pipe, w.Judge())
	w.Finish(stats)
	return err
}

// printCross writes the points as a table, as JSON, or as a plot into a file.
func printCross(w io.Writer, all []crossPoint, asJSON bool, svg string) error {
	if svg != "" {
		if err := os.WriteFile(svg, crossPlot(all), 0o644); err != nil {
			return err
		}
	}
	if asJSON {
		return json.NewEncoder(w).Encode(all)
	}
	fmt.Fprintln(w, "| learned | unseen, % | enough | hours judged | events, severity 1 or more | an hour | severity 2 or more | an hour |\n|---|---|---|---|---|---|---|---|")
	for _, p := range all {
		fmt.Fprintf(w, "| %s | %.3f | %v | %.1f | %d | %.3f | %d | %.3f |\n", p.Learned, 100*p.Unseen, p.Enough, p.Hours,
			p.Events, p.hourly(p.Events), p.Grave, p.hourly(p.Grave))
	}
	return nil
}
