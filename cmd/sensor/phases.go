package main

import (
	"fmt"
	"strconv"
	"strings"

	"otsensor/pkg/baseline"
)

// phasesOfBaseline lists the phases that were found, after giving those their name that were named.
func phasesOfBaseline(e *env, f *baselineFlags, files []string) error {
	if (len(f.names) > 0) != (f.by != "") {
		return usagef("baseline phases: to name a phase say which, what and who: --name 2=cleaning --by 'Anna Ott'")
	}
	return withBaselines(files, func(b ...*baseline.Baseline) error {
		if len(f.names) > 0 {
			if err := f.namePhases(e, b[0], files[0]); err != nil {
				return err
			}
		}
		return baseline.ShowPhases(e.stdout, b[0])
	})
}

// namePhases writes names into a baseline: all of them, or none.
func (f *baselineFlags) namePhases(e *env, b *baseline.Baseline, file string) error {
	if !b.Sealed {
		return fmt.Errorf("%s was edited and is not sealed: look at it, then sensor baseline seal %s", file, file)
	}
	approved := len(b.ApprovedBy())
	for _, word := range f.names {
		number, name, found := strings.Cut(word, "=")
		n, err := strconv.Atoi(number)
		if err != nil || !found {
			return usagef("baseline phases: --name %q is no number and name, as 2=cleaning is", word)
		}
		if err := b.NamePhase(n, name, f.by); err != nil {
			return fmt.Errorf("%w; sensor baseline phases %s lists them", err, file)
		}
	}
	if err := save(e, file, nil, b); err != nil {
		return err
	}
	if void := approved - len(b.ApprovedBy()); void > 0 {
		fmt.Fprintf(e.stderr, "%s is another document now: %d approval(s) of the one before are void; sensor baseline approve\n", file, void)
	}
	return nil
}
