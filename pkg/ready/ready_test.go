package ready

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/baseline"
	"otsensor/pkg/config"
	"otsensor/pkg/event"
	"otsensor/pkg/journal"
	"otsensor/pkg/ot"
	"otsensor/pkg/playbook"
	"otsensor/rules"
)

var now = time.Date(2026, 11, 28, 6, 0, 0, 0, time.UTC)

func site(t *testing.T, text string) *config.Site {
	t.Helper()
	s, err := config.ParseSite([]byte(text), "s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// prepared is a firm that did everything.
func prepared(t *testing.T) *Inputs {
	t.Helper()
	p, err := playbook.Load(rules.Files())
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../../docs/site.large.yaml")
	if err != nil {
		t.Fatal(err)
	}
	synced := true
	in := &Inputs{Profile: p, Site: site(t, string(data)), HaveEvents: true, HavePort: true, Clock: &synced, Now: now,
		Baseline: &baseline.Baseline{Until: now.Add(-24 * time.Hour).UnixNano(), Hash: strings.Repeat("0f", 32)},
		Journal: &journal.Journal{Entries: []journal.Entry{
			{At: now.Add(-48 * time.Hour), By: "ada", Do: journal.Note, Step: ExerciseStep, Why: "exercise line"},
			{At: now.Add(-24 * time.Hour), By: "ada", Do: journal.BaselineApproved, Sum: strings.Repeat("0f", 32)}}},
		Running: &Running{At: "127.0.0.1:9465", Health: "ok", Ready: "ready", Healthy: true, TakesFrames: true, Written: true, Baseline: strings.Repeat("0f", 32)},
	}
	for _, s := range p.Steps {
		if strings.HasPrefix(s.ID, "PRE-") && s.ID != ExerciseStep {
			in.Journal.Add(journal.Entry{At: now.Add(-300 * 24 * time.Hour), By: "ada", Do: journal.Note, Step: s.ID, Why: "done"})
		}
	}
	return in
}

func open(all []Check) (what []string) {
	for _, c := range all {
		if c.State != Done {
			what = append(what, c.What+": "+c.Found, c.Step+" "+c.Found)
		}
		if (c.State == Done) != (c.Next == "") {
			panic("what is done needs nothing, and what is not needs a next: " + c.What)
		}
	}
	return what
}

// A firm that did everything is ready, save for what a test names.
func TestReadiness(t *testing.T) {
	old := now.Add(-400 * 24 * time.Hour)
	for want, change := range map[string]func(in *Inputs){
		"":                                    func(in *Inputs) {},
		"every role that owns a step is held": func(in *Inputs) { in.Site = site(t, "sensor: {id: s}\n") },
		"the roles called first have deputies: ot_": func(in *Inputs) { in.Site = site(t, "sensor: {id: s}\n") },
		"a telephone: nobody is named":              func(in *Inputs) { in.Site = site(t, "sensor: {id: s}\n") },
		"a telephone: Ada": func(in *Inputs) {
			in.Site = site(t, "sensor: {id: s}\ncontacts: [{id: a, name: Ada}]\nroles: {cirm: [a]}\n")
		},
		"nobody signed it":     func(in *Inputs) { in.Baseline.Hash = "another" },
		"it ends 400 days ago": func(in *Inputs) { in.Baseline.Until = old.UnixNano() },
		"1 lines marked !": func(in *Inputs) {
			in.Baseline.Habits = []baseline.Habit{{Standing: baseline.Standing{Mark: baseline.Review}}}
		},
		"has an owner: PLC":        func(in *Inputs) { in.Site = site(t, "sensor: {id: s}\nassets: [{name: PLC, addresses: [10.0.0.1]}]\n") },
		"has its GxP impact: PLC":  func(in *Inputs) { in.Site = site(t, "sensor: {id: s}\nassets: [{name: PLC, addresses: [10.0.0.1]}]\n") },
		"a role or a purpose: PLC": func(in *Inputs) { in.Site = site(t, "sensor: {id: s}\nassets: [{name: PLC, addresses: [10.0.0.1]}]\n") },
		"critical parameters: PLC": func(in *Inputs) {
			in.Site = site(t, "sensor: {id: s}\nassets: [{name: PLC, addresses: [10.0.0.1], role: controller, gxp_impact: direct}]\n")
		},
		"none is given; the playbook's": func(in *Inputs) { in.Site = site(t, "sensor: {id: s}\n") },
		"is in the site file: 10.9.9.9": func(in *Inputs) {
			in.Baseline.Hosts = []baseline.Host{{Host: ot.Endpoint{IP: [16]byte{10: 0xff, 11: 0xff, 12: 10, 13: 9, 14: 9, 15: 9}}}}
		},
		"the last was 400 days ago":          func(in *Inputs) { in.Journal.Entries[0].At = old },
		"the journal names none":             func(in *Inputs) { in.Journal.Entries[0].Step = "" },
		"the kernel says it is not":          func(in *Inputs) { *in.Clock = false },
		"sees everything: it has an address": func(in *Inputs) { in.Port = []string{"it has an address"} },
		"within a week: SEN-01": func(in *Inputs) {
			in.Events = []*event.Event{{Rule: event.Rule{ID: "SEN-01"}, Last: now.UnixNano(), Playbook: event.Playbook{IncidentType: "OT-15"}}}
		},
		"PRE-4 nobody said so in the journal": func(in *Inputs) {
			in.Journal.Entries = slices.DeleteFunc(in.Journal.Entries, func(e journal.Entry) bool { return e.Step == "PRE-4" })
		},
		"PRE-9 ada, 400 days ago: done": func(in *Inputs) {
			for i := range in.Journal.Entries {
				if e := &in.Journal.Entries[i]; e.Step == "PRE-9" {
					e.At = old
				}
			}
		},
		"takes frames in: no address was given":    func(in *Inputs) { in.Running = nil },
		"by this baseline: no address was given":   func(in *Inputs) { in.Running = nil },
		"no answer at 127.0.0.1:9465: refused":     func(in *Inputs) { in.Running = &Running{At: "127.0.0.1:9465", Error: "refused"} },
		"are written: no answer at 127.0.0.1:9465": func(in *Inputs) { in.Running = &Running{At: "127.0.0.1:9465", Error: "refused"} },
		"frames in: degraded: down, not ready": func(in *Inputs) {
			in.Running.Healthy, in.Running.TakesFrames, in.Running.Health, in.Running.Ready = false, false, "degraded: down", "not ready"
		},
		"0.2 % of the frames lost":                      func(in *Inputs) { in.Running.Dropped = 0.002 },
		"2 % of the bytes missing":                      func(in *Inputs) { in.Running.Gaps = 0.02 },
		"90 % of the conversations one-sided":           func(in *Inputs) { in.Running.OneWay = 0.9 },
		"event records cannot be written":               func(in *Inputs) { in.Running.Written = false },
		"1 cases cannot be recorded whole":              func(in *Inputs) { in.Running.Stalled = 1 },
		"by this baseline: it has none":                 func(in *Inputs) { in.Running.Baseline = "" },
		"by this baseline: it has another: aaaaaaaaaaa": func(in *Inputs) { in.Running.Baseline = strings.Repeat("a", 64) },
		"no site file was given":                        func(in *Inputs) { in.Site = nil },
		"no baseline was given":                         func(in *Inputs) { in.Baseline = nil },
		"no journal was given":                          func(in *Inputs) { in.Journal = nil },
		"no events were given":                          func(in *Inputs) { in.HaveEvents = false },
		"no interface was given":                        func(in *Inputs) { in.HavePort = false },
		"synchronised: this system does not tell":       func(in *Inputs) { in.Clock = nil },
	} {
		in := prepared(t)
		change(in)
		all := Assess(in)
		text := strings.Join(open(all), "\n")
		if want == "" && text != "" {
			t.Errorf("open in a firm that did everything: %s", text)
		}
		if !strings.Contains(text, want) || Ready(all) != (text == "") {
			t.Errorf("want %q among:\n%s", want, text)
		}
	}
}

// What a running sensor was not asked is not open and not done: it is not asked.
func TestNotAsked(t *testing.T) {
	in := prepared(t)
	in.Running = nil
	n := 0
	for _, c := range Assess(in) {
		if c.State == NotAsked {
			n++
		}
	}
	if n != 4 || Ready(Assess(in)) {
		t.Errorf("%d checks not asked", n)
	}
	in.Running = &Running{At: "x", Error: "refused"}
	if c := in.runs(); c.State != Open {
		t.Errorf("a sensor that does not answer is %s", c.State)
	}
}

// Each step of preparation has a check, in the order of the profile.
func TestEveryStepOfPreparation(t *testing.T) {
	in := prepared(t)
	var steps []string
	for _, c := range Assess(in) {
		if len(steps) == 0 || steps[len(steps)-1] != c.Step {
			steps = append(steps, c.Step)
		}
	}
	if want := "PRE-1 PRE-2 PRE-3 PRE-4 PRE-5 PRE-6 PRE-7 PRE-8 PRE-9 PRE-10 DIA-1"; strings.Join(steps, " ") != want {
		t.Errorf("checks of %v", steps)
	}
}

// What was long ago keeps nobody from being ready.
func TestBlindnessOfLastMonth(t *testing.T) {
	in := prepared(t)
	in.Events = []*event.Event{{Rule: event.Rule{ID: "SEN-01"}, Last: now.Add(-30 * 24 * time.Hour).UnixNano(), Playbook: event.Playbook{IncidentType: "OT-15"}}}
	if c := in.coverage(); c.State != Done {
		t.Errorf("%+v", c)
	}
}
