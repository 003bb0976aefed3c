package detect

import (
	"testing"

	"otsensor/pkg/ot"
)

// Rules read again: what is under way goes on where the rule is the same, under
// the same id, whatever stands before it in the file; where it is another one
// or gone its event ends, and what is seen from then on is another event.
func TestRulesReadAgain(t *testing.T) {
	counting := rule("B-01", "when: { op: auth, status: refused }\ncount: { min: 3, over: 1h }")
	simple := rule("C-01", "when: { op: force }")
	other := rule("C-01", "when: { op: force }\nlist: unit")
	first := rule("A-01", "when: { op: identify }")
	forced := func(at float64) ot.Observation { return act(at, 1, 2, ot.OpForce, ot.OK) }
	for name, c := range map[string]struct {
		later []string
		want  string
		gone  uint64
	}{
		"nothing else":        {[]string{counting, simple}, "open C-01 10.0.0.1>10.0.0.2 x1; open B-01 10.0.0.1>10.0.0.2 x1; closed C-01 10.0.0.1>10.0.0.2 x2; closed B-01 10.0.0.1>10.0.0.2 x1", 0},
		"one before them":     {[]string{first, counting, simple}, "open C-01 10.0.0.1>10.0.0.2 x1; open B-01 10.0.0.1>10.0.0.2 x1; closed C-01 10.0.0.1>10.0.0.2 x2; closed B-01 10.0.0.1>10.0.0.2 x1", 0},
		"one is another":      {[]string{counting, other}, "open C-01 10.0.0.1>10.0.0.2 x1; closed C-01 10.0.0.1>10.0.0.2 x1; open C-01 10.0.0.1>10.0.0.2 x1; open B-01 10.0.0.1>10.0.0.2 x1; closed C-01 10.0.0.1>10.0.0.2 x1; closed B-01 10.0.0.1>10.0.0.2 x1", 0},
		"one is gone":         {[]string{counting}, "open C-01 10.0.0.1>10.0.0.2 x1; closed C-01 10.0.0.1>10.0.0.2 x1; open B-01 10.0.0.1>10.0.0.2 x1; closed B-01 10.0.0.1>10.0.0.2 x1", 1},
		"the counting one is": {[]string{simple}, "open C-01 10.0.0.1>10.0.0.2 x1; closed C-01 10.0.0.1>10.0.0.2 x2", 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := watch(t, &site{}, counting, simple)
			w.see(guesses(0, 1, 2)...)
			w.see(forced(2))
			later := NewEngine(compileRules(t, c.later...), (&site{}).facts(), w.emit)
			later.Adopt(w.Engine)
			w.Engine = later
			w.see(forced(3))
			w.see(guesses(4, 1, 1)...)
			w.Flush()
			counted, opened := w.Counts.Gone, uint64(0)
			for _, n := range w.Counts.Raised {
				counted += n
			}
			for _, r := range w.records {
				if r.State == "open" {
					opened++
				}
			}
			if counted != opened || w.Counts.Gone != c.gone {
				t.Errorf("%d events counted, %d opened; %d of rules that are gone, want %d", counted, opened, w.Counts.Gone, c.gone)
			}
			w.want(t, c.want)
		})
	}
}

// What was closed before rules were read again is named when it comes again.
func TestRecurrenceIsKept(t *testing.T) {
	simple, first := rule("C-01", "when: { op: force }"), rule("A-01", "when: { op: identify }")
	other := rule("C-01", "when: { op: force }\nlist: unit")
	for _, c := range []struct {
		later []string
		times uint64
	}{
		{[]string{simple}, 1},
		{[]string{first, simple}, 1},
		{[]string{other}, 0},
	} {
		w := watch(t, &site{}, simple)
		w.see(act(0, 1, 2, ot.OpForce, ot.OK))
		w.Flush()
		later := NewEngine(compileRules(t, c.later...), (&site{}).facts(), w.emit)
		later.Adopt(w.Engine)
		w.Engine = later
		w.see(act(1, 1, 2, ot.OpForce, ot.OK))
		last := w.records[len(w.records)-1]
		if got := uint64(last.Recurs.Times); last.State != "open" || got != c.times {
			t.Errorf("%d rules later: %s, %d times before, want %d", len(c.later), last.State, got, c.times)
		}
	}
}
