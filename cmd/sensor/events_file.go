package main

import (
	"bufio"
	"fmt"
	"os"

	"otsensor/pkg/event"
	"otsensor/pkg/store"
)

// longestEvent is the longest line of an event file that is read.
const longestEvent = 1 << 20

// eachEvent reads a file of events, "-" for standard input, record by record;
// of a store the latest record of each event.
func eachEvent(e *env, name string, take func(line []byte) error) error {
	if store.Is(name) {
		return store.EachEvent(name, take)
	}
	in := e.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestEvent)
	for n := 1; lines.Scan(); n++ {
		if err := take(lines.Bytes()); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// readEvents gives each event of a file as its last record has it, in the order
// in which they were raised, and when the first was; 0 where the file holds
// only how events ended.
func readEvents(e *env, name string) (all []*event.Event, raised int64, err error) {
	at := map[string]int{}
	err = eachEvent(e, name, func(line []byte) error {
		ev, err := event.Parse(line)
		if err != nil {
			return err
		}
		if ev.State == "open" && (raised == 0 || ev.Raised < raised) {
			raised = ev.Raised
		}
		if i, known := at[ev.ID]; known {
			all[i] = ev
			return nil
		}
		at[ev.ID] = len(all)
		all = append(all, ev)
		return nil
	})
	if err == nil && store.Is(name) {
		raised, err = store.FirstRaised(name)
	}
	return all, raised, err
}
