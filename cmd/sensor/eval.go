package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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
	labels := fs.String("labels", "", "`FILE` of labelled intervals (CSV: file, start_epoch, end_epoch, label, attack, attacker, victim)")
	fs.Var(&learn, "learn", "clean capture `FILE` to learn from; may be given several times. Without it each file's part before its first attack is learned")
	level := fs.Int("level", 1, "lowest suggested severity `N` of an event that counts")
	asJSON := fs.Bool("json", false, "as JSON")
	files, err := parse(fs, args)
	if err != nil {
		return err
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
		return enc.Encode(ev.results)
	}
	ev.table(e.stdout)
	return nil
}

// label is one interval of a labels file.
type label struct {
	start, end int64
	attack     bool
	name       string
	hosts      []string // attackers, or none known
}

// readLabels reads intervals by the base name of their capture.
func readLabels(name string) (map[string][]label, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: no rows", name)
	}
	at := map[string]int{}
	for i, h := range rows[0] {
		at[h] = i
	}
	for _, h := range []string{"file", "start_epoch", "end_epoch", "label", "attack", "attacker"} {
		if _, ok := at[h]; !ok {
			return nil, fmt.Errorf("%s: the first line names no column %q", name, h)
		}
	}
	all := map[string][]label{}
	for n, r := range rows[1:] {
		start, err1 := moment(r[at["start_epoch"]])
		end, err2 := moment(r[at["end_epoch"]])
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("%s:%d: start_epoch and end_epoch are seconds since 1970", name, n+2)
		}
		l := label{start: start, end: end, attack: r[at["label"]] == "1", name: r[at["attack"]]}
		for _, h := range strings.FieldsFunc(r[at["attacker"]], func(c rune) bool { return strings.ContainsRune(";, ()", c) }) {
			if strings.Count(h, ".") == 3 {
				l.hosts = append(l.hosts, h)
			}
		}
		all[r[at["file"]]] = append(all[r[at["file"]]], l)
	}
	return all, nil
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
	Learned    string    `json:"learned_from"`
}

// finding is what was said about one labelled attack.
type finding struct {
	Name  string   `json:"attack"`
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
	b, _, _, err := learning{from: from, until: until}.run(ev.ctx, src, ev.pipe)
	if len(ev.learn) > 0 {
		ev.learned = b
	}
	return b, until, from, err
}

// grace is how long after an attack an event may still belong to it, nanoseconds.
const grace = int64(30e9)

// score matches events with labelled intervals. An event belongs to an attack
// when their times meet and, where the label names the attacker, one side of
// the event is that host.
func (r *result) score(events []*event.Event, labels []label, until int64, level int, seen span) {
	belongs := make([]bool, len(events))
	clean := float64(seen.to-max(seen.from, until)) / 3.6e12
	for _, l := range labels {
		if !l.attack {
			continue
		}
		clean -= float64(l.end-l.start) / 3.6e12
		f := finding{Name: l.name}
		for i, e := range events {
			if e.First > l.end+grace || e.Last < l.start || !l.names(e) {
				continue
			}
			belongs[i] = true
			if e.Playbook.Severity.Suggested < level || e.Playbook.IncidentType == "OT-15" {
				continue
			}
			if delay := float64(max(e.First-l.start, 0)) / 1e9; !f.Found || delay < f.Delay {
				f.Delay = delay
			}
			f.Found = true
			f.Rules = add(f.Rules, e.Rule.ID)
			f.Types = add(f.Types, e.Playbook.IncidentType)
		}
		if f.Found {
			r.Found++
		}
		r.Attacks = append(r.Attacks, f)
	}
	r.CleanHours = max(clean, 0)
	for i, e := range events {
		if !belongs[i] && e.First >= until && e.Playbook.Severity.Suggested >= level {
			r.False = append(r.False, alarm{e.Rule.ID, e.Playbook.Severity.Suggested, e.What})
		}
	}
}

func (l *label) names(e *event.Event) bool {
	if len(l.hosts) == 0 {
		return true
	}
	return slices.Contains(l.hosts, e.Source.Addr) || slices.Contains(l.hosts, e.Target.Addr)
}

func add(all []string, s string) []string {
	if at, there := slices.BinarySearch(all, s); !there {
		all = slices.Insert(all, at, s)
	}
	return all
}

func (ev *evaluation) table(w io.Writer) {
	found, attacks, falses, hours := 0, 0, 0, 0.0
	for _, r := range ev.results {
		fmt.Fprintf(w, "%s (learned from %s)\n", r.File, r.Learned)
		for _, f := range r.Attacks {
			mark, delay := "missed", ""
			if f.Found {
				mark, delay = "found", strconv.FormatFloat(f.Delay, 'f', 1, 64)+" s"
			}
			fmt.Fprintf(w, "  %-7s %9s  %-52.52s %s\n", mark, delay, f.Name, strings.Join(f.Rules, " "))
		}
		fmt.Fprintf(w, "  attacks found %d of %d; events outside attacks %d in %.2f clean hours\n", r.Found, len(r.Attacks), len(r.False), r.CleanHours)
		for _, a := range r.False {
			fmt.Fprintf(w, "    outside: %s (severity %d) %s\n", a.Rule, a.Level, a.What)
		}
		found, attacks, falses, hours = found+r.Found, attacks+len(r.Attacks), falses+len(r.False), hours+r.CleanHours
	}
	rate := "-"
	if hours > 0 {
		rate = strconv.FormatFloat(float64(falses)/hours, 'f', 2, 64)
	}
	fmt.Fprintf(w, "all: attacks found %d of %d; %d events outside attacks in %.2f clean hours = %s an hour\n", found, attacks, falses, hours, rate)
}
