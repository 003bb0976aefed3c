package main

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"otsensor/pkg/event"
	"otsensor/pkg/journal"
	"otsensor/pkg/store"
)

// How long is waited before the store is tried again: each time twice as long.
const (
	soonest = time.Second
	latest  = 5 * time.Minute
)

// again tries to open a store that could not be opened at the start, until it
// is there. What was raised before is in the output only.
func (k *kept) again(ctx context.Context, wait time.Duration) error {
	if k.gate == nil {
		return nil
	}
	for ; ; wait = min(2*wait, latest) {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		err := k.come()
		if err == nil {
			k.log.Info("the store is there: what is raised from now on is kept; what was raised before is in the output only, and cases of before the start are taken up at the next start", zap.String("file", k.c.File))
			return nil
		}
		if why := err.Error(); why != *k.why.Load() {
			k.log.Error("still watching without the store", zap.Error(err))
			k.why.Store(&why)
		}
	}
}

// come opens the store and puts it where it belongs.
func (k *kept) come() error {
	s, err := k.open()
	if err != nil {
		return err
	}
	d, err := deliver(k.gate.direct, k.output, s)
	if err == nil {
		err = k.follow(s, d)
	}
	if err != nil {
		return errors.Join(err, s.Close())
	}
	k.gate.through.Store(d)
	k.store.Store(s)
	return nil
}

// follow gives the store the journal as it stands.
func (k *kept) follow(s *store.Store, d *delivery) error {
	j := &journal.Journal{}
	if k.journal != "" {
		var err error
		if j, err = readJournal(k.journal); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	k.had.Store(int64(len(j.All())))
	return k.resume(s, j.All(), nil, d)
}

// gate leads records to an output, and once there is a store through that.
type gate struct {
	direct  *serial
	through atomic.Pointer[delivery]
}

func newGate(out sink) *gate { return &gate{direct: &serial{out: out}} }

func (g *gate) now() sink {
	if d := g.through.Load(); d != nil {
		return d
	}
	return g.direct
}

func (g *gate) Write(e *event.Event) error { return g.now().Write(e) }
func (g *gate) Sync() error                { return g.now().Sync() }
func (g *gate) Close() error               { return g.now().Close() }

// serial is an output that records may come to from two sides, while a store comes.
type serial struct {
	mu  sync.Mutex
	out sink
}

func (l *serial) Write(e *event.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(e)
}

func (l *serial) Sync() error  { return l.out.Sync() }
func (l *serial) Close() error { return l.out.Close() }
