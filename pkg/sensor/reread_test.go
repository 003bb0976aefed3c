package sensor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
	"otsensor/rules"
)

// rereadAt gives a change at the tick of that number.
func rereadAt(n int, r *sensor.Reread) func() *sensor.Reread {
	return func() *sensor.Reread {
		if n--; n == 0 {
			return r
		}
		return nil
	}
}

const ownRule = `- id: OWN-01
  title: The historian reads the air handling unit
  level: 1
  when: { proto: modbus, op: read-data }
  say: "{client} reads {server}."
  play: OT-15
`

// withOwn is the built-in rules, one of a site, and a site file that lists other hosts.
func withOwn(t *testing.T) *sensor.Reread {
	t.Helper()
	o := judge(t)
	set, err := detect.Load(rules.Files(), all.Table(), detect.Known{}, detect.OwnFile{Name: "own.yaml", Data: []byte(ownRule)})
	if err != nil {
		t.Fatal(err)
	}
	site := siteFile(t, "sensor: { id: s2 }\n")
	return &sensor.Reread{Rules: set, Profile: o.Profile, Site: site, Sensor: site.Sensor(), ConfigHash: strings.Repeat("c0", 32)}
}

// Rules and site file that are read again take force at a tick. Every event says by which it was judged, and one says from when
// on; the same for any number of workers and any batches.
func TestRereadTakesForceAtATick(t *testing.T) {
	var want string
	for _, pipe := range []sensor.Options{{Workers: 1, Batch: 64}, {Workers: 2, Batch: 1}, {Workers: 7, Batch: 4096}} {
		o := judge(t)
		o.Reread = rereadAt(30, withOwn(t))
		records, out, w := replay(t, o, pipe, "sensor-weak")
		changed, own := of(t, records, "SEN-20"), of(t, records, "OWN-01")
		if own.First < changed.First || own.First > changed.First+3e9 {
			t.Errorf("changed at %d, the new rule first speaks of %d", changed.First, own.First)
		}
		was, now := sensor.RulesHash(o.Rules, o.Profile), w.Snapshot().Rules
		if own.Integrity.Rules != now || was == now || own.Integrity.Config != strings.Repeat("c0", 32) || own.Sensor.ID != "s2" {
			t.Errorf("judged by %+v of %+v, want rules %s", own.Integrity, own.Sensor, now)
		}
		if says := fmt.Sprintf("rules %s, no site file → rules %s, site file c0c0c0c0c0c0", was[:12], now[:12]); !strings.Contains(changed.What, says) {
			t.Errorf("told %q, want %q in it", changed.What, says)
		}
		if want == "" {
			want = out
		} else if out != want {
			t.Errorf("other records with %+v", pipe)
		}
	}
}

// What did not load is told with its place, and changes nothing.
func TestRereadThatDidNotLoad(t *testing.T) {
	plain, _, _ := replay(t, judge(t), sensor.Options{}, "s7-plc-stop")
	o := judge(t)
	o.Reread = rereadAt(1, &sensor.Reread{Wrong: "own.yaml:4: unknown field"})
	records, _, w := replay(t, o, sensor.Options{}, "s7-plc-stop")
	if e := of(t, records, "SEN-11"); !strings.Contains(e.What, "(own.yaml:4: unknown field)") || !slices.Equal(e.List, []string{"own.yaml:4: unknown field"}) {
		t.Errorf("%q, %q", e.What, e.List)
	}
	if w.Snapshot().Rules != sensor.RulesHash(o.Rules, o.Profile) {
		t.Error("other rules are in force")
	}
	others := slices.DeleteFunc(records, func(e event.Event) bool { return e.Rule.ID == "SEN-11" })
	if len(others) != len(plain) {
		t.Errorf("%d records beside it, %d without", len(others), len(plain))
	}
}

// The tolerances of the site file that is read are those in force from then on,
// the stricter and the laxer.
func TestRereadTakesTolerances(t *testing.T) {
	const lax = "sensor: { id: s }\nthresholds: { deviations: { host-silent: { least: 20h } } }\n"
	for later, want := range map[string]bool{"sensor: { id: s }\n": true, lax: false} {
		o := judge(t)
		o.Baseline = learn(t, "modbus-two-polls")
		o.Site = siteFile(t, map[bool]string{true: lax, false: "sensor: { id: s }\n"}[want])
		o.Reread = rereadAt(2, &sensor.Reread{Rules: o.Rules, Profile: o.Profile, Site: siteFile(t, later), ConfigHash: strings.Repeat("c0", 32)})
		records, _, _ := replay(t, o, sensor.Options{}, "host-silent")
		if got := slices.ContainsFunc(records, func(e event.Event) bool { return e.Rule.ID == "AVL-01" }); got != want {
			t.Errorf("with %q read later the silent host is told: %v, want %v", later, got, want)
		}
	}
}
