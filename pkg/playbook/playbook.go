// Package playbook says what an event means to responders: where they stand, what comes next, what to keep and what never to do.
package playbook

// Profile is the playbook as rules/playbook.yaml and rules/attack.yaml state it.
// It is read-only and may be shared.
type Profile struct {
	SHA256 string `yaml:"-"` // over both files

	Head        Head           `yaml:"profile"`
	Sources     []Source       `yaml:"sources"` // where a step comes from
	References  []Reference    `yaml:"references"`
	Phases      []Phase        `yaml:"phases"`
	Roles       []Role         `yaml:"roles"`
	Places      Places         `yaml:"places"`
	Steps       []Step         `yaml:"steps"`
	Severity    Severity       `yaml:"severity"`
	Basis       []Basis        `yaml:"basis"`
	Quality     Quality        `yaml:"quality"`
	Evidence    []Evidence     `yaml:"evidence"`
	Containment []Measure      `yaml:"containment"` // least effect on the line first
	DoNot       []Never        `yaml:"do_not"`
	Reporting   []Report       `yaml:"reporting"`
	Types       []IncidentType `yaml:"incident_types"`

	attack attack
	types  map[string]*IncidentType
	steps  map[string]*Step
}

// Head names the profile.
type Head struct {
	ID        string `yaml:"id"`
	Version   string `yaml:"version"`
	Date      string `yaml:"date"` // of the version, as 2026-11-28
	Title     string `yaml:"title"`
	Statement string `yaml:"statement"` // what the profile is, and what it is not
}

// Source is where steps come from.
type Source struct {
	ID   string `yaml:"id"`
	Text string `yaml:"text"`
}

// Reference is a standard the steps are cross-referenced with.
type Reference struct {
	ID  string `yaml:"id"`
	Use string `yaml:"use"`
}

// Phase is one of the five phases of the playbook.
type Phase struct {
	ID     string `yaml:"id"`
	Title  string `yaml:"title"`
	NIST   string `yaml:"nist"`   // functions of NIST SP 800-61r3
	Sensor string `yaml:"sensor"` // what the sensor does meanwhile

	Activity string `yaml:"activity"` // what its steps do, as CACAO v2 calls it
}

// Role is somebody who acts. A small firm gives several roles to one person, in the site file.
type Role struct {
	ID      string `yaml:"id"`
	Title   string `yaml:"title"`
	Tier    string `yaml:"tier"`
	Decides string `yaml:"decides"`

	Who []string `yaml:"-"` // at a site: who holds it, the first called first
}

// Places are the steps an event names by itself, and the sentences added to triage.
type Places struct {
	Start      string `yaml:"start"`
	Confirm    string `yaml:"confirm"`
	Dismiss    string `yaml:"dismiss"`
	Measures   string `yaml:"measures"`   // carries out what the incident type names
	Planned    string `yaml:"planned"`    // when planned work covers the event
	Incomplete string `yaml:"incomplete"` // when the capture was incomplete
}

// Step is one step of a phase.
type Step struct {
	ID     string   `yaml:"id"`
	Phase  string   `yaml:"phase"`
	Title  string   `yaml:"title"`
	Do     string   `yaml:"do"`
	Role   string   `yaml:"role"`
	With   []string `yaml:"with"` // roles that are asked or take part
	Output string   `yaml:"output"`
	Next   []string `yaml:"next"`   // steps, or "end"
	CSF2   []string `yaml:"csf2"`   // NIST CSF 2.0 outcomes
	SR     []string `yaml:"sr"`     // IEC 62443-3-3 system requirements
	Source []string `yaml:"source"` // ids of Profile.Sources

	Activity string `yaml:"activity"` // instead of the phase's
}

// Severity is the scale of 0 to 5 and how the sensor suggests a level.
type Severity struct {
	ConfirmedBy  string   `yaml:"confirmed_by"`
	RefusedMinus int      `yaml:"refused_minus"`
	PlannedMinus int      `yaml:"planned_minus"`
	Asset        []Levels `yaml:"asset"` // by class of asset: safety, direct, indirect, none
	Levels       []Level  `yaml:"levels"`
}

// Levels is what an asset asks for, by what came of the act.
type Levels struct {
	Class     string `yaml:"class"`
	Accepted  int    `yaml:"accepted"`
	NotSeen   int    `yaml:"not_seen"`
	Attempted int    `yaml:"attempted"` // refused, or no answer came
	Other     int    `yaml:"other"`     // nothing was to be changed
}

// Level is one level of severity.
type Level struct {
	Level      int      `yaml:"level"`
	Name       string   `yaml:"name"`
	Line       string   `yaml:"line"` // how it reads on a production line
	DeclaredBy []string `yaml:"declared_by"`
}

// Basis is one reason for a suggested level.
type Basis struct {
	ID   string `yaml:"id"`
	Text string `yaml:"text"`
}

// Quality is what is asked of the quality unit.
type Quality struct {
	Decides string `yaml:"decides"`
	Asks    []Ask  `yaml:"asks"` // strongest first
	Hold    []Hold `yaml:"hold"` // by class of asset: direct, indirect, none
	Planned string `yaml:"planned"`
	Hooks   []Hook `yaml:"hooks"`
}

// Ask is one question to the quality unit. Without a step nobody is told yet.
type Ask struct {
	ID      string `yaml:"id"`
	Meaning string `yaml:"meaning"`
	Step    string `yaml:"step"`
	Do      string `yaml:"do"`
}

// Hold is the question by what came of the act, as in Levels.
type Hold struct {
	Class     string `yaml:"class"`
	Accepted  string `yaml:"accepted"`
	NotSeen   string `yaml:"not_seen"`
	Attempted string `yaml:"attempted"`
	Other     string `yaml:"other"`
}

// Hook is a rule for medical products that an incident type touches.
type Hook struct {
	ID      string `yaml:"id"`
	Rule    string `yaml:"rule"`
	Meaning string `yaml:"meaning"`
}

// Evidence is something to keep.
type Evidence struct {
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
	By    string `yaml:"by"` // role that takes it
	How   string `yaml:"how"`
}

// Measure is a containment measure that may be considered on a running line.
type Measure struct {
	ID            string   `yaml:"id"`
	Title         string   `yaml:"title"`
	Decides       []string `yaml:"decides"`
	Line          string   `yaml:"line"`           // effect on the running line
	Evidence      string   `yaml:"evidence"`       // effect on evidence
	Observes      bool     `yaml:"observes"`       // it changes nothing, and so contains nothing
	NeedsHoldable bool     `yaml:"needs_holdable"` // only where the site file says that the step may be paused
}

// Never is something that must not be done.
type Never struct {
	ID   string `yaml:"id"`
	Text string `yaml:"text"`
}

// Report is a report that may be due. Legal decides; the site file's clock takes precedence.
type Report struct {
	ID    string `yaml:"id"`
	To    string `yaml:"to"`
	Owner string `yaml:"owner"`
	When  string `yaml:"when"`

	Here bool `yaml:"-"` // the site says when
}

// IncidentType is what kind of incident an event would be, if people confirm one.
type IncidentType struct {
	ID          string   `yaml:"id"`
	Title       string   `yaml:"title"`
	Opens       string   `yaml:"opens"` // what opens it
	Ask         string   `yaml:"ask"`   // first question of triage
	First       []First  `yaml:"first"` // who is told before triage
	Evidence    []string `yaml:"evidence"`
	Containment []string `yaml:"containment"` // ladder, least effect first
	DoNot       []string `yaml:"do_not"`
	Eradicate   string   `yaml:"eradicate"`
	Recover     string   `yaml:"recover"`
	Product     string   `yaml:"product"` // what becomes of product
	Reporting   []string `yaml:"reporting"`
	Techniques  []string `yaml:"techniques"` // usual ones, for people
	Hooks       []string `yaml:"hooks"`
	Quality     string   `yaml:"quality"` // least question to the quality unit; none: concerns no product
	Start       Start    `yaml:"start"`
}

// First is a role that is told at once.
type First struct {
	Step string `yaml:"step"`
	Role string `yaml:"role"`
	Do   string `yaml:"do"`
}

// Start is the usual suggested level, and the most an asset alone asks for when
// a change was accepted.
type Start struct {
	From           int `yaml:"from"`
	To             int `yaml:"to"`
	AcceptedChange int `yaml:"accepted_change"`
}

// Type finds an incident type.
func (p *Profile) Type(id string) (*IncidentType, bool) { t, ok := p.types[id]; return t, ok }

// Step finds a step.
func (p *Profile) Step(id string) (*Step, bool) { s, ok := p.steps[id]; return s, ok }

// Measure finds a containment measure; one that does not exist has nothing but its id.
func (p *Profile) Measure(id string) Measure {
	if m := find(p.Containment, func(m *Measure) string { return m.ID }, id); m != nil {
		return *m
	}
	return Measure{ID: id}
}

// Role finds a role; one that does not exist has its id as title.
func (p *Profile) Role(id string) Role {
	if r := find(p.Roles, func(r *Role) string { return r.ID }, id); r != nil {
		return *r
	}
	return Role{ID: id, Title: id}
}

// RoleIDs lists the roles.
func (p *Profile) RoleIDs() []string { return ids(p.Roles, func(r *Role) string { return r.ID }) }

// ReportIDs lists the reports.
func (p *Profile) ReportIDs() []string {
	return ids(p.Reporting, func(r *Report) string { return r.ID })
}

// HookIDs lists the rules for medical products.
func (p *Profile) HookIDs() []string {
	return ids(p.Quality.Hooks, func(h *Hook) string { return h.ID })
}

func ids[T any](items []T, id func(*T) string) []string {
	all := make([]string, len(items))
	for i := range items {
		all[i] = id(&items[i])
	}
	return all
}
