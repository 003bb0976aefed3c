// Package event is what the sensor says: the record of a detection and its encodings.
package event

// SchemaVersion is the version of the record's layout, "major.minor".
// A field may be added within a major version; none is taken away or changes its meaning.
const SchemaVersion = "1.0"

// Event is one detection: what was seen, why it is outside the learned set or
// against a specification, where in the playbook the responder stands, and
// under which coverage it was judged. Times are packet time, nanoseconds since 1970.
type Event struct {
	ID     string // 16 hex digits: hash of rule, group key and first packet time
	State  string // "open" when raised, "update" when repeats extended it, "closed" when it went quiet, "summary" for a flood
	Rule   Rule
	Sensor Sensor

	First, Last int64  // packet time of the first and last sighting
	Count       uint64 // sightings
	Raised      int64  // sensor clock when this record was written
	Recurs      Recurrence

	Source, Target Party
	Proto, Service string // "" when not known
	Op             string
	Status         string // of the act: ok (accepted), refused, unanswered, unasked, oneway; "" when it has none
	Object         string // what was touched, for people

	What    string   // one plain sentence: what was seen
	Why     []Reason // the fields it rests on
	Samples []Sample // a few sightings with their packets
	List    []string // members of a collapsed storm, or hosts and ports of a scan; capped

	Captures []Capture // files of evidence cut so far
	LeftOff  []string  // what had no room in the record, in words

	Playbook  Playbook
	Attack    Attack
	Quality   Quality
	Coverage  Coverage
	Integrity Integrity
}

// Recurrence is what an event was before: the same rule about the same things, closed since. Zero of the first.
type Recurrence struct {
	Of    string // id of the latest of them
	Times int    // how many there were
}

// Rule names the rule that fired.
type Rule struct {
	ID, Title string
	Level     int // of the rule, before asset and planned work: 0 to 4
}

// Sensor says where the event comes from.
type Sensor struct{ ID, Site, Line string }

// Party is one side of what was seen.
type Party struct {
	Addr, MAC string
	Port      uint16
	Name      string // from the site file, or what the device said
	Role      string // controller, client, engineering, hmi, historian, infrastructure, unknown
	Vendor    string
	Zone      string
	Known     bool // in the baseline
}

// Host is how a party is told apart: its address, or its MAC without one.
func (p Party) Host() string {
	if p.Addr != "" {
		return p.Addr
	}
	return p.MAC
}

// Reason is one field an event rests on: what was seen and what is usual.
type Reason struct {
	Field, Seen, Usual string
	Nearest            string // the nearest learned neighbour, or the threshold; "" when none
	Threshold          string // which threshold fired: default, learned or site; "" when none did
}

// Sample is one sighting.
type Sample struct {
	Time          int64
	Frame, Answer uint64 // frame numbers in File; 0 when there is none
	File          string
	Value         string // what was written or read, "" when nothing
}

// Capture is a file with the frames around an event. Without a File nothing
// could be kept.
type Capture struct {
	File     string // pcapng, in the sensor's folder of evidence
	SHA256   string // of the file
	Frames   uint64
	From, To int64 // packet time of the earliest and the latest frame
	Whole    bool  // nothing is missing that a file of evidence should hold
}

// Playbook places the event in the incident-response playbook.
type Playbook struct {
	Profile, ProfileVersion string // "mpm-cirp"
	IncidentType            string // OT-01 to OT-15
	IncidentTitle           string
	Phase, Step             string // detection_investigation_analysis, DIA-1
	Next                    []NextStep
	OnConfirm, OnDismiss    string
	Severity                Severity
	Case                    string // id of the case, "" while there is none
	PhaseInput              string // what placed it: none (the sensor alone), ack (people moved the case), window (planned work)
	Again                   bool   // seen before in a case that was contained or closed
	Evidence                []string
	Containment             []string
	DoNot                   []string
	Reporting               []string
}

// NextStep tells one role what to do next, in one plain sentence.
type NextStep struct{ Step, Role, Do string }

// Severity is suggested by the sensor and confirmed by people.
type Severity struct {
	Suggested   int      // 0 to 4, never 5
	Basis       []string // the reasons, as ids
	ConfirmedBy string   // the role that confirms
}

// Attack lists techniques of ATT&CK for ICS.
type Attack struct {
	Version     string // of the data set the ids are from
	Techniques  []string
	Consequence []string // possible consequence, never the cause
	Legacy      []string // the ids of the version before sub-techniques
}

// Quality is what the quality unit needs.
type Quality struct {
	GxPImpact     string // direct, indirect, none; "unknown" counts as direct
	Asset         string
	Line          string
	LastKnownGood int64 // last time the asset was seen in its approved state, or the start of capture
	FirstSeen     int64
	LastSeen      int64
	Ask           string // hold-review, inform, inform-if-confirmed, none
	Decides       string // quality_unit
}

// Coverage is what the sensor could see while it judged.
type Coverage struct {
	BothWays   bool // of the event's conversation
	Midstream  bool
	Lossy      bool
	Truncated  bool
	Conflict   bool
	Dropped    uint64  // frames lost by the capture so far
	GapRatio   float64 // bytes known to be missing in all conversations, over all payload bytes
	Unjudgable uint64  // sightings of this rule that could not be judged so far
	Filter     string  // what alone was captured, in the words of tcpdump; "" for all
}

// Integrity ties the event to what it was judged with.
type Integrity struct {
	SensorVersion string
	Rules         string // SHA-256 of rules and playbook
	Baseline      string // SHA-256 of the baseline, "" when none
	Config        string // SHA-256 of configuration and site file, "" when none
}
