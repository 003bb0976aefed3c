package main

import (
	"context"
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
	"otsensor/pkg/output"
	"otsensor/pkg/sensor"
	"otsensor/pkg/web"
)

func runRun(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	file := fs.String("c", "", "configuration `FILE`")
	iface := fs.String("i", "", "`INTERFACE` to watch, with defaults for everything else")
	baselineFile := fs.String("baseline", "", "`FILE` with what is normal, as in the configuration")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return orUnexpected(err, "run", rest)
	}
	c := config.Default()
	if *file != "" {
		var err error
		if c, err = config.Load(*file); err != nil {
			return err
		}
	}
	if *iface != "" {
		c.Interface = *iface
	}
	if *baselineFile != "" {
		c.Baseline = *baselineFile
	}
	if c.Interface == "" {
		return usagef("run: name the interface with -i, or in the file given with -c")
	}
	return watch(ctx, e, c)
}

// watch runs the sensor on an interface until ctx is done.
func watch(ctx context.Context, e *env, c config.Config) error {
	log := operatorLog(e, c.Log)
	defer log.Sync()
	j := judgeFlags{baseline: c.Baseline, site: c.Site, rules: c.Rules, journal: c.Journal}
	pipe := pipeFlags{workers: c.Workers}
	options := pipe.options()
	o, err := j.options(options.Table)
	if err != nil {
		return err
	}
	out, err := openEvents(e, c.Events)
	if err != nil {
		return err
	}
	defer out.Close()
	src, err := capture.OpenLive(capture.LiveOptions{Interface: c.Interface, Promiscuous: true})
	if err != nil {
		return err
	}
	defer src.Close()
	for _, f := range capture.Preflight(c.Interface) {
		log.Warn("the capture port is not fully passive", zap.String("found", f.What), zap.String("mend", f.Mend))
	}
	o.Where = func(frame uint64) (string, uint64) { return "", frame }
	o.Emit = func(ev *event.Event) error {
		err := out.Write(ev)
		if err != nil {
			log.Error("an event was not written", zap.Error(err))
		}
		return err
	}
	w := sensor.NewWatch(o)
	options.Wall = wallClock
	log.Info("watching", zap.String("interface", c.Interface), zap.String("baseline", c.Baseline), zap.Int("rules", len(o.Rules.Rules)), zap.String("version", version()))
	if c.Baseline == "" {
		log.Warn("no baseline: only rules that need none can fire; make one with sensor learn")
	}
	group, ctx := errgroup.WithContext(ctx)
	if c.Listen != "" {
		group.Go(func() error {
			return web.Serve(ctx, c.Listen, web.State{Snapshot: w.Snapshot, Live: true, Version: version()},
				func(a net.Addr) { log.Info("metrics and health", zap.String("url", "http://"+a.String()+"/metrics")) })
		})
	}
	group.Go(func() error {
		stats, err := sensor.Run(ctx, src, options, w.Judge())
		w.Finish(stats)
		log.Info("ended", zap.Uint64("packets", stats.Packets), zap.Uint64("dropped", stats.Loss.Kernel), zap.Uint64("sent", stats.Loss.Transmitted))
		if err == nil && ctx.Err() == nil {
			err = fmt.Errorf("the capture of %s ended", c.Interface)
		}
		return err
	})
	if err := group.Wait(); err != nil && ctx.Err() == nil {
		return err
	} else if err != nil && context.Cause(ctx) != context.Canceled {
		return err
	}
	return nil
}

// sink takes event records.
type sink interface {
	Write(*event.Event) error
	Close() error
}

// stream writes records to standard output.
type stream struct{ *event.Writer }

func (stream) Close() error { return nil }

func openEvents(e *env, c config.Events) (sink, error) {
	if c.File == "-" {
		return stream{event.NewWriter(e.stdout)}, nil
	}
	return output.OpenFile(c.File, int64(c.MaxMB)<<20, c.Keep)
}

// operatorLog tells the operator about the sensor, on standard error: words on
// a terminal, JSON lines elsewhere. Texts from the network never go into it.
func operatorLog(e *env, level string) *zap.Logger {
	lv, err := zapcore.ParseLevel(level)
	if err != nil {
		lv = zapcore.InfoLevel
	}
	enc := zap.NewProductionEncoderConfig()
	enc.EncodeTime = zapcore.TimeEncoderOfLayout(time.RFC3339)
	enc.TimeKey = "time"
	core := zapcore.NewJSONEncoder(enc)
	if terminal(e.stderr) {
		enc.EncodeLevel = zapcore.CapitalColorLevelEncoder
		core = zapcore.NewConsoleEncoder(enc)
	}
	return zap.New(zapcore.NewCore(core, zapcore.Lock(zapcore.AddSync(e.stderr)), lv))
}
