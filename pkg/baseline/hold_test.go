package baseline

import (
	"strings"
	"testing"
)

// The document says how long each phase lasted at a time, and what followed it.
func TestHoldsOfALine(t *testing.T) {
	b, err := Parse(strings.NewReader(textOf(t, learnCampaigns(24))), "b")
	if err != nil {
		t.Fatal(err)
	}
	run := numberOf(t, b, pointRun, 1).Point
	// how long it ran before the first start was seen, nobody knows
	if l := run.last(1); l == nil || *l != (Last{1, 23, 60 * minute, 60 * minute}) {
		t.Errorf("running lasts %+v", l)
	}
	// it stands still for 70 minutes; the last time has not ended
	if l := run.last(0); l == nil || *l != (Last{0, 23, 70 * minute, 70 * minute}) {
		t.Errorf("standstill lasts %+v", l)
	}
	if u := run.turn(1); u == nil || len(u.To) != 1 || u.To[0] != 0 {
		t.Errorf("after running: %+v", u)
	}
	open := &state{at: 0, n: 1, began: minute, since: minute}
	open.values[0] = stateValue{v: 5, ends: 10, least: minute, most: 2 * minute}
	if l := open.lasts(60 * minute); len(l) != 1 || l[0].Most != 59*minute || l[0].Times != 10 {
		t.Errorf("what has not ended yet lasts at least as long as it does: %+v", l)
	}
}

// What was held before a hole in the capture is not known after it.
func TestHoldsOverAHole(t *testing.T) {
	st := &state{at: -1, n: 2}
	at, hole := int64(0), int64(0)
	set := func(v int8, minutes int64) {
		st.turned(v, at, hole)
		st.at, st.since = v, at
		at += minutes * minute
	}
	set(0, 5) // how long before nobody knows
	set(1, 7)
	hole = at
	set(0, 3)
	set(1, 4)
	set(0, 1)
	if st.values[1].ends != 1 || st.values[1].most != 4*minute || st.values[0].ends != 0 || st.turns != [maxStates][maxStates]uint32{{0, 2}, {1}} {
		t.Errorf("%+v %v", st.values[:2], st.turns)
	}
}

// phased is a steriliser: heating, sterilising, drying, open. The valve is opened while it heats.
func (p *plant) phased(phases ...[2]int64) {
	for _, ph := range phases {
		c := p.conv(hmi, plc, 502)
		p.did(c, write(pointRun, uint16(ph[0])))
		if ph[0] == 1 {
			p.now += 10 * second
			p.did(c, write(pointClean, 1))
		}
		for end := p.now + ph[1]*minute; p.now < end; p.now += 30 * second {
			p.did(c, read(0, 32))
		}
		if ph[0] == 2 {
			p.did(c, write(pointClean, 0))
		}
	}
}

func learnSterilising(n int) *Baseline {
	l := NewLearner("x", Defaults)
	p := newPlant(l.Learn)
	for range n {
		p.phased([2]int64{0, 5}, [2]int64{1, 10}, [2]int64{2, 20}, [2]int64{3, 8})
	}
	return l.Baseline()
}

func TestPhasesOutOfOrderAndTime(t *testing.T) {
	b := learnSterilising(30)
	for _, c := range []struct {
		name   string
		phases [][2]int64
		want   string
		why    string
	}{
		{"as ever", [][2]int64{{0, 5}, {1, 10}, {2, 20}, {3, 8}, {0, 5}}, "", ""},
		{"a little shorter", [][2]int64{{1, 10}, {2, 12}, {3, 5}}, "", ""},
		{"sterilising is cut short", [][2]int64{{1, 10}, {2, 9}, {3, 1}}, "phase-duration",
			"value at 300: phase 3 ended after 9m0s; usual 20m0s to 20m0s, 30 times (threshold: shorter than 10m0s or longer than 40m0s, 2 times beyond what was learned)"},
		{"its beginning was not seen", [][2]int64{{2, 9}, {3, 1}}, "", ""},
		{"sterilising is left out", [][2]int64{{0, 5}, {1, 10}, {3, 1}}, "phase-order wrong-phase",
			"value at 300: phase 4 after phase 2; usual phase 3 (threshold: nothing else followed, at least 19 times)"},
		{"sterilising does not end", [][2]int64{{1, 10}, {2, 41}}, "",
			""},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := watchWith(b)
			x.phased(c.phases...)
			if got := x.all & (PhaseOrder | PhaseDuration | WrongPhase); strings.Join(got.Names(), " ") != reorder(c.want) {
				t.Errorf("departs: %v, want %q", got.Names(), c.want)
			}
			x.tick(2, nil)
			if c.name == "sterilising does not end" && (len(x.missed) != 1 || !strings.HasPrefix(x.missed[0], "[phase-duration] 10.77.0.20 > 10.77.0.10:502 | value at 10.77.0.10 area 3 300: phase 3 still after 41m")) {
				t.Errorf("missed: %v", x.missed)
			}
		})
	}
}

// reorder puts the names of deviations in the order of the bits.
func reorder(names string) string {
	var d Deviation
	for _, n := range strings.Fields(names) {
		bit, _ := Named(n)
		d |= bit
	}
	return strings.Join(d.Names(), " ")
}
