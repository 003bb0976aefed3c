// Package baseline is what is normal here: learned habits, and how far an observation is from them.
//
// A Learner turns observations into a Baseline, a plain document that people
// read, edit and approve. A Weigher compares observations with an approved
// Baseline and never adds to it.
//
// Both are used by one goroutine, in the order of observations. A
// conversation's Seat (given by assets.Table) leads to its pair without
// hashing; what hangs on a seat is a cache, tied to the conversation's pointer,
// and can be rebuilt at any time. All time is the sensor clock.
package baseline

import "otsensor/pkg/ot"

// Version of the document's layout. Since 2 values may be REALs or count up, and
// acts whose unit only a connection's start names have none; since 3 phases have
// names and durations; since 4 steps, turns and hours are learned, since 5 how long
// answers take. Older ones are read too.
const (
	Version    = 5
	unitsRight = 2
)

// Head is how a document begins.
const Head = "otsensor baseline"

// Limits of what a baseline holds, in a file and while learning.
const (
	MaxHosts         = 16384
	MaxConversations = 65536
	MaxHabits        = 131072
	MaxValues        = 131072 // points whose values are learned
	MaxObjects       = 1024   // request shapes of one habit
	MaxNames         = 256    // names of one habit
	MaxSet           = 32     // distinct values of one point
	maxSeldom        = MaxSet + 2*3
	maxPoints        = 1024 // points of one habit
	maxMACs          = 8    // of one host
	maxServices      = 64   // of one host
	maxVLANs         = 8    // of one host
	maxVersions      = 4    // contradicting versions of one identity answer
	maxIdentities    = 64   // identity answers of one host
)

// Baseline is the document. Its lists are sorted by what they name.
type Baseline struct {
	From         string // what it was learned from, free text
	Since, Until int64  // learned from here to there, nanoseconds since 1970
	Transactions uint64 // taught by so many
	Untaught     uint64 // observations that did not teach: lossy, conflicting, cut or odd
	Hash         string // SHA-256 of the document after its hash line, hex
	Sealed       bool   // the file carried its hash; false for one edited by hand

	Hosts         []Host
	MACs          []MAC
	Identities    []Identity
	Conversations []Conversation
	Habits        []Habit
	Values        []Value
	Steps         []Step

	Approvals []Approval // people's signatures
}

// Mark says whether a line is in force.
type Mark byte

// The marks, as written in front of a line. People accept a line by taking its mark away.
const (
	InForce Mark = 0
	Rare    Mark = '?' // seen too rarely to count
	Review  Mark = '!' // not to be learned without a person's decision
)

// Standing is what every line has: whether it is in force, why not, and how often it was seen.
type Standing struct {
	Mark        Mark
	Why         string
	Count       uint64
	Minutes     uint64 // distinct time buckets
	First, Last int64
}

// Beat is the timing of something that recurs, nanoseconds. Every is 0 where there is no period.
type Beat struct {
	Every, Spread int64 // median gap and its median absolute deviation
	Gap           int64 // longest
}

// Host is a host that speaks.
type Host struct {
	Standing
	Host   ot.Endpoint
	VLANs  []uint16
	Serves []Port // answered ports
	Gap    int64  // longest silence, nanoseconds
}

// Port is a port of a transport.
type Port struct {
	Transport ot.Transport
	Number    uint16
}

// MAC is an address seen to belong to a MAC.
type MAC struct {
	Standing
	Host ot.Endpoint
	MAC  [6]byte
}

// Identity is one answer of a device about itself or what is behind it.
type Identity struct {
	Standing
	Of             ot.Endpoint
	Behind, Source string
	Facts          [ot.FactCount]string
}

// Conversation is a pair that speaks.
type Conversation struct {
	Standing
	Pair
	Protos     []ot.Proto
	Services   []ot.Service
	Unanswered bool // TCP that was tried and never opened
	Beat       Beat
	Peak       uint64 // most packets in ten seconds
	Writes     uint32 // most writes in a second
	Openings   uint32 // most openings in ten minutes
	Hours      Week   // in which it belongs
	Latency    Latency

	Acts  uint64 // transactions that taught
	Kinds uint64 // kinds of behaviour among them
	Once  uint64 // kinds that came once: of so many transactions to come are expected to be of kinds not met yet
}

// Unseen is the share of what a conversation does that is expected to be of kinds not met yet.
func (c *Conversation) Unseen() float64 {
	s := species{n: c.Acts, once: c.Once}
	return s.unseen()
}

// Habit is an act that a conversation repeats.
type Habit struct {
	Standing
	Pair
	Act
	Objects  []Range   // learned request shapes, or merged when Loose
	Loose    bool      // too many shapes: only what they cover counts
	Names    []string  // learned names
	AnyName  bool      // too many names: names are not judged
	Beat     Beat      // of what leads, where a habit touches several things in turn
	Lead     Lead      // the first thing it was seen to touch
	Statuses [5]uint64 // by ot.Status
}

// Lead is a name, or else a request shape.
type Lead struct {
	On     bool // there is one
	Name   string
	Object Range
}

// Range is a run of addresses, both ends included.
type Range struct{ From, To uint32 }

// Value is what is written to one point.
type Value struct {
	Standing
	Pair
	Act
	Name     string
	Addr     uint32
	Real     bool // four bytes from Addr on are one REAL
	Min, Max float64
	Set      []float64   // the only values ever written, where they are few
	Seldom   []float64   // values that were written too rarely to count
	Step     float64     // largest step of a number that only counts up; 0 for any other
	Run      uint32      // steps of the longest run one way of a number that goes both
	State    uint32      // number by which others name this point; 0 where none does
	While    []While     // what other points hold when a value is written, sorted
	Phases   []PhaseName // what people call the values of a point that others name, by value
	Spent    []Spent     // how long these values were held, by value
	Lasts    []Last      // how long each time, by value
	Turns    []Turn      // what followed them, by value

	stage *state // while the learner writes the document
}
