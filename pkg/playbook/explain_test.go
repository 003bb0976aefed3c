package playbook

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"otsensor/pkg/event"
)

var update = flag.Bool("update", false, "rewrite the golden texts")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from what is written; run with -update and read the difference\n%s", file, got)
	}
}

func TestExplainGolden(t *testing.T) {
	p := profile(t)
	for _, id := range []string{"OT-04", "OT-07", "OT-15", "DIA-2", "CON-Q", "K-09", "EV-07", "R-07", "T1692.001", "T0831", "quality_unit",
		"K-07", "containment", "power_cycle", "Q-02"} {
		var b bytes.Buffer
		if err := p.Explain(id, &b); err != nil {
			t.Fatal(err)
		}
		golden(t, strings.ReplaceAll(id, ".", "_"), b.String())
	}
}

func TestExplainHead(t *testing.T) {
	p := profile(t)
	p.SHA256 = strings.Repeat("0", 64) // changes with every edit of the data
	var b bytes.Buffer
	if err := p.Explain("mpm-cirp", &b); err != nil {
		t.Fatal(err)
	}
	golden(t, "mpm-cirp", b.String())
}

func TestExplainKnowsLegacyIDsAndLowerCase(t *testing.T) {
	p := profile(t)
	for id, want := range map[string]string{"T0855": "T1692.001  ", "ot-04": "OT-04  ", "dia-2": "DIA-2  "} {
		var b bytes.Buffer
		if err := p.Explain(id, &b); err != nil || !strings.HasPrefix(b.String(), want) {
			t.Errorf("Explain(%s) begins %.20q, %v", id, b.String(), err)
		}
	}
}

func TestExplainOfNothingHints(t *testing.T) {
	err := profile(t).Explain("OT-99", &bytes.Buffer{})
	if err == nil || err.Error() != `nothing is called "OT-99" in the playbook; did you mean "OT-09"?` {
		t.Errorf("got %v", err)
	}
}

func sampleEvent(p *Profile) *event.Event {
	e := &event.Event{
		ID: "3f2a9c0d11e4b7a6", State: "open",
		Rule:   event.Rule{ID: "S7-06", Title: "Controller was told to stop", Level: 4},
		Sensor: event.Sensor{ID: "sensor-1", Site: "North", Line: "filling-2"},
		First:  1_772_431_931_204_000_000, Last: 1_772_431_951_204_000_000, Raised: 1_772_431_951_204_000_000, Count: 3,
		Source: event.Party{Addr: "10.10.10.66", MAC: "02:00:00:00:00:42", Role: "unknown"},
		Target: event.Party{Addr: "10.10.10.10", Port: 102, Name: "PLC-2", Role: "controller", Vendor: "Siemens", Zone: "cell-2", Known: true},
		Proto:  "s7comm", Op: "mode-change", Status: "ok",
		What:    "10.10.10.66 told the controller 10.10.10.10 to stop.",
		Why:     []event.Reason{{Field: "deviation", Seen: "new-op", Usual: "read-data", Nearest: "10.10.10.20 reads DB 1"}, {Field: "s7.function", Seen: "plc_stop"}},
		Samples: []event.Sample{{Time: 1_772_431_931_204_000_000, Frame: 812, Answer: 815, File: "line.pcap"}},
		Captures: []event.Capture{{File: "3f2a9c0d11e4b7a6.pcapng", SHA256: strings.Repeat("0f", 32), Frames: 412,
			From: 1_772_431_901_204_000_000, To: 1_772_431_936_204_000_000, Whole: true}},
		Attack: event.Attack{Techniques: []string{"T0858", "T0816", "T0881", "T0827"}},
		Coverage: event.Coverage{BothWays: true, Lossy: true, Dropped: 12,
			GapRatio: 0.00042, Unjudgable: 1},
		Integrity: event.Integrity{SensorVersion: "1.0.0", Rules: strings.Repeat("ab", 32)},
		Playbook:  event.Playbook{IncidentType: "OT-05"},
	}
	f := FactsOf(e)
	f.GxP = "direct"
	f.NotHoldable = true
	f.LastKnownGood = e.First - 3_600_000_000_000
	e.Playbook, e.Quality, e.Attack = p.Map(f)
	return e
}

func TestExplainEventGolden(t *testing.T) {
	p := profile(t)
	var b bytes.Buffer
	if err := p.ExplainEvent(sampleEvent(p), &b); err != nil {
		t.Fatal(err)
	}
	golden(t, "event", b.String())
}

// An event may come from a file that anybody wrote; nothing of it may steer a terminal.
func TestExplainEventLetsNoControlCharactersThrough(t *testing.T) {
	p := profile(t)
	e := sampleEvent(p)
	evil := "a\x1b[2J\x07\u202e\nb"
	e.ID, e.State, e.What, e.Source.Name, e.Why[0].Field, e.Playbook.Step = evil, evil, evil, evil, evil, evil
	e.Playbook.Next[0].Role, e.Status, e.Attack.Techniques[0], e.Integrity.Rules = evil, evil, evil, evil
	var b bytes.Buffer
	if err := p.ExplainEvent(e, &b); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.String() {
		if r != '\n' && (r < ' ' || r == 0x7f || r == '\u202e') {
			t.Fatalf("%q got through", r)
		}
	}
}

// Every page fits a terminal of 80 columns; only a word longer than its column may stand out.
func TestEveryPageFitsTheTerminal(t *testing.T) {
	p := profile(t)
	if len(p.IDs()) < 150 {
		t.Fatalf("only %d ids", len(p.IDs()))
	}
	for _, id := range p.IDs() {
		var b bytes.Buffer
		if err := p.Explain(id, &b); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(b.String(), "\n") {
			if utf8.RuneCountInString(line) > pageWidth && !strings.Contains(line, p.SHA256) {
				t.Errorf("%s: %d columns: %s", id, utf8.RuneCountInString(line), line)
			}
			if strings.HasSuffix(line, " ") {
				t.Errorf("%s: blank at the end: %q", id, line)
			}
			if strings.Contains(line, "..") {
				t.Errorf("%s: two full stops: %q", id, line)
			}
		}
	}
}
