package detect

import (
	"fmt"
	"testing"

	"otsensor/pkg/ot"
)

// A count fires at the nth sighting when the first of them is no older than
// over, to the nanosecond, and goes on firing while that holds.
func TestCountAtItsEdges(t *testing.T) {
	for name, c := range map[string]struct {
		at    []float64
		fires []int // sightings, from 1
	}{
		"below":                   {[]float64{0, 1}, nil},
		"at the threshold":        {[]float64{0, 1, 2}, []int{3}},
		"exactly over":            {[]float64{0, 5, 10}, []int{3}},
		"just beyond":             {[]float64{0, 5, 10.000001}, nil},
		"slides":                  {[]float64{0, 9, 12, 13, 20, 30}, []int{4, 5}},
		"exactly over, later":     {[]float64{0, 20, 25, 30, 35.000001}, []int{4}},
		"same time":               {[]float64{1, 1, 1}, []int{3}},
		"begins anew":             {[]float64{0, 1, 2, 100, 101, 102}, []int{3, 6}},
		"more than the ring":      {[]float64{0, 1, 2, 3, 4, 5, 6}, []int{3, 4, 5, 6, 7}},
		"slower and then quicker": {[]float64{0, 6, 12, 18, 19, 20}, []int{5, 6}},
	} {
		w := watch(t, &site{}, rule("A-01", "when: { op: auth }\ncount: { min: 3, over: 10s }"))
		var fires []int
		var before uint64
		for i, at := range c.at {
			w.see(act(at, 1, 2, ot.OpAuth, ot.OK))
			if o := w.open.last; o != nil && o.hits != before {
				before = o.hits
				fires = append(fires, i+1)
			}
		}
		if fmt.Sprint(fires) != fmt.Sprint(c.fires) {
			t.Errorf("%s: fires at sightings %v, want %v", name, fires, c.fires)
		}
	}
}

// Counting has its own key; the event has the group's.
func TestCountBy(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", "when: { op: auth }\ncount: { min: 3, over: 10s, by: [client] }\ngroup: [server]\nlist: client"))
	w.see(act(0, 1, 7, ot.OpAuth, ot.OK), act(1, 2, 7, ot.OpAuth, ot.OK), act(2, 1, 8, ot.OpAuth, ot.OK), act(3, 1, 9, ot.OpAuth, ot.OK), act(4, 1, 9, ot.OpAuth, ot.OK))
	w.want(t, "open A-01 10.0.0.1>10.0.0.9 x1")
}

// A distinct fires while there are n different values no older than over.
func TestDistinctAtItsEdges(t *testing.T) {
	type value struct {
		at   float64
		unit uint32
	}
	for name, c := range map[string]struct {
		seen  []value
		fires []int
	}{
		"same value":           {[]value{{0, 1}, {1, 1}, {2, 1}}, nil},
		"at the threshold":     {[]value{{0, 1}, {1, 2}, {2, 3}}, []int{3}},
		"exactly over":         {[]value{{0, 1}, {5, 2}, {10, 3}}, []int{3}},
		"just beyond":          {[]value{{0, 1}, {5, 2}, {10.000001, 3}}, nil},
		"seen again is young":  {[]value{{0, 1}, {5, 2}, {9, 1}, {14, 3}}, []int{4}},
		"known value goes on":  {[]value{{0, 1}, {1, 2}, {2, 3}, {3, 1}}, []int{3, 4}},
		"until one is too old": {[]value{{0, 1}, {1, 2}, {2, 3}, {11.5, 3}}, []int{3}},
		"and comes back":       {[]value{{0, 1}, {1, 2}, {2, 3}, {11.5, 3}, {11.6, 1}, {11.7, 2}}, []int{3, 6}},
	} {
		w := watch(t, &site{}, rule("A-01", "when: { op: auth }\ndistinct: { of: [unit], min: 3, over: 10s, by: [client] }"))
		var fires []int
		var before uint64
		for i, v := range c.seen {
			w.see(with(act(v.at, 1, 2, ot.OpAuth, ot.OK), func(o *ot.Observation) { o.Did.Unit = v.unit }))
			if o := w.open.last; o != nil && o.hits != before {
				before = o.hits
				fires = append(fires, i+1)
			}
		}
		if fmt.Sprint(fires) != fmt.Sprint(c.fires) {
			t.Errorf("%s: fires at sightings %v, want %v", name, fires, c.fires)
		}
	}
}

// Several parts make one value; what reads alike when joined is still two.
func TestDistinctOfSeveral(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", "when: { op: auth }\ndistinct: { of: [server, server_port], min: 3, over: 10s, by: [client] }"))
	for i, port := range []uint16{502, 102, 502, 102} {
		w.see(with(act(float64(i), 1, byte(2+i/2), ot.OpAuth, ot.OK), func(o *ot.Observation) { o.Conv.Server.Port = port }))
	}
	if got, want := fmt.Sprint(w.records[0].List), "[10.0.0.2 102 10.0.0.2 502 10.0.0.3 502]"; got != want {
		t.Errorf("values %s, want %s", got, want)
	}
}

// The event of a distinct lists all values it ever met, also those that left
// the window, sorted, at most ListKept; lists handed over stay as they were.
func TestDistinctListsAllItMet(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", "when: { op: auth }\ngroup: [client]\ndistinct: { of: [unit], min: 3, over: 2s, by: [client] }"))
	for i := range 200 {
		w.see(with(act(float64(i), 1, 2, ot.OpAuth, ot.OK), func(o *ot.Observation) { o.Did.Unit = uint32(100 + i) }))
	}
	opened := w.records[0]
	w.Flush()
	closed := w.records[len(w.records)-1]
	if fmt.Sprint(opened.List) != "[100 101 102]" {
		t.Errorf("the record of the opening changed: %v", opened.List)
	}
	if len(closed.List) != ListKept || closed.List[0] != "100" || closed.List[ListKept-1] != "163" {
		t.Errorf("the event lists %d values from %s to %s", len(closed.List), closed.List[0], closed.List[ListKept-1])
	}
}

// A counting rule remembers at most maxKeys keys and maxValues values. The
// least recently seen go, and are counted; who keeps on is still found.
func TestCountingIsBounded(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", "when: { op: auth }\ngroup: [client]\ndistinct: { of: [unit], min: 100, over: 1h, by: [client] }"))
	see := func(at int, client, unit int) {
		o := act(float64(at)/1000, 1, 2, ot.OpAuth, ot.OK)
		o.Conv.Client.IP[14], o.Conv.Client.IP[15] = byte(client>>8), byte(client)
		o.Did.Unit = uint32(unit)
		w.see(o)
	}
	for i := range 3 * maxKeys {
		see(i, 1+i, 0)
	}
	if entries, limit, forgotten := w.Windows(); entries != maxKeys || limit != maxKeys || forgotten != 2*maxKeys {
		t.Errorf("%d keys of at most %d, %d forgotten", entries, limit, forgotten)
	}
	for unit := range 99 {
		for client := range 1000 {
			see(20000+unit*1000+client, 1+client, unit)
		}
		see(20000+unit*1000+999, 5000, unit) // seen in every round
	}
	tally := &w.tallies[0]
	values := 0
	for _, win := range tally.keys {
		values += len(win.values)
	}
	if values != tally.values || values > maxValues {
		t.Errorf("%d values remembered, %d counted, at most %d", values, tally.values, maxValues)
	}
	for unit := range 101 { // one after another: nobody else is seen
		see(200_000+unit, 6000, unit)
	}
	if w.Open() != 1 {
		t.Errorf("%d events of the one client that met 100 values", w.Open())
	}
	w.NewFile()
	if entries, _, forgotten := w.Windows(); entries != 0 || forgotten <= 2*maxKeys {
		t.Errorf("after a new file %d keys, %d forgotten in all", entries, forgotten)
	}
}

// One key meets far more values than asked for: what it remembers is bounded, and it is still told.
func TestOneKeyIsBounded(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", "when: { op: auth }\ndistinct: { of: [unit], min: 5, over: 1h, by: [client] }"))
	for i := range 1000 {
		w.see(with(act(float64(i), 1, 2, ot.OpAuth, ot.OK), func(o *ot.Observation) { o.Did.Unit = uint32(i) }))
	}
	if n := w.tallies[0].values; n != 20 {
		t.Errorf("%d values remembered, want four times the threshold", n)
	}
	if hits := w.open.last.hits; hits != 996 {
		t.Errorf("%d sightings, want all from the fifth", hits)
	}
}
