package sensor_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"otsensor/pkg/baseline"
	"otsensor/pkg/capture"
	"otsensor/pkg/config"
	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/flow"
	"otsensor/pkg/journal"
	"otsensor/pkg/playbook"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
	"otsensor/rules"
)

// open opens the capture of cases, one after another.
func open(t testing.TB, cases ...string) *capture.Files {
	t.Helper()
	var files []string
	for _, name := range cases {
		found, err := filepath.Glob(filepath.Join("..", "..", "pcaps", name, "*.pcap*"))
		if err != nil || len(found) != 1 {
			t.Fatalf("the case %s has %d captures: %v", name, len(found), err)
		}
		files = append(files, found...)
	}
	src, err := capture.OpenFiles(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return src
}

// judge is what the built-in rules are judged with; emit gets every record.
func judge(t testing.TB) sensor.WatchOptions {
	t.Helper()
	profile, err := playbook.Load(rules.Files())
	if err != nil {
		t.Fatal(err)
	}
	set, err := detect.Load(rules.Files(), all.Table(), detect.Known{})
	if err != nil {
		t.Fatal(err)
	}
	return sensor.WatchOptions{Table: all.Table(), Rules: set, Profile: profile, Emit: func(*event.Event) error { return nil }}
}

// replay judges cases as one input and gives every record as it was, and what was written.
func replay(t testing.TB, o sensor.WatchOptions, pipe sensor.Options, cases ...string) ([]event.Event, string, *sensor.Watch) {
	t.Helper()
	src := open(t, cases...)
	var records []event.Event
	var out bytes.Buffer
	writer := event.NewWriter(&out)
	o.Where = func(frame uint64) (string, uint64) { return "capture", frame }
	o.Emit = func(e *event.Event) error { records = append(records, *e); return writer.Write(e) }
	w := sensor.NewWatch(o)
	pipe.Table, pipe.Poison = all.Table(), true
	stats, err := sensor.Run(context.Background(), src, pipe, w.Judge())
	if err != nil {
		t.Fatal(err)
	}
	w.Finish(stats)
	return records, out.String(), w
}

// of gives the last record of a rule's first event.
func of(t testing.TB, records []event.Event, rule string) event.Event {
	t.Helper()
	first := slices.IndexFunc(records, func(e event.Event) bool { return e.Rule.ID == rule })
	if first < 0 {
		t.Fatalf("%s is not raised", rule)
	}
	last := records[first]
	for _, e := range records {
		if e.ID == last.ID {
			last = e
		}
	}
	return last
}

func decisions(t testing.TB, lines ...string) *journal.Journal {
	t.Helper()
	j, err := journal.Parse(strings.NewReader(strings.Join(lines, "\n")), "journal")
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func siteFile(t testing.TB, text string) *config.Site {
	t.Helper()
	s, err := config.ParseSite([]byte(text), "site.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// learn makes a baseline of a case.
func learn(t testing.TB, name string) *baseline.Baseline {
	t.Helper()
	learner := baseline.NewLearner(name, baseline.Defaults)
	if _, err := sensor.Run(context.Background(), open(t, name), sensor.Options{Table: all.Table()}, sensor.Judge{Observe: learner.Learn}); err != nil {
		t.Fatal(err)
	}
	return learner.Baseline()
}

// In s7-plc-stop 10.77.0.10 tells 10.77.0.20 to stop, on 2026-11-23 at 14:08:08.
const (
	window = `{"at":"2026-11-23T08:00:00Z","by":"mm","do":"window","why":"PM","ticket":"WO-17","hosts":["10.77.0.20"],"source":["10.77.0.10"],"ops":["mode-change"],"from":"2026-11-23T14:00:00Z","until":"2026-11-23T15:00:00Z"}`
	accept = `{"at":"2026-11-23T08:00:00Z","by":"mm","do":"accept","why":"known","rule":"S7-06","hosts":["10.77.0.20"],"until":"2027-01-01T00:00:00Z"}`
)

// Planned work lowers what is suggested and names its ticket; work that is for
// somebody else, another time, another act or decided later does not.
func TestPlannedWork(t *testing.T) {
	plain, _, _ := replay(t, judge(t), sensor.Options{}, "s7-plc-stop")
	for name, c := range map[string]struct {
		entry   string
		planned bool
	}{
		"the window":             {window, true},
		"another target":         {strings.Replace(window, "10.77.0.20", "10.77.0.21", 1), false},
		"another source":         {strings.Replace(window, "10.77.0.10", "10.77.0.11", 1), false},
		"another act":            {strings.Replace(window, "mode-change", "program-download", 1), false},
		"over by then":           {strings.Replace(window, "T15:00", "T14:05", 1), false},
		"decided after the fact": {strings.Replace(window, "T08:00", "T14:30", 1), false},
	} {
		o := judge(t)
		o.Journal = decisions(t, c.entry)
		records, _, _ := replay(t, o, sensor.Options{}, "s7-plc-stop")
		before, now := of(t, plain, "S7-06"), of(t, records, "S7-06")
		lower := now.Playbook.Severity.Suggested < before.Playbook.Severity.Suggested && slices.Contains(now.Playbook.Severity.Basis, "planned_work")
		named := slices.ContainsFunc(now.Playbook.Next, func(n event.NextStep) bool { return strings.Contains(n.Do, "WO-17") })
		if lower != c.planned || named != c.planned || now.ID != before.ID {
			t.Errorf("%s: severity %d instead of %d for %v, ticket named: %t", name, now.Playbook.Severity.Suggested, before.Playbook.Severity.Suggested, now.Playbook.Severity.Basis, named)
		}
	}
}

// An accepted deviation is not raised and is counted; everything else is raised as before.
func TestAcceptedDeviation(t *testing.T) {
	plain, _, _ := replay(t, judge(t), sensor.Options{}, "s7-plc-start")
	o := judge(t)
	o.Journal = decisions(t, accept)
	records, _, w := replay(t, o, sensor.Options{}, "s7-plc-start")
	got, want := ruleIDs(records), slices.DeleteFunc(ruleIDs(plain), func(id string) bool { return id == "S7-06" })
	if !slices.Equal(got, want) || len(want) < 3 {
		t.Errorf("raised %v, want %v", got, want)
	}
	e := w.Snapshot().Events
	if e.Accepted != 2 || e.Raised["S7-06"] != 0 || e.Raised["S7-07"] != 1 {
		t.Errorf("%d accepted, %d raised of S7-06, %d of S7-07; want 2, 0, 1", e.Accepted, e.Raised["S7-06"], e.Raised["S7-07"])
	}
}

func ruleIDs(records []event.Event) (ids []string) {
	for _, e := range records {
		ids = append(ids, e.Rule.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// The same packets and the same decisions give the same bytes, for any
// batches and workers; other decisions give others.
func TestSameInputsSameBytes(t *testing.T) {
	run := func(j *journal.Journal, pipe sensor.Options) string {
		o := judge(t)
		o.Journal = j
		_, out, _ := replay(t, o, pipe, "s7-plc-stop", "arp-spoof", "modbus-write-burst", "gap-in-capture", "clock-step", "frames-cut", "remote-then-stop")
		return out
	}
	both := decisions(t, window, accept)
	want := run(both, sensor.Options{})
	if len(want) < 10000 {
		t.Fatalf("only %d bytes", len(want))
	}
	for _, pipe := range []sensor.Options{{}, {Workers: 2, Batch: 1}, {Workers: 7, Batch: 64}, {Workers: 16, Batch: 4096}} {
		if run(both, pipe) != want {
			t.Errorf("other bytes with %d workers and batches of %d", pipe.Workers, pipe.Batch)
		}
	}
	if run(nil, sensor.Options{}) == want {
		t.Error("without decisions the bytes are the same")
	}
}

const plant = `
sensor: { id: s-1, line: l-0 }
lines: [ { id: l-0 }, { id: l-1 } ]
zones: [ { name: cell, prefixes: [10.77.0.0/24] } ]
assets:
  - { name: PLC, addresses: [10.77.0.20], gxp_impact: %s, line: l-1, role: controller }
`

// What the site file says of the asset: its name, zone, line and GxP impact; what it
// does not say counts as direct.
func TestPlaceOfAnAsset(t *testing.T) {
	for gxp, severity := range map[string]int{"direct": 4, "indirect": 3, "none": 3} {
		o := judge(t)
		o.Site = siteFile(t, fmt.Sprintf(plant, gxp))
		records, _, _ := replay(t, o, sensor.Options{}, "s7-plc-start")
		e := of(t, records, "S7-09") // level 3
		if q := e.Quality; q.GxPImpact != gxp || q.Asset != "PLC" || q.Line != "l-1" || e.Playbook.Severity.Suggested != severity {
			t.Errorf("%s: %+v with severity %d", gxp, q, e.Playbook.Severity.Suggested)
		}
		if p := e.Target; p.Name != "PLC" || p.Role != "controller" || p.Zone != "cell" || p.Port != 102 || e.Source.Name == "PLC" || e.Source.Zone != "cell" {
			t.Errorf("parties %+v and %+v", e.Source, p)
		}
	}
	records, _, _ := replay(t, judge(t), sensor.Options{}, "s7-plc-stop")
	if e := of(t, records, "S7-06"); e.Quality.GxPImpact != "unknown" || !slices.Contains(e.Playbook.Severity.Basis, "gxp_unknown") || e.Quality.Asset != "10.77.0.20" {
		t.Errorf("without a site file: %+v %v", e.Quality, e.Playbook.Severity.Basis)
	}
}

// What a host without GxP impact does to one the site file does not name
// weighs as an act on an unknown asset; what it is seen to do of itself weighs
// as its own.
func TestActWeighsOnItsTarget(t *testing.T) {
	o := judge(t)
	o.Site = siteFile(t, strings.Replace(fmt.Sprintf(plant, "none"), "10.77.0.20", "10.77.0.10", 1))
	records, _, _ := replay(t, o, sensor.Options{}, "s7-plc-stop")
	if e := of(t, records, "S7-06"); e.Quality.GxPImpact != "unknown" || e.Quality.Asset != "10.77.0.20" {
		t.Errorf("a stop of an unknown controller by a known host: %+v", e.Quality)
	}
	o.Site = siteFile(t, strings.Replace(fmt.Sprintf(plant, "none"), "10.77.0.20", "10.77.10.99", 1))
	records, _, _ = replay(t, o, sensor.Options{}, "syn-scan-hosts")
	if e := of(t, records, "REC-01"); e.Quality.GxPImpact != "none" || e.Quality.Asset != "PLC" {
		t.Errorf("a scan by a known host: %+v", e.Quality)
	}
}

// Known is who is in the baseline; last known good is when the asset was last
// seen as learned before what is told.
func TestKnownAndLastKnownGood(t *testing.T) {
	o := judge(t)
	o.Baseline = learn(t, "modbus-setpoint")
	records, _, w := replay(t, o, sensor.Options{}, "modbus-second-writer")
	e := of(t, records, "VAL-10")
	if !e.Target.Known || e.Integrity.Baseline != o.Baseline.Hash {
		t.Errorf("the target is in the baseline: %+v", e.Target)
	}
	if e.Source.Known != slices.ContainsFunc(o.Baseline.Hosts, func(h baseline.Host) bool { return h.Host.HostString() == e.Source.Addr }) {
		t.Errorf("the source %+v", e.Source)
	}
	if good := e.Quality.LastKnownGood; good == 0 || good >= e.First {
		t.Errorf("last known good %d, first seen %d", good, e.First)
	}
	if s := w.Snapshot(); s.Baseline != o.Baseline.Hash || s.Habits == 0 {
		t.Error("the snapshot does not name the baseline")
	}
	plain, _, _ := replay(t, judge(t), sensor.Options{}, "s7-plc-stop")
	if e := of(t, plain, "S7-06"); e.Source.Known || e.Target.Known || e.Quality.LastKnownGood > e.First {
		t.Errorf("without a baseline nobody is known: %+v %+v", e.Source, e.Target)
	}
}

// An event about the port itself has no hosts, and knows what was lost when it is told.
func TestEventsOfTheSensor(t *testing.T) {
	for rule, name := range map[string]string{"SEN-01": "gap-in-capture", "SEN-05": "clock-step", "SEN-15": "frames-cut"} {
		records, _, _ := replay(t, judge(t), sensor.Options{}, name)
		e := of(t, records, rule)
		if e.Source != (event.Party{}) || e.Target != (event.Party{}) || slices.Contains(e.Playbook.Severity.Basis, "source_unknown") {
			t.Errorf("%s: %+v %+v %v", rule, e.Source, e.Target, e.Playbook.Severity.Basis)
		}
	}
}

// Whatever the sensor cannot see is told: some rule fires on each kind of
// blindness, without any traffic, and knows how much was lost by then.
func TestEveryBlindnessIsAnEvent(t *testing.T) {
	for _, c := range []struct {
		rule string
		tick sensor.Tick
	}{
		{"SEN-01", sensor.Tick{At: flow.At{Clock: 2000e9}}},
		{"SEN-05", sensor.Tick{Stepped: true}},
		{"SEN-15", sensor.Tick{Stats: sensor.Stats{Cut: 1}}},
		{"SEN-15", sensor.Tick{Stats: sensor.Stats{Loss: capture.Loss{Kernel: 3}}}},
	} {
		var told []event.Event
		o := judge(t)
		o.Where = func(frame uint64) (string, uint64) { return "", frame }
		o.Emit = func(e *event.Event) error { told = append(told, *e); return nil }
		judge := sensor.NewWatch(o).Judge()
		judge.Tick(sensor.Tick{At: flow.At{Clock: 1000e9}})
		c.tick.At.Clock = max(c.tick.At.Clock, 1001e9)
		judge.Tick(c.tick)
		if len(told) != 1 || told[0].Rule.ID != c.rule || told[0].Coverage.Dropped != c.tick.Stats.Loss.Kernel {
			t.Errorf("%s: told %+v", c.rule, told)
		}
	}
}

// Files do not run into each other: each is judged as if alone, and frames cut
// in one are not told of the next.
func TestFilesAreJudgedApart(t *testing.T) {
	names := []string{"frames-cut", "modbus-quiet-polls", "s7-plc-stop", "s7-plc-stop"}
	var apart []string
	for _, name := range names {
		records, _, _ := replay(t, judge(t), sensor.Options{}, name)
		apart = append(apart, closed(records)...)
	}
	records, _, _ := replay(t, judge(t), sensor.Options{}, names...)
	if got := closed(records); !slices.Equal(got, apart) || len(got) < 3 {
		t.Errorf("together %v\napart    %v", got, apart)
	}
}

func closed(records []event.Event) (all []string) {
	for _, e := range records {
		if e.State == "closed" {
			all = append(all, fmt.Sprint(e.ID, e.Rule.ID, e.Count))
		}
	}
	return all
}

// Finish closes everything; what was raised is what was written, suppressed or lost.
func TestFinishAndCounts(t *testing.T) {
	o := judge(t)
	records, _, w := replay(t, o, sensor.Options{}, "modbus-write-burst")
	states := map[string]uint64{}
	for _, e := range records {
		states[e.State]++
	}
	e := w.Snapshot().Events
	var raised, suppressed uint64
	for id := range e.Raised {
		raised, suppressed = raised+e.Raised[id], suppressed+e.Suppressed[id]
	}
	if e.Open != 0 || states["open"] == 0 || states["open"] != states["closed"] || raised != e.Written+suppressed+e.Dropped || e.Written != states["open"] {
		t.Errorf("records %v, %d open, %d raised, %d written, %d suppressed", states, e.Open, raised, e.Written, suppressed)
	}
	for state, n := range states {
		if e.Records[state].Written != n {
			t.Errorf("%d records %s written, %d counted", n, state, e.Records[state].Written)
		}
	}
}

// What closes at the end was judged under everything that was lost until then.
func TestFinishCountsWhatWasLost(t *testing.T) {
	var last event.Event
	o := judge(t)
	src := open(t, "s7-plc-stop")
	o.Where, o.Emit = src.Where, func(e *event.Event) error { last = *e; return nil }
	w := sensor.NewWatch(o)
	judge := w.Judge()
	judge.Tick = func(sensor.Tick) {} // nothing closes before
	stats, err := sensor.Run(context.Background(), src, sensor.Options{Table: all.Table()}, judge)
	stats.Loss.Kernel = 7
	w.Finish(stats)
	if err != nil || last.State != "closed" || last.Coverage.Dropped != 7 {
		t.Errorf("%v: the last record is %s, with %d frames lost", err, last.State, last.Coverage.Dropped)
	}
}

// An output that fails is counted and hides nothing.
func TestFailingOutput(t *testing.T) {
	o := judge(t)
	src := open(t, "s7-plc-stop")
	o.Where, o.Emit = src.Where, func(*event.Event) error { return context.Canceled }
	w := sensor.NewWatch(o)
	stats, err := sensor.Run(context.Background(), src, sensor.Options{Table: all.Table()}, w.Judge())
	if err != nil {
		t.Fatal(err)
	}
	w.Finish(stats)
	e := w.Snapshot().Events
	if e.Written != 0 || e.Dropped == 0 || !e.Failing || e.Raised["S7-06"] != 1 {
		t.Errorf("%+v", e)
	}
}

// A snapshot is a picture: readers beside the judge share nothing with it, and
// what one holds does not change.
func TestSnapshotIsImmutable(t *testing.T) {
	o := judge(t)
	o.Learner = baseline.NewLearner("", baseline.Defaults)
	src := open(t, "modbus-write-burst", "line", "s7-plc-start")
	o.Where = src.Where
	w := sensor.NewWatch(o)
	if w.Snapshot() != nil {
		t.Error("a picture before there is anything to see")
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			var held *sensor.Snapshot
			var looked string
			for {
				select {
				case <-done:
					return
				default:
				}
				if held != nil && picture(held) != looked {
					t.Error("a picture changed")
					return
				}
				if held = w.Snapshot(); held != nil {
					looked = picture(held)
				}
			}
		})
	}
	stats, err := sensor.Run(context.Background(), src, sensor.Options{Table: all.Table(), Workers: 2}, w.Judge())
	w.Finish(stats)
	close(done)
	readers.Wait()
	if err != nil || w.Snapshot().Stats.Packets != stats.Packets {
		t.Errorf("%v: the last picture shows %d packets of %d", err, w.Snapshot().Stats.Packets, stats.Packets)
	}
}

// picture reads everything a snapshot holds.
func picture(s *sensor.Snapshot) string {
	text := fmt.Sprint(s.Clock, s.LastPacket, s.Stats, s.Events, s.Windows, s.Assets, s.Habits, s.Rules, s.Tables())
	if s.Learning != nil {
		text += fmt.Sprintf("%+v", *s.Learning)
	}
	return text
}
