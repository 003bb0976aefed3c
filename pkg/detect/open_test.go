package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/baseline"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

const auth = "when: { op: auth }\nwindow: 2m"

// at lets the engine's time pass to a second of the tests' time.
func (w *told) at(second int64) { w.Tick(begin + second*1e9) }

// One event per key: it opens, tells once a minute that it grew, and closes
// when nothing came for longer than its window. Then the same opens anew.
func TestEventLifecycle(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", auth))
	see := func(at float64) { w.see(act(at, 1, 2, ot.OpAuth, ot.OK)) }
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() { see(0) }, "open A-01 10.0.0.1>10.0.0.2 x1"},
		{func() { see(1); see(2) }, ""},
		{func() { w.at(59) }, ""},
		{func() { w.at(60) }, "update A-01 10.0.0.1>10.0.0.2 x3"},
		{func() { w.at(121) }, ""}, // nothing new
		{func() { see(122) }, ""},  // exactly the window after the sighting before
		{func() { w.at(123) }, "update A-01 10.0.0.1>10.0.0.2 x4"},
		{func() { w.at(242) }, ""},
		{func() { w.at(243) }, "closed A-01 10.0.0.1>10.0.0.2 x4"},
		{func() { see(300) }, "open A-01 10.0.0.1>10.0.0.2 x1"},
		{func() { see(421) }, "closed A-01 10.0.0.1>10.0.0.2 x1; open A-01 10.0.0.1>10.0.0.2 x1"}, // no tick came between
		{func() { w.Flush() }, "closed A-01 10.0.0.1>10.0.0.2 x1"},
		{func() { w.Flush() }, ""},
	} {
		step.do()
		w.want(t, step.want)
	}
	if w.Open() != 0 || w.Counts.Raised[0] != 3 {
		t.Errorf("%d open, %d raised; want none open and 3 raised", w.Open(), w.Counts.Raised[0])
	}
}

// What opens again says what it was before; something else of the same rule does not.
func TestRecurrence(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", auth))
	for _, at := range []float64{0, 300, 600} {
		w.see(act(at, 1, 2, ot.OpAuth, ot.OK))
	}
	w.NewFile() // it is one plant
	w.see(act(900, 1, 2, ot.OpAuth, ot.OK), act(901, 3, 2, ot.OpAuth, ot.OK))
	var opened []event.Event
	for _, e := range w.records {
		if e.State == "open" {
			opened = append(opened, e)
		}
	}
	for i, e := range opened {
		want := event.Recurrence{Times: i}
		if i > 0 {
			want.Of = opened[i-1].ID
		}
		if i == 4 {
			want = event.Recurrence{}
		}
		if e.Recurs != want {
			t.Errorf("%d: %+v, want %+v", i, e.Recurs, want)
		}
	}
	if len(opened) != 5 {
		t.Errorf("%d opened", len(opened))
	}
}

// Only the latest closed events are remembered.
func TestClosedEventsAreForgotten(t *testing.T) {
	p := past{byKey: map[string]event.Recurrence{}}
	for i := range pastKept + 10 {
		p.closed(&open{key: fmt.Sprint(i), event: &event.Event{ID: "x"}})
	}
	if _, first := p.byKey["9"]; first || len(p.byKey) != pastKept || len(p.oldest) != pastKept || p.forgotten != 10 {
		t.Errorf("%d of %d keys remembered, %d forgotten, the tenth %v", len(p.byKey), len(p.oldest), p.forgotten, first)
	}
}

// Every record says when it was written, and what it covers.
func TestEventTimes(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", auth))
	w.see(act(0, 1, 2, ot.OpAuth, ot.OK), act(5, 1, 2, ot.OpAuth, ot.OK))
	w.at(61)
	w.at(200)
	for i, want := range []struct{ raised, first, last int64 }{{0, 0, 0}, {61, 0, 5}, {200, 0, 5}} {
		e := w.records[i]
		if e.Raised != begin+want.raised*second || e.First != begin+want.first*second || e.Last != begin+want.last*second {
			t.Errorf("%s: raised %d first %d last %d", e.State, (e.Raised-begin)/second, (e.First-begin)/second, (e.Last-begin)/second)
		}
	}
}

// An id is of rule, group and first packet: another file order, other rules
// beside it or another run do not change it.
func TestEventIDs(t *testing.T) {
	ids := func(rules ...string) (all []string) {
		w := watch(t, &site{}, rules...)
		w.see(act(0, 1, 2, ot.OpAuth, ot.OK), act(1, 1, 3, ot.OpAuth, ot.OK), act(2, 3, 1, ot.OpAuth, ot.OK))
		w.Flush()
		for _, e := range w.records {
			if e.Rule.ID == "B-01" && e.State == "open" {
				all = append(all, e.ID)
			}
		}
		return all
	}
	alone, beside := ids(rule("B-01", auth)), ids(rule("A-01", auth), rule("B-01", auth), rule("C-01", auth))
	if len(alone) != 3 || !slices.Equal(alone, beside) {
		t.Errorf("ids %v alone and %v beside other rules", alone, beside)
	}
	if alone[0] == alone[1] || alone[1] == alone[2] || len(alone[0]) != 16 {
		t.Errorf("ids %v are not 16 digits of their own", alone)
	}
	if alone[0] != ids(rule("B-01", auth))[0] {
		t.Error("another run gives other ids")
	}
}

// What makes one event: no two different keys read alike, and absent is a value of its own.
func TestGroups(t *testing.T) {
	unit := func(n uint32) func(o *ot.Observation) { return func(o *ot.Observation) { o.Did.Unit = n } }
	named := func(name string, addr uint32) func(o *ot.Observation) {
		return func(o *ot.Observation) { o.Did.Name, o.Did.Object.Addr = []byte(name), addr }
	}
	base := act(0, 1, 2, ot.OpAuth, ot.OK)
	for group, c := range map[string]struct {
		same, other func(o *ot.Observation)
	}{
		"[client, server]": {func(o *ot.Observation) { o.Conv = act(0, 1, 2, 0, 0).Conv; o.Conv.Client.Port++; o.Did.Unit = 9 },
			func(o *ot.Observation) { o.Conv = act(0, 1, 3, 0, 0).Conv }},
		"[client]":                   {func(o *ot.Observation) { o.Conv = act(0, 1, 3, 0, 0).Conv }, func(o *ot.Observation) { o.Conv = act(0, 2, 2, 0, 0).Conv }},
		"[unit]":                     {unit(0), unit(1)},
		"[op, unit]":                 {unit(0), unit(256)},
		"[latency_us]":               {unit(7), func(o *ot.Observation) { o.Did.Latency = 0 }}, // 0 is not absent
		"[quality]":                  {unit(7), func(o *ot.Observation) { o.Quality = ot.Lossy }},
		"[server_role]":              {unit(7), func(o *ot.Observation) { o.Conv = act(0, 1, 9, 0, 0).Conv }},
		"[object]":                   {func(o *ot.Observation) { o.Did.Object.Len = 8 }, named("", 1)},
		"[name, client_zone]":        {unit(7), named("a", 0)},
		"[server_role, server_zone]": {unit(7), func(o *ot.Observation) { o.Conv = act(0, 1, 8, 0, 0).Conv }},
	} {
		f := &site{hosts: map[ot.Endpoint]Host{host(2): {Role: "ab", Zone: "c"}, host(8): {Role: "a", Zone: "bc"}, host(9): {Role: "x"}}}
		w := watch(t, f, rule("A-01", auth+"\ngroup: "+group))
		w.see(base, with(base, c.same))
		if w.Open() != 1 {
			t.Errorf("group %s: %d events of the same", group, w.Open())
		}
		w.see(with(base, c.other))
		if w.Open() != 2 {
			t.Errorf("group %s: %d events of the same and another", group, w.Open())
		}
	}
}

// Hosts without an address are grouped and shown by MAC; a claim is about the
// address claimed, whichever end of a conversation that is; the asker of an
// ARP request is its source.
func TestWhoActed(t *testing.T) {
	claim := func(kind ot.Kind, change func(o *ot.Observation)) ot.Observation {
		return with(ot.Observation{Kind: kind, Time: begin, Clock: begin}, change)
	}
	mac := [6]byte{2, 0, 0, 0, 0, 9}
	for name, c := range map[string]struct {
		o      ot.Observation
		who    string // source and target
		source string // MAC of the event's source
		port   uint16
	}{
		"conversation": {seen(0, ot.Opened, 1, 2), "10.0.0.1>10.0.0.2", "", 502},
		"server of a conversation changed its MAC": {with(seen(0, ot.Claimed, 1, 2), func(o *ot.Observation) { o.Claim = ot.Claim{IP: host(2).IP, MAC: mac} }),
			"10.0.0.2>10.0.0.2", "02:00:00:00:00:09", 0},
		"ARP reply": {claim(ot.Claimed, func(o *ot.Observation) { o.Claim = ot.Claim{IP: host(3).IP, MAC: mac, How: ot.ByARPReply} }), "10.0.0.3>10.0.0.3", "02:00:00:00:00:09", 0},
		"ARP request": {claim(ot.Asked, func(o *ot.Observation) {
			o.Claim = ot.Claim{IP: host(3).IP, Asker: host(4).IP, MAC: mac, How: ot.ByARPRequest}
		}),
			"10.0.0.4>10.0.0.3", "02:00:00:00:00:09", 0},
		"ARP probe": {claim(ot.Asked, func(o *ot.Observation) { o.Claim = ot.Claim{IP: host(3).IP, MAC: mac, How: ot.ByARPRequest} }),
			"02:00:00:00:00:09>10.0.0.3", "02:00:00:00:00:09", 0},
		"silent host":                    {claim(ot.Missed, func(o *ot.Observation) { o.Claim = ot.Claim{IP: host(3).IP} }), "10.0.0.3>10.0.0.3", "", 0},
		"silent host without an address": {claim(ot.Missed, func(o *ot.Observation) { o.Claim = ot.Claim{MAC: mac} }), "02:00:00:00:00:09>02:00:00:00:00:09", "02:00:00:00:00:09", 0},
		"the port itself":                {claim(ot.Odd, func(o *ot.Observation) { o.Odd = ot.NoTraffic }), ">", "", 0},
	} {
		w := watch(t, &site{}, rule("A-01", "when: { kind: { not: did } }\nsay: '{client} and {server}'"))
		w.see(c.o)
		e := w.records[0]
		if got := e.Source.Addr + ">" + e.Target.Addr; got != c.who || e.Source.MAC != c.source || e.Target.Port != c.port {
			t.Errorf("%s: %s from MAC %q to port %d", name, got, e.Source.MAC, e.Target.Port)
		}
		if who, other, _ := strings.Cut(c.who, ">"); who == "" && e.What != "unknown and unknown" || who != "" && e.What != who+" and "+other {
			t.Errorf("%s says %q", name, e.What)
		}
	}
}

// An event shows its gravest sighting: what came of the act counts, then
// whether it may change anything. The record tells of it at once.
func TestGravestSightingShows(t *testing.T) {
	for _, c := range []struct {
		op1    ot.Op
		first  ot.Status
		op2    ot.Op
		second ot.Status
		graver bool
	}{
		{ot.OpForce, ot.Refused, ot.OpForce, ot.OK, true},
		{ot.OpForce, ot.Refused, ot.OpForce, ot.Unanswered, true},
		{ot.OpForce, ot.Unanswered, ot.OpForce, ot.OneWay, true},
		{ot.OpForce, ot.OneWay, ot.OpForce, ot.OK, true},
		{ot.OpForce, ot.OK, ot.OpForce, ot.OK, false},
		{ot.OpForce, ot.OK, ot.OpForce, ot.Refused, false},
		{ot.OpForce, ot.OneWay, ot.OpForce, ot.Unasked, false},
		{ot.OpIdentify, ot.OK, ot.OpForce, ot.OK, true},
		{ot.OpIdentify, ot.OK, ot.OpForce, ot.Unanswered, true},
		{ot.OpIdentify, ot.OK, ot.OpForce, ot.Refused, false},
		{ot.OpIdentify, ot.Refused, ot.OpIdentify, ot.OK, true},
		{ot.OpForce, ot.OneWay, ot.OpIdentify, ot.OK, false},
	} {
		w := watch(t, &site{}, rule("A-01", "when: { proto: modbus }\ngroup: [client]\nsay: '{op} {status} {server} {object}'\nattack: [T0801]"))
		w.see(act(0, 1, 2, c.op1, c.first), with(act(1, 1, 3, c.op2, c.second), func(o *ot.Observation) { o.Did.Object.Addr = 7 }))
		name := fmt.Sprint(c.op1, " ", c.first, ", then ", c.op2, " ", c.second)
		last := w.records[len(w.records)-1]
		if !c.graver {
			if len(w.records) != 1 {
				t.Errorf("%s: %s", name, w.lines())
			}
			continue
		}
		if got, want := fmt.Sprint(last.State, last.Count, last.Op, last.Status, last.Target.Addr, last.Object), fmt.Sprint("update", 2, c.op2.String(), c.second.String(), "10.0.0.3", "object 7"); got != want {
			t.Errorf("%s: the event shows %s, want %s", name, got, want)
		}
		if want := fmt.Sprint(c.op2, " ", c.second, " 10.0.0.3 object 7"); last.What != want || last.First != begin {
			t.Errorf("%s: says %q, want %q", name, last.What, want)
		}
	}
}

// The gravest sighting has its packets among the samples.
func TestSamples(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", "when: { op: force }"))
	for i := range 6 {
		w.see(with(act(float64(i), 1, 2, ot.OpForce, ot.Refused), func(o *ot.Observation) { o.Did.Asked, o.Did.Answered = uint64(100+i), uint64(200+i) }))
	}
	w.see(with(act(6, 1, 2, ot.OpForce, ot.OK), func(o *ot.Observation) { o.Did.Asked, o.Did.Answered = 106, 206 }))
	w.Flush()
	frames := func(e event.Event) (all []string) {
		for _, s := range e.Samples {
			all = append(all, fmt.Sprint(s.Frame, "/", s.Answer))
		}
		return all
	}
	for i, want := range []string{"[100/200]", "[100/200 101/201 102/202 106/206]", "[100/200 101/201 102/202 106/206]"} {
		if got := fmt.Sprint(frames(w.records[i])); got != want {
			t.Errorf("%s: samples %s, want %s", w.records[i].State, got, want)
		}
	}
}

// A list is sorted, holds each item once and at most ListKept of them.
func TestLists(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", "when: { kind: did }\ngroup: [client]\nlist: unit"))
	for _, n := range []uint32{30, 10, 20, 10, 30} {
		w.see(with(act(0, 1, 2, ot.OpAuth, ot.OK), func(o *ot.Observation) { o.Did.Unit = n }))
	}
	w.at(60)
	if got := fmt.Sprint(w.records[1].List); got != "[10 20 30]" {
		t.Errorf("list %s", got)
	}
	for n := range uint32(200) {
		w.see(with(act(61, 1, 2, ot.OpAuth, ot.OK), func(o *ot.Observation) { o.Did.Unit = 100 + n }))
	}
	w.Flush()
	if last := w.records[2]; len(last.List) != ListKept || !slices.IsSorted(last.List) || last.Count != 205 {
		t.Errorf("%d items of %d sightings: %v", len(last.List), last.Count, last.List)
	}
	if got := fmt.Sprint(w.records[0].List, w.records[1].List); got != "[30] [10 20 30]" {
		t.Errorf("records handed over changed: %s", got)
	}
}

// A rule opens at most eventsAMinute events a minute. What is beyond is counted
// and summed up once: raised = opened + suppressed.
func TestBudget(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", auth), rule("A-02", "when: { op: auth, unit: 0 }\nwindow: 2m"))
	count := func(state string) (n int) {
		for _, e := range w.records {
			if e.State == state && e.Rule.ID == "A-01" {
				n++
			}
		}
		return n
	}
	for i := range 130 {
		w.see(with(act(float64(i)/10, byte(i/2), byte(100+i%2), ot.OpAuth, ot.OK), func(o *ot.Observation) { o.Did.Unit = uint32(i) }))
	}
	w.see(with(act(14, 0, 100, ot.OpAuth, ot.OK), func(o *ot.Observation) { o.Did.Unit = 1 })) // extends an open one
	w.see(with(act(15, 0, 101, ot.OpAuth, ot.OK), func(o *ot.Observation) { o.Did.Unit = 1 }))
	if opened, suppressed := w.Counts.Raised[0], w.Counts.Suppressed[0]; opened != 100 || suppressed != 30 || count("open") != 100 {
		t.Errorf("%d opened, %d told, %d suppressed", opened, count("open"), suppressed)
	}
	if w.Counts.Raised[1] != 1 || w.Counts.Suppressed[1] != 0 {
		t.Error("one rule's flood counts against another")
	}
	w.at(59)
	if count("summary") != 0 {
		t.Error("summed up before the minute was over")
	}
	w.at(60)
	w.at(61)
	if count("summary") != 1 {
		t.Fatalf("%d summaries of one minute", count("summary"))
	}
	sum := w.records[slices.IndexFunc(w.records, func(e event.Event) bool { return e.State == "summary" })]
	if sum.Count != 30 || sum.First != begin+10*second || sum.Last != begin+129*second/10 || sum.Raised != begin+60*second || len(sum.Samples)+len(sum.List) != 0 {
		t.Errorf("summary %+v", sum)
	}
	if want := "T: 30 further sightings in one minute were not listed one by one (limit 100 events a minute). Source and target are those of the gravest one listed."; sum.What != want {
		t.Errorf("summary says %q", sum.What)
	}
	w.see(with(act(61, 200, 2, ot.OpAuth, ot.OK), func(o *ot.Observation) { o.Did.Unit = 1 }))
	if w.Counts.Raised[0] != 101 {
		t.Error("the next minute has no budget of its own")
	}
}

// A minute that ends without a tick, or with the input, is summed up all the same.
func TestBudgetWithoutTick(t *testing.T) {
	flood := func(w *told, at float64) {
		for i := range 101 {
			w.see(act(at, byte(i), 200, ot.OpAuth, ot.OK))
		}
	}
	w := watch(t, &site{}, rule("A-01", "when: { op: auth }\nwindow: 1s"))
	flood(w, 0)
	flood(w, 60)
	w.Flush()
	var got []string
	for _, e := range w.records {
		if e.State == "summary" {
			got = append(got, fmt.Sprint((e.First-begin)/second, " x", e.Count))
		}
	}
	if fmt.Sprint(got) != "[0 x1 60 x1]" {
		t.Errorf("summaries %v, want one of each minute", got)
	}
}

// The summary stands where the gravest listed event stands.
func TestSummaryIsOfTheGravest(t *testing.T) {
	w := &told{}
	w.Engine = NewEngine(compileRules(t, rule("A-01", auth)), (&site{}).facts(), func(r Raised) {
		if r.By != nil && r.Event.Source.Addr == "10.0.0.42" {
			r.Event.Playbook.Severity.Suggested = 3
		}
		w.records = append(w.records, *r.Event)
	})
	for i := range 120 {
		w.see(act(0, byte(i), 200, ot.OpAuth, ot.OK))
	}
	w.at(60)
	if last := w.records[100]; last.State != "summary" || last.Playbook.Severity.Suggested != 3 || last.Source.Addr != "10.0.0.42" {
		t.Errorf("%s of %s with severity %d", last.State, last.Source.Addr, last.Playbook.Severity.Suggested)
	}
}

// With MaxOpen events open, the least recently sighted one closes early, and that is counted.
func TestEviction(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", "when: { op: auth }\nwindow: 24h\ngroup: [unit]"))
	see := func(minute, unit int) {
		w.see(with(act(float64(60*minute), 1, 2, ot.OpAuth, ot.OK), func(o *ot.Observation) { o.Did.Unit = uint32(unit) }))
	}
	for i := range MaxOpen {
		see(i/100, i)
	}
	see(42, 0) // the oldest is seen again, so unit 1 is the least recent
	w.records = nil
	see(43, MaxOpen)
	if got := w.records[0]; len(w.records) != 2 || got.State != "closed" || got.ID != eventID("A-01", string(unitKey(1)), begin) || w.records[1].State != "open" {
		t.Errorf("told %s", w.lines())
	}
	if w.Open() != MaxOpen || w.Counts.Evicted != 1 {
		t.Errorf("%d open, %d evicted", w.Open(), w.Counts.Evicted)
	}
}

func unitKey(n uint32) []byte {
	s := &Sighting{O: &ot.Observation{Kind: ot.Did, Did: ot.Transaction{Unit: n}}}
	f := number("unit", "", did(func(t *ot.Transaction) uint32 { return t.Unit }))
	return f.key(nil, s)
}

// A new file closes what is open and forgets what was counted; what was raised stays counted.
func TestNewFile(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", auth), rule("A-02", "when: { op: force }\ncount: { min: 2, over: 1h }"))
	w.see(act(0, 1, 2, ot.OpAuth, ot.OK), act(1, 1, 2, ot.OpForce, ot.OK))
	w.NewFile()
	w.see(act(2, 1, 2, ot.OpForce, ot.OK))
	w.want(t, "open A-01 10.0.0.1>10.0.0.2 x1; closed A-01 10.0.0.1>10.0.0.2 x1")
	w.see(act(3, 1, 2, ot.OpForce, ot.OK))
	w.want(t, "open A-02 10.0.0.1>10.0.0.2 x1")
	if w.Counts.Raised[0] != 1 || w.Counts.Raised[1] != 1 {
		t.Errorf("raised %v", w.Counts.Raised)
	}
}

// A two_way rule is judged only where the capture shows everything; elsewhere
// the sightings are counted, and the event says how many there were.
func TestTwoWay(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", auth+"\ntwo_way: true"))
	for _, q := range []ot.Quality{ot.Midstream, ot.Lossy, ot.OneSided, ot.Truncated, ot.Conflict} {
		w.see(with(act(0, 1, 2, ot.OpAuth, ot.OK), func(o *ot.Observation) { o.Quality = q }))
	}
	w.want(t, "")
	w.see(act(1, 1, 2, ot.OpAuth, ot.OK))
	if e := w.records[0]; e.Coverage.Unjudgable != 5 || !e.Coverage.BothWays || w.Counts.Unjudgable != 5 {
		t.Errorf("unjudgable: the event says %d, the engine %d; want 5", e.Coverage.Unjudgable, w.Counts.Unjudgable)
	}
}

// What people accepted is neither raised nor counted toward a threshold.
func TestAccepted(t *testing.T) {
	f := &site{accepted: "A-01"}
	w := watch(t, f, rule("A-01", "when: { op: auth }\ncount: { min: 2, over: 1h }"), rule("A-02", auth))
	w.see(act(0, 1, 2, ot.OpAuth, ot.OK), act(1, 1, 2, ot.OpAuth, ot.OK))
	w.want(t, "open A-02 10.0.0.1>10.0.0.2 x1")
	f.accepted = ""
	w.see(act(2, 1, 2, ot.OpAuth, ot.OK))
	w.want(t, "")
	w.see(act(3, 1, 2, ot.OpAuth, ot.OK))
	w.want(t, "open A-01 10.0.0.1>10.0.0.2 x1")
	if w.Counts.Accepted != 2 {
		t.Errorf("%d accepted, want 2", w.Counts.Accepted)
	}
}

// An event says why: the rule's fields as seen, those to show, and the threshold.
func TestReasonsAndCoverage(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", "when: { kind: did, op: [auth, force], status: { not: refused }, name: { not: x } }\nshow: [op, unit, name]\ncount: { min: 2, over: 90s }"))
	o := with(act(0, 1, 2, ot.OpAuth, ot.OK), func(o *ot.Observation) { o.Did.Unit, o.Did.Name, o.Quality = 7, []byte("Tag"), ot.Lossy|ot.OneSided })
	w.see(o, o)
	e := w.records[0]
	want := "[{op auth   } {status ok   } {name Tag   } {unit 7   } {sightings at least 2 within 1m30s  threshold 2 within 1m30s default}]"
	if got := fmt.Sprint(e.Why); got != want {
		t.Errorf("why %s\nwant %s", got, want)
	}
	if c := e.Coverage; c.BothWays || !c.Lossy || c.Midstream || c.Truncated || c.Conflict {
		t.Errorf("coverage %+v", c)
	}
}

// A sentence names what was seen; what is not known reads so.
func TestSentences(t *testing.T) {
	for say, want := range map[string]string{
		"{client} {op} {server} ({server_port_name})": "10.0.0.1 write-data 10.0.0.2 (tcp/502)",
		"{object} = {value}":                          "object 5 = 1, 258",
		"{status}, {name}, zone {client_zone}":        "ok, unknown, zone unknown",
		"nothing in braces":                           "nothing in braces",
	} {
		w := watch(t, &site{}, rule("A-01", "when: { proto: modbus }\nsay: '"+say+"'"))
		w.see(with(act(0, 1, 2, ot.OpWriteData, ot.OK), func(o *ot.Observation) {
			o.Did.Object = ot.Object{Addr: 5, Len: 2}
			o.Did.Shape, o.Did.Value = ot.U16BE, []byte{0, 1, 1, 2} // 1 and 258, high byte first
		}))
		if got := w.records[0].What; got != want {
			t.Errorf("%q says %q, want %q", say, got, want)
		}
	}
}

// Matching, counting and extending what is open allocate nothing; only what is new does.
func TestQuietPathAllocatesNothing(t *testing.T) {
	w := watch(t, &site{hosts: map[ot.Endpoint]Host{host(1): {Role: "hmi"}}},
		rule("A-01", "when: { op: auth, status: refused }"), rule("A-02", "when: { op: read-data, deviation: new-op }"),
		rule("A-03", "when: { op: read-data, client_role: controller, name: { prefix: X } }"),
		rule("A-04", "when: { op: read-data }\ncount: { min: 1000, over: 1s }"),
		rule("A-05", "when: { op: identify }\ndistinct: { of: [unit], min: 3, over: 1s, by: [client] }"))
	for name, o := range map[string]ot.Observation{
		"no rule is about it":         act(0, 1, 2, ot.OpAlarm, ot.OK),
		"the candidate's status":      act(0, 1, 2, ot.OpAuth, ot.OK),
		"the candidate's conditions":  act(0, 1, 2, ot.OpReadData, ot.OK),
		"a known value of a distinct": act(0, 1, 2, ot.OpIdentify, ot.OK),
	} {
		for range 2000 {
			w.see(o)
			o.Clock += 2 * second
		}
		if n := testing.AllocsPerRun(1000, func() { o.Clock += 2 * second; w.Match(&o, baseline.Weight{}) }); n != 0 {
			t.Errorf("%s: %.0f allocations", name, n)
		}
	}
}
