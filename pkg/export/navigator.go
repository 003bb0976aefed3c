package export

import (
	"fmt"
	"slices"
	"strings"

	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/playbook"
)

// Layer is a layer of the ATT&CK Navigator, format 4.5.
type Layer struct {
	Name       string        `json:"name"`
	Versions   layerVersions `json:"versions"`
	Domain     string        `json:"domain"`
	Text       string        `json:"description"`
	Sorting    int           `json:"sorting"` // 3: by score, highest first
	Techniques []Technique   `json:"techniques"`
	Gradient   gradient      `json:"gradient"`
	Legend     []legend      `json:"legendItems"`
	Metadata   []metadata    `json:"metadata,omitempty"`
	Background string        `json:"tacticRowBackground"`
	ShowRow    bool          `json:"showTacticRowBackground"`
	AllTactics bool          `json:"selectTechniquesAcrossTactics"`
}

type layerVersions struct {
	Attack    string `json:"attack"`
	Navigator string `json:"navigator"`
	Layer     string `json:"layer"`
}

// Technique is one technique of a layer.
type Technique struct {
	ID       string     `json:"techniqueID"`
	Score    int        `json:"score,omitempty"`
	Color    string     `json:"color,omitempty"`
	Comment  string     `json:"comment"`
	Enabled  bool       `json:"enabled"`
	Subs     bool       `json:"showSubtechniques"`
	Metadata []metadata `json:"metadata,omitempty"`
}

type gradient struct {
	Colors []string `json:"colors"`
	Min    int      `json:"minValue"`
	Max    int      `json:"maxValue"`
}

type legend struct {
	Label string `json:"label"`
	Color string `json:"color"`
}

type metadata struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// colours of a layer.
const (
	pale    = "#e3eef2"
	strong  = "#0b6e8a"
	outside = "#f2d8b5" // what may follow
)

func newLayer(p *playbook.Profile, name, text, scored string) *Layer {
	major, _, _ := strings.Cut(p.AttackVersion(), ".")
	return &Layer{Name: name, Text: text, Domain: "ics-attack", Sorting: 3, Background: "#dddddd", AllTactics: true,
		Versions: layerVersions{Attack: major, Navigator: "5.1.0", Layer: "4.5"},
		Legend:   []legend{{scored, strong}, {"may follow; never what was seen", outside}},
		Metadata: []metadata{{"ATT&CK for ICS", p.AttackVersion()}, {"profile", p.Head.ID + " " + p.Head.Version}}}
}

// Covered is the layer of what rules look for: the score of a technique is how many do.
func Covered(p *playbook.Profile, rules []detect.Rule) *Layer {
	l := newLayer(p, "Covered by rules", "Techniques of ATT&CK for ICS that rules of the sensor name. The score is the number of rules. A technique without a score is not looked for.", "number of rules")
	t := tally{}
	for i := range rules {
		a := p.Attack(rules[i].Attack)
		t.add(a, rules[i].ID, rules[i].ID+" "+rules[i].Title)
	}
	t.into(p, l, "rule")
	return l
}

// Seen is the layer of what events named: the score of a technique is how many events did.
func Seen(p *playbook.Profile, name string, events []*event.Event) *Layer {
	l := newLayer(p, name, "Techniques of ATT&CK for ICS that events name. The score is the number of events. An event names what was seen; it does not say that anybody attacked.", "number of events")
	t := tally{}
	for _, e := range events {
		t.add(e.Attack, e.ID, e.ID+" "+e.Rule.ID+" "+e.Rule.Title)
	}
	t.into(p, l, "event")
	return l
}

// tally collects by technique who named it.
type tally map[string]*named

type named struct {
	by          []string // ids
	text        []string
	consequence bool
}

func (t tally) add(a event.Attack, by, text string) {
	put := func(ids []string, consequence bool) {
		for _, x := range ids {
			n := t[x]
			if n == nil {
				n = &named{consequence: consequence}
				t[x] = n
			}
			if !slices.Contains(n.by, by) {
				n.by, n.text = append(n.by, by), append(n.text, text)
			}
		}
	}
	put(a.Techniques, false)
	put(a.Consequence, true)
}

// most is how many names a comment lists.
const most = 40

// into writes the tally in the order of the technique table.
func (t tally) into(p *playbook.Profile, l *Layer, what string) {
	l.Gradient = gradient{Colors: []string{pale, strong}, Min: 0, Max: 1}
	l.Techniques = []Technique{}
	for _, x := range p.TechniqueIDs() {
		n := t[x]
		if n == nil {
			continue
		}
		shown := n.text[:min(len(n.text), most)]
		out := Technique{ID: x, Enabled: true, Subs: true, Comment: strings.Join(shown, "\n"), Metadata: []metadata{{what + "s", fmt.Sprint(len(n.by))}}}
		if n.consequence {
			out.Color = outside
		} else {
			out.Score = len(n.by)
			l.Gradient.Max = max(l.Gradient.Max, out.Score)
		}
		l.Techniques = append(l.Techniques, out)
	}
}
