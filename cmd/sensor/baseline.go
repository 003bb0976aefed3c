package main

import (
	"context"
	"flag"

	"otsensor/pkg/baseline"
)

func runBaseline(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	out := fs.String("o", "-", "merge: `FILE` the joined baseline is written to")
	words, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return usagef("baseline: say what to do: show, diff, merge or seal")
	}
	verb, files := words[0], words[1:]
	want := map[string]int{"show": 1, "diff": 2, "merge": 2, "seal": 1}[verb]
	if want == 0 {
		return usagef("baseline: no verb %q; there are show, diff, merge and seal", verb)
	}
	if len(files) != want {
		return usagef("baseline %s takes %d file(s)", verb, want)
	}
	var read []*baseline.Baseline
	for _, name := range files {
		b, err := readBaseline(name)
		if err != nil {
			return err
		}
		read = append(read, b)
	}
	switch verb {
	case "show":
		return baseline.Show(e.stdout, read[0])
	case "diff":
		return baseline.Diff(e.stdout, read[0], read[1])
	}
	if verb == "seal" {
		return save(e, files[0], nil, read[0])
	}
	return save(e, *out, files, baseline.Merge(read[0], read[1]))
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
