package config

import (
	"net/netip"
	"slices"

	"otsensor/pkg/baseline"
	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
	"otsensor/pkg/playbook"
	"otsensor/pkg/strict"
)

// Site is the site file, checked: what people know of their plant. It is
// read-only and may be shared. A nil Site knows nothing.
type Site struct {
	Lines    []Line
	Zones    []Zone
	Conduits []Conduit
	Assets   []Asset
	Work     []Work
	Clocks   []Clock
	Rules    []Citation

	Thresholds []detect.Threshold  // of rules that count, in place of their own
	Tolerances baseline.Tolerances // of departures from the baseline
	OwnRules   string              // file with rules beside the built-in ones, "" for none

	sensor   event.Sensor
	byHost   map[ot.Endpoint]*Asset
	scanners map[*Asset]bool
	roles    []roleHolders
	doc      *strict.Doc
}

// Line is a production line. What it says of GxP impact, step and pausing
// holds for those of its assets that say nothing themselves.
type Line struct {
	ID, Name, GxP, Step string
	NotHoldable         bool
	Phases              *Phases // nil where nobody said how to read them
}

// Zone is a part of the network whose hosts trust one another alike (IEC 62443-3-2).
type Zone struct {
	Name     string
	Prefixes []netip.Prefix
}

// Outside is the zone of hosts that are in none, as conduits name it.
const Outside = "outside"

// Conduit allows hosts of one zone to open conversations to another.
type Conduit struct {
	From, To string
	Ports    []uint16 // of the server; all when empty
	Why      string
}

// Asset is what the site file says of one host.
type Asset struct {
	Name, Role, Line, Cell, Zone string
	Step                         string // process step it takes part in
	Purpose                      string // one of PurposeWords where it decides over product, else ""
	Owner                        string
	GxP                          string // direct, indirect, none; "" is unknown and counts as direct
	Engineering, Safety          bool
	NotHoldable                  bool // its step may not be paused
	Critical                     []Parameter
}

// Work is a planned-work window: who may do what to which assets, and when.
type Work struct {
	Ticket      string
	Who, Assets []string // names of assets
	From, Until int64    // nanoseconds since 1970; Until is the first moment after it

	acts [maxOps]bool
}

// Contact is a person or a desk.
type Contact struct{ ID, Name, Phone, Mail string }

// Clock says when a report is due at this site; it takes precedence over the playbook.
type Clock struct{ Report, When string }

// Citation is the rule for medical products that holds at this site instead of
// the one the playbook names, as the quality unit and counsel confirmed it.
type Citation struct{ Hook, Rule string }

// roleHolders is who holds a role of the playbook, the first one first.
type roleHolders struct {
	role string
	who  []Contact
}

// Find gives what is known of a host, nil when nothing is.
func (s *Site) Find(e ot.Endpoint) *Asset {
	if s == nil {
		return nil
	}
	return s.byHost[e.Host()]
}

// Zone is the zone of a host, "" when it is in none.
func (s *Site) Zone(e ot.Endpoint) string {
	if s == nil {
		return ""
	}
	if a := s.Find(e); a != nil && a.Zone != "" {
		return a.Zone
	}
	name, bits := "", -1
	for i := range s.Zones {
		for _, p := range s.Zones[i].Prefixes {
			if p.Bits() > bits && p.Contains(e.Addr()) {
				name, bits = s.Zones[i].Name, p.Bits()
			}
		}
	}
	return name
}

// Scanner reports whether a host is an approved scanner.
func (s *Site) Scanner(e ot.Endpoint) bool { return s != nil && s.scanners[s.Find(e)] }

// Conduit reports whether the site allows a conversation from a client to a
// server, or has no zones. A server without a port stands for any port. What is
// said to many hosts, and what has no address, crosses no zone.
func (s *Site) Conduit(from, to ot.Endpoint) bool {
	if s == nil || len(s.Zones) == 0 || !one(from) || !one(to) {
		return true
	}
	a, b := s.zoneOrOutside(from), s.zoneOrOutside(to)
	if a == b {
		return true
	}
	return slices.ContainsFunc(s.Conduits, func(c Conduit) bool {
		return c.From == a && c.To == b && (len(c.Ports) == 0 || to.Port == 0 || slices.Contains(c.Ports, to.Port))
	})
}

// one reports whether an endpoint is the address of one host that may be routed.
func one(e ot.Endpoint) bool { return e.Addr().IsGlobalUnicast() }

func (s *Site) zoneOrOutside(e ot.Endpoint) string {
	if z := s.Zone(e); z != "" {
		return z
	}
	return Outside
}

// Works reports whether the site file names times of planned work.
func (s *Site) Works() bool { return s != nil && len(s.Work) > 0 }

// Planned is the ticket of the planned work that covers an act, "" when none
// does. Acts that change nothing and are no engineering work, and what has no
// verb, are covered with any work of the same two hosts.
func (s *Site) Planned(source, target ot.Endpoint, op ot.Op, at int64) string {
	from, to := s.Find(source), s.Find(target)
	if from == nil || to == nil {
		return ""
	}
	for i := range s.Work {
		w := &s.Work[i]
		if w.From <= at && at < w.Until && w.covers(op) && slices.Contains(w.Who, from.Name) && slices.Contains(w.Assets, to.Name) {
			return w.Ticket
		}
	}
	return ""
}

func (w *Work) covers(op ot.Op) bool {
	return !op.ChangesState() && !op.Engineering() || int(op) < maxOps && w.acts[op]
}

// Sensor is how the site calls this sensor.
func (s *Site) Sensor() event.Sensor {
	if s == nil {
		return event.Sensor{}
	}
	return s.sensor
}

// Contacts is who holds a role of the playbook, the first one first. One person may hold several.
func (s *Site) Contacts(role string) []Contact {
	if s == nil {
		return nil
	}
	for _, r := range s.roles {
		if r.role == role {
			return r.who
		}
	}
	return nil
}

// Overlay is what the site says beside and instead of the playbook.
func (s *Site) Overlay() playbook.Overlay {
	return playbook.Overlay{When: s.Clock, Rule: s.Citation, Who: func(role string) (all []string) {
		for _, c := range s.Contacts(role) {
			all = append(all, c.String())
		}
		return all
	}}
}

// String is the contact in one line.
func (c Contact) String() string {
	text := c.Name
	for _, more := range []string{c.Phone, c.Mail} {
		if more != "" {
			text += ", " + more
		}
	}
	return text
}

// Clock is when a report is due at this site, "" when the site does not say.
func (s *Site) Clock(report string) string {
	if s == nil {
		return ""
	}
	for _, c := range s.Clocks {
		if c.Report == report {
			return c.When
		}
	}
	return ""
}

// Citation is the rule that holds here for a hook of the playbook, "" when the
// site does not say.
func (s *Site) Citation(hook string) string {
	if s == nil {
		return ""
	}
	for _, c := range s.Rules {
		if c.Hook == hook {
			return c.Rule
		}
	}
	return ""
}

// Line finds a line, nil when there is none.
func (s *Site) Line(id string) *Line {
	if s == nil {
		return nil
	}
	for i := range s.Lines {
		if s.Lines[i].ID == id {
			return &s.Lines[i]
		}
	}
	return nil
}

// CriticalPoint is the critical parameter that a transaction with this asset
// touches, nil when it touches none.
func (a *Asset) CriticalPoint(t *ot.Transaction) *Parameter {
	if a == nil {
		return nil
	}
	for i := range a.Critical {
		if a.Critical[i].Point.Touched(t) {
			return &a.Critical[i]
		}
	}
	return nil
}
