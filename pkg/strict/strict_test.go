package strict

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

type plant struct {
	Name  string           `yaml:"name"`
	Lines []line           `yaml:"lines"`
	Codes map[string]uint8 `yaml:"codes"`
	Pause pause            `yaml:"pause"`
}

type line struct {
	ID    string  `yaml:"id"`
	Rate  float64 `yaml:"rate"`
	Clean bool    `yaml:"clean"`
	Cells []int   `yaml:"cells"`
	Limit *uint16 `yaml:"limit"`
}

// pause reads itself, so the checker leaves it alone.
type pause time.Duration

func (p *pause) UnmarshalYAML(n *yaml.Node) error {
	d, err := time.ParseDuration(n.Value)
	if err != nil {
		return fmt.Errorf("line %d: %q is no duration", n.Line, n.Value)
	}
	*p = pause(d)
	return nil
}

const good = `name: North
pause: 5s
lines:
  - id: filling
    rate: 1.5
    clean: true
    cells: [1, 2]
    limit: 9
  - id: packing
codes: {a: 1, b: 255}
`

func TestGoodFileFillsEverything(t *testing.T) {
	var p plant
	if _, err := Decode("p.yaml", []byte(good), &p); err != nil {
		t.Fatal(err)
	}
	if p.Name != "North" || len(p.Lines) != 2 || p.Lines[0].Rate != 1.5 || *p.Lines[0].Limit != 9 || p.Lines[1].Limit != nil ||
		p.Codes["b"] != 255 || p.Pause != pause(5*time.Second) {
		t.Errorf("got %+v", p)
	}
}

func TestLineOfAPath(t *testing.T) {
	var p plant
	d, err := Decode("p.yaml", []byte(good), &p)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path []any
		want int
	}{
		{nil, 1},
		{[]any{"lines"}, 3},
		{[]any{"lines", 0, "cells", 1}, 7},
		{[]any{"lines", 1, "id"}, 9},
		{[]any{"lines", 1, "rate"}, 9}, // not there: the line of its parent
		{[]any{"lines", 7, "id"}, 3},
		{[]any{"name", "deeper", 1}, 1},
	} {
		if got := d.Line(c.path...); got != c.want {
			t.Errorf("Line(%v) = %d, want %d", c.path, got, c.want)
		}
	}
}

func TestMistakesNameLineWordAndNearest(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"", "p.yaml: the file is empty"},
		{"name: a\nnaem: b\n", `p.yaml:2: unknown key "naem"; did you mean "name"?`},
		{"name: a\nname: b\n", `p.yaml:2: "name" stands twice, also on line 1`},
		{"codes: {a: 1, a: 2}\n", `p.yaml:1: "a" stands twice, also on line 1`},
		{"codes: {a: 256}\n", `p.yaml:1: "256" is not a whole number from 0 to 255`},
		{"codes: [a]\n", `p.yaml:1: expects names with values`},
		{"name: [a]\n", `p.yaml:1: expects a text`},
		{"lines: x\n", `p.yaml:1: expects a list`},
		{"lines:\n  - x\n", `p.yaml:2: expects keys with values: id, rate, clean, cells, limit`},
		{"lines:\n  - rate: fast\n", `p.yaml:2: "fast" is not a number`},
		{"lines:\n  - rate: .nan\n", `p.yaml:2: ".nan" is not a number`},
		{"lines:\n  - clean: perhaps\n", `p.yaml:2: "perhaps" is not true or false`},
		{"lines:\n  - cells: [1.5]\n", `p.yaml:2: "1.5" is not a whole number`},
		{"lines:\n  - limit: -1\n", `p.yaml:2: "-1" is not a whole number from 0 to 65535`},
		{"pause: long\n", `p.yaml:1: "long" is no duration`},
		{"name: &n a\n", `p.yaml:1: anchors and aliases are not allowed here`},
		{"name: a\n---\nname: b\n", `p.yaml: more than one document`},
		{"name: 'a\n", "p.yaml:2: found unexpected end of stream"},
		{"name: a\n  b: c\n", "p.yaml:2: mapping values are not allowed in this context"},
		{"nope: 1\nlines: x\n", "p.yaml:1: unknown key \"nope\"; did you mean \"name\"?\np.yaml:2: expects a list"},
	} {
		var p plant
		_, err := Decode("p.yaml", []byte(c.file), &p)
		if err == nil || err.Error() != c.want {
			t.Errorf("%q\n got %v\nwant %s", c.file, err, c.want)
		}
	}
}

func TestHugeFileIsRefusedUnread(t *testing.T) {
	var p plant
	if _, err := Decode("p.yaml", make([]byte, MaxSize+1), &p); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(good)
	f.Add("lines:\n  - {id: a, id: b}\n")
	f.Fuzz(func(t *testing.T, file string) {
		var p plant
		d, err := Decode("p.yaml", []byte(file), &p)
		if (d == nil) == (err == nil) {
			t.Errorf("doc %v and error %v", d, err)
		}
	})
}
