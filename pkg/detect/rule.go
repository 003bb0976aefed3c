// Package detect matches rules against weighed observations, counts, groups, and raises events.
package detect

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"

	"otsensor/pkg/ot"
	"otsensor/pkg/strict"
)

// Rule is one detection as a rules file states it. A rule has either When
// (with or without Count and Distinct) or Chain.
type Rule struct {
	ID       string    `yaml:"id"`
	Title    string    `yaml:"title"`
	Level    int       `yaml:"level"`   // 0 to 4, before asset and planned work
	When     yaml.Node `yaml:"when"`    // field: value, list, range, prefix or not
	Unless   []string  `yaml:"unless"`  // rules that say more: silent on what one of them speaks of
	Takes    []string  `yaml:"takes"`   // rules whose open event about the same becomes one of this rule
	Two      TwoWay    `yaml:"two_way"` // judged only where the capture is two-way and lossless
	Met      bool      `yaml:"met"`     // what it speaks of was done while learning: no asset raises its level
	Count    *Count    `yaml:"count"`
	Distinct *Distinct `yaml:"distinct"`
	Chain    []Link    `yaml:"chain"`
	Over     Duration  `yaml:"over"` // of a chain, from its first link to its last
	By       []string  `yaml:"by"`   // of a chain: source, target
	Group    []string  `yaml:"group"`
	List     string    `yaml:"list"`   // field whose different values the event lists
	Window   Duration  `yaml:"window"` // quiet time after which an event closes
	Say      string    `yaml:"say"`    // one sentence with {fields}
	Show     []string  `yaml:"show"`   // further fields the event gives as reasons
	Attack   []string  `yaml:"attack"`
	Play     string    `yaml:"play"`
	Tests    []Test    `yaml:"tests"`

	Own  bool   `yaml:"-"` // people of the site wrote it
	File string `yaml:"-"`
	Line int    `yaml:"-"`

	doc   *strict.Doc // while the rule is compiled
	place int         // in doc
}

// line is where a part of the rule stands.
func (r *Rule) line(path ...any) int { return r.doc.Line(append([]any{r.place}, path...)...) }

// Count asks for a number of sightings within a time.
type Count struct {
	Min  int      `yaml:"min"`
	Over Duration `yaml:"over"`
	By   []string `yaml:"by"` // fields; the rule's group when empty
}

// Distinct asks for a number of different values of a field within a time.
type Distinct struct {
	Of   []string `yaml:"of"`
	Min  int      `yaml:"min"`
	Over Duration `yaml:"over"`
	By   []string `yaml:"by"` // fields; must be given
}

// Link is one member of a chain: any sighting of these rules, of rules of these
// incident types, or with these verbs, that ended in one of Status where it is given.
// What a chain raises is never a link of another.
type Link struct {
	Rules  []string `yaml:"rules"`
	Types  []string `yaml:"types"`
	Ops    []string `yaml:"ops"`
	Status []string `yaml:"status"`

	// Several asks for that many different rules of those named instead of one;
	// it stands alone in its chain.
	Several int `yaml:"several"`
}

// Test names a folder of pcaps/ and what the rule must do on it. Learn names
// the folder a baseline is learned from first; Learning says that it learns from this one.
type Test struct {
	Fires  string `yaml:"fires"`
	Silent string `yaml:"silent"`
	Learn  string `yaml:"learn"`

	Learning bool `yaml:"learning"` // the sensor learns beside
}

// TwoWay says of what coverage a rule must be sure.
type TwoWay uint8

// The kinds of coverage a rule may ask for.
const (
	AnyCoverage TwoWay = iota
	FromStart          // true: two-way, lossless, and the conversation's start was seen
	Anytime            // anytime: two-way and lossless, whenever the conversation began
)

// UnmarshalYAML reads true or anytime.
func (t *TwoWay) UnmarshalYAML(n *yaml.Node) error {
	switch n.Value {
	case "true":
		*t = FromStart
	case "anytime":
		*t = Anytime
	default:
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: two_way is true or anytime, not %q", n.Line, n.Value)}}
	}
	return nil
}

// doubts is the quality that a rule does not judge.
func (t TwoWay) doubts() ot.Quality {
	switch t {
	case FromStart:
		return ot.Midstream | ot.Lossy | ot.OneSided | ot.Conflict | ot.Truncated
	case Anytime:
		return ot.Lossy | ot.OneSided | ot.Conflict | ot.Truncated
	}
	return 0
}

// Duration is written as Go does: 60s, 10m, 24h.
type Duration int64

// UnmarshalYAML reads a duration with its unit.
func (d *Duration) UnmarshalYAML(n *yaml.Node) error {
	t, err := time.ParseDuration(n.Value)
	if err != nil || t <= 0 {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %q is not a duration such as 60s, 10m or 24h", n.Line, n.Value)}}
	}
	*d = Duration(t)
	return nil
}

func (d Duration) String() string {
	s := time.Duration(d).String()
	for _, zero := range []string{"0s", "0m"} {
		if len(s) > len(zero)+1 && s[len(s)-2:] == zero && (s[len(s)-3] == 'm' || s[len(s)-3] == 'h') {
			s = s[:len(s)-2]
		}
	}
	return s
}

// defaultWindow is the window of a rule that names none.
const defaultWindow = Duration(10 * time.Minute)

// mostSightings is the largest threshold of a count or distinct: what is
// remembered per key grows with it.
const mostSightings = 1000
