package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/sync/errgroup"

	"otsensor/pkg/capture"
	"otsensor/pkg/config"
	"otsensor/pkg/event"
	"otsensor/pkg/journal"
	"otsensor/pkg/ot"
	"otsensor/pkg/output"
	"otsensor/pkg/sensor"
	"otsensor/pkg/web"
)

func runRun(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	file := fs.String("c", "", "configuration `FILE`")
	iface := fs.String("i", "", "`INTERFACE` to watch, with defaults for everything else")
	storeFile := fs.String("store", "", "`FILE` for what must survive a restart, as in the configuration")
	baselineFile := fs.String("baseline", "", "`FILE` with what is normal, as in the configuration")
	var port portFlags
	port.declare(fs)
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return orUnexpected(err, "run", rest)
	}
	return watch(ctx, e, func() (c config.Config, err error) {
		c = config.Default()
		if *file != "" {
			if c, err = config.Load(*file); err != nil {
				return c, err
			}
		}
		c.Interface, c.Baseline, c.Store.File = cmp.Or(*iface, c.Interface), cmp.Or(*baselineFile, c.Baseline), cmp.Or(*storeFile, c.Store.File)
		if c.Interface == "" {
			return c, usagef("run: name the interface with -i, or in the file given with -c")
		}
		return c, port.into(&c)
	})
}

// watch runs the sensor on an interface until ctx is done. read gives the
// configuration, and gives it again when it is read again.
func watch(ctx context.Context, e *env, read func() (config.Config, error)) error {
	c, err := read()
	if err != nil {
		return err
	}
	level := zap.NewAtomicLevelAt(levelNamed(c.Log))
	log := operatorLog(e, level)
	defer log.Sync()
	pipe := (&pipeFlags{workers: c.Workers}).options()
	pipe.Wall = wallClock
	judge := judgeFlags{baseline: c.Baseline, site: c.Site, rules: c.Rules}
	o, err := judge.atStart(pipe.Table)
	if err != nil {
		return err
	}
	if o.Journal, o.Fresh, err = decisions(c.Journal, log); err != nil {
		return err
	}
	again := newReloader(c, read, &o, log, level)
	o.Reread = again.taken
	src, err := capture.OpenLive(capture.LiveOptions{Interface: c.Interface, Promiscuous: true, Filter: c.Filter, Rings: c.Rings, Stamps: c.Stamps})
	if err != nil {
		return err
	}
	defer src.Close()
	failed := proven(ctx, selftestWant, log) // meanwhile the ring keeps what comes
	out, err := openEvents(e, c.Events)
	if err != nil {
		return err
	}
	if f, ok := out.(*output.File); ok && f.Torn() > 0 {
		log.Warn("the last record of the events file was torn, as by a loss of power; it was cut off", zap.Int64("bytes", f.Torn()))
	}
	if o.Evidence, err = openEvidence(c.Evidence, true, o.Journal); err != nil {
		return errors.Join(err, out.Close())
	}
	keeps, err := keptIn(c, log)
	if err != nil {
		return errors.Join(err, out.Close())
	}
	if out, err = keeps.before(out, &o); err != nil {
		return errors.Join(err, out.Close())
	}
	o.Beside = keeps.tables
	o.Where = func(frame uint64) (string, uint64) { return "", frame }
	o.Filter = filterText(c.Filter)
	o.Emit = telling(out.Write, log)
	log.Info("watching", zap.String("interface", c.Interface), zap.Int("rings", c.Rings), zap.Stringer("stamps", c.Stamps), zap.String("baseline", c.Baseline), zap.Int("rules", len(o.Rules.Rules)), zap.String("version", version()))
	if c.Filter != nil {
		log.Warn("a filter is in force: what it leaves out is not seen", zap.String("filter", o.Filter))
	}
	if c.Baseline == "" {
		log.Warn("no baseline: only rules that need none can fire; make one with sensor learn")
	}
	w := sensor.NewWatch(o)
	doubt(o.Baseline, w, log)
	for _, a := range failed {
		w.Note(a)
	}
	if o.Evidence != nil {
		w.Left(o.Evidence.Mended())
	}
	var listener net.Listener
	if c.Listen != "" {
		if listener, err = web.Listen(ctx, c.Listen); err != nil {
			return errors.Join(err, out.Close())
		}
	}
	k := newKeeper(c.Interface, src, out, w.Snapshot, log)
	if k.locks, err = confine(src.Keep(), c, o.Site, log); err != nil {
		return errors.Join(err, out.Close())
	}
	if k.locks.Weak() != "" {
		w.Note(ot.SandboxWeak)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return judged(ctx, src, pipe, w, log) })
	group.Go(func() error { return k.keep(ctx) })
	group.Go(func() error { return k.sync(ctx) })
	group.Go(func() error { return again.follow(ctx) })
	group.Go(func() error { return keeps.again(ctx, soonest) })
	if listener != nil {
		group.Go(func() error {
			return serve(ctx, listener, log, web.State{Snapshot: w.Snapshot, Version: version(),
				Live: &web.Live{Pulse: k.pulse, Port: k.state, Locks: k.locks, Store: keeps.counts, Reloads: again.counts.Load}})
		})
	}
	return errors.Join(group.Wait(), out.Close())
}

// decisions reads the journal, and then, each second, what people add to it
// while the sensor runs. A file that is not there yet may come.
func decisions(path string, log *zap.Logger) (*journal.Journal, func() []journal.Entry, error) {
	if path == "" {
		return nil, nil, nil
	}
	f, j, err := journal.Follow(path)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the journal: %w", err)
	}
	failing := ""
	return j, func() []journal.Entry {
		fresh, err := f.Next()
		if len(fresh) > 0 {
			log.Info("decisions taken over from the journal", zap.Int("lines", len(fresh)))
		}
		if now := fmt.Sprint(err); err != nil && now != failing {
			log.Error("a line of the journal cannot be read and is not followed", zap.Error(err))
			failing = now
		}
		return fresh
	}, nil
}

// judged takes the interface through the pipeline until ctx is done.
func judged(ctx context.Context, src *capture.Live, pipe sensor.Options, w *sensor.Watch, log *zap.Logger) error {
	stats, err := sensor.Run(ctx, src, pipe, w.Judge())
	src.Close()
	stats.Loss = src.Lost() // with what was left in the kernel
	w.Finish(stats)
	l := &stats.Loss
	log.Info("ended", zap.Uint64("received", l.Received), zap.Uint64("processed", stats.Packets), zap.Uint64("dropped", l.Kernel), zap.Uint64("left", l.Residual), zap.Uint64("sent", l.Transmitted))
	return err
}

func serve(ctx context.Context, l net.Listener, log *zap.Logger, state web.State) error {
	log.Info("metrics and health", zap.String("url", "http://"+l.Addr().String()+"/metrics"))
	return web.Serve(ctx, l, state)
}

// sink takes event records.
type sink interface {
	Write(*event.Event) error
	Sync() error
	Close() error
}

func openEvents(e *env, c config.Events) (sink, error) {
	if c.File == "-" {
		return output.NewStream(e.stdout), nil
	}
	return output.OpenFile(c.File, int64(c.MaxMB)<<20, c.Keep)
}

// telling tells the operator once that events cannot be written, and once that
// they can again; each record alone would fill another log.
func telling(write func(*event.Event) error, log *zap.Logger) func(*event.Event) error {
	lost := 0
	return func(ev *event.Event) error {
		err := write(ev)
		switch {
		case err != nil && lost == 0:
			log.Error("event records cannot be written; those lost are counted", zap.Error(err))
		case err == nil && lost > 0:
			log.Warn("event records are written again", zap.Int("lost", lost))
			lost = 0
		}
		if err != nil {
			lost++
		}
		return err
	}
}

// levelNamed is a level of the operator's log.
func levelNamed(name string) zapcore.Level {
	level, err := zapcore.ParseLevel(name)
	if err != nil {
		return zapcore.InfoLevel
	}
	return level
}

// operatorLog tells the operator about the sensor, on standard error: words on
// a terminal, JSON lines elsewhere. Texts from the network never go into it.
func operatorLog(e *env, level zap.AtomicLevel) *zap.Logger {
	enc := zap.NewProductionEncoderConfig()
	enc.EncodeTime = zapcore.TimeEncoderOfLayout(time.RFC3339)
	enc.TimeKey = "time"
	core := zapcore.NewJSONEncoder(enc)
	if terminal(e.stderr) {
		enc.EncodeLevel = zapcore.CapitalColorLevelEncoder
		core = zapcore.NewConsoleEncoder(enc)
	}
	return zap.New(zapcore.NewCore(core, zapcore.Lock(zapcore.AddSync(e.stderr)), level))
}
