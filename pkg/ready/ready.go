// Package ready says how far the preparation phase of the playbook is, and what to do next.
package ready

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"otsensor/pkg/baseline"
	"otsensor/pkg/config"
	"otsensor/pkg/event"
	"otsensor/pkg/journal"
	"otsensor/pkg/playbook"
)

// State is how far one thing is.
type State string

// The states.
const (
	Done    State = "done"
	Open    State = "open"
	Unknown State = "not known" // nobody gave what it is judged by

	NotAsked State = "not asked" // a running sensor was not asked, or did not answer
)

// Check is one thing of the preparation.
type Check struct {
	Step  string // of the playbook
	What  string
	State State
	Found string // what it rests on
	Next  string // what to do, where it is not done
}

// Inputs are what readiness is judged by; what is nil was not given.
type Inputs struct {
	Profile    *playbook.Profile
	Site       *config.Site
	Baseline   *baseline.Baseline
	Journal    *journal.Journal
	Events     []*event.Event
	HaveEvents bool
	Port       []string // what keeps the capture port from being passive and whole
	HavePort   bool
	Running    *Running // nil: it was not asked
	Clock      *bool    // the machine's clock is synchronised; nil: cannot be told
	Now        time.Time
}

// How old things may be.
const (
	baselineAge = 180 * 24 * time.Hour
	exerciseAge = 365 * 24 * time.Hour
	blindSince  = 7 * 24 * time.Hour // events about blindness count so long
)

// Assess gives every check, in the order of the steps.
func Assess(in *Inputs) []Check {
	all := append([]Check{in.roles(), in.deputies(), in.contacts(), in.approved(), in.age(), in.review(),
		in.owners(), in.gxp(), in.assetRoles(), in.strangers(), in.parameters(), in.clocks(), in.exercise(), in.clock(), in.port(), in.coverage(),
		in.runs(), in.sees(), in.writes(), in.judges()}, in.said()...)
	place := func(c Check) int {
		return slices.IndexFunc(in.Profile.Steps, func(s playbook.Step) bool { return s.ID == c.Step })
	}
	slices.SortStableFunc(all, func(a, b Check) int { return place(a) - place(b) })
	return all
}

// Ready reports whether nothing is open or unknown.
func Ready(all []Check) bool {
	for _, c := range all {
		if c.State != Done {
			return false
		}
	}
	return true
}

// mostNamed is how many names a finding lists.
const mostNamed = 6

// found makes a check of what is missing: done when nothing is.
func found(c Check, missing []string, whole string) Check {
	if len(missing) == 0 {
		c.State, c.Found, c.Next = Done, whole, ""
		return c
	}
	c.State = Open
	c.Found = strings.Join(missing[:min(len(missing), mostNamed)], ", ")
	if n := len(missing) - mostNamed; n > 0 {
		c.Found += fmt.Sprintf(" and %d more", n)
	}
	return c
}

// lacks makes a check that cannot be judged.
func lacks(c Check, what, next string) Check {
	c.State, c.Found, c.Next = Unknown, what, next
	return c
}

const (
	noSite     = "no site file was given"
	giveSite   = "write a site file (docs/site.small.yaml, docs/site.large.yaml) and name it with --site"
	noBaseline = "no baseline was given"
	giveBase   = "sensor learn -o line.baseline …, then name it with --baseline"
)

func days(d time.Duration) string { return fmt.Sprintf("%d days", int(d.Hours()/24)) }
