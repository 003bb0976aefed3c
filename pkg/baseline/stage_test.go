package baseline

import (
	"strings"
	"testing"
)

// The points of a small line: whether it runs, what it makes, its cleaning.
const (
	pointRun   = 300
	pointMakes = 301
	pointClean = 302
)

// campaign makes one product: what to make is written while the line stands
// still, and it is cleaned afterwards.
func (p *plant) campaign(product uint16) {
	set := func(addr uint32, v uint16, then int64) {
		p.did(p.conv(hmi, plc, 502), write(addr, v))
		for end := p.now + then; p.now < end; p.now += 30 * second { // something is seen all the time
			p.did(p.conv(hmi, plc, 502), read(0, 32))
		}
	}
	set(pointMakes, product, 20*minute)
	set(pointRun, 1, 60*minute)
	set(pointRun, 0, 5*minute)
	set(pointClean, 1, 40*minute)
	set(pointClean, 0, 5*minute)
}

func learnCampaigns(n int) *Baseline {
	l := NewLearner("x", Defaults)
	p := newPlant(l.Learn)
	p.open(p.conv(hmi, plc, 502))
	for i := range n {
		p.campaign(uint16(1 + i%3))
	}
	return l.Baseline()
}

// What is written while the line does what it never did then departs, although
// host, point and value are known.
func TestWrongPhase(t *testing.T) {
	b := learnCampaigns(24)
	for _, c := range []struct {
		name string
		do   []uint32 // address and value in turn
		want string
	}{
		{"a product is chosen while the line stands still", []uint32{pointRun, 0, pointMakes, 2}, ""},
		{"a product is chosen while it runs", []uint32{pointMakes, 1, pointRun, 1, pointMakes, 2}, "wrong-phase"},
		{"cleaning begins while it runs", []uint32{pointRun, 1, pointClean, 1}, "wrong-phase"},
		{"what the line does is not known yet", []uint32{pointMakes, 2}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := watchWith(b)
			for i := 0; i < len(c.do); i += 2 {
				x.now += minute
				x.did(x.conv(hmi, plc, 502), write(c.do[i], uint16(c.do[i+1])))
			}
			if got := strings.Join((x.last.Dev &^ OutOfTurn).Names(), " "); got != c.want {
				t.Errorf("departs in %q, want %q, with\n%s", got, c.want, strings.Join(linesWith(textOf(t, b), "value"), "\n"))
			}
		})
	}
	x := watchWith(b)
	x.did(x.conv(hmi, plc, 502), write(pointRun, 1))
	x.now += minute
	x.did(x.conv(hmi, plc, 502), write(pointMakes, 2))
	why := x.w.Explain(&x.obs, WrongPhase)
	if len(why) != 1 || why[0].Seen != "1" || why[0].Usual != "one of 0" {
		t.Errorf("explained as %+v", why)
	}
}

// A few campaigns say nothing yet: what never met may only not have met so far.
func TestFewOccasionsSayNothing(t *testing.T) {
	if text := textOf(t, learnCampaigns(5)); strings.Contains(text, "while=") {
		t.Errorf("learned\n%s", strings.Join(linesWith(text, "value"), "\n"))
	}
}

// Joined baselines keep what goes together of points that only one of them has.
func TestStatesOfJoinedBaselines(t *testing.T) {
	a, _ := learnQuiet(t, 5)
	m := Merge(learnCampaigns(24), a)
	if len(m.Values) < 5 || !strings.Contains(textOf(t, Merge(a, learnCampaigns(24))), "while=") {
		t.Errorf("%s", textOf(t, m))
	}
	for _, v := range m.Values {
		for _, w := range v.While {
			found := false
			for _, other := range m.Values {
				found = found || other.State == w.State
			}
			if !found {
				t.Errorf("%v goes with a state nobody has", v)
			}
		}
	}
}

// Where the line is not what it is thought to be, because a change was not
// seen, at most two points depart because of it; of a third nothing is said
// until the value is written again.
func TestStateThatIsStale(t *testing.T) {
	var holder weighPoint
	holder.Value = &Value{}
	points := [3]*weighPoint{{}, {}, {}}
	for i, by := range points {
		if holder.doubts(by) != (i < mostAgainst) {
			t.Errorf("point %d departs: %v", i+1, holder.doubts(by))
		}
		holder.contradict(by)
	}
	if !holder.doubts(points[0]) {
		t.Error("a point that departed goes on to depart")
	}
	if holder.weigh(1, true); !holder.doubts(points[2]) {
		t.Error("once it is written again it is known again")
	}
}

// A value that came on two occasions far apart is learned; twice in a row, or
// once, it is rare.
func TestFarApart(t *testing.T) {
	for _, c := range []struct {
		at   []int // minutes
		want bool
	}{
		{[]int{5}, false}, {[]int{5, 6}, false}, {[]int{5, 64}, false}, {[]int{5, 65}, true}, {[]int{5, 5, 6}, true}, {[]int{5, 4000}, true},
	} {
		var f few
		for _, at := range c.at {
			f.add(int64(at) + 1<<40)
		}
		if got := Defaults.few(f); got != c.want {
			t.Errorf("at minutes %v: learned %v", c.at, got)
		}
	}
}
