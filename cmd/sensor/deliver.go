package main

import (
	"errors"
	"sync"

	"otsensor/pkg/event"
	"otsensor/pkg/store"
)

// delivery writes events to the store and to an output, and knows by a cursor
// in the store which the output has had. What it could not take, or was not
// there for, it gets from the store, each event as it last stood: nothing is
// left out, and an event may come twice.
type delivery struct {
	out   sink
	name  string // of the output's cursor
	store *store.Store

	mu     sync.Mutex
	had    int64            // the output has every event up to here
	missed bool             // and not all of those after
	direct map[string]int64 // while it lacks some: what it was given all the same
	noted  int64
}

// deliver goes on where the output was left.
func deliver(out sink, name string, s *store.Store) (*delivery, error) {
	had, err := s.Cursor(name)
	return &delivery{out: out, name: name, store: s, had: had, noted: had, missed: had < s.Latest(), direct: map[string]int64{}}, err
}

// Write takes a record. It is for the goroutine that judges.
func (d *delivery) Write(e *event.Event) error {
	seq := d.store.Event(e)
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.out.Write(e)
	switch {
	case err != nil:
		d.missed = true
	case d.missed:
		d.direct[e.ID] = seq
	default:
		d.had = seq
	}
	return err
}

// Sync gives the output what it lacks, has it brought to the disk, and notes
// how far it is.
func (d *delivery) Sync() error {
	err := d.catchUp()
	d.mu.Lock()
	had := d.had
	d.mu.Unlock()
	if err = errors.Join(err, d.out.Sync()); err != nil || had == d.noted {
		return err
	}
	d.store.Had(d.name, had)
	d.noted = had
	return nil
}

// catchUp reads from the store what the output lacks.
func (d *delivery) catchUp() error {
	for {
		d.mu.Lock()
		missed, had := d.missed, d.had
		d.mu.Unlock()
		if !missed {
			return nil
		}
		some, err := d.store.After(had)
		if err != nil {
			return err
		}
		for _, k := range some {
			if err := d.again(k); err != nil {
				return nil // told when it was missed
			}
		}
		if len(some) == 0 {
			return d.caughtUp()
		}
	}
}

// again gives the output an event that it lacks, unless it got a newer record of it.
func (d *delivery) again(k store.Kept) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.direct[k.ID] < k.Seq {
		if err := d.out.Write(k.Event); err != nil {
			return err
		}
		d.store.Again()
	}
	d.had = k.Seq
	return nil
}

// caughtUp ends the catching up, once the store has written everything it was given.
func (d *delivery) caughtUp() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if at := d.store.Written(); at >= d.store.Latest() && d.had >= at {
		d.missed = false
		clear(d.direct)
	}
	return nil
}

// Close gives the output what it still lacks, and ends both.
func (d *delivery) Close() error {
	err := d.Sync()
	return errors.Join(err, d.out.Close(), d.store.Close())
}
