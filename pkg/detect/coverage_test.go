package detect

import (
	"math/bits"
	"testing"

	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/all"
	"otsensor/rules"
)

// What only a capture that misses nothing can show: what was not there, came
// late or twice, or answers nothing.
const (
	onlyWhole = baseline.Silence | baseline.ActMissing | baseline.HostSilent | baseline.LineSilent | baseline.Period | baseline.Rate | baseline.SlowAnswers
	noAnswer  = uint8(1<<ot.Unanswered | 1<<ot.Unasked)
)

var missing = map[string]bool{"doubled": true, "unmatched": true, "mismatched": true}

// exempt are rules that look at what is missing and are sure in other ways.
var exempt = map[string]string{
	"AVL-02": "asks that the client sent no data: whoever does was answered, and the capture shows one direction only",
}

// asksForWhole says why a rule needs a capture that misses nothing, "" when it does not.
func asksForWhole(c *compiled) string {
	g := &c.gate
	switch {
	case g.kinds == 1<<ot.Missed:
		return "it speaks of what did not come"
	case g.needs != 0 && g.needs&^onlyWhole == 0:
		return "it speaks of silence, period, latency or rate"
	case g.kinds == 1<<ot.Did && g.status&^noAnswer == 0 && bits.OnesCount8(g.status) > 0:
		return "it speaks of what was not answered, or not asked"
	}
	for i := range c.conds {
		d := &c.conds[i]
		switch d.f.name {
		case "anomaly":
			for name := range missing {
				a, _ := ot.AnomalyNamed(name)
				if d.holds(float64(a)) && !d.not {
					return "it speaks of answers without a request, or two"
				}
			}
		case "server_packets":
			if d.holds(0) {
				return "it speaks of who does not answer"
			}
		case "cip.io_late", "cip.io_run":
			return "it speaks of what came late, or stopped"
		}
	}
	return ""
}

// A rule about what is missing, doubled, late or silent is judged only where
// the capture is two-way and lossless.
func TestRulesAboutWhatIsMissingAskForCoverage(t *testing.T) {
	set, err := Load(rules.Files(), all.Table(), Known{})
	if err != nil {
		t.Fatal(err)
	}
	guarded := 0
	for i := range set.compiled {
		c := &set.compiled[i]
		why := asksForWhole(c)
		switch {
		case len(c.Chain) > 0 || why == "":
		case exempt[c.ID] != "":
		case c.Two == AnyCoverage:
			t.Errorf("%s has no two_way, although %s", c.ID, why)
		default:
			guarded++
		}
	}
	if guarded < 12 {
		t.Errorf("only %d rules are guarded: the test does not see them", guarded)
	}
}

// What a guarded rule would say of a conversation that is lossy or seen in one
// direction is not said, and counted; that its start was not seen stops only
// those that ask for it.
func TestTwoWayAnytime(t *testing.T) {
	for _, c := range []struct {
		two  string
		q    ot.Quality
		says bool
	}{
		{"true", 0, true}, {"true", ot.Midstream, false}, {"true", ot.Lossy, false},
		{"anytime", 0, true}, {"anytime", ot.Midstream, true}, {"anytime", ot.Lossy, false},
		{"anytime", ot.OneSided, false}, {"anytime", ot.Truncated, false}, {"anytime", ot.Conflict, false},
	} {
		w := watch(t, &site{}, rule("A-01", "when: { kind: missed, deviation: silence }\ntwo_way: "+c.two))
		o := seen(0, ot.Missed, 1, 2)
		o.Quality = c.q
		w.Match(&o, baseline.Weight{Dev: baseline.Silence})
		if said := len(w.records) > 0; said != c.says || (w.Counts.Unjudgable == 1) == said {
			t.Errorf("two_way: %s with quality %d: said %v, %d not judgeable", c.two, c.q, said, w.Counts.Unjudgable)
		}
	}
}
