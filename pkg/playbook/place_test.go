package playbook

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/event"
)

var seen = event.Coverage{BothWays: true}

// The suggested level and the quality question for a rule of level 3 of an
// ordinary type (one that concerns product only when something changed).
func TestLevelAndQualityQuestion(t *testing.T) {
	p := profile(t)
	for _, c := range []struct {
		gxp, status string
		changes     bool
		level       int
		ask         string
	}{
		// A change was accepted: direct impact makes it 4 and asks for a review.
		{"direct", "ok", true, 4, "hold-review"},
		{"", "ok", true, 4, "hold-review"}, // no site file: unknown counts as direct
		{"unknown", "ok", true, 4, "hold-review"},
		{"indirect", "ok", true, 3, "inform-if-confirmed"},
		{"none", "ok", true, 3, "none"},
		// Refused: one level lower, quality informed.
		{"direct", "refused", true, 2, "inform"},
		{"indirect", "refused", true, 2, "inform-if-confirmed"},
		{"none", "refused", true, 2, "none"},
		// No answer although both directions were seen: an attempt.
		{"direct", "unanswered", true, 3, "inform"},
		{"indirect", "unanswered", true, 3, "inform-if-confirmed"},
		{"none", "unanswered", true, 3, "none"},
		// No answer is due or it was not captured: it may have happened.
		{"direct", "oneway", true, 3, "hold-review"},
		{"direct", "unasked", true, 3, "hold-review"},
		{"indirect", "oneway", true, 3, "inform-if-confirmed"},
		{"none", "oneway", true, 3, "none"},
		// Nothing was to be changed.
		{"direct", "ok", false, 3, "inform-if-confirmed"},
		{"direct", "refused", false, 3, "inform-if-confirmed"},
		{"direct", "", false, 3, "inform-if-confirmed"},
		{"indirect", "ok", false, 3, "inform-if-confirmed"},
		{"none", "ok", false, 3, "none"},
	} {
		book, quality, _ := p.Map(Facts{Type: "OT-03", Level: 3, Status: c.status, Changes: c.changes, GxP: c.gxp, SourceKnown: true, Coverage: seen})
		if book.Severity.Suggested != c.level || quality.Ask != c.ask {
			t.Errorf("%s, %q, changes %v: level %d and %s, want %d and %s",
				c.gxp, c.status, c.changes, book.Severity.Suggested, quality.Ask, c.level, c.ask)
		}
	}
}

// Each incident type with an accepted, a refused and an unanswered change at
// each GxP impact: a rule of level 2, no planned work.
func TestEveryTypeByStatusAndImpact(t *testing.T) {
	p := profile(t)
	const direct, indirect, none = 0, 1, 2
	ordinary := [3][3]string{
		direct:   {"4 hold-review", "1 inform", "2 inform"},
		indirect: {"2 inform-if-confirmed", "1 inform-if-confirmed", "2 inform-if-confirmed"},
		none:     {"2 none", "1 none", "2 none"},
	}
	stronger := ordinary // the event itself shows that something changed: a review unless it was refused
	stronger[direct][2] = "2 hold-review"
	clock := ordinary // a clock alone asks for 3
	clock[direct][0] = "3 hold-review"
	blind := [3][3]string{{"2 none", "1 none", "2 none"}, {"2 none", "1 none", "2 none"}, {"2 none", "1 none", "2 none"}}
	want := map[string][3][3]string{"OT-06": stronger, "OT-07": stronger, "OT-14": clock, "OT-15": blind}
	if len(p.Types) != 15 {
		t.Fatalf("%d types", len(p.Types))
	}
	for _, typ := range p.Types {
		table, special := want[typ.ID]
		if !special {
			table = ordinary
		}
		for i, gxp := range []string{"direct", "indirect", "none"} {
			for j, status := range []string{"ok", "refused", "unanswered"} {
				book, quality, _ := p.Map(Facts{Type: typ.ID, Level: 2, Status: status, Changes: true, GxP: gxp, SourceKnown: true, Coverage: seen})
				if got := fmt.Sprintf("%d %s", book.Severity.Suggested, quality.Ask); got != table[i][j] {
					t.Errorf("%s, %s, %s: %s, want %s", typ.ID, gxp, status, got, table[i][j])
				}
			}
		}
	}
}

func TestSafetyAsset(t *testing.T) {
	p := profile(t)
	for _, c := range []struct {
		status  string
		changes bool
		want    int
	}{{"ok", true, 4}, {"oneway", true, 4}, {"refused", true, 3}, {"ok", false, 3}} {
		book, _, _ := p.Map(Facts{Type: "OT-11", Level: 1, Status: c.status, Changes: c.changes, GxP: "none", Safety: true, SourceKnown: true, Coverage: seen})
		if book.Severity.Suggested != c.want || !slices.Contains(book.Severity.Basis, "safety_asset") {
			t.Errorf("%s, changes %v: %+v, want %d", c.status, c.changes, book.Severity, c.want)
		}
	}
}

// Planned work lowers the level and the question, and triage asks the holder of the ticket.
func TestPlannedWork(t *testing.T) {
	p := profile(t)
	f := Facts{Type: "OT-04", Level: 4, Status: "ok", Changes: true, GxP: "direct", SourceKnown: true, Coverage: seen, Ticket: "WO-12"}
	book, quality, _ := p.Map(f)
	if book.Severity.Suggested != 1 || quality.Ask != "inform" {
		t.Errorf("level %d, ask %s", book.Severity.Suggested, quality.Ask)
	}
	if !strings.HasPrefix(book.Next[0].Do, "Check with the holder of WO-12 that this is the planned work. ") {
		t.Errorf("triage: %s", book.Next[0].Do)
	}
	f.GxP = "none"
	if _, quality, _ = p.Map(f); quality.Ask != "none" {
		t.Errorf("planned work must not raise the question: %s", quality.Ask)
	}
}

// The sensor never suggests 5 and never below 0, whatever comes in.
func TestLevelStaysInItsRange(t *testing.T) {
	p := profile(t)
	for _, typ := range p.Types {
		for level := -3; level <= 9; level++ {
			for _, ticket := range []string{"", "WO-1"} {
				for _, status := range []string{"", "ok", "refused", "unanswered", "oneway", "unasked", "nonsense"} {
					book, _, _ := p.Map(Facts{Type: typ.ID, Level: level, Status: status, Changes: true, Safety: true, Ticket: ticket})
					if s := book.Severity.Suggested; s < 0 || s > 4 {
						t.Fatalf("%s level %d %s: %d", typ.ID, level, status, s)
					}
				}
			}
		}
	}
}

func TestReasonsForTheLevel(t *testing.T) {
	p := profile(t)
	for _, c := range []struct {
		name string
		f    Facts
		want string
	}{
		{"accepted write by a stranger", Facts{Type: "OT-03", Level: 3, Status: "ok", Changes: true, Coverage: seen},
			"accepted gxp_unknown raised_by_asset source_unknown no_planned_work"},
		{"refused download", Facts{Type: "OT-04", Level: 4, Status: "refused", Changes: true, GxP: "indirect", SourceKnown: true, Coverage: seen},
			"refused gxp_indirect no_planned_work"},
		{"no answer", Facts{Type: "OT-05", Level: 4, Status: "unanswered", Changes: true, GxP: "direct", SourceKnown: true, Coverage: seen},
			"no_answer gxp_direct no_planned_work"},
		{"no answer seen on a one-sided capture", Facts{Type: "OT-05", Level: 4, Status: "unanswered", Changes: true, GxP: "direct", SourceKnown: true},
			"outcome_not_seen gxp_direct no_planned_work coverage_incomplete"},
		{"scan of a safety asset", Facts{Type: "OT-02", Level: 3, GxP: "none", Safety: true, SourceKnown: true, Coverage: seen},
			"no_change safety_asset gxp_none"},
		{"planned", Facts{Type: "OT-04", Level: 4, Status: "ok", Changes: true, GxP: "direct", SourceKnown: true, Coverage: seen, Ticket: "WO-1"},
			"accepted gxp_direct planned_work"},
	} {
		book, _, _ := p.Map(c.f)
		if got := strings.Join(book.Severity.Basis, " "); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
		if book.Severity.ConfirmedBy != "cirm" {
			t.Errorf("confirmed by %s", book.Severity.ConfirmedBy)
		}
	}
}

func TestWhereTheEventStands(t *testing.T) {
	p := profile(t)
	book, quality, attack := p.Map(Facts{Type: "OT-03", Level: 3, Status: "ok", Changes: true, GxP: "direct", SourceKnown: true, Coverage: seen,
		Asset: "PLC-2", Line: "filling-2", LastKnownGood: 1, First: 2, Last: 3, Techniques: []string{"T1692.001", "T0836", "T0831"}})
	if book.Profile != "mpm-cirp" || book.Phase != "detection_investigation_analysis" || book.Step != "DIA-1" ||
		book.OnConfirm != "DIA-7" || book.OnDismiss != "DIA-6" || book.IncidentTitle != "Process write outside the baseline" {
		t.Errorf("%+v", book)
	}
	want := []event.NextStep{
		{Step: "DIA-2", Role: "ot_security", Do: "Who wrote this and why: an operator, a recipe, an engineer, or nobody we know?"},
		{Step: "CON-Q", Role: "quality_unit", Do: "Review before further release: lots made on filling-2 in the exposure window of PLC-2."},
	}
	if !slices.Equal(book.Next, want) {
		t.Errorf("next: %+v", book.Next)
	}
	if quality != (event.Quality{GxPImpact: "direct", Asset: "PLC-2", Line: "filling-2", LastKnownGood: 1, FirstSeen: 2, LastSeen: 3,
		Ask: "hold-review", Decides: "quality_unit"}) {
		t.Errorf("quality: %+v", quality)
	}
	if !slices.Equal(attack.Techniques, []string{"T1692.001", "T0836"}) || !slices.Equal(attack.Consequence, []string{"T0831"}) {
		t.Errorf("attack: %+v", attack)
	}
}

// Some types tell somebody before triage.
func TestWhoIsToldFirst(t *testing.T) {
	p := profile(t)
	for id, want := range map[string]event.NextStep{
		"OT-07": {Step: "DIA-3", Role: "ehs"},
		"OT-13": {Step: "DIA-3", Role: "security_unit"},
		"OT-15": {Step: "DIA-2", Role: "sensor_owner"},
		"OT-02": {Step: "DIA-2", Role: "ot_security"},
	} {
		book, _, _ := p.Map(Facts{Type: id, Level: 2, Coverage: seen})
		if first := book.Next[0]; first.Step != want.Step || first.Role != want.Role {
			t.Errorf("%s: first is %s for %s, want %s for %s", id, first.Step, first.Role, want.Step, want.Role)
		}
	}
}

func TestIncompleteCaptureIsSaid(t *testing.T) {
	p := profile(t)
	for _, c := range []event.Coverage{{}, {BothWays: true, Lossy: true}, {BothWays: true, Truncated: true}, {BothWays: true, Conflict: true}} {
		book, _, _ := p.Map(Facts{Type: "OT-02", Level: 2, Coverage: c})
		if !strings.HasSuffix(book.Next[0].Do, p.Places.Incomplete) {
			t.Errorf("%+v: %s", c, book.Next[0].Do)
		}
	}
}

// Where the step may not be paused, holding it is not offered and interrupting it is warned of.
func TestStepThatMayNotBePaused(t *testing.T) {
	p := profile(t)
	for _, typ := range p.Types {
		book, _, _ := p.Map(Facts{Type: typ.ID, Level: 2, NotHoldable: true, Coverage: seen})
		if slices.Contains(book.Containment, "K-09") || !slices.Contains(book.DoNot, "interrupt_step") {
			t.Errorf("%s: %v, %v", typ.ID, book.Containment, book.DoNot)
		}
	}
}

// Every event of every type carries what a responder needs.
func TestEveryTypeSaysWhatToDo(t *testing.T) {
	p := profile(t)
	for _, typ := range p.Types {
		book, _, _ := p.Map(Facts{Type: typ.ID, Level: 2, Coverage: seen})
		if len(book.Evidence) == 0 || len(book.Containment) == 0 || len(book.DoNot) == 0 || len(book.Reporting) == 0 || book.IncidentTitle == "" {
			t.Errorf("%s: %+v", typ.ID, book)
		}
		for _, n := range book.Next {
			if !strings.HasSuffix(n.Do, ".") && !strings.HasSuffix(n.Do, "?") || strings.Contains(n.Do, "{") {
				t.Errorf("%s: %q is no sentence", typ.ID, n.Do)
			}
		}
	}
}

// What Map gives belongs to the event: changing it changes no other event.
func TestMapSharesNothing(t *testing.T) {
	p := profile(t)
	one, _, _ := p.Map(Facts{Type: "OT-04"})
	one.Evidence[0], one.DoNot[0], one.Reporting[0], one.Containment[0] = "x", "x", "x", "x"
	two, _, _ := p.Map(Facts{Type: "OT-04"})
	for _, list := range [][]string{two.Evidence, two.DoNot, two.Reporting, two.Containment} {
		if list[0] == "x" {
			t.Fatal("two events share a list")
		}
	}
}

func TestFactsOfAnEvent(t *testing.T) {
	e := &event.Event{Op: "write-data", Status: "ok", First: 5, Last: 9, Rule: event.Rule{Level: 3}, Source: event.Party{Known: true},
		Target: event.Party{Addr: "10.0.0.1"}, Playbook: event.Playbook{IncidentType: "OT-03"}, Coverage: seen,
		Attack: event.Attack{Techniques: []string{"T0836"}}, Sensor: event.Sensor{Line: "L1"}}
	f := FactsOf(e)
	if f.Type != "OT-03" || f.Level != 3 || !f.Changes || f.Status != "ok" || !f.SourceKnown || f.Asset != "10.0.0.1" || f.Line != "L1" ||
		f.First != 5 || f.Last != 9 || f.Coverage != seen || f.Techniques[0] != "T0836" {
		t.Errorf("%+v", f)
	}
	e.Op = "read-data"
	if FactsOf(e).Changes {
		t.Error("a read changes nothing")
	}
}

func TestAttackSplitsConsequencesAndGivesLegacyIDs(t *testing.T) {
	p := profile(t)
	a := p.Attack([]string{"T1692.001", "T0855", "T0843.001", "T0813", "T1695.002", "T9999"})
	if a.Version != "19.2" ||
		!slices.Equal(a.Techniques, []string{"T1692.001", "T0843.001", "T1695.002"}) || // T0855 is T1692.001
		!slices.Equal(a.Consequence, []string{"T0813"}) ||
		!slices.Equal(a.Legacy, []string{"T0855", "T0843", "T0813"}) { // T1695.002 had no id before
		t.Errorf("%+v", a)
	}
}

// There and back: an id of the version before leads to a technique whose legacy id it is.
func TestLegacyIDsBothWays(t *testing.T) {
	p := profile(t)
	old := map[string]bool{}
	for _, id := range p.TechniqueIDs() {
		if l := p.Legacy(id); l != "" {
			old[l] = true
		}
	}
	if len(old) != 83 {
		t.Errorf("%d legacy ids; 18.1 has 83 techniques", len(old))
	}
	for l := range old {
		if now, ok := p.Technique(l); !ok || p.Legacy(now.ID) != l {
			t.Errorf("%s leads to %+v", l, now)
		}
	}
}
