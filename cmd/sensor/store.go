package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

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
// file is damaged or its disk full: not watching is worse than not keeping. It
// is tried again until it can be opened.
type kept struct {
	c     config.Store
	log   *zap.Logger
	store atomic.Pointer[store.Store]
	why   atomic.Pointer[string] // there is none though one is configured

	// While there is none:
	gate    *gate
	output  string // name of its cursor
	journal string // file
	missed  []journal.Entry
	first   int          // lines of the journal at the start
	had     atomic.Int64 // lines of the journal that the store took when it came
}

func keptIn(c config.Config, log *zap.Logger) (*kept, error) {
	k := &kept{c: c.Store, log: log, output: c.Events.File, journal: c.Journal}
	s, err := k.open()
	if store.Unusable(err) {
		k.without(err)
		return k, nil
	}
	k.store.Store(s)
	return k, err
}

func (k *kept) open() (*store.Store, error) {
	failing := false
	return openStore(k.c, false, func(err error) {
		if failing = err != nil; failing {
			k.log.Error("the store cannot be written; what waits is kept as long as there is room, the rest is counted", zap.Error(err))
		} else {
			k.log.Info("the store is written again")
		}
	})
}

// without says why there is no store for now.
func (k *kept) without(err error) {
	k.log.Error("watching without the store; it is tried again", zap.Error(err))
	why := err.Error()
	k.why.Store(&why)
}

// before puts the store before an output. Without one a gate is put there,
// through which the store comes when it can be opened.
func (k *kept) before(out sink, o *sensor.WatchOptions) (sink, error) {
	s := k.store.Load()
	if s == nil && k.why.Load() == nil {
		return out, nil
	}
	if s != nil {
		d, err := deliver(out, k.output, s)
		if err == nil {
			err = k.resume(s, o.Journal.All(), o, d)
		}
		if !store.Unusable(err) {
			k.into(o)
			return d, err
		}
		s.Close()
		k.store.Store(nil)
		k.without(err)
		o.Past = nil
	}
	k.first = len(o.Journal.All())
	k.gate = newGate(out)
	k.into(o)
	return k.gate, nil
}

// counts is what /metrics and /healthz say of it; nil when none is configured.
func (k *kept) counts() *store.Counts {
	s := k.store.Load()
	switch why := k.why.Load(); {
	case s != nil:
		c := s.Counts()
		return &c
	case why != nil:
		return &store.Counts{Failing: *why}
	}
	return nil
}

// tables are the limits of the store's queue, for the judge to tell of.
func (k *kept) tables() []sensor.Table {
	c := k.counts()
	if c == nil {
		return nil
	}
	return []sensor.Table{{Name: "store_rows", Entries: c.Waiting, Limit: store.Room, Evicted: c.Full - c.Heavy},
		{Name: "store_row_bytes", Entries: c.Held, Limit: store.RoomBytes, Evicted: c.Heavy}}
}

// resume takes up what the store holds: the cases that may take more (o, nil
// when it is too late for them), and the journal as it was followed. Events that
// were open are closed as they last stood: what is seen from now on is another
// event of the same case.
func (k *kept) resume(s *store.Store, decisions []journal.Entry, o *sensor.WatchOptions, d *delivery) error {
	if k.journal != "" {
		switch line, err := s.Follow(decisions); {
		case err != nil:
			return err
		case line > 0:
			k.log.Warn("the journal is not the one the store followed; both are kept", zap.Int("from_line", line))
		}
	}
	past := 0
	if o != nil {
		all, err := s.OfCases(wallClock()-int64(cases.Recurs), cases.MaxOpen)
		if err != nil {
			return err
		}
		for i := range all {
			o.Past = append(o.Past, all[i].Event)
		}
		past = len(all)
	}
	open, err := s.Open()
	for i := range open {
		open[i].State = "closed"
		d.Write(open[i].Event) // an output that cannot be written gets it later
	}
	if s.Unclean() {
		k.log.Warn("the sensor before did not end as it should; its open events are closed as they last stood", zap.Int("events", len(open)))
	}
	if o != nil {
		k.log.Info("cases taken up from the store", zap.Int("events", past))
	}
	return err
}

// into has a judge's rows written to the store, once there is one.
func (k *kept) into(o *sensor.WatchOptions) {
	o.Case = func(c *cases.Case) {
		if s := k.store.Load(); s != nil {
			s.Case(c)
		}
	}
	o.Minute = func(m *sensor.Minute) {
		if s := k.store.Load(); s != nil {
			s.Minute((*store.Minute)(m))
		}
	}
	if fresh := o.Fresh; fresh != nil {
		o.Fresh = func() []journal.Entry {
			all := fresh()
			k.decided(all)
			return all
		}
	}
}

// decided hands decisions to the store. Those made while there was none are
// handed over when it came, save those it took from the journal itself.
func (k *kept) decided(all []journal.Entry) {
	s := k.store.Load()
	if k.gate == nil {
		s.Decisions(all)
		return
	}
	k.missed = append(k.missed, all...)
	if s != nil {
		s.Decisions(k.missed[min(max(0, int(k.had.Load())-k.first), len(k.missed)):])
		k.first, k.missed = k.first+len(k.missed), nil
		k.had.Store(int64(k.first))
	}
}

// into has a replay's rows written to a store.
func into(s *store.Store, o *sensor.WatchOptions) {
	o.Case = s.Case
	o.Minute = func(m *sensor.Minute) { s.Minute((*store.Minute)(m)) }
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
