package sensor

import (
	"slices"

	"otsensor/pkg/assets"
	"otsensor/pkg/baseline"
	"otsensor/pkg/cases"
	"otsensor/pkg/detect"
	"otsensor/pkg/evidence"
	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
)

// Snapshot is an immutable picture of a running sensor, made once a second of
// packet time. Everything outside the pipeline reads snapshots only.
type Snapshot struct {
	Clock        int64 // sensor clock, nanoseconds
	LastPacket   int64 // sensor clock of the latest packet
	Stats        Stats
	Events       EventCounts
	Windows      Table // what counting rules remember
	Strangers    Table // hosts remembered that are not in the baseline
	Learned      []Table
	Unheard      Unheard
	Beside       []Table // beside the judge
	UnheardTable Table
	Assets       int
	Evicted      uint64 // assets put out of a full table
	Left         uint64 // transactions of habits that had no room in their minute
	Habits       int    // of the baseline in force
	Baseline     string // its hash, "" while there is none
	Approved     int    // people who signed it as it is
	Rules        string // hash of rules
	Learning     *baseline.Progress
	Unseen       baseline.Spread  // of the conversations of the baseline that is learned, or in force
	Evidence     *evidence.Counts // nil when none is kept
	Cases        CaseCounts
	Versions     map[string]string
}

// EventCounts holds the identity raised = written + suppressed + dropped. It
// counts events, each by its first record; Records counts all records.
type EventCounts struct {
	Raised     map[string]uint64 // by rule, with those over the rule's budget
	Suppressed map[string]uint64 // by rule: over its budget, told in a summary
	OfCases    map[string]uint64 // by rule: events about cases as a whole
	Taken      map[detect.Taking]uint64
	Written    uint64
	Dropped    uint64                // the first record could not be written
	ByType     map[EventClass]uint64 // each event once, as it is now
	Reached    map[EventClass]uint64 // each when it opens, and again when it becomes another: it never falls
	Records    map[string]Records    // by state: open, update, closed, summary
	Shortened  uint64                // records of which something was left off, for their length
	Longest    int                   // bytes of the longest record
	Failing    bool                  // the latest record could not be written
	Open       int
	Remembered int    // closed events
	Forgotten  uint64 // of them, for newer ones
	Evicted    uint64 // closed early because too many were open
	Unjudgable uint64
	Accepted   uint64 // sightings that people accepted
}

// Records counts what was handed to the output.
type Records struct{ Written, Dropped uint64 }

// CaseCounts is how the cases of a running sensor stand.
type CaseCounts struct {
	Open      map[CaseClass]int // not over, by phase and severity
	Ended     int               // closed or dismissed, and still remembered
	Known     uint64            // all of them
	Dropped   uint64            // had to go for want of room
	Decisions uint64            // lines of the journal taken, those of the start among them
	NoEffect  uint64            // of them, about a case as it cannot be
}

// CaseClass is a bounded label: phase, and the severity that people declared
// or, before they did, the sensor suggests.
type CaseClass struct {
	Phase    string
	Severity int
}

// EventClass is a bounded label: incident type and suggested severity.
type EventClass struct {
	Type     string
	Severity int
}

// Table is the fill of one bounded table.
type Table struct {
	Name           string
	Entries, Limit uint64
	Evicted        uint64
}

// filled reports whether a table of the judge put something out since an earlier
// picture. Those of the workers tell it themselves.
func (s *Snapshot) filled(before *Snapshot) bool {
	judged := func(s *Snapshot) []uint64 {
		return []uint64{s.Evicted, s.Events.Evicted, s.Windows.Evicted, s.Strangers.Evicted, s.Cases.Dropped}
	}
	then := judged(before)
	for i, n := range judged(s) {
		if n > then[i] {
			return true
		}
	}
	return false
}

// Tables lists the bounded tables and how full they are.
func (s *Snapshot) Tables() []Table {
	f := &s.Stats.Flow
	all := []Table{
		{"conversations", f.Convs, flow.MaxConvs * flow.Shards, f.Evicted},
		{"reassembly_bytes", f.Kept, flow.MaxKept * flow.Shards, s.Stats.Odds[ot.StreamOverflow]},
		{"open_request_bytes", f.OpenBytes, flow.MaxOpenBytes * flow.Shards, s.Stats.Odds[ot.TooManyOpen]},
		{"fragments", f.Incomplete, flow.MaxFragments * flow.Shards, f.FragEvicted},
		{"fragment_bytes", f.FragBytes, flow.MaxFragBytes * flow.Shards, f.FragEvicted},
		{"assets", uint64(s.Assets), assets.MaxAssets, s.Evicted},
		{"open_events", uint64(s.Events.Open), detect.MaxOpen, s.Events.Evicted},
		{"cases", s.Cases.Known, cases.MaxOpen, s.Cases.Dropped},
	}
	for _, t := range []Table{s.Windows, s.Strangers, s.UnheardTable} {
		if t.Name != "" { // before the first tick there is none
			all = append(all, t)
		}
	}
	return slices.Concat(all, s.Learned, s.Beside)
}
