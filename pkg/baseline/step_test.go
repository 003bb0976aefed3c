package baseline

import (
	"fmt"
	"strings"
	"testing"

	"otsensor/pkg/ot"
)

// step finds the step of the small line that writes a value to a point.
func stepOf(t *testing.T, b *Baseline, addr uint32, x float64) *Step {
	t.Helper()
	for i := range b.Steps {
		if s := &b.Steps[i]; len(s.Object) == 1 && s.Object[0].From == addr && len(s.Value) == 1 && s.Value[0] == x {
			return s
		}
	}
	t.Fatalf("no step that writes %v to %d", x, addr)
	return nil
}

// What follows an act is learned of acts alone: polls between them, and what is
// written at an even pace, are no steps.
func TestStepsOfALine(t *testing.T) {
	b := learnCampaigns(24)
	run, stop, clean := stepOf(t, b, pointRun, 1), stepOf(t, b, pointRun, 0), stepOf(t, b, pointClean, 1)
	if run.Mark != InForce || len(run.Next) != 1 || run.Next[0] != (Follow{stop.Number, 24}) {
		t.Errorf("after start: %+v, want %d", run, stop.Number)
	}
	if len(stop.Next) != 1 || stop.Next[0].Step != clean.Number {
		t.Errorf("after stop: %+v", stop.Next)
	}
	// the product is a choice of three: after the end of cleaning each came eight times
	if end := stepOf(t, b, pointClean, 0); len(end.Next) != 3 || end.Next[0].Times+end.Next[1].Times+end.Next[2].Times != 23 {
		t.Errorf("after cleaning: %+v", end.Next)
	}
	few := learnCampaigns(12)
	if s := stepOf(t, few, pointRun, 1); s.Mark != Rare || !strings.Contains(s.Why, "of 12 acts that followed, 0 came once") {
		t.Errorf("believed after twelve: %+v", s)
	}
}

func TestWhatComesAtAnEvenPaceIsNoStep(t *testing.T) {
	l := NewLearner("x", Defaults)
	p := newPlant(l.Learn)
	for i := range 400 {
		p.did(p.conv(hmi, plc, 502), write(400, uint16(i%60))) // a heartbeat
		if i%7 == 0 {
			p.did(p.conv(hmi, plc, 502), write(pointRun, uint16(i/7%2)))
		}
		p.now += 10*second + int64(i*i%5)*second/10
	}
	b := l.Baseline()
	for _, s := range b.Steps {
		if s.Object[0].From == 400 {
			t.Errorf("a heartbeat is a step: %+v", s)
		}
	}
	if len(b.Steps) > 2 {
		t.Errorf("%d steps", len(b.Steps))
	}
}

// An act that never followed the one before at its controller departs, whoever did what was before.
func TestOutOfTurn(t *testing.T) {
	b := learnCampaigns(50)
	for _, c := range []struct {
		name string
		do   []uint32
		want string
	}{
		{"in turn", []uint32{pointRun, 0, pointClean, 1, pointClean, 0, pointMakes, 2, pointRun, 1}, ""},
		{"cleaning ends that did not begin", []uint32{pointRun, 0, pointClean, 0}, "out-of-turn"},
		{"what came too seldom to be missed", []uint32{pointRun, 0, pointMakes, 2}, ""},
		{"what was before is not known", []uint32{pointClean, 0}, ""},
		{"what follows a departure says nothing", []uint32{pointRun, 0, pointClean, 0, pointClean, 0}, ""},
		{"a value that was not learned ends the train", []uint32{pointRun, 0, pointMakes, 7, pointClean, 0}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := watchWith(b)
			for i := 0; i < len(c.do); i += 2 {
				x.now += 5 * minute
				x.heard()
				x.did(x.conv(hmi, plc, 502), write(c.do[i], uint16(c.do[i+1])))
			}
			if got := strings.Join(x.last.Dev.Names(), " "); got != c.want {
				t.Errorf("departs: %q, want %q", got, c.want)
			}
			if why := x.w.Explain(&x.obs, x.last.Dev); c.want != "" && (len(why) != 1 ||
				why[0].Field != "after 10.77.0.20 write-data area 3 300 = 0" || why[0].Usual != "10.77.0.20 write-data area 3 302 = 1" ||
				why[0].Seen != "10.77.0.20 write-data area 3 302 = 0") {
				t.Errorf("why: %+v", why)
			}
		})
	}
}

// That a conversation comes back is no departure of its act: the order is judged.
func TestOutOfTurnOnReturn(t *testing.T) {
	x := watchWith(learnCampaigns(50))
	x.did(x.conv(hmi, plc, 502), write(pointRun, 0))
	for _, p := range x.w.pairs {
		p.silent = true
	}
	x.did(x.conv(hmi, plc, 502), write(pointClean, 0))
	if x.last.Dev != Returned|OutOfTurn {
		t.Errorf("departs: %v", x.last.Dev.Names())
	}
}

// heard lets polls be seen up to now, so that there is no hole in what was seen.
func (x *watcher) heard() {
	x.did(x.conv(hmi, plc, 502), read(0, 32))
	x.w.heard = x.now
}

// Where something may be missing, or was refused, nothing is said of the order.
func TestOutOfTurnInDoubt(t *testing.T) {
	b := learnCampaigns(50)
	for name, between := range map[string]func(x *watcher){
		"bytes are missing": func(x *watcher) {
			o := ot.Observation{Conv: x.conv(hmi, plc, 502), Kind: ot.Did, Did: read(0, 32), Quality: ot.Lossy}
			x.see(o)
		},
		"nothing was seen for two minutes": func(x *watcher) {
			x.now += 2 * minute
			x.w.Tick(x.now, func(*ot.Observation, Weight) {})
		},
		"another capture":    func(x *watcher) { x.w.NewFile() },
		"a stranger's write": func(x *watcher) { x.did(x.conv(evil, plc, 502), write(pointMakes, 2)) },
		"refused": func(x *watcher) {
			x.did(x.conv(hmi, plc, 502), with(write(pointClean, 0), func(t *ot.Transaction) { t.Status = ot.Refused }))
			x.did(x.conv(hmi, plc, 502), write(pointClean, 1))
		},
	} {
		x := watchWith(b)
		x.did(x.conv(hmi, plc, 502), write(pointRun, 0))
		x.now += minute / 2
		between(x)
		x.did(x.conv(hmi, plc, 502), write(pointClean, 0))
		if x.last.Dev&OutOfTurn != 0 {
			t.Errorf("%s: %v", name, x.last.Dev.Names())
		}
	}
}

// Joined documents know what either does, by one set of numbers; what is the same shows no change.
func TestStepsOfJoinedBaselines(t *testing.T) {
	a, other := learnCampaigns(24), learnCampaigns(30)
	for i := range other.Steps { // other numbers
		other.Steps[i].Number = uint32(len(other.Steps) - i)
		for j := range other.Steps[i].Next {
			n := &other.Steps[i].Next[j].Step
			*n = uint32(len(other.Steps)) + 1 - *n
		}
	}
	m, err := Parse(strings.NewReader(textOf(t, Merge(a, other))), "b")
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Steps) != len(a.Steps) {
		t.Errorf("%d steps of %d", len(m.Steps), len(a.Steps))
	}
	if run := stepOf(t, m, pointRun, 1); run.Next[0] != (Follow{stepOf(t, m, pointRun, 0).Number, 54}) {
		t.Errorf("after start: %+v", run.Next)
	}
	part, _ := ReadPart(plc)
	for _, c := range Changes(a, Replace(a, other, part)) {
		if strings.HasPrefix(c.Line, "step") {
			t.Errorf("learned anew as it was: %v", c)
		}
	}
}

// A table of steps that is full is told, and what is there goes on teaching.
func TestTooManySteps(t *testing.T) {
	l := NewLearner("x", Defaults)
	p := newPlant(l.Learn)
	for i := range MaxSteps + 5 {
		c := p.conv(fmt.Sprintf("10.77.%d.%d", 1+i>>8, i&255), plc, 502)
		p.did(c, write(1, 1))
	}
	if l.full.Steps != 5 || l.steps != MaxSteps || l.Full() == 0 {
		t.Errorf("%d steps, %d without room", l.steps, l.full.Steps)
	}
	one := NewLearner("x", Defaults)
	p = newPlant(one.Learn)
	for i := range uint32(100) { // one act that touches many places is one step
		p.did(p.conv(hmi, plc, 502), write(i, uint16(i)))
		p.now += minute * int64(1+i%3)
	}
	if b := one.Baseline(); len(b.Steps) != 1 || len(b.Steps[0].Object) != 0 || b.Steps[0].Count != 100 {
		t.Errorf("steps: %+v", b.Steps)
	}
}
