package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"otsensor/pkg/baseline"
	"otsensor/pkg/near"
)

// baselineFlags are the flags of all verbs.
type baselineFlags struct {
	out, by, journal, why string
	keys, names           words
	need                  int
	unused                time.Duration
}

// words is a flag that may stand several times.
type words []string

func (w *words) String() string     { return strings.Join(*w, " ") }
func (w *words) Set(s string) error { *w = append(*w, s); return nil }

// baselineVerb is one thing to do with baselines.
type baselineVerb struct {
	name  string
	files int
	run   func(e *env, f *baselineFlags, files []string) error
}

var baselineVerbs = []baselineVerb{
	{"show", 1, func(e *env, _ *baselineFlags, files []string) error {
		return withBaselines(files, func(b ...*baseline.Baseline) error { return baseline.Show(e.stdout, b[0]) })
	}},
	{"diff", 2, func(e *env, _ *baselineFlags, files []string) error {
		return withBaselines(files, func(b ...*baseline.Baseline) error { return baseline.Diff(e.stdout, b[0], b[1]) })
	}},
	{"merge", 2, func(e *env, f *baselineFlags, files []string) error {
		return withBaselines(files, func(b ...*baseline.Baseline) error { return save(e, f.out, files, baseline.Merge(b[0], b[1])) })
	}},
	{"seal", 1, func(e *env, _ *baselineFlags, files []string) error {
		return withBaselines(files, func(b ...*baseline.Baseline) error { return save(e, files[0], nil, b[0]) })
	}},
	{"expire", 1, expireBaseline},
	{"phases", 1, phasesOfBaseline},
	{"keygen", 0, keygen},
	{"approve", 1, approveBaseline},
	{"verify", 1, verifyBaseline},
	{"rollback", 1, func(e *env, _ *baselineFlags, files []string) error { return rollback(e, files[0]) }},
}

func runBaseline(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var f baselineFlags
	fs.StringVar(&f.out, "o", "-", "`FILE` that merge writes; of keygen the name before .key and .pub")
	fs.Var(&f.keys, "key", "approve: `FILE` with your private key; verify: a public key that counts, may stand several times")
	fs.StringVar(&f.by, "by", "", "approve, phases: `NAME` of who approves, or names a phase")
	fs.Var(&f.names, "name", "phases: `NUMBER=NAME` of a phase, as 2=cleaning; may stand several times")
	fs.StringVar(&f.journal, "journal", "", "approve: `FILE` of people's decisions that the approval is written to")
	fs.StringVar(&f.why, "why", "", "approve: the reason, in `WORDS`, for the journal")
	fs.IntVar(&f.need, "need", 1, "verify: `N` different people must have approved")
	fs.DurationVar(&f.unused, "unused", 90*24*time.Hour, "expire: take out of force what was not seen for this `TIME` before the end of learning")
	args, err := parse(fs, args)
	if err != nil {
		return err
	}
	var names []string
	for _, v := range baselineVerbs {
		names = append(names, v.name)
	}
	if len(args) == 0 {
		return usagef("baseline: say what to do: %s", strings.Join(names, ", "))
	}
	i := slices.Index(names, args[0])
	if i < 0 {
		return usagef("baseline: no verb %q%s; there are %s", args[0], near.Hint(args[0], names), strings.Join(names, ", "))
	}
	if v := baselineVerbs[i]; len(args)-1 != v.files {
		return usagef("baseline %s takes %d file(s)", v.name, v.files)
	}
	return baselineVerbs[i].run(e, &f, args[1:])
}

// withBaselines reads files and hands them on.
func withBaselines(files []string, do func(b ...*baseline.Baseline) error) error {
	var all []*baseline.Baseline
	for _, name := range files {
		b, err := readBaseline(name)
		if err != nil {
			return err
		}
		all = append(all, b)
	}
	return do(all...)
}

func expireBaseline(e *env, f *baselineFlags, files []string) error {
	return withBaselines(files, func(b ...*baseline.Baseline) error {
		n := b[0].Expire(f.unused)
		fmt.Fprintf(e.stderr, "%d lines were not used for %s and are no longer in force\n", n, f.unused)
		if n == 0 {
			return nil
		}
		return save(e, files[0], nil, b[0])
	})
}

// save writes a baseline to its place.
func save(e *env, name string, inputs []string, b *baseline.Baseline) error {
	t, err := openTarget(name, inputs)
	if err != nil {
		return err
	}
	defer t.drop()
	return t.write(e.stdout, b)
}
