package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"otsensor/pkg/store"
)

func runStore(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	asJSON := fs.Bool("json", false, "print JSON")
	words, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(words) != 2 || words[0] != "check" {
		return usagef("store: say check, and which FILE")
	}
	r, err := store.Check(words[1])
	if err != nil {
		return err
	}
	if *asJSON {
		err = printJSON(e, r)
	} else {
		showStore(e, words[1], r)
	}
	if len(r.Problems) > 0 {
		return fmt.Errorf("%s is damaged, or not as it was written; keep a copy, move it away, and a new one is begun", words[1])
	}
	return err
}

func showStore(e *env, name string, r *store.Report) {
	say := func(label, format string, args ...any) {
		fmt.Fprintf(e.stdout, "%-10s %s\n", label, printable(fmt.Sprintf(format, args...)))
	}
	say("store", "%s, %d bytes, layout %d, written by sensor %s", name, r.Bytes, r.Layout, r.By)
	if r.Layout < store.Version() {
		say("older", "a sensor that opens it brings it to layout %d, and keeps a copy as it is", store.Version())
	}
	ended := "the sensor ended as it should"
	if !r.Ended {
		ended = "a sensor is writing it, or did not end as it should"
	}
	say("ended", "%s", ended)
	say("rows", "%s", rowCounts(r.Tables))
	if len(r.Removed) > 0 {
		say("removed", "%s, for age or size", rowCounts(r.Removed))
	}
	if r.Newest != 0 {
		say("events", "from %s to %s", time.Unix(0, r.Oldest).UTC().Format(time.RFC3339), time.Unix(0, r.Newest).UTC().Format(time.RFC3339))
	}
	for i, j := range r.Journals {
		switch {
		case j.Chain.Seq > 0:
			say("journal", "%d: %d decisions, up to number %d, hash %s", i+1, j.Lines, j.Chain.Seq, j.Chain.Hash)
		default:
			say("journal", "%d: %d decisions without hashes", i+1, j.Lines)
		}
	}
	for _, p := range r.Problems {
		say("PROBLEM", "%s", p)
	}
	if len(r.Problems) == 0 {
		say("whole", "every page, every reference between tables, every chain of decisions")
	}
}

func rowCounts(all []store.Count) string {
	words := make([]string, len(all))
	for i, c := range all {
		words[i] = fmt.Sprintf("%d %s", c.Rows, c.Table)
	}
	return strings.Join(words, ", ")
}
