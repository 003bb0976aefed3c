package baseline

import (
	"strings"
	"testing"
)

// Bursts are judged by what was learned, and never below a floor.
func TestBursts(t *testing.T) {
	quiet := learnWrites(writesOf(repeat(6, 1, 2)...)...)
	busy := func() *Baseline { // a recipe of eight writes in one go
		l := NewLearner("x", Defaults)
		p := newPlant(l.Learn)
		p.open(p.conv(hmi, plc, 502))
		for range 12 {
			for range 8 {
				p.did(p.conv(hmi, plc, 502), write(100, 1))
			}
			p.now += minute
		}
		return l.Baseline()
	}()
	for _, c := range []struct {
		name string
		b    *Baseline
		n    int
		want string
	}{
		{"as many as the floor", quiet, 10, ""},
		{"more", quiet, 11, "write-burst"},
		{"twice what was learned", busy, 16, ""},
		{"more than that", busy, 17, "write-burst"},
	} {
		x := watchWith(c.b)
		for range c.n {
			x.did(x.conv(hmi, plc, 502), write(100, 1))
		}
		if got := strings.Join(x.last.Dev.Names(), " "); got != c.want {
			t.Errorf("%s: departs in %q, want %q", c.name, got, c.want)
		}
	}
}

func TestReconnects(t *testing.T) {
	b, _ := learnQuiet(t, 5)
	x := watchWith(b)
	for n := range 7 {
		x.opened(hmi, plc, 502)
		if got, want := x.all&Reconnect != 0, n > 4; got != want {
			t.Errorf("opening %d departs: %v", n+1, got)
		}
		x.now += 10 * second
	}
}
