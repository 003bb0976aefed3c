package export_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"otsensor/pkg/export"
	"otsensor/pkg/playbook"
	"otsensor/rules"
)

func profile(t *testing.T) *playbook.Profile {
	t.Helper()
	p, err := playbook.Load(rules.Files())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// written is a document as it is written, and read again.
func written(t *testing.T, doc any) (text string, value any) {
	t.Helper()
	var b bytes.Buffer
	if err := export.Write(&b, doc); err != nil {
		t.Fatal(err)
	}
	text = b.String()
	value, err := jsonschema.UnmarshalJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	return text, value
}

func fits(t *testing.T, schema string, doc any) (text string) {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("testdata/" + schema)
	if err != nil {
		t.Fatal(err)
	}
	text, value := written(t, doc)
	if err := s.Validate(value); err != nil {
		t.Errorf("%v", err)
	}
	return text
}

// playbooks are all there are of a profile, and one of a case.
func playbooks(p *playbook.Profile) map[string]*export.Playbook {
	all := map[string]*export.Playbook{"response": export.Response(p, export.Case{}), "preparation": export.Preparation(p),
		"case": export.Response(p, export.Case{ID: "C-1", Name: "Case C-1", Type: "OT-04", Step: "CON-2", Severity: 4, Confirmed: true})}
	for _, t := range p.Types {
		all[t.ID] = export.ForType(p, t.ID)
	}
	return all
}

func TestPlaybooksFitTheSchema(t *testing.T) {
	p := profile(t)
	all := playbooks(p)
	if len(all) != 18 {
		t.Fatalf("%d playbooks", len(all))
	}
	for name, b := range all {
		text := fits(t, "cacao.schema.json", b)
		if again, _ := written(t, playbooks(profile(t))[name]); again != text {
			t.Errorf("%s: other bytes the second time", name)
		}
	}
}

// edges of a step: everything it names.
func edges(s map[string]any) (all []string) {
	for _, key := range []string{"on_completion", "on_true", "on_false"} {
		if to, ok := s[key].(string); ok {
			all = append(all, to)
		}
	}
	for _, to := range list(s["next_steps"]) {
		all = append(all, to.(string))
	}
	if cases, ok := s["cases"].(map[string]any); ok {
		for _, to := range cases {
			all = append(all, to.(string))
		}
	}
	return all
}

func list(v any) []any { l, _ := v.([]any); return l }

// Whatever a playbook refers to is in it, every step is reached from the
// start, and every activity and external reference is named at the top.
func TestPlaybooksHangTogether(t *testing.T) {
	p := profile(t)
	ids := map[string]string{}
	for name, b := range playbooks(p) {
		if other, twice := ids[b.ID]; twice {
			t.Errorf("%s and %s have one id", name, other)
		}
		ids[b.ID] = name
	}
	for name, b := range playbooks(p) {
		text, _ := written(t, b)
		var doc struct {
			Start      string                    `json:"workflow_start"`
			Workflow   map[string]map[string]any `json:"workflow"`
			Agents     map[string]any            `json:"agent_definitions"`
			Activities []string                  `json:"playbook_activities"`
			References []any                     `json:"external_references"`
		}
		if err := json.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		top, _ := json.Marshal(doc.References)
		reached, activities := map[string]bool{}, map[string]bool{}
		var visit func(at string)
		visit = func(at string) {
			s, is := doc.Workflow[at]
			if !is {
				t.Fatalf("%s: no step %s", name, at)
			}
			if kind, _, _ := strings.Cut(at, "--"); kind != s["type"] {
				t.Errorf("%s: %s is a %s", name, at, s["type"])
			}
			if reached[at] {
				return
			}
			reached[at] = true
			if who, acts := s["agent"].(string); acts && doc.Agents[who] == nil {
				t.Errorf("%s: nobody is %s", name, who)
			}
			for _, c := range list(s["commands"]) {
				activities[c.(map[string]any)["playbook_activity"].(string)] = true
			}
			for _, r := range list(s["external_references"]) {
				one, _ := json.Marshal(r)
				if !strings.Contains(string(top), string(one)) {
					t.Errorf("%s: the playbook does not name %s", name, one)
				}
			}
			if to, calls := s["playbook_id"].(string); calls && ids[to] == "" {
				t.Errorf("%s calls a playbook that is not there", name)
			}
			for _, to := range edges(s) {
				visit(to)
			}
		}
		visit(doc.Start)
		if len(reached) != len(doc.Workflow) {
			t.Errorf("%s: %d of %d steps are reached", name, len(reached), len(doc.Workflow))
		}
		if len(activities) != len(doc.Activities) {
			t.Errorf("%s: activities %v, and steps have %v", name, doc.Activities, activities)
		}
	}
}

// Response and preparation together have every step of the profile, and every
// incident type is called.
func TestPlaybooksHaveEveryStepAndType(t *testing.T) {
	p := profile(t)
	all := playbooks(p)
	preparation, _ := written(t, all["preparation"])
	response, _ := written(t, all["response"])
	for _, s := range p.Steps {
		in := response
		if s.Phase == "preparation" {
			in = preparation
		}
		if !strings.Contains(in, `"name": "`+s.ID+" "+s.Title+`"`) {
			t.Errorf("step %s is in no playbook", s.ID)
		}
	}
	for _, x := range p.Types {
		if !strings.Contains(response, all[x.ID].ID) {
			t.Errorf("%s is not called", x.ID)
		}
		text, _ := written(t, all[x.ID])
		for _, m := range slices.Concat(x.Evidence, x.Containment, x.Reporting) {
			if !strings.Contains(text, m+" ") {
				t.Errorf("%s does not name %s", x.ID, m)
			}
		}
	}
	if export.ForType(p, "OT-99") != nil {
		t.Error("a playbook for a type that is not there")
	}
}

// A profile that leads back ends all the same.
func TestPlaybookOfALoop(t *testing.T) {
	p := profile(t)
	for i := range p.Steps {
		switch p.Steps[i].ID {
		case "DIA-4":
			p.Steps[i].Next = []string{"DIA-2"}
		case "REC-4":
			p.Steps[i].Next = []string{"CON-1"}
		}
	}
	fits(t, "cacao.schema.json", export.Response(p, export.Case{}))
}
