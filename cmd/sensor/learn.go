package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"otsensor/pkg/baseline"
	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
	"otsensor/pkg/sensor"
)

func runLearn(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var pipe pipeFlags
	pipe.declare(fs)
	out := fs.String("o", "", "`FILE` the baseline is written to, - for standard output")
	iface := fs.String("i", "", "learn from this `INTERFACE` instead of files")
	length := fs.Duration("for", 30*time.Minute, "how long to learn from an interface")
	until := fs.String("until", "", "learn from packets before this `TIME` only (RFC 3339, or seconds since 1970)")
	var judge judgeFlags
	fs.StringVar(&judge.site, "site", "", "site `FILE`: assets, zones, planned work; the rules that watch beside know them then")
	fs.StringVar(&judge.rules, "rules", "", "`DIR` with rules instead of the built-in ones")
	expr := filterFlag(fs)
	only := fs.String("only", "", "learn one `HOST`, or one CLIENT>SERVER, anew, and leave the rest of --into as it was")
	into := fs.String("into", "", "baseline `FILE` in which --only is replaced; its former version stays beside as FILE.1")
	files, err := parse(fs, args)
	if err != nil {
		return err
	}
	if err := pipe.check(); err != nil {
		return err
	}
	taken, err := parseFilter(*expr)
	if err != nil {
		return err
	}
	part, was, err := relearn(*only, *into)
	if err != nil {
		return err
	}
	if *into != "" && *out == "" {
		*out = *into
	}
	if *out == "" {
		return usagef("learn: say with -o where the baseline goes")
	}
	end, err := moment(*until)
	if err != nil {
		return err
	}
	target, err := openTarget(*out, files)
	if err != nil {
		return err
	}
	defer target.drop()
	l := learning{until: end, from: strings.Join(files, " "), judge: judge}
	o := pipe.options()
	var src capture.Source
	if *iface != "" {
		if len(files) > 0 {
			return usagef("learn: either files or -i, not both")
		}
		l.from = "interface " + *iface
		live, err := capture.OpenLive(capture.LiveOptions{Interface: *iface, Promiscuous: true, Filter: taken})
		if err != nil {
			return err
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, *length)
		defer cancel()
		o.Wall = wallClock
		src = live
		fmt.Fprintf(e.stderr, "learning from %s for %s; Ctrl-C ends it early and writes what was learned\n", *iface, *length)
	} else {
		from, err := openFiles(e, "learn", files)
		if err != nil {
			return err
		}
		from.Filter(taken)
		defer progress(ctx, e.stderr, from)()
		src = from
	}
	defer src.Close()
	if taken != nil {
		l.from += ", filter " + filterText(taken)
	}
	got, err := l.run(ctx, src, o)
	if err != nil {
		return err
	}
	summary(e.stderr, got.stats)
	if got.stats.Packets == 0 {
		return fmt.Errorf("no packet was seen: there is nothing to learn from, and %s is left as it was", *out)
	}
	if was != nil {
		got.baseline = baseline.Replace(was, got.baseline, part)
	}
	if err := target.write(e.stdout, got.baseline); err != nil {
		return err
	}
	got.tell(e.stderr, *out)
	return nil
}

// relearn reads which part of which baseline is learned anew; was is nil when none is.
func relearn(only, into string) (part baseline.Part, was *baseline.Baseline, err error) {
	if only == "" && into == "" {
		return part, nil, nil
	}
	if only == "" || into == "" {
		return part, nil, usagef("learn: --only and --into go together: which host or conversation, and in which baseline")
	}
	if part, err = baseline.ReadPart(only); err != nil {
		return part, nil, usagef("--only: %v", err)
	}
	was, err = readBaseline(into)
	return part, was, err
}

// wallClock is the time of a live capture; it is read where packets are
// dispatched, so that silence passes too, and nowhere behind.
func wallClock() int64 { return time.Now().UnixNano() }

// learning takes a source up to a time. The rules watch beside: what an event
// of theirs is about does not teach while it is open.
type learning struct {
	from  string
	until int64 // packet time, nanoseconds; 0 for all
	judge judgeFlags
}

// lesson is what came out.
type lesson struct {
	baseline *baseline.Baseline
	progress baseline.Progress
	stats    sensor.Stats
	events   map[string]int // of severity 2 or more, by rule
}

func (l learning) run(ctx context.Context, src capture.Source, o sensor.Options) (lesson, error) {
	out := lesson{events: map[string]int{}}
	watch, err := l.judge.options(o.Table)
	if err != nil {
		return out, err
	}
	watch.Learner = baseline.NewLearner(l.from, baseline.Defaults)
	watch.Emit = func(e *event.Event) error {
		if e.State == "open" && e.Playbook.Severity.Suggested >= 2 {
			out.events[e.Rule.ID]++
		}
		return nil
	}
	watch.Where = func(frame uint64) (string, uint64) { return "", frame }
	w := sensor.NewWatch(watch)
	judge := w.Judge()
	over := func(at int64) bool { return l.until != 0 && at >= l.until }
	observe, tick := judge.Observe, judge.Tick
	judge.Observe = func(ob *ot.Observation) {
		if !over(ob.Time) {
			observe(ob)
		}
	}
	judge.Tick = func(t sensor.Tick) {
		if !over(t.At.Time) {
			tick(t)
		}
	}
	out.stats, err = sensor.Run(ctx, src, o, judge)
	out.baseline, out.progress = watch.Learner.Baseline(), watch.Learner.Progress()
	return out, err
}

// moment reads a time as people or labels write it; "" is none.
func moment(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UnixNano(), nil
	}
	var sec float64
	if n, err := fmt.Sscanf(s, "%f", &sec); n != 1 || err != nil {
		return 0, usagef("%q is no time: write 2026-03-01T06:00:00Z, or seconds since 1970", s)
	}
	return int64(sec * 1e9), nil
}

// curve prints how much was still unseen as time went on, at times that double.
func (l *lesson) curve(w io.Writer) {
	p, told := &l.progress, -1
	for span := time.Minute; ; span *= 2 {
		i, _ := slices.BinarySearchFunc(p.Curve, p.Since+int64(span), func(s baseline.Sample, at int64) int { return cmp.Compare(s.Clock, at) })
		if i == len(p.Curve) {
			return
		}
		if s := p.Curve[i]; s.Transactions > 0 && i > told {
			told = i
			fmt.Fprintf(w, "  after %-8s %6d kinds of behaviour, %7.3f %% unseen\n", span, s.Kinds, 100*float64(s.Once)/float64(s.Transactions))
		}
	}
}

// tell says to people what came out, and whether it is enough.
func (l *lesson) tell(w io.Writer, name string) {
	fmt.Fprintf(w, "%s: %s\n", name, l.baseline.Summary())
	if len(l.events) > 0 {
		fmt.Fprintln(w, "events while learning, severity 2 or more; what they are about did not teach while they were open, and waits for review:")
		for _, rule := range slices.Sorted(maps.Keys(l.events)) {
			fmt.Fprintf(w, "  - %s %d\n", rule, l.events[rule])
		}
	}
	fmt.Fprintf(w, "still unseen: about %.2f %% of the traffic is of kinds not met yet\n", 100*l.progress.Unseen)
	l.curve(w)
	verdict := "not enough yet:"
	if l.progress.Enough {
		verdict = "enough:"
	}
	fmt.Fprintln(w, verdict)
	for _, r := range l.progress.Reasons {
		fmt.Fprintf(w, "  - %s\n", r)
	}
	fmt.Fprintf(w, "read the lines marked ! and ? (sensor baseline show %s): they are not in force until somebody takes the mark away\n", name)
}
