package playbook

import (
	"slices"
	"strings"

	"otsensor/pkg/event"
)

// Technique is one technique of ATT&CK for ICS.
type Technique struct {
	ID      string   `yaml:"id"`
	Name    string   `yaml:"name"`
	Tactics []string `yaml:"tactics"`
	SR      []string `yaml:"sr"` // IEC 62443-3-3 system requirements of its mitigations
}

// named is an id and its name.
type named struct {
	ID    string `yaml:"id"`
	Short string `yaml:"short"`
	Name  string `yaml:"name"`
}

// replaced is an id of the version before, and what replaced it.
type replaced struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
	Now  string `yaml:"now"`
}

// attack is the technique table.
type attack struct {
	Version       string      `yaml:"version"`
	LegacyVersion string      `yaml:"legacy_version"`
	Consequence   string      `yaml:"consequence"` // tactic of what may follow
	Tactics       []named     `yaml:"tactics"`
	Requirements  []named     `yaml:"requirements"`
	Legacy        []replaced  `yaml:"legacy"`
	Techniques    []Technique `yaml:"techniques"`

	byID   map[string]*Technique
	now    map[string]string // legacy id to id
	before map[string]string // id to legacy id
}

func (a *attack) index() {
	a.byID, a.now, a.before = map[string]*Technique{}, map[string]string{}, map[string]string{}
	for i := range a.Techniques {
		a.byID[a.Techniques[i].ID] = &a.Techniques[i]
	}
	for _, l := range a.Legacy {
		a.now[l.ID], a.before[l.Now] = l.Now, l.ID
	}
	for i := range a.Techniques {
		t := &a.Techniques[i]
		if parent := a.byID[parentOf(t.ID)]; len(t.SR) == 0 && parent != nil {
			t.SR = parent.SR
		}
	}
}

// parentOf is the technique of a sub-technique, "" for a technique.
func parentOf(id string) string {
	parent, _, sub := strings.Cut(id, ".")
	if !sub {
		return ""
	}
	return parent
}

// Technique finds a technique by its id, or by the id of the version before.
func (p *Profile) Technique(id string) (*Technique, bool) {
	if now, old := p.attack.now[id]; old {
		id = now
	}
	t, ok := p.attack.byID[id]
	return t, ok
}

// Legacy is the id a technique had before sub-techniques, "" when it had none.
// A sub-technique that is new had its parent's.
func (p *Profile) Legacy(id string) string {
	if old, ok := p.attack.before[id]; ok {
		return old
	}
	if parent := parentOf(id); parent != "" {
		id = parent
	}
	if p.attack.byID[id] == nil || p.attack.replacing(id) {
		return ""
	}
	return id
}

// replacing reports whether a technique came with sub-techniques that replaced older ids.
func (a *attack) replacing(id string) bool {
	for _, l := range a.Legacy {
		if l.Now == id || parentOf(l.Now) == id {
			return true
		}
	}
	return false
}

// AttackVersion is the version of the technique table.
func (p *Profile) AttackVersion() string { return p.attack.Version }

// TechniqueIDs lists all techniques in the order of the table.
func (p *Profile) TechniqueIDs() []string {
	return ids(p.attack.Techniques, func(t *Technique) string { return t.ID })
}

// Attack sorts technique ids into what was seen and what may follow, and adds
// the ids of the version before. Unknown ids are left out.
func (p *Profile) Attack(ids []string) event.Attack {
	a := event.Attack{Version: p.attack.Version}
	for _, id := range ids {
		t, ok := p.Technique(id)
		if !ok {
			continue
		}
		if slices.Contains(t.Tactics, p.attack.Consequence) {
			a.Consequence = add(a.Consequence, t.ID)
		} else {
			a.Techniques = add(a.Techniques, t.ID)
		}
		a.Legacy = add(a.Legacy, p.Legacy(t.ID))
	}
	return a
}

// add appends a word that is not empty and not there yet.
func add(all []string, word string) []string {
	if word == "" || slices.Contains(all, word) {
		return all
	}
	return append(all, word)
}
