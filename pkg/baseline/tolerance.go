package baseline

import (
	"errors"
	"fmt"
	"slices"
)

// Tolerance is how far beyond the learned most something must be: Factor times
// it, and never under Least. A site may set both.
type Tolerance struct {
	Factor uint64
	Least  uint64 // in the unit of what is compared; nanoseconds of a silence
	Site   bool   // set by the site
}

// Tolerances are all that are not fixed.
type Tolerances struct {
	Silence, HostSilent, Rate, WriteBurst, Reconnect, SlowAnswers Tolerance
}

// DefaultTolerances hold where a site sets no others.
func DefaultTolerances() Tolerances {
	return Tolerances{
		Silence:     Tolerance{Factor: 3, Least: uint64(5 * second)},  // longest gap of a conversation
		HostSilent:  Tolerance{Factor: 3, Least: uint64(30 * second)}, // longest gap of a host
		Rate:        Tolerance{Factor: 3, Least: 100},                 // most packets in ten seconds
		WriteBurst:  Tolerance{Factor: 2, Least: 10},                  // most writes in a second
		Reconnect:   Tolerance{Factor: 3, Least: 5},                   // most openings in ten minutes
		SlowAnswers: Tolerance{Factor: 1, Least: 2_000_000},           // what 99 of 100 answers took
	}
}

// The deviations that have a tolerance, and which of them are times.
var (
	tolerated = []string{"silence", "host-silent", "rate", "write-burst", "reconnect", "slow-answers"}
	timed     = []string{"silence", "host-silent", "slow-answers"}
)

// Tolerated lists the deviations whose tolerance a site may set.
func Tolerated() []string { return slices.Clone(tolerated) }

// Timed reports whether the least of a tolerance is a time.
func Timed(deviation string) bool { return slices.Contains(timed, deviation) }

// maxFactor is the largest factor of a tolerance.
const maxFactor = 1000

// Set changes one tolerance for a site; what is 0 stays as it was.
func (t *Tolerances) Set(deviation string, factor, least uint64) error {
	all := [...]*Tolerance{&t.Silence, &t.HostSilent, &t.Rate, &t.WriteBurst, &t.Reconnect, &t.SlowAnswers}
	at := slices.Index(tolerated, deviation)
	switch {
	case at < 0:
		return fmt.Errorf("no tolerance for %q", deviation)
	case factor == 0 && least == 0:
		return errors.New("needs factor, least or both")
	case factor > maxFactor:
		return fmt.Errorf("factor goes from 1 to %d", maxFactor)
	}
	to := all[at]
	to.Site = true
	if factor > 0 {
		to.Factor = factor
	}
	if least > 0 {
		to.Least = least
	}
	return nil
}

// threshold is how much is tolerated where so much was learned.
func (t *Tolerance) threshold(learned uint64) uint64 { return max(t.Factor*learned, t.Least) }

// origin says what set a threshold: the site, what was learned, or the default.
func (t *Tolerance) origin(learned uint64) string {
	switch {
	case t.Site:
		return "site"
	case t.Factor*learned > t.Least:
		return "learned"
	}
	return "default"
}
