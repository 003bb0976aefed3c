package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"

	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/sensor"
)

// benchRounds is how often each stage is run; the median is shown.
const benchRounds = 3

// runBench measures what each stage of a replay costs on this machine.
func runBench(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var judge judgeFlags
	judge.declare(fs)
	files, err := parse(fs, args)
	if err != nil {
		return err
	}
	if slices.Contains(files, "-") {
		return usagef("bench: the capture is read many times; name files")
	}
	began := processorTime()
	b := bench{ctx: ctx, files: files, pipe: pipeFlags{workers: 1}}
	b.watch, err = judge.options(b.pipe.options().Table)
	if err != nil {
		return err
	}
	start := processorTime() - began
	stages := []stage{
		{"read the file", b.read},
		{"decode frames up to TCP and UDP", b.frames},
		{"follow conversations, decode protocols", b.protocols},
		{fmt.Sprintf("assets, baseline, %d rules", len(b.watch.Rules.Rules)), b.whole},
	}
	costs := make([]cost, len(stages))
	for i := range stages {
		if costs[i], err = b.measure(stages[i].run); err != nil {
			return err
		}
	}
	b.show(e.stdout, stages, costs, start)
	b.pipe.workers = 2
	two, err := b.measure(b.whole)
	if err == nil {
		fmt.Fprintf(e.stdout, "with two workers: %.2f s on the clock for %.2f s with one\n", two.clock.Seconds(), costs[3].clock.Seconds())
	}
	return err
}

// bench reads the same files again and again, further each time.
type bench struct {
	ctx   context.Context
	files []string
	pipe  pipeFlags
	watch sensor.WatchOptions

	packets, bytes, transactions, events uint64
}

// stage is how far the packets are taken: each goes on from the one before.
type stage struct {
	name string
	run  func(src *capture.Files) error
}

// cost is what one run took.
type cost struct {
	processor, clock time.Duration
	allocations      uint64
}

// measure gives the median of some runs, by processor time.
func (b *bench) measure(run func(src *capture.Files) error) (cost, error) {
	var all []cost
	for range benchRounds {
		c, err := b.once(run)
		if err != nil {
			return cost{}, err
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(x, y cost) int { return int(x.processor - y.processor) })
	return all[len(all)/2], nil
}

// once is one run over the files.
func (b *bench) once(run func(src *capture.Files) error) (c cost, err error) {
	src, err := openFiles(&env{}, "bench", b.files)
	if err != nil {
		return c, err
	}
	defer src.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	processor, clock := processorTime(), time.Now()
	err = run(src)
	c = cost{processor: processorTime() - processor, clock: time.Since(clock)}
	runtime.ReadMemStats(&after)
	c.allocations = after.Mallocs - before.Mallocs
	return c, errors.Join(err, b.ctx.Err())
}

// batches hands over every batch of the files.
func (b *bench) batches(src *capture.Files, take func(*capture.Batch)) error {
	batch := capture.NewBatch(1024)
	for b.ctx.Err() == nil {
		err := src.Fill(batch)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		take(batch)
	}
	return b.ctx.Err()
}

func (b *bench) read(src *capture.Files) error {
	b.packets, b.bytes = 0, 0
	return b.batches(src, func(batch *capture.Batch) {
		for i := range batch.Packets {
			b.packets++
			b.bytes += uint64(batch.Packets[i].WireLen)
		}
	})
}

func (b *bench) frames(src *capture.Files) error {
	var v packet.View
	return b.batches(src, func(batch *capture.Batch) {
		for i := range batch.Packets {
			packet.Decode(&v, &batch.Packets[i])
		}
	})
}

func (b *bench) protocols(src *capture.Files) error {
	stats, err := sensor.Run(b.ctx, src, b.pipe.options(), sensor.Judge{Observe: func(*ot.Observation) {}})
	b.transactions = 0
	for _, n := range stats.Flow.Decoded {
		b.transactions += n
	}
	return err
}

func (b *bench) whole(src *capture.Files) error {
	o := b.watch
	b.events = 0
	o.Emit = func(ev *event.Event) error {
		if ev.State == "open" {
			b.events++
		}
		return nil
	}
	o.Where = src.Where
	w := sensor.NewWatch(o)
	stats, err := sensor.Run(b.ctx, src, b.pipe.options(), w.Judge())
	w.Finish(stats)
	return err
}

func (b *bench) show(w io.Writer, stages []stage, costs []cost, start time.Duration) {
	n := float64(max(b.packets, 1))
	fmt.Fprintf(w, "%d packets, %.1f MB of frames, %d transactions, %d events; median of %d runs, processor time\n\n",
		b.packets, float64(b.bytes)/1e6, b.transactions, b.events, benchRounds)
	fmt.Fprintf(w, "%-40s %12s %12s %14s\n", "taken so far", "ns/packet", "this stage", "allocs/packet")
	var before float64
	for i, c := range costs {
		each := float64(c.processor.Nanoseconds()) / n
		fmt.Fprintf(w, "%-40s %12.0f %12.0f %14.4f\n", stages[i].name, each, each-before, float64(c.allocations)/n)
		before = each
	}
	seconds := max(costs[len(costs)-1].processor.Seconds(), 1e-9)
	fmt.Fprintf(w, "\n%.0f packets and %.1f MB a second of one processor; rules, playbook and baseline were read in %.0f ms\n",
		n/seconds, float64(b.bytes)/1e6/seconds, start.Seconds()*1e3)
	if peak := peakMemory(); peak > 0 {
		fmt.Fprintf(w, "most memory held: %.0f MiB\n", float64(peak)/(1<<20))
	}
}
