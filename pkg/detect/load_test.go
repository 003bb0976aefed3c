package detect

import (
	"strings"
	"testing"
	"testing/fstest"

	"otsensor/pkg/protocols/all"
	"otsensor/rules"
)

// known takes the plays OT-01 to OT-09 and the techniques T0800 to T0899.
var known = Known{
	Play:   func(id string) bool { return len(id) == 5 && strings.HasPrefix(id, "OT-0") },
	Attack: func(id string) bool { return len(id) == 5 && strings.HasPrefix(id, "T08") },
}

// mistakes loads rules files and gives what is wrong with them, a line each.
func mistakes(files ...string) []string {
	folder := fstest.MapFS{}
	for i, text := range files {
		folder["abc"[i:i+1]+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	set, err := Load(folder, all.Table(), known)
	if err == nil {
		return nil
	}
	if set != nil {
		return []string{"a wrong set was handed over"}
	}
	return strings.Split(err.Error(), "\n")
}

// Lines 1 to 6 are those of rule(); what is under test begins on line 7.
func TestWrongRules(t *testing.T) {
	const plain = "when: { op: auth }"
	for _, c := range []struct{ about, want string }{
		{"when: { kind: odd, anomoly: malformed }", `a.yaml:7: A-01: unknown field "anomoly"; did you mean "anomaly"?`},
		{"when:\n  op: auth\n  status: refusd", `a.yaml:9: A-01: status: unknown value "refusd"; did you mean "refused"?`},
		{"when:\n  op:\n  - auth\n  - forse", `a.yaml:10: A-01: op: unknown value "forse"; did you mean "force"?`},
		{"when: { op: auth, unit: 1, op: force }", `a.yaml:7: A-01: "op" stands twice under when, also on line 7`},
		{"when: { op: 3 }", `a.yaml:7: A-01: op: unknown value "3"`},
		{"when: { op: }", `a.yaml:7: A-01: op: a value is missing`},
		{"when: { name: ~ }", `a.yaml:7: A-01: name: a value is missing`},
		{"when: { op: [] }", `a.yaml:7: A-01: op: an empty list matches nothing`},
		{"when: { op: {} }", `a.yaml:7: A-01: op: an empty mapping matches nothing`},
		{"when: { op: [[auth]] }", `a.yaml:7: A-01: op: a list holds single values`},
		{"when: {}", `a.yaml:7: A-01: when must be a mapping of field to value`},
		{"when: [op]", `a.yaml:7: A-01: when must be a mapping of field to value`},
		{"when: { changes_state: yes }", `a.yaml:7: A-01: changes_state: unknown value "yes"`},
		{"when: { deviation: new-opp }", `a.yaml:7: A-01: deviation: unknown value "new-opp"; did you mean "new-op"?`},
		{"when: { modbus.function: write_multipel_registers }", `a.yaml:7: A-01: modbus.function: unknown value "write_multipel_registers"; did you mean "write_multiple_registers"?`},
		{plain + "\nunless: [A-02]", `a.yaml:8: A-01: unless: no rule "A-02" that looks at single sightings; did you mean "A-01"?`},
		{plain + "\ntakes: [A-02]", `a.yaml:8: A-01: takes: no rule "A-02" that looks at single sightings; did you mean "A-01"?`},
		{plain + "\nunless: [A-01]", `a.yaml:1: A-01: unless: the rules give way to one another in a circle`},
		{"when: { unit: -1 }", `a.yaml:7: A-01: unit: unknown value "-1"`},
		{"when: { unit: 9-3 }", `a.yaml:7: A-01: unit: unknown value "9-3"`},
		{"when: { unit: { min: 9, max: 3 } }", `a.yaml:7: A-01: unit: min is above max, so nothing matches`},
		{"when: { unit: { min: .nan } }", `a.yaml:7: A-01: unit: min wants a whole number and a numeric field`},
		{"when: { op: { min: 3 } }", `a.yaml:7: A-01: op: min wants a whole number and a numeric field`},
		{"when: { unit: { minn: 3 } }", `a.yaml:7: A-01: unit: unknown word "minn"; did you mean "min"?`},
		{"when: { unit: { min: 3, not: 5 } }", `a.yaml:7: A-01: unit: "not" beside "min": only min and max go together`},
		{"when: { unit: { min: 3, min: 5 } }", `a.yaml:7: A-01: unit: "min" beside "min": only min and max go together`},
		{"when: { unit: { not: { not: 5 } } }", `a.yaml:7: A-01: unit: not inside not`},
		{"when: { unit: { prefix: 5 } }", `a.yaml:7: A-01: unit: prefix wants a text and a text field`},
		{"when: { name: { prefix: [a, b] } }", `a.yaml:7: A-01: name: prefix wants a text and a text field`},
		{"when: { name: { contains: '' } }", `a.yaml:7: A-01: name: contains wants a text and a text field`},
		{"when: { name: { prefix: a, contains: b } }", `a.yaml:7: A-01: name: "contains" beside "prefix": only min and max go together`},
		{"when: { client: 10.0.0.300 }", `a.yaml:7: A-01: client: "10.0.0.300" is neither an address nor a network such as 10.0.0.0/8`},
		{"when: { op: &x auth }", `a.yaml:7: A-01: op: anchors and aliases are not allowed here`},
		{plain + "\ngroup: [client, sever]", `a.yaml:8: A-01: unknown field "sever"; did you mean "server"?`},
		{plain + "\nlist: objekt", `a.yaml:8: A-01: unknown field "objekt"; did you mean "object"?`},
		{plain + "\nshow:\n- op\n- statsu", `a.yaml:10: A-01: unknown field "statsu"; did you mean "status"?`},
		{plain + "\ncount: { min: 1, over: 60s }", `a.yaml:8: A-01: count needs min (2 to 1000) and over`},
		{plain + "\ncount: { min: 1001, over: 60s }", `a.yaml:8: A-01: count needs min (2 to 1000) and over`},
		{plain + "\ncount: { min: 3 }", `a.yaml:8: A-01: count needs min (2 to 1000) and over`},
		{plain + "\ncount: { min: 3, over: 60s, by: [clint] }", `a.yaml:8: A-01: unknown field "clint"; did you mean "client"?`},
		{plain + "\ncount: { min: 3, ovr: 60s }", `a.yaml:8: unknown key "ovr"; did you mean "over"?`},
		{plain + "\ndistinct: { of: [unit], min: 3, over: 60s }", `a.yaml:8: A-01: distinct needs of, min (2 to 1000), over and by`},
		{plain + "\ncount: { min: 3, over: 60s }\ndistinct: { of: [unit], min: 3, over: 60s, by: [client] }", `a.yaml:9: A-01: a rule has count or distinct, not both`},
		{plain + "\nwindow: 10", `a.yaml:8: "10" is not a duration such as 60s, 10m or 24h`},
		{plain + "\nwindow: -1m", `a.yaml:8: "-1m" is not a duration such as 60s, 10m or 24h`},
		{plain + "\nover: 10m", `a.yaml:8: A-01: over beside when belongs under count or distinct`},
		{plain + "\nby: [source]", `a.yaml:8: A-01: by beside when belongs under count or distinct`},
		{plain + "\nattack: [T0801, T9901]", `a.yaml:8: A-01: attack: no technique T9901`},
		{plain + "\nsay: '{client} wrote {objct}'", `a.yaml:8: A-01: unknown field "objct"; did you mean "object"?`},
		{plain + "\nsay: '{client wrote'", `a.yaml:8: A-01: say: a { without its }`},
		{plain + "\nsay: 'client} wrote'", `a.yaml:8: A-01: say: a } without its {`},
		{plain + "\nsey: x", `a.yaml:8: unknown key "sey"; did you mean "say"?`},
		{"chain: [ { rules: [A-01] }, { ops: [auth] } ]\nby: [source]\nover: 1h", `a.yaml:7: A-01: rules: unknown value "A-01"`},
		{"chain: [ { types: [OT-99] }, { ops: [oauth] } ]\nby: [source]\nover: 1h",
			"a.yaml:7: A-01: types: no incident type OT-99\na.yaml:7: A-01: ops: unknown value \"oauth\"; did you mean \"auth\"?"},
		{"chain: [ { ops: [auth], status: [okay] }, {} ]\nby: [source]\nover: 1h",
			"a.yaml:7: A-01: status: unknown value \"okay\"; did you mean \"ok\"?\na.yaml:7: A-01: a link needs rules, types or ops"},
		{"chain: [ { ops: [auth] } ]\nby: [client]\ntwo_way: true",
			"a.yaml:7: A-01: a chain has at least two links\na.yaml:1: A-01: chain needs over\na.yaml:9: A-01: a chain has no two_way; its links have\na.yaml:8: A-01: by of a chain is source or target"},
		{"chain: [ { ops: [auth] }, { ops: [force] } ]\nover: 1h\ncount: { min: 2, over: 1m }",
			"a.yaml:1: A-01: chain needs by: source, target or both\na.yaml:1: A-01: a chain has no count and no distinct"},
		{plain + "\nchain: [ { ops: [auth] }, { ops: [force] } ]\nover: 1h\nby: [source]", `a.yaml:1: A-01: a rule has either when or chain`},
		{"list: op", `a.yaml:1: A-01: a rule has either when or chain`},
	} {
		if got := strings.Join(mistakes(rule("A-01", c.about)), "\n"); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.about, got, c.want)
		}
	}
}

// What every rule needs, and that all mistakes of all files come at once.
func TestAllMistakesAtOnce(t *testing.T) {
	got := mistakes(`- title: x
  level: 7
  when: { op: auht }
  group: [clint]
  window: 1m
  tests: [ { fires: a, silent: b }, {} ]
- id: B-01
  when: { op: auth }
  play: OT-99
`, `- id: B-01
  title: T
  level: 1
  play: OT-01
  when: { op: auth }
  say: seen
  tests: [ { fires: a }, { silent: b } ]
`, `- id: C-01
  window: soon
  ovr: 5
- id: C-02
  window: later
`)
	want := `c.yaml:3: unknown key "ovr"; did you mean "over"?
a.yaml:1: a rule needs an id
a.yaml:1: a rule needs a sentence under say
a.yaml:2: level goes from 0 to 4
a.yaml:1: a rule needs play, the incident type it opens
a.yaml:6: a test has either fires or silent
a.yaml:6: a test has either fires or silent
a.yaml:3: op: unknown value "auht"; did you mean "auth"?
a.yaml:4: unknown field "clint"; did you mean "client"?
a.yaml:7: B-01: a rule needs a title
a.yaml:7: B-01: a rule needs a sentence under say
a.yaml:9: B-01: play: no incident type OT-99
a.yaml:7: B-01: a rule needs a test that fires and one that is silent
b.yaml:1: B-01: this id stands twice, also at a.yaml:7`
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
}

func TestWrongDurationsComeTogether(t *testing.T) {
	got := strings.Join(mistakes(rule("A-01", "when: { op: auth }\nwindow: soon")+rule("A-02", "when: { op: auth }\ncount: { min: 2, over: 1 }")), "\n")
	want := "a.yaml:8: \"soon\" is not a duration such as 60s, 10m or 24h\na.yaml:16: \"1\" is not a duration such as 60s, 10m or 24h"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestNoRules(t *testing.T) {
	if _, err := Load(fstest.MapFS{"playbook.yaml": {Data: []byte("x: 1")}}, all.Table(), Known{}); err == nil || !strings.HasPrefix(err.Error(), "no rules found") {
		t.Errorf("a folder without rules: %v", err)
	}
}

func TestDefaults(t *testing.T) {
	set := compileRules(t, rule("A-02", "when: { op: auth }\ncount: { min: 2, over: 90m }"), rule("A-01", "when: { op: auth }\nwindow: 1h"))
	if got := set.Rules[0]; got.ID != "A-01" || got.Window.String() != "1h" || got.File != "r.yaml" || got.Line != 9 {
		t.Errorf("rules are sorted by id and know where they stand: %s %s %s:%d", got.ID, got.Window, got.File, got.Line)
	}
	r := set.compiled[1]
	if r.Window.String() != "10m" || strings.Join(r.Group, " ") != "client server" || len(r.count) != 2 || r.Count.Over.String() != "1h30m" {
		t.Errorf("without window 10m, without group client and server, without count by the group: %s %v %d %s", r.Window, r.Group, len(r.count), r.Count.Over)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(rules.Files(), all.Table(), Known{}); err != nil {
			b.Fatal(err)
		}
	}
}
