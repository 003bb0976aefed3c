package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// demoEvents writes the events of the recorded line to a file.
func demoEvents(t *testing.T) string {
	t.Helper()
	out, _ := must(t, "demo", "--once", "--json")
	events := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(events, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	return events
}

// What is exported of the recorded line and of the profile fits the formats, as often as it is asked.
func TestExport(t *testing.T) {
	events := demoEvents(t)
	one := caseOf(t, events)
	for _, c := range []struct {
		schema string
		args   []string
		says   string
	}{
		{"cacao", []string{"cacao"}, "DIA-5 Decide"},
		{"cacao", []string{"cacao", "ot-04"}, "K-03"},
		{"cacao", []string{"cacao", "OT-04", "--site", "../../docs/site.small.yaml"}, "Head of quality"},
		{"cacao", []string{"cacao", "preparation"}, "PRE-10"},
		{"stix", []string{"stix", "--events", events}, "10.77.10.99"},
		{"cacao", []string{"cacao", "--events", events, "--case", one}, one},
		{"stix", []string{"stix", "--events", events, "--case", one}, one},
		{"", []string{"navigator", "--events", events, "--case", one}, one},
		{"stix", []string{"stix", "--events", events, "--case", one[:5]}, one},
		{"", []string{"navigator"}, "Covered by rules"},
		{"", []string{"navigator", "--events", events}, "S7-06"},
	} {
		args := append([]string{"export"}, c.args...)
		out, _ := must(t, args...)
		if again, _ := must(t, args...); again != out || !strings.Contains(out, c.says) {
			t.Errorf("%v: other bytes the second time, or no %q", c.args, c.says)
		}
		if c.schema != "" {
			fitsSchema(t, c.schema, out)
		}
	}
}

// fitsSchema checks what was exported against the schema of its format.
func fitsSchema(t *testing.T, name, out string) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("../../pkg/export/testdata/" + name + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// caseOf is the case of the first event that has one.
func caseOf(t *testing.T, events string) string {
	t.Helper()
	seen, _, err := readEvents(&env{}, events)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range seen {
		if e.Playbook.Case != "" {
			return e.Playbook.Case
		}
	}
	t.Fatal("no event has a case")
	return ""
}

func TestExportCalledWrongly(t *testing.T) {
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{2, "name the format", nil},
		{2, `did you mean "cacao"?`, []string{"cacoa"}},
		{2, "say with --events", []string{"stix"}},
		{2, "takes no further argument", []string{"navigator", "OT-04"}},
		{1, `did you mean "OT-`, []string{"cacao", "OT-99"}},
		{2, "say with --events", []string{"cacao", "--case", "C-0"}},
		{1, "nowhere.jsonl", []string{"stix", "--events", "nowhere.jsonl"}},
	} {
		if code, _, errs := call(t, nil, append([]string{"export"}, c.args...)...); code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%v: exit %d, %s", c.args, code, errs)
		}
	}
	if code, _, errs := call(t, []byte("no event\n"), "export", "stix", "--events", "-"); code != 1 || !strings.Contains(errs, "-:1: not an event record") {
		t.Errorf("exit %d, %s", code, errs)
	}
}
