package sensor_test

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"otsensor/pcaps"
	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
)

// lesson learns a case with the rules beside, as sensor learn does, up to a time (0: all of it).
func lesson(t testing.TB, name string, until int64) *baseline.Baseline {
	t.Helper()
	o := judge(t)
	o.Learner = baseline.NewLearner(name, baseline.Defaults)
	o.Where = func(uint64) (string, uint64) { return "", 0 }
	j := sensor.NewWatch(o).Judge()
	observe := j.Observe
	j.Observe = func(ob *ot.Observation) {
		if until == 0 || ob.Time < until {
			observe(ob)
		}
	}
	if _, err := sensor.Run(context.Background(), open(t, name), sensor.Options{Table: all.Table()}, j); err != nil {
		t.Fatal(err)
	}
	return o.Learner.Baseline()
}

// grave lists the rules that raise an event of severity 2 or more on a case.
func grave(t testing.TB, b *baseline.Baseline, name string) (rules []string) {
	t.Helper()
	o := judge(t)
	o.Baseline = b
	records, _, _ := replay(t, o, sensor.Options{}, name)
	for _, e := range records {
		if e.Playbook.Severity.Suggested >= 2 && !slices.Contains(rules, e.Rule.ID) {
			rules = append(rules, e.Rule.ID)
		}
	}
	slices.Sort(rules)
	return rules
}

// The recorded line holds a whole attack by an unknown laptop. Learned from
// with the attack in it, the baseline must hold nothing of the attack in force,
// name all of it for review, and the sensor must say afterwards what it says
// with the baseline of the quiet part.
func TestAttackWhileLearning(t *testing.T) {
	poisoned := lesson(t, "line", 0)
	laptop := ot.EndpointOf(netip.MustParseAddr("10.77.10.99"), 0)
	review := 0
	for _, c := range poisoned.Conversations {
		if c.Client == laptop && c.Mark == baseline.InForce {
			t.Errorf("in force: the laptop speaks with %s", c.Server)
		}
	}
	verbs := map[ot.Op]bool{}
	for _, h := range poisoned.Habits {
		switch {
		case h.Client != laptop:
		case h.Mark == baseline.InForce:
			t.Errorf("in force: the laptop does %s on %s", h.Op, h.Server)
		case h.Mark == baseline.Review:
			verbs[h.Op] = true
			review++
		}
	}
	for _, op := range []ot.Op{ot.OpWriteData, ot.OpModeChange, ot.OpProgramDownload, ot.OpProgramEdit, ot.OpReset, ot.OpIdentify} {
		if !verbs[op] {
			t.Errorf("the laptop's %s is not on the review list", op)
		}
	}
	clean := lesson(t, "line", pcaps.LineQuietUntil().UnixNano())
	want, got := grave(t, clean, "line"), grave(t, poisoned, "line")
	if len(want) < 15 {
		t.Fatalf("with a clean baseline only %v", want)
	}
	for _, rule := range want {
		// COM-11 asks that a conversation was regular up to the end of learning;
		// this learning ends while the controller is still under suspicion.
		if rule != "COM-11" && !slices.Contains(got, rule) {
			t.Errorf("%s speaks with a clean baseline, and not with one learned during the attack (%s)", rule, strings.Join(got, " "))
		}
	}
	t.Logf("%d lines to review, %d rules speak either way", review, len(want))
}

// What an event is about does not renew what was learned either: it would never expire.
func TestOpenEventDoesNotRenew(t *testing.T) {
	o := judge(t)
	o.Learner = baseline.NewLearner("x", baseline.Defaults)
	records, _, _ := replay(t, o, sensor.Options{}, "s7-plc-stop")
	last := of(t, records, "S7-06").First
	for _, h := range o.Learner.Baseline().Habits {
		if h.Mark != baseline.Review && h.Last >= last {
			t.Errorf("%s of %s was seen at %d, after the stop at %d", h.Op, h.Client, h.Last, last)
		}
	}
}
