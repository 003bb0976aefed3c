package baseline

import (
	"fmt"
	"strings"
	"testing"

	"otsensor/pkg/ot"
)

// What is frozen teaches nothing, renews nothing, and is for people to look at.
func TestFreeze(t *testing.T) {
	l := NewLearner("test line", Defaults)
	p := newPlant(l.Learn)
	p.quietDay(t, 8)
	until := p.now + 5*minute
	l.Freeze(ip(hmi), ip(plc), until, "S7-06")
	for range 3 {
		p.minuteOf(t)
		p.did(p.conv(hmi, plc, 502), write(900, 77))
		p.did(p.conv(hmi, plc, 502), read(600, 4))
	}
	b := l.Baseline()
	text := textOf(t, b)
	for _, want := range [][]string{
		{`! habit 10.77.0.20 > 10.77.0.10 tcp/502 modbus write-data`, "addr=900 ", `why="seen only while an event was open: S7-06"`},
		{`! habit 10.77.0.20 > 10.77.0.10 tcp/502 modbus read-data`, "addr=600-603 "},
		{`habit 10.77.0.20 > 10.77.0.10 tcp/502 modbus write-data`, "addr=100,200 ", "count=96 "},
		{`habit 10.77.0.20 > 10.77.0.11 tcp/502 modbus read-data`, "count=660 "},
	} {
		if len(linesWith(text, want...)) != 1 {
			t.Errorf("no line with %q in\n%s", want, text)
		}
	}
	for _, h := range b.Habits {
		if pair := duoOf(h.Client, h.Server); h.Mark != Review && pair == duoOf(ip(hmi), ip(plc)) && h.Last > until-5*minute {
			t.Errorf("renewed while frozen: %s", habitKind.line(nil, &h, false))
		}
	}
	if _, err := Parse(strings.NewReader(text), "x"); err != nil {
		t.Error(err)
	}
	p.now = until + second
	for range 3 {
		p.did(p.conv(hmi, plc, 502), read(600, 4))
		p.now += minute
	}
	if text = textOf(t, l.Baseline()); len(linesWith(text, "habit 10.77.0.20 > 10.77.0.10 tcp/502 modbus read-data", "600-603")) != 1 {
		t.Errorf("once the event is closed it teaches again:\n%s", text)
	}
}

// More open events than can be told apart stop all learning, and say so.
func TestFreezesAreBounded(t *testing.T) {
	l := NewLearner("x", Defaults)
	p := newPlant(l.Learn)
	p.quietDay(t, 1)
	for i := range maxFreezes + 10 {
		l.Freeze(ip(fmt.Sprintf("10.%d.%d.1", i>>8, i&255)), ot.Endpoint{}, p.now+minute, "REC-03")
	}
	taught := l.species.n
	p.did(p.conv(hmi, plc, 502), read(0, 32))
	if l.species.n != taught || len(l.frozen) != maxFreezes || l.full.Freezes != 10 || l.Progress().Enough {
		t.Errorf("%d taught, %d frozen, %+v", l.species.n-taught, len(l.frozen), l.full)
	}
	p.now += 3 * minute
	p.did(p.conv(hmi, plc, 502), read(0, 32))
	if l.species.n != taught+1 || len(l.frozen) != 0 {
		t.Errorf("afterwards %d taught, %d frozen", l.species.n-taught, len(l.frozen))
	}
}
