package detect_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"otsensor/pkg/baseline"
	"otsensor/pkg/capture"
	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
	"otsensor/pkg/playbook"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
	"otsensor/rules"
)

// shipped compiles the built-in rules with the built-in playbook.
func shipped(t testing.TB) (*detect.Set, *playbook.Profile) {
	t.Helper()
	profile, err := playbook.Load(rules.Files())
	if err != nil {
		t.Fatal(err)
	}
	set, err := detect.Load(rules.Files(), all.Table(), detect.Known{
		Play:   func(id string) bool { _, ok := profile.Type(id); return ok },
		Attack: func(id string) bool { _, ok := profile.Technique(id); return ok },
	})
	if err != nil {
		t.Fatal(err)
	}
	return set, profile
}

func TestEveryIncidentTypeIsCovered(t *testing.T) {
	set, profile := shipped(t)
	for n := 1; n <= 15; n++ {
		id := fmt.Sprintf("OT-%02d", n)
		if _, ok := profile.Type(id); !ok {
			t.Errorf("the playbook has no %s", id)
		}
		if !slices.ContainsFunc(set.Rules, func(r detect.Rule) bool { return r.Play == id }) {
			t.Errorf("no rule opens %s", id)
		}
	}
}

// What is never said: a motive, guilt, or an effect on the product.
var neverSaid = regexp.MustCompile(`(?i)attack|malicious|hacker|adversar|intru|compromis|contaminat|product (is|was)|affected`)

func TestShippedSentences(t *testing.T) {
	set, _ := shipped(t)
	for _, r := range set.Rules {
		if !strings.HasSuffix(r.Say, ".") || neverSaid.MatchString(r.Say+r.Title) {
			t.Errorf("%s says %q: one sentence of what was seen", r.ID, r.Say)
		}
	}
}

// intended are the differences from the catalogue of detections, with the reason.
var intended = map[string]string{
	"OPS-06": "one start or stop has its own rule (level 4); this one counts them, and adds what a stop is",
	"NET-02": "two MACs that answer within a minute are AST-02 (level 3, OT-08) and more, and take its event over: by the catalogue (level 2, OT-09) the graver sighting would make the event the lesser one",
	"COM-31": "beyond the catalogue, which has a write burst for Modbus and CIP only",
	"ITP-25": "beyond the catalogue, which asks what is in a file (ITP-08, ITP-09): that it was moved is seen where its content is not",
	"OPS-25": "beyond the catalogue: a forged time as the wire shows it",
	"SEQ-09": "a remark (level 1): on the laboratory line people go by other ways than ever, and it found nothing that others did not",
	"VAL-22": "beyond the catalogue: what VAL-02 would say of a value that was met while learning",
	"SEN-13": "a self-test that passes is a line of the log; what is told is one that failed, at the level of what that means",
	"SEN-17": "beyond the catalogue: what the sensor itself must never do",
	"SEN-19": "beyond the catalogue: what the sensor is kept from seeing",
	"SEN-20": "beyond the catalogue: from when on events are judged otherwise",
	"SEN-21": "beyond the catalogue, which has a mirror that is one-sided from the start (SEN-02)",
	"SEN-18": "beyond the catalogue: what holds the sensor itself",
}

// Levels, incident types and techniques are those of the catalogue.
func TestShippedRulesAgainstTheCatalogue(t *testing.T) {
	f, err := os.Open(filepath.Join(os.Getenv("SENSOR_SHARED"), "reference", "detections.csv"))
	if os.Getenv("SENSOR_SHARED") == "" || err != nil {
		t.Skip("SENSOR_SHARED is not set to a folder with reference/detections.csv: the catalogue is not here")
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 100 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	catalogue := map[string]string{}
	column := func(name string) int { return slices.Index(rows[0], name) }
	for _, row := range rows[1:] {
		attack := strings.TrimPrefix(row[column("attack_v19")], "-")
		catalogue[row[column("id")]] = fmt.Sprint(row[column("case_type")], " level ", row[column("level")], " ", attack)
	}
	set, _ := shipped(t)
	for _, r := range set.Rules {
		got := fmt.Sprint(r.Play, " level ", r.Level, " ", strings.Join(r.Attack, " "))
		_, differs := intended[r.ID]
		switch want, ok := catalogue[r.ID]; {
		case !ok && !differs:
			t.Errorf("%s is not in the catalogue", r.ID)
		case got != want && !differs:
			t.Errorf("%s is %s, in the catalogue %s", r.ID, got, want)
		case got == want && differs:
			t.Errorf("%s is as in the catalogue; take it off the list", r.ID)
		}
	}
}

// sightings replays a capture and gives every observation to see.
func sightings(t testing.TB, file string, see func(o *ot.Observation)) {
	t.Helper()
	src, err := capture.OpenFiles([]string{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if _, err := sensor.Run(context.Background(), src, sensor.Options{Table: all.Table()}, sensor.Judge{Observe: see}); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func cases(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "pcaps", "*", "*.pcap*"))
	if err != nil || len(files) < 50 {
		t.Fatalf("only %d cases: %v", len(files), err)
	}
	return files
}

func facts() detect.Facts {
	return detect.Facts{
		Host:     func(e ot.Endpoint) detect.Host { return detect.Host{Role: "controller"} },
		Party:    func(e ot.Endpoint) event.Party { return event.Party{Addr: e.HostString()} },
		Object:   func(*ot.Transaction) string { return "" },
		Reasons:  func(*ot.Observation, baseline.Deviation) []event.Reason { return nil },
		Conduit:  func(a, b ot.Endpoint) bool { return false },
		Critical: func(*detect.Sighting) detect.Critical { return detect.Critical{} },
		Planned:  func(*detect.Sighting) string { return "" },
		Accepted: func(string, *detect.Sighting) bool { return false },
		File:     func(frame uint64) (string, uint64) { return "", frame },
	}
}

// The index never leaves out a rule that matches: on the observations of all
// cases, with deviations made up so that each turns up everywhere, an engine
// without an index raises the same events; so it does once its memory of looks
// is full.
func TestIndexLeavesNothingOut(t *testing.T) {
	set, _ := shipped(t)
	engine := func(to *[]string) *detect.Engine {
		return detect.NewEngine(set, facts(), func(r detect.Raised) { *to = append(*to, fmt.Sprint(r.Event.State, r.Event.ID, r.Event.Count)) })
	}
	var indexed, plain []string
	a, b := engine(&indexed), engine(&plain).WithoutIndex()
	n := uint64(0)
	for _, file := range cases(t) {
		sightings(t, file, func(o *ot.Observation) {
			n++
			of := n % 40
			w := baseline.Weight{Dev: baseline.Deviation(of * 0x9e3779b97f4a7c15 >> 24 & (of * 0xc2b2ae3d27d4eb4f >> 24))}
			a.Match(o, w)
			b.Match(o, w)
		})
		a.NewFile()
		b.NewFile()
	}
	if len(indexed) < 500 || !slices.Equal(indexed, plain) {
		t.Errorf("%d records with the index, %d without, of %d observations", len(indexed), len(plain), n)
	}
}

// Any transaction has the same candidates that a look at every rule finds.
func TestIndexOfEveryTransaction(t *testing.T) {
	set, _ := shipped(t)
	engine := detect.NewEngine(set, facts(), nil)
	for _, p := range append(ot.Protos(), ot.NoProto) {
		for op := range ot.OpNames() {
			for _, kind := range []ot.Kind{ot.Did, ot.Odd, ot.Spoke} {
				for status := ot.OK; status <= ot.OneWay; status++ {
					o := ot.Observation{Kind: kind, Conv: &ot.Conv{}, Did: ot.Transaction{Proto: p, Op: ot.Op(op), Status: status}}
					for _, dev := range []baseline.Deviation{0, baseline.NewOp, baseline.NewOp | baseline.ValueNew, 1<<28 - 1} {
						if missed := engine.Missed(&o, dev); len(missed) > 0 {
							t.Fatalf("%v %v %v %v with %v: the index leaves out %v", kind, p, ot.Op(op), status, dev.Names(), missed)
						}
					}
				}
			}
		}
	}
}

// What a field says to be told by the code is told by it, for every transaction
// of all cases, and none has a field that its code is said not to have.
func TestCodeTellsWhatItIsSaidToTell(t *testing.T) {
	told, without, table := 0, 0, all.Table()
	for _, file := range cases(t) {
		sightings(t, file, func(o *ot.Observation) {
			if o.Kind != ot.Did {
				return
			}
			for _, row := range table {
				for _, f := range row.Fields {
					if row.Proto != o.Did.Proto {
						continue
					}
					if f.Of != nil && !f.Of(o.Did.Code) {
						without++
						if f.Append(nil, &o.Did) != nil {
							t.Fatalf("%s: %s of code %d", file, f.Name, o.Did.Code)
						}
					}
					if !f.ByCode {
						continue
					}
					n, present := f.Num(&o.Did)
					if m, may := f.Num(&ot.Transaction{Proto: o.Did.Proto, Code: o.Did.Code}); present && (m != n || !may) {
						t.Fatalf("%s: %s is %d, by its code %d (%v)", file, f.Name, n, m, may)
					}
					told++
				}
			}
		})
	}
	if told < 10000 || without < 10000 {
		t.Errorf("only %d fields were compared, and %d looked for in vain", told, without)
	}
}

// unnamed are the rules whose sentence may name an unknown host, with the reason.
var unnamed = map[string]string{
	"NET-20": "fragments that never become a datagram belong to no conversation",
}

// No word of a sentence is left empty where its rule fires, and none shows an address of zeros.
func TestWhatIsSaid(t *testing.T) {
	set, profile := shipped(t)
	said := 0
	for _, file := range cases(t) {
		src, err := capture.OpenFiles([]string{file}, nil)
		if err != nil {
			t.Fatal(err)
		}
		w := sensor.NewWatch(sensor.WatchOptions{Table: all.Table(), Rules: set, Profile: profile, Where: src.Where, Emit: func(e *event.Event) error {
			said++
			empty := strings.Contains(e.What, "unknown") && unnamed[e.Rule.ID] == ""
			if empty || strings.Contains(e.What, "00:00:00:00:00:00") || strings.Contains(e.What, "  ") || strings.Contains(e.What, "()") {
				t.Errorf("%s: %s says %q", filepath.Base(filepath.Dir(file)), e.Rule.ID, e.What)
			}
			return nil
		}})
		stats, err := sensor.Run(context.Background(), src, sensor.Options{Table: all.Table()}, w.Judge())
		if err != nil {
			t.Fatal(err)
		}
		w.Finish(stats)
		src.Close()
	}
	if said < 200 {
		t.Errorf("only %d records of all cases", said)
	}
}

// keep copies an observation out of its batch.
func keep(o *ot.Observation) ot.Observation {
	c := *o
	c.Did.Name, c.Did.Value = slices.Clone(o.Did.Name), slices.Clone(o.Did.Value)
	return c
}

// Matching the shipped rules on what no rule is about, and on what candidates
// reject, allocates nothing.
func TestShippedRulesOnTheQuietPath(t *testing.T) {
	set, _ := shipped(t)
	for name, mix := range quiet(t) {
		raised := 0
		e := detect.NewEngine(set, facts(), func(detect.Raised) { raised++ })
		for i := range mix {
			e.Match(&mix[i], baseline.Weight{})
		}
		before := raised
		i := 0
		n := testing.AllocsPerRun(len(mix), func() { e.Match(&mix[i%len(mix)], baseline.Weight{}); i++ })
		if n != 0 || raised != before {
			t.Errorf("%s: %.2f allocations an observation, %d records", name, n, raised-before)
		}
	}
}

// quiet gives the transactions of the quiet cases.
func quiet(t testing.TB) map[string][]ot.Observation {
	mixes := map[string][]ot.Observation{}
	for _, name := range []string{"modbus-quiet-polls", "s7-quiet-day", "enip-quiet-tags"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "pcaps", name, "*.pcap*"))
		if err != nil || len(files) != 1 {
			t.Fatalf("%s: %v %v", name, files, err)
		}
		sightings(t, files[0], func(o *ot.Observation) {
			if o.Kind == ot.Did {
				mixes[name] = append(mixes[name], keep(o))
			}
		})
		if len(mixes[name]) < 50 {
			t.Fatalf("only %d transactions in %s", len(mixes[name]), name)
		}
	}
	return mixes
}

// Matching of what a quiet line does, all protocols together, with the shipped
// rules: without deviations, and with one in a hundred.
func BenchmarkMatch(b *testing.B) {
	set, _ := shipped(b)
	var mix []ot.Observation
	for _, name := range []string{"modbus-quiet-polls", "s7-quiet-day", "enip-quiet-tags"} {
		mix = append(mix, quiet(b)[name]...)
	}
	for _, every := range []int{0, 100} {
		b.Run("deviating one in "+strconv.Itoa(every), func(b *testing.B) {
			e := detect.NewEngine(set, facts(), func(detect.Raised) {})
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				var w baseline.Weight
				if every > 0 && i%every == 0 {
					w.Dev = baseline.NewObject
				}
				e.Match(&mix[i%len(mix)], w)
			}
		})
	}
}
