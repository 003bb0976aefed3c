package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"

	"go.uber.org/zap"

	"otsensor/pkg/config"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/sensor"
	"otsensor/pkg/web"
)

// reloader reads rules, site file and configuration again when a running sensor
// is told to (SIGHUP). What does not load leaves everything as it was.
type reloader struct {
	read   func() (config.Config, error) // what command line and configuration file say
	table  []protocols.Protocol
	log    *zap.Logger
	level  zap.AtomicLevel
	asked  chan os.Signal
	next   chan *sensor.Reread // for the judge, who takes it at a tick
	counts atomic.Pointer[web.Reloads]

	now      config.Config // in force
	judged   string        // hash of what events are judged with
	baseline fs.FileInfo   // as it was read
}

// newReloader takes note of what a sensor starts with. From here on a SIGHUP
// does not end the process, unless there is no configuration to read again.
func newReloader(c config.Config, read func() (config.Config, error), o *sensor.WatchOptions, log *zap.Logger, level zap.AtomicLevel) *reloader {
	r := &reloader{read: read, table: o.Table, log: log, level: level, asked: make(chan os.Signal, 1), next: make(chan *sensor.Reread, 1), now: c, judged: judgedWith(o)}
	r.baseline, _ = os.Stat(c.Baseline)
	r.counts.Store(&web.Reloads{})
	if c.File != "" {
		signal.Notify(r.asked, syscall.SIGHUP)
	}
	return r
}

// judgedWith is a hash of rules, playbook and site file.
func judgedWith(o *sensor.WatchOptions) string {
	return sensor.RulesHash(o.Rules, o.Profile) + o.ConfigHash
}

// follow reads again whenever it is asked to.
func (r *reloader) follow(ctx context.Context) error {
	defer signal.Stop(r.asked)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.asked:
		}
		if change := r.again(); change != nil {
			select {
			case r.next <- change:
			case <-ctx.Done():
			}
		}
	}
}

// taken is what the judge asks at ticks.
func (r *reloader) taken() *sensor.Reread {
	select {
	case change := <-r.next:
		return change
	default:
		return nil
	}
}

// again reads everything anew; nil when there is nothing the judge must know.
func (r *reloader) again() *sensor.Reread {
	count := *r.counts.Load()
	defer func() { r.counts.Store(&count) }()
	later, o, err := r.load()
	if count.Failing = err != nil; count.Failing {
		count.Failed++
		r.log.Error("rules or configuration do not load; what was in force stays", zap.Error(err))
		return &sensor.Reread{Wrong: firstMistake(err)}
	}
	taken, restart := r.now.Changed(&later)
	r.needRestart(restart)
	r.now = r.now.Keep(later)
	if slices.Contains(taken, "log") {
		r.level.SetLevel(levelNamed(later.Log))
	}
	judged := judgedWith(&o)
	if judged == r.judged {
		count.Unchanged++
		r.log.Info("rules, playbook and site file are as they were", zap.Strings("settings_taken_over", taken))
		return nil
	}
	count.Taken++
	r.judged = judged
	r.log.Info("rules, playbook or site file are other ones from the next second on", zap.Strings("settings_taken_over", taken),
		zap.Int("rules", len(o.Rules.Rules)), zap.String("rules_hash", sensor.RulesHash(o.Rules, o.Profile)), zap.String("site_hash", o.ConfigHash))
	return &sensor.Reread{Rules: o.Rules, Profile: o.Profile, Site: o.Site, Sensor: o.Sensor, ConfigHash: o.ConfigHash}
}

// load reads configuration, rules, playbook and site file.
func (r *reloader) load() (config.Config, sensor.WatchOptions, error) {
	later, err := r.read()
	if err != nil {
		return later, sensor.WatchOptions{}, hinted(err)
	}
	judge := judgeFlags{site: later.Site, rules: later.Rules}
	o, err := judge.options(r.table)
	return later, o, hinted(err)
}

// hinted says why a file may not be readable that everybody may read.
func hinted(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w; a sensor that runs is locked in and reads only in the folders it was started with: another folder needs a restart", err)
	}
	return err
}

// needRestart says what was changed and does not take force.
func (r *reloader) needRestart(settings []string) {
	for _, name := range settings {
		r.log.Warn(name + ": needs a restart; what was in force stays")
	}
	is, err := os.Stat(r.now.Baseline)
	if r.baseline != nil && err == nil && (!os.SameFile(is, r.baseline) || is.ModTime() != r.baseline.ModTime() || is.Size() != r.baseline.Size()) {
		r.log.Warn("baseline: the file is another one than at the start; it needs a restart")
	}
}

// firstMistake is the first line of an error, as an event has room for.
func firstMistake(err error) string {
	lines := strings.Split(err.Error(), "\n")
	const most = 300
	text := ot.CleanString([]byte(lines[0]), most)
	if more := len(lines) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}
