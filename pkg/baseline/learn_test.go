package baseline

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"otsensor/pkg/ot"
)

// linesWith gives the lines of a document that begin with the first word and hold the others.
func linesWith(text string, words ...string) (found []string) {
next:
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, words[0]) {
			continue
		}
		for _, w := range words {
			if !strings.Contains(line, w) {
				continue next
			}
		}
		found = append(found, line)
	}
	return found
}

// learnDay learns a quiet day with something added by a test.
func learnDay(t testing.TB, minutes int, add func(p *plant, minute int)) string {
	t.Helper()
	l := NewLearner("test line", Defaults)
	p := newPlant(l.Learn)
	p.quietDay(t, 0)
	for m := range minutes {
		if add != nil {
			add(p, m)
		}
		p.minuteOf(t)
	}
	return textOf(t, l.Baseline())
}

func TestMinimumSightings(t *testing.T) {
	text := learnDay(t, 8, func(p *plant, minute int) {
		c := p.conv(hmi, plc, 502)
		switch minute {
		case 1: // three times, but in one minute
			p.did(c, read(600, 1))
			p.did(c, read(600, 1))
			p.did(c, read(600, 1))
		case 2, 3: // in two minutes, but twice only
			p.did(c, read(700, 1))
		case 4, 5, 6: // often enough
			p.did(c, read(800, 1))
		}
	})
	habit := " 10.77.0.20 > 10.77.0.10 tcp/502 modbus read-data "
	if got := linesWith(text, "habit"+habit, "addr=0-31,40-47,800 "); len(got) != 1 {
		t.Errorf("in force: %v", linesWith(text, "", habit))
	}
	if got := linesWith(text, "? habit"+habit, "addr=600,700 "); len(got) != 1 {
		t.Errorf("rare: %v", linesWith(text, "", habit))
	}
}

// What an attacker does while the sensor learns must not become normal.
func TestPoisoning(t *testing.T) {
	engineering := func(op ot.Op, code uint32) ot.Transaction {
		return ot.Transaction{Proto: ot.S7comm, Op: op, Code: code}
	}
	for _, c := range []struct {
		name string
		add  func(p *plant, minute int)
		want []string // words of a line that must be there
		none []string // words of a line that must not
	}{
		{
			"engineering verbs wait for review however often they come",
			func(p *plant, _ int) { p.did(p.conv(hmi, plc, 502), engineering(ot.OpModeChange, 0x29)) },
			[]string{`! habit 10.77.0.20 > 10.77.0.10 tcp/502 s7comm mode-change`, `why="engineering verb"`},
			[]string{"habit", "mode-change"},
		}, {
			"a host that comes late and writes waits for review",
			func(p *plant, minute int) {
				if minute >= 5 {
					p.did(p.conv(evil, plc, 502), write(100, 2))
				}
			},
			[]string{`! habit 10.77.0.66 > 10.77.0.10 tcp/502 modbus write-data`, `why="write by a host that appeared late"`},
			nil,
		}, {
			"what it wrote is not learned either",
			func(p *plant, minute int) {
				if minute >= 5 {
					p.did(p.conv(evil, plc, 502), write(100, 2))
				}
			},
			[]string{`! value 10.77.0.66 > 10.77.0.10`}, nil,
		}, {
			"a value written once, or in one minute only, does not widen the range",
			func(p *plant, minute int) {
				if minute == 3 {
					for range 50 {
						p.did(p.conv(hmi, plc, 502), write(200, 60000))
					}
				}
			},
			[]string{"value 10.77.0.20", "addr=200", "max=119"}, nil,
		}, {
			"a scan waits for review, and a few of its targets stand for all",
			func(p *plant, minute int) {
				for i := range 200 {
					c := p.conv(evil, fmt.Sprintf("10.77.1.%d", i+1), 502)
					p.kind(c, ot.Tried)
					p.kind(c, ot.Rejected)
				}
			},
			[]string{`! conversation 10.77.0.66 > 10.77.1.8 tcp/502 answered=no`, `why="one of 200 targets that did not answer this client"`},
			[]string{"conversation 10.77.0.66 > 10.77.1.9 "},
		}, {
			"a second MAC for one address waits for review",
			func(p *plant, _ int) {
				p.see(ot.Observation{Kind: ot.Claimed, Claim: ot.Claim{IP: ip(plc).IP, MAC: [6]byte{2, 0, 0, 0, 0, 0x66}, How: ot.ByARPReply}})
			},
			[]string{`! mac 10.77.0.10 02:00:00:00:00:66`, `why="another MAC for one address"`},
			[]string{"! mac 10.77.0.10 02:00:00:00:00:0a"},
		}, {
			"a contradicting identity waits for review",
			func(p *plant, minute int) {
				if minute == 4 {
					p.see(ot.Observation{Conv: p.conv(hmi, plc, 502), Kind: ot.Identified, Who: plcIdentity("V9.9", "S-1234")})
				}
			},
			[]string{`! identity 10.77.0.10`, `firmware="V9.9"`, `why="contradicts an earlier answer"`},
			[]string{"! identity", `firmware="V2.9"`},
		}, {
			"what is lossy teaches nothing",
			func(p *plant, _ int) {
				p.see(ot.Observation{Conv: p.conv(hmi, plc, 502), Kind: ot.Did, Quality: ot.Lossy, Did: read(900, 1)})
				p.see(ot.Observation{Conv: p.conv(hmi, plc, 502), Kind: ot.Did, Quality: ot.Conflict, Did: read(901, 1)})
				p.see(ot.Observation{Conv: p.conv(hmi, plc, 502), Kind: ot.Did, Quality: ot.Truncated, Did: read(902, 1)})
				p.see(ot.Observation{Conv: p.conv(hmi, plc, 502), Kind: ot.Odd, Odd: ot.Malformed, Did: read(903, 1)})
			},
			[]string{"taught", "untaught 32"}, []string{"", "habit", "90"},
		}, {
			"an oddity of a conversation does not make it",
			func(p *plant, _ int) {
				p.see(ot.Observation{Conv: p.conv(evil, plc, 102), Kind: ot.Odd, Odd: ot.Malformed})
			},
			nil, []string{"", evil},
		}, {
			"a guess about who serves teaches no service",
			func(p *plant, _ int) {
				c := ot.Conv{Client: ip(hmi), Server: ip(plc2), Transport: ot.UDP, Guessed: true}
				c.Client.Port, c.Server.Port = 40000, 41000
				p.kind(p.of(c), ot.Opened)
				p.see(ot.Observation{Conv: p.of(c), Kind: ot.Moved, Traffic: ot.Traffic{Packets: [2]uint32{1, 1}}})
			},
			[]string{"conversation 10.77.0.11 > 10.77.0.20 udp/0 "}, []string{"host", "udp/"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := learnDay(t, 8, c.add)
			if c.want != nil && len(linesWith(text, c.want...)) == 0 {
				t.Errorf("no line with %q in\n%s", c.want, text)
			}
			if c.none != nil && len(linesWith(text, c.none...)) > 0 {
				t.Errorf("a line with %q in\n%s", c.none, text)
			}
		})
	}
}

func TestProgress(t *testing.T) {
	th := Defaults
	th.MinTime = 10 * minute
	l := NewLearner("test line", th)
	p := newPlant(l.Learn)
	p.quietDay(t, 2)
	early := l.Progress()
	if early.Enough || !strings.Contains(strings.Join(early.Reasons, "; "), "1m59s of traffic seen, at least 10m0s are needed") {
		t.Errorf("after two minutes: %+v", early)
	}
	p.quietDay(t, 18)
	late := l.Progress()
	if !late.Enough || len(late.Reasons) != 1 {
		t.Errorf("after twenty minutes: %v", late.Reasons)
	}
	if late.Kinds != 6 || late.Unseen != 0 || len(late.Curve) != 20 || len(late.Conversations) != 3 {
		t.Errorf("kinds %d, unseen %v, curve %d, conversations %d", late.Kinds, late.Unseen, len(late.Curve), len(late.Conversations))
	}
	for i := range uint32(100) {
		p.did(p.conv(hmi, plc, 502), read(1000+i, 1))
	}
	after := l.Progress()
	if after.Enough || after.Unseen < 0.004 {
		t.Errorf("after a hundred new objects: %v %v", after.Unseen, after.Reasons)
	}
	if after.Conversations[0].Pair != pairOf(p.conv(hmi, plc, 502)) {
		t.Errorf("the conversation with the most unseen is not first: %+v", after.Conversations[0])
	}
}

// Every table has a bound, and hitting it is counted.
func TestLearningIsBounded(t *testing.T) {
	l := NewLearner("x", Defaults)
	p := newPlant(l.Learn)
	c := p.conv(hmi, plc, 502)
	for i := range uint32(MaxObjects + 10) {
		p.did(c, read(2*i, 1))
	}
	for i := range uint32(MaxNames + 10) {
		tag := read(0, 1)
		tag.Code, tag.Name = 4, []byte(fmt.Sprint("tag", i))
		p.did(c, tag)
	}
	for i := range uint32(maxPoints + 10) {
		p.did(c, write(2*i, 1))
	}
	for i := range 20 {
		p.see(ot.Observation{Kind: ot.Claimed, Claim: ot.Claim{IP: ip(plc).IP, MAC: [6]byte{2, 1, 0, 0, 0, byte(i)}, How: ot.ByARPReply}})
		p.see(ot.Observation{Conv: c, Kind: ot.Identified, Who: plcIdentity(fmt.Sprint(i), "")})
	}
	if l.full.Objects != 20 || l.full.Names != 1 || l.full.Values != 10 || l.full.Facts == 0 {
		t.Errorf("%+v", l.full)
	}
	for i := range uint32(MaxHabits) {
		p.did(c, ot.Transaction{Proto: ot.CIP, Op: ot.OpReadData, Unit: i})
	}
	if l.full.Habits != 3 /* the three acts before */ || len(l.acts) != MaxHabits {
		t.Errorf("%d habits, %d refused", len(l.acts), l.full.Habits)
	}
	for i := range MaxConversations {
		e := ot.Endpoint{IP: [16]byte{10: 0xff, 11: 0xff, 12: 11, 13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)}}
		p.kind(p.of(ot.Conv{Client: e, Server: ip(plc), Transport: ot.UDP}), ot.Tried)
	}
	if l.full.Conversations == 0 || l.full.Hosts == 0 || len(l.pairs) != MaxConversations || len(l.hosts) != MaxHosts {
		t.Errorf("%d pairs, %d hosts, %+v", len(l.pairs), len(l.hosts), l.full)
	}
	if reasons := l.Progress().Reasons; !strings.Contains(strings.Join(reasons, ";"), "a table is full") {
		t.Error(reasons)
	}
}

func TestRhythm(t *testing.T) {
	for _, c := range []struct {
		name string
		gaps func(i int64) int64
		want Beat
	}{
		{"a poll every second", func(int64) int64 { return second }, Beat{second, 0, second}},
		{"with a little jitter", func(i int64) int64 { return second + (i%3-1)*5_000_000 }, Beat{second, 5_000_000, second + 5_000_000}},
		{"one long gap does not hide it", func(i int64) int64 {
			if i == 50 {
				return 60 * second
			}
			return second
		}, Beat{second, 0, 60 * second}},
		{"now and then", func(i int64) int64 { return (i*i%17 + 1) * second }, Beat{Gap: 17 * second}},
		{"too few", func(i int64) int64 {
			if i > 5 {
				return -1
			}
			return second
		}, Beat{Gap: second}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, now := rhythm{}, int64(1000*second)
			for i := range int64(1000) {
				gap := c.gaps(i)
				if gap < 0 {
					break
				}
				r.beat(now, 0)
				now += gap
			}
			if got := r.Beat(); !reflect.DeepEqual(got, c.want) || len(r.gaps) > rhythmSize {
				t.Errorf("got %+v, want %+v, %d gaps kept", got, c.want, len(r.gaps))
			}
		})
	}
}

// A hole in the capture is no gap of a habit; a pause of one conversation is.
func TestHoleInTheCapture(t *testing.T) {
	text := learnDay(t, 8, func(p *plant, minute int) {
		if minute == 4 {
			p.now += 3600 * second
		}
	})
	if got := linesWith(text, "conversation 10.77.0.21 > ", " gap=1s "); len(got) != 1 {
		t.Errorf("%q", linesWith(text, "conversation"))
	}
}

func TestExtremes(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64 // each in a bucket of its own
		burst  []float64 // all in one bucket
		want   float64
		ok     bool
	}{
		{"third largest", []float64{1, 5, 3, 4}, nil, 3, true},
		{"too few", []float64{1, 5}, nil, 0, false},
		{"a burst counts as two", []float64{1, 2, 3}, []float64{90, 91, 92, 93}, 3, true},
		{"a burst alone teaches nothing", nil, []float64{90, 91, 92, 93}, 0, false},
		{"negative", []float64{-1, -5, -3}, nil, -5, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var e extremes
			for _, v := range c.burst {
				e.add(v, 99)
			}
			for i, v := range c.values {
				e.add(v, int64(i))
			}
			if v, ok := e.third(); ok != c.ok || ok && v != c.want {
				t.Errorf("got %v %v", v, ok)
			}
		})
	}
}
