package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"slices"

	"otsensor/pcaps"
	"otsensor/pkg/baseline"
	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/sensor"
	"otsensor/pkg/web"
)

func runDemo(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	once := fs.Bool("once", false, "end after the events are printed; do not serve /metrics")
	listen := fs.String("listen", "127.0.0.1:9465", "`ADDRESS` of /metrics while the demo waits for Ctrl-C")
	asJSON := fs.Bool("json", false, "print the events as JSON lines")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return orUnexpected(err, "demo", rest)
	}
	fmt.Fprint(e.stderr, demoIntro)
	d, err := playLine(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stderr, "\nLearned from the quiet part: %s\n\n", d.baseline.Summary())
	if err := d.print(e.stdout, *asJSON); err != nil {
		return err
	}
	summary(e.stderr, d.stats)
	eventTable(e.stderr, d.watch.Counts())
	fmt.Fprint(e.stderr, demoNext)
	if *once {
		return nil
	}
	l, err := web.Listen(ctx, *listen)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stderr, "\nMetrics of this replay: http://%s/metrics  (Ctrl-C ends)\n", l.Addr())
	return web.Serve(ctx, l, web.State{Snapshot: d.watch.Snapshot, Version: version()})
}

const demoIntro = `A small sterile-filling line, recorded from real controllers' protocols:
air handling over Modbus, the filler over S7, packaging over EtherNet/IP.
First a quiet part, from which the sensor learns what is normal. Then somebody
connects a laptop.
`

const demoNext = `
The long form of an event:   sensor demo --once --json > demo.jsonl
                             sensor explain --events demo.jsonl EVENT-ID
The same on your own line:   sensor learn -o line.baseline quiet-day.pcap
                             sensor replay --baseline line.baseline other-day.pcap
On a mirror port, as root:   sensor learn -o line.baseline -i eth1 --for 8h
                             sensor run -i eth1 --baseline line.baseline
`

// played is the recorded line, learned and judged.
type played struct {
	baseline *baseline.Baseline
	watch    *sensor.Watch
	stats    sensor.Stats
	events   []*event.Event
}

// playLine learns from the quiet part of the recorded line and judges all of it.
func playLine(ctx context.Context) (*played, error) {
	pipe := (&pipeFlags{workers: 1}).options()
	open := func() (*capture.Files, error) {
		return capture.OpenFiles([]string{"-"}, bytes.NewReader(pcaps.Line()))
	}
	src, err := open()
	if err != nil {
		return nil, err
	}
	d := &played{}
	quiet := learning{from: "the quiet part of the recorded line", until: pcaps.LineQuietUntil().UnixNano()}
	got, err := quiet.run(ctx, src, pipe)
	if err != nil {
		return nil, err
	}
	d.baseline = got.baseline
	if err := d.baseline.Write(io.Discard); err != nil { // gives it its hash
		return nil, err
	}
	o, err := (&judgeFlags{}).options(pipe.Table)
	if err != nil {
		return nil, err
	}
	if src, err = open(); err != nil {
		return nil, err
	}
	o.Baseline = d.baseline
	o.Where = func(frame uint64) (string, uint64) { return "line.pcap", frame }
	q := inOrder{write: func(ev *event.Event) error { d.events = append(d.events, ev); return nil }}
	o.Emit = q.take
	d.watch = sensor.NewWatch(o)
	d.stats, err = sensor.Run(ctx, src, pipe, d.watch.Judge())
	d.watch.Finish(d.stats)
	q.rest()
	slices.SortStableFunc(d.events, func(a, b *event.Event) int { return int(min(max(a.First-b.First, -1), 1)) })
	return d, err
}

func (d *played) print(w io.Writer, asJSON bool) error {
	if !asJSON {
		for _, ev := range d.events {
			brief(w, ev)
		}
		return nil
	}
	out := event.NewWriter(w)
	for _, ev := range d.events {
		if err := out.Write(ev); err != nil {
			return err
		}
	}
	return nil
}
