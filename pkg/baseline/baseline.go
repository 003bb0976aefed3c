// Package baseline is what is normal here: learned habits, and how far an observation is from them.
//
// A Learner turns observations into a Baseline, a plain document that people
// read, edit and approve. A Weigher compares observations with an approved
// Baseline and never adds to it.
//
// Both are used by one goroutine, in the order of observations. A
// conversation's Seat (given by assets.Table) leads to its learned pair without
// hashing; what hangs on a seat is a cache and can be rebuilt at any time.
package baseline

import (
	"io"

	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// Baseline is the document.
type Baseline struct {
	From         string // what it was learned from, free text
	Since, Until int64  // first and last packet time learned from, nanoseconds
	Hash         string // SHA-256 of the body, hex
	Sealed       bool   // the file carried its hash; false for one edited by hand
}

// Parse reads a document; name is used in errors.
func Parse(r io.Reader, name string) (*Baseline, error) { return nil, nil }

// Write writes the document, sorted, with its hash.
func (b *Baseline) Write(w io.Writer) error { return nil }

// Options of a Learner.
type Options struct{ From string }

// Learner learns habits.
type Learner struct{}

// NewLearner makes a Learner that knows nothing.
func NewLearner(o Options) *Learner { return &Learner{} }

// Learn takes one observation.
func (l *Learner) Learn(o *ot.Observation) {}

// Progress says how far learning is.
func (l *Learner) Progress() Progress { return Progress{} }

// Baseline is what was learned so far.
func (l *Learner) Baseline() *Baseline { return &Baseline{} }

// Progress of learning.
type Progress struct {
	Enough  bool
	Reasons []string
}

// Weight is what weighing says about one observation.
type Weight struct {
	Dev   Deviation // how it departs from what was learned
	Fresh Deviation // the part of Dev that this run has not reported for this very thing before
	Cause uint32    // how many fresh things the observation's source host has caused so far
}

// Weigher compares observations with a baseline.
type Weigher struct{}

// NewWeigher makes a Weigher; without a baseline only address conflicts inside the run are found.
func NewWeigher(b *Baseline) *Weigher { return &Weigher{} }

// Weigh weighs one observation.
func (w *Weigher) Weigh(o *ot.Observation) Weight { return Weight{} }

// Explain says which fields a deviation rests on.
func (w *Weigher) Explain(o *ot.Observation, d Deviation) []event.Reason { return nil }

// Tick looks for what did not happen; now is the sensor clock.
// The observation is valid during yield only.
func (w *Weigher) Tick(now int64, yield func(o *ot.Observation, weight Weight)) {}

// Known reports whether a host is in the baseline.
func (w *Weigher) Known(host ot.Endpoint) bool { return false }

// LastGood is the last time a host was seen before a change to it that was not learned; 0 when never seen.
func (w *Weigher) LastGood(host ot.Endpoint) int64 { return 0 }

// Trust ends the effect of earlier changes on LastGood: people found the host to be in its approved state.
func (w *Weigher) Trust(host ot.Endpoint) {}
