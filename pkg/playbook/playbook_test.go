package playbook

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"otsensor/rules"
)

func profile(t testing.TB) *Profile {
	t.Helper()
	p, err := Load(rules.Files())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestShippedProfileIsWhole(t *testing.T) {
	p := profile(t)
	if len(p.SHA256) != 64 {
		t.Errorf("SHA-256 is %q", p.SHA256)
	}
	if len(p.Phases) != 5 || len(p.Steps) != 33 || len(p.Types) != 15 || len(p.Evidence) != 12 || len(p.Containment) != 11 || len(p.Reporting) != 14 {
		t.Errorf("%d phases, %d steps, %d types, %d evidence, %d measures, %d reports",
			len(p.Phases), len(p.Steps), len(p.Types), len(p.Evidence), len(p.Containment), len(p.Reporting))
	}
	for i, want := range []string{"EV-", "K-", "R-", "OT-"} {
		list := [][]string{ids(p.Evidence, func(x *Evidence) string { return x.ID }), ids(p.Containment, func(x *Measure) string { return x.ID }),
			p.ReportIDs(), ids(p.Types, func(x *IncidentType) string { return x.ID })}[i]
		for n, id := range list {
			if id != want+string(rune('0'+(n+1)/10))+string(rune('0'+(n+1)%10)) {
				t.Errorf("%s stands at place %d", id, n+1)
			}
		}
	}
}

// The statement keeps the profile honest: it is a profile of a playbook and cites no page of it.
func TestProfileSaysWhatItIs(t *testing.T) {
	p := profile(t)
	for _, want := range []string{"profile of the Medical Product Manufacturer Cyber Incident Response Playbook", "project's own", "no page or section"} {
		if !strings.Contains(p.Head.Statement, want) {
			t.Errorf("the statement does not say %q", want)
		}
	}
}

// What goes into a record names no motive, no guilt and no effect on product.
func TestWordingFitsALegalRecord(t *testing.T) {
	data, err := os.ReadFile("../../rules/playbook.yaml")
	if err != nil {
		t.Fatal(err)
	}
	claims := regexp.MustCompile(`(?i)\battack|intru|malicious|hacker|\bhostile|compromis|\bvictim|sabotage|criminal|unauthori[sz]ed|product (is |was )?affected|affected (product|lot)`)
	for i, line := range strings.Split(string(data), "\n") {
		if word := claims.FindString(line); word != "" {
			t.Errorf("playbook.yaml:%d: %q is a claim an event must not make", i+1, word)
		}
	}
}

func shared(t *testing.T, name string) [][]string {
	t.Helper()
	dir := os.Getenv("SENSOR_SHARED")
	if dir == "" {
		t.Skip("SENSOR_SHARED is not set: the reference tables are not here to compare with")
	}
	f, err := os.Open(filepath.Join(dir, "reference", name))
	if err != nil {
		t.Skipf("no reference table: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d rows, %v", name, len(rows), err)
	}
	return rows[1:]
}

func TestStepsAreTheReferenceSteps(t *testing.T) {
	p := profile(t)
	rows := shared(t, "playbook-steps.csv")
	if len(rows) != len(p.Steps) {
		t.Errorf("%d steps in the reference, %d here", len(rows), len(p.Steps))
	}
	for i, row := range rows { // step_id, phase, step, owner_role, output, next, source_status, csf2
		s := p.Steps[i]
		if s.ID != row[0] || s.Phase != row[1] || s.Role != row[3] || strings.Join(s.CSF2, " ") != row[7] {
			t.Errorf("%s: phase %s, role %s, csf2 %v; the reference has %q", s.ID, s.Phase, s.Role, s.CSF2, row)
		}
		for _, next := range strings.Split(row[5], "|") {
			if !slices.Contains(s.Next, next) {
				t.Errorf("%s leads to %v; the reference has %s", s.ID, s.Next, next)
			}
		}
	}
}

func TestTechniquesAreTheReferenceTechniques(t *testing.T) {
	p := profile(t)
	rows := shared(t, "attack-ics.csv")
	if len(rows) != 97 || len(p.TechniqueIDs()) != 97 {
		t.Errorf("%d in the reference, %d here, of 97", len(rows), len(p.TechniqueIDs()))
	}
	for _, row := range rows { // id, name, tactic, how, visibility, component, legacy_id, incident_type
		got, ok := p.Technique(row[0])
		if !ok || got.ID != row[0] || got.Name != row[1] || strings.Join(got.Tactics, ";") != row[2] {
			t.Errorf("got %+v; the reference has %q", got, row[:3])
		}
		if row[6] != "" && p.Legacy(row[0]) != row[6] {
			t.Errorf("%s was %s; the reference has %s", row[0], p.Legacy(row[0]), row[6])
		}
	}
	for _, row := range shared(t, "attack-ics-v18-v19.csv") { // v18_id, v18_name, v19_id, v19_name
		if got, ok := p.Technique(row[0]); !ok || got.ID != row[2] || got.Name != row[3] {
			t.Errorf("%s became %+v; the reference has %q", row[0], got, row)
		}
	}
	for _, row := range shared(t, "attack-ics-62443.csv") { // technique, mitigation, name, requirements
		got, _ := p.Technique(row[0])
		for _, sr := range regexp.MustCompile(`SR \d+\.\d+`).FindAllString(row[3], -1) {
			if !slices.Contains(got.SR, sr) {
				t.Errorf("%s lacks %s", row[0], sr)
			}
		}
	}
}
