package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.uber.org/zap"

	"otsensor/pkg/cases"
	"otsensor/pkg/config"
	"otsensor/pkg/event"
	"otsensor/pkg/journal"
	"otsensor/pkg/sensor"
	"otsensor/pkg/store"
)

// openStore opens the store of a configuration; nil when it names none.
func openStore(c config.Store, patient bool, tell func(error)) (*store.Store, error) {
	if c.File == "" {
		return nil, nil
	}
	if err := os.MkdirAll(filepath.Dir(c.File), 0o750); err != nil {
		return nil, err
	}
	return store.Open(c.File, store.Options{MaxBytes: int64(c.MaxMB) << 20, KeepDays: c.KeepDays, ActivityDays: c.ActivityDays,
		Patient: patient, Version: version(), Tell: tell})
}

// kept is the store of a running sensor, which goes on without one when the
// file is damaged or its disk full: not watching is worse than not keeping.
type kept struct {
	*store.Store
	why string // why there is none though one is configured
}

// before puts the store before an output; without one the output stays as it is.
func (k *kept) before(out sink, name string, o *sensor.WatchOptions, log *zap.Logger) (sink, error) {
	if k.Store == nil {
		return out, nil
	}
	d, err := deliver(out, name, k.Store)
	if err == nil {
		err = k.resume(o, d, log)
	}
	if store.Unusable(err) {
		k.Close()
		*k, o.Past = without(err, log), nil
		return out, nil
	}
	into(k.Store, o)
	return d, err
}

func keptIn(c config.Store, log *zap.Logger) (k kept, err error) {
	failing := false
	k.Store, err = openStore(c, false, func(err error) {
		if failing = err != nil; failing {
			log.Error("the store cannot be written; what waits is kept as long as there is room, the rest is counted", zap.Error(err))
		} else {
			log.Info("the store is written again")
		}
	})
	if store.Unusable(err) {
		return without(err, log), nil
	}
	return k, err
}

func without(err error, log *zap.Logger) kept {
	log.Error("watching without the store until the sensor is started again", zap.Error(err))
	return kept{why: err.Error()}
}

// counts is what /metrics and /healthz say of it; nil when none is configured.
func (k kept) counts() *store.Counts {
	switch {
	case k.Store == nil && k.why == "":
		return nil
	case k.Store == nil:
		return &store.Counts{Failing: k.why}
	}
	c := k.Counts()
	return &c
}

// resume takes up what the store holds: the cases that may take more, and the
// journal as it was followed. Events that were open are closed as they last
// stood: what is seen from now on is another event of the same case.
func (k kept) resume(o *sensor.WatchOptions, d *delivery, log *zap.Logger) error {
	if o.Journal != nil {
		switch line, err := k.Follow(o.Journal.Entries); {
		case err != nil:
			return err
		case line > 0:
			log.Warn("the journal is not the one the store followed; both are kept", zap.Int("from_line", line))
		}
	}
	past, err := k.OfCases(wallClock()-int64(cases.Recurs), cases.MaxOpen)
	if err != nil {
		return err
	}
	for i := range past {
		o.Past = append(o.Past, past[i].Event)
	}
	open, err := k.Open()
	for i := range open {
		open[i].State = "closed"
		d.Write(open[i].Event) // an output that cannot be written gets it later
	}
	if k.Unclean() {
		log.Warn("the sensor before did not end as it should; its open events are closed as they last stood", zap.Int("events", len(open)))
	}
	log.Info("cases taken up from the store", zap.Int("events", len(past)))
	return err
}

// into has a judge's rows written to the store.
func into(s *store.Store, o *sensor.WatchOptions) {
	o.Case = s.Case
	o.Minute = func(m *sensor.Minute) { s.Minute((*store.Minute)(m)) }
	if fresh := o.Fresh; fresh != nil {
		o.Fresh = func() []journal.Entry {
			all := fresh()
			s.Decisions(all)
			return all
		}
	}
}

// replayInto has a replay written to a store of its own; nil when none is named.
func replayInto(c config.Store, o *sensor.WatchOptions) (*store.Store, error) {
	if _, err := os.Stat(c.File); c.File != "" && err == nil {
		return nil, fmt.Errorf("%s exists: a replay makes a store of its own; name another file", c.File)
	}
	c.KeepDays, c.ActivityDays = 0, 0
	st, err := openStore(c, true, nil)
	if st == nil || err != nil {
		return nil, err
	}
	if o.Journal != nil {
		if _, err := st.Follow(o.Journal.Entries); err != nil {
			return nil, errors.Join(err, st.Close())
		}
	}
	into(st, o)
	emit := o.Emit
	o.Emit = func(e *event.Event) error {
		st.Event(e)
		return emit(e)
	}
	return st, nil
}
