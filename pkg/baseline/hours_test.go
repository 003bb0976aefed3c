package baseline

import (
	"strings"
	"testing"
	"time"
)

// days is a line whose HMI polls all the time, and whose historian asks once in some hours.
func (p *plant) days(n int, asks func(day time.Time, hour int) bool) {
	for range n * 24 {
		at := time.Unix(0, p.now).UTC()
		p.did(p.conv(hmi, plc, 502), read(0, 32))
		if asks(at, at.Hour()) {
			p.did(p.conv(hist, plc, 502), read(0, 10))
		}
		p.now += hour
	}
}

// The hours are those of the week: of working days, of a shift, of none.
func TestHoursOfTheWeek(t *testing.T) {
	working := func(day time.Time, h int) bool {
		return h == 7 && day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
	}
	for _, c := range []struct {
		name string
		days int
		asks func(day time.Time, h int) bool
		want string
	}{
		{"once on working days", 29, working, "mon06-mon09,tue06-tue09,wed06-wed09,thu06-thu09,fri06-fri09"},
		{"in the early shift", 29, func(day time.Time, h int) bool {
			return h == 6+int(day.Unix()/86400*5%8) && day.Weekday() != time.Sunday && day.Weekday() != time.Saturday
		}, "mon02-mon17,tue02-tue18,wed04-wed18,thu03-thu18,fri03-fri18"},
		{"for three weeks only", 21, working, ""},
		{"always", 29, func(time.Time, int) bool { return true }, ""},
		{"at any time", 29, func(day time.Time, h int) bool { return h == int(day.Unix()/86400*11%24) }, ""},
		{"too seldom", 29, func(day time.Time, h int) bool { return h == 7 && day.Weekday() == time.Sunday }, ""},
	} {
		l := NewLearner("x", Defaults)
		p := newPlant(l.Learn)
		p.days(c.days, c.asks)
		b, err := Parse(strings.NewReader(textOf(t, l.Baseline())), "b")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for i := range b.Conversations {
			if con := &b.Conversations[i]; con.Client == ip(hist) && con.Hours != (Week{}) {
				got = string(putWeek(nil, con.Hours))
			} else if con.Client == ip(hmi) && con.Hours != (Week{}) {
				t.Errorf("%s: what happens all the time has hours", c.name)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
