package detect

import (
	"strings"
	"testing"

	"otsensor/pkg/ot"
)

// A site asks more, or less, of a rule that counts; the event says whose threshold it was.
func TestThresholdsOfASite(t *testing.T) {
	set := compileRules(t, rule("A-01", "when: { op: auth }\ncount: { min: 2, over: 1h }"))
	own, err := set.At([]Threshold{{Rule: "A-01", Min: 3}})
	if err != nil {
		t.Fatal(err)
	}
	three := []ot.Observation{act(0, 1, 2, ot.OpAuth, ot.OK), act(1, 1, 2, ot.OpAuth, ot.OK), act(2, 1, 2, ot.OpAuth, ot.OK)}
	for _, c := range []struct {
		set            *Set
		after          int // sightings until it fires
		nearest, whose string
	}{
		{set, 2, "threshold 2 within 1h", "default"},
		{own, 3, "threshold 3 within 1h", "site"},
	} {
		w := watchSet(c.set, &site{})
		for i, o := range three {
			w.see(o)
			if fired := len(w.records) > 0; fired != (i+1 >= c.after) {
				t.Errorf("%s: fired %v after %d sightings", c.whose, fired, i+1)
			}
		}
		if r := w.records[0].Why[1]; r.Nearest != c.nearest || r.Threshold != c.whose {
			t.Errorf("the reason reads %+v", r)
		}
	}
}

// What a site asks must be something that can be asked.
func TestThresholdsThatCannotBe(t *testing.T) {
	set := compileRules(t, rule("A-01", "when: { op: auth }\ncount: { min: 2, over: 1h }"), rule("A-02", "when: { op: auth }"))
	for _, c := range []struct {
		site Threshold
		says string
	}{
		{Threshold{Rule: "A-03", Min: 3}, `no rule "A-03"`},
		{Threshold{Rule: "A-01"}, "needs min, over or both"},
		{Threshold{Rule: "A-01", Min: 1}, "goes from 2 to 1000"},
		{Threshold{Rule: "A-02", Min: 3}, "does not count"},
	} {
		if _, err := set.At([]Threshold{c.site}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, want %q", c.site, err, c.says)
		}
	}
}
