package baseline

import (
	"bytes"
	"strings"
	"testing"

	"otsensor/pkg/event"
)

// numberOf finds the phase that one value of a point of the small line tells.
func numberOf(t *testing.T, b *Baseline, addr uint32, x float64) Phase {
	t.Helper()
	for _, p := range b.Phases() {
		if p.Point.Addr == addr && p.Value == x {
			return p
		}
	}
	t.Fatalf("no phase for %v at %d in %+v", x, addr, b.Phases())
	return Phase{}
}

// named is the small line with both values of its run bit named.
func named(t *testing.T) *Baseline {
	t.Helper()
	b := learnCampaigns(24)
	for x, name := range map[float64]string{0: "standstill", 1: "production"} {
		if err := b.NamePhase(numberOf(t, b, pointRun, x).Number, name, "Anna Ott"); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// The document says how long the line was in a phase, how often, and in what share of the time.
func TestPhasesOfALine(t *testing.T) {
	b, err := Parse(strings.NewReader(textOf(t, learnCampaigns(24))), "b")
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range b.Phases() {
		if p.Number != i+1 {
			t.Errorf("phase %d stands at %d", p.Number, i+1)
		}
	}
	// 60 minutes of each campaign of 130 the line runs; the first began 20 minutes before.
	runs := numberOf(t, b, pointRun, 1)
	if runs.Spent.Times != 24 || runs.Spent.Held/24/minute != 60 || runs.Share < 0.46 || runs.Share > 0.47 {
		t.Errorf("running: %+v, %.3f of the time", runs.Spent, runs.Share)
	}
	var page bytes.Buffer
	if err := ShowPhases(&page, b); err != nil || !strings.Contains(page.String(), "1h0m0s  10.77.0.10 ") {
		t.Errorf("%v\n%s", err, &page)
	}
	page.Reset()
	if err := ShowPhases(&page, &Baseline{}); err != nil || !strings.HasPrefix(page.String(), "no phases") {
		t.Errorf("%v\n%s", err, &page)
	}
}

// A document of the layout before names nothing and knows no durations, and is read.
func TestPhasesOfAnOlderDocument(t *testing.T) {
	var lines []string
	for _, line := range strings.SplitAfter(textOf(t, learnCampaigns(24)), "\n") {
		if before, rest, found := strings.Cut(line, " held="); found {
			_, rest, _ = strings.Cut(rest, " ")
			line = before + " " + rest
		}
		lines = append(lines, line)
	}
	lines[0], lines[1] = Head+" 2\n", "sha256 "+unsealed+"\n"
	b, err := Parse(strings.NewReader(strings.Join(lines, "")), "b")
	if err != nil {
		t.Fatal(err)
	}
	if p := numberOf(t, b, pointRun, 1); p.Spent != (Spent{}) {
		t.Errorf("%+v", p)
	}
	var page bytes.Buffer
	if ShowPhases(&page, b); !strings.Contains(page.String(), " ? ") {
		t.Errorf("what nobody knows is told:\n%s", &page)
	}
}

// A name is written, voids what people signed before, and shows as a change.
func TestNameOfAPhase(t *testing.T) {
	b := learnCampaigns(24)
	before, _ := Parse(strings.NewReader(textOf(t, b)), "b")
	b.Approve(keyOf(1), "Bert", 0)
	if err := b.NamePhase(numberOf(t, b, pointRun, 1).Number, "  pro\x1b[31mduction ", "Anna Ott"); err != nil {
		t.Fatal(err)
	}
	got, err := Parse(strings.NewReader(textOf(t, b)), "b")
	if err != nil || len(got.ApprovedBy()) != 0 || got.Hash == before.Hash {
		t.Fatalf("%v, approved by %v", err, got.ApprovedBy())
	}
	if n := numberOf(t, got, pointRun, 1).Name; n.Name != "pro\uFFFD[31mduction" || n.By != "Anna Ott" {
		t.Errorf("named %+v", n)
	}
	if all := Changes(before, got); len(all) != 1 || !strings.Contains(all[0].Line, `phases=1:"pro`) {
		t.Errorf("changes: %v", all)
	}
}

func TestBadNamesOfPhases(t *testing.T) {
	for _, c := range []struct {
		number         int
		name, by, want string
	}{
		{0, "x", "a", "no phase 0: the baseline has "}, {99, "x", "a", "no phase 99: the baseline has "},
		{1, " \x00 ", "a", "phase 1: the name is empty"},
		{1, "x", "", "phase 1: the name of who gives it is empty"},
		{1, strings.Repeat("ü", 21), "a", "phase 1: the name is longer than 40 bytes: shorten"},
		{-1, "Standstill", "a", `at 0 is called "standstill" already`}, // of another phase
	} {
		b := named(t)
		if c.number < 0 {
			c.number = numberOf(t, b, pointRun, 1).Number
		}
		before := textOf(t, b)
		if err := b.NamePhase(c.number, c.name, c.by); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%d=%q by %q: %v, want %s", c.number, c.name, c.by, err, c.want)
		}
		if textOf(t, b) != before {
			t.Errorf("%d=%q changed the document", c.number, c.name)
		}
	}
	b := named(t)
	if err := b.NamePhase(numberOf(t, b, pointRun, 1).Number, "Production", "b"); err != nil {
		t.Errorf("a phase is renamed: %v", err)
	}
}

// Names survive joining and learning anew; where both give a name, the first document's stands.
func TestNamesOfJoinedBaselines(t *testing.T) {
	a, other := named(t), learnCampaigns(24)
	if err := other.NamePhase(numberOf(t, other, pointRun, 1).Number, "standstill", "Eve"); err != nil {
		t.Fatal(err)
	}
	part, _ := ReadPart(plc)
	for how, b := range map[string]*Baseline{
		"first": Merge(a, other), "second": Merge(learnCampaigns(24), a), "anew": Replace(a, learnCampaigns(24), part),
	} {
		got, err := Parse(strings.NewReader(textOf(t, b)), how)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range got.Values {
			if v.Addr == pointRun && (v.named(0).Name != "standstill" || v.named(1) != PhaseName{1, "production", "Anna Ott"}) {
				t.Errorf("%s: named %+v", how, v.Phases)
			}
		}
	}
	if s := numberOf(t, Merge(a, other), pointRun, 1).Spent; s.Times != 48 || s.Held/48/minute != 60 {
		t.Errorf("of both together: %+v", s)
	}
}

// What departs is told by the names people gave; without one, by number.
func TestWrongPhaseByName(t *testing.T) {
	for name, c := range map[string]struct {
		phases      []PhaseName
		seen, usual string
	}{
		"both":  {[]PhaseName{{0, "standstill", "a"}, {1, "production", "a"}}, "during production (phase 2)", "standstill"},
		"usual": {[]PhaseName{{0, "standstill", "a"}}, "during phase 2", "standstill"},
		"seen":  {[]PhaseName{{1, "production", "a"}}, "during production (phase 2)", "phase 1"},
		"none":  {nil, "1", "one of 0"},
	} {
		b := learnCampaigns(24)
		numberOf(t, b, pointRun, 1).Point.Phases = c.phases
		x := watchWith(b)
		x.did(x.conv(hmi, plc, 502), write(pointRun, 1))
		x.now += minute
		x.did(x.conv(hmi, plc, 502), write(pointMakes, 2))
		var r event.Reason
		if why := x.w.Explain(&x.obs, WrongPhase); len(why) == 1 {
			r = why[0]
		}
		if r.Seen != c.seen || r.Usual != c.usual || c.phases != nil && !strings.HasPrefix(r.Nearest, "1 was held, usual is one of 0; threshold: ") {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
