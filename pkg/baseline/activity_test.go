package baseline

import (
	"net/netip"
	"testing"

	"otsensor/pkg/ot"
)

// did is a transaction of a conversation on a seat.
func didOn(seat uint32, code uint32, status ot.Status, latency int32) *ot.Observation {
	host := func(s string, port uint16) ot.Endpoint { return ot.EndpointOf(netip.MustParseAddr(s), port) }
	o := &ot.Observation{Kind: ot.Did, Conv: &ot.Conv{Client: host("10.0.0.1", 40000), Server: host("10.0.0.2", 502), Transport: ot.TCP, Seat: seat}}
	o.Did = ot.Transaction{Proto: ot.Modbus, Op: ot.OpReadData, Code: code, Unit: 1, Status: status, Latency: latency}
	return o
}

// What two conversations of the same hosts do alike is one habit; taking
// begins anew.
func TestActivity(t *testing.T) {
	a := NewActivity()
	for range 2 {
		for _, o := range []*ot.Observation{didOn(1, 3, ot.OK, 900), didOn(2, 3, ot.OK, 1200), didOn(2, 3, ot.Refused, 700), didOn(1, 4, ot.Unanswered, -1)} {
			a.See(o)
		}
		a.See(&ot.Observation{Kind: ot.Opened, Conv: didOn(1, 3, ot.OK, 1).Conv})
		rows, left := a.Take()
		if len(rows) != 2 || left != 0 {
			t.Fatalf("%d habits, %d left out", len(rows), left)
		}
		if r := rows[0]; r.Statuses != [5]uint64{ot.OK: 2, ot.Refused: 1} || r.Slowest != 1200 || r.Count() != 3 {
			t.Errorf("%+v", r)
		}
		if r := rows[1]; r.Statuses != [5]uint64{ot.Unanswered: 1} || r.Slowest != -1 {
			t.Errorf("%+v", r)
		}
		if got, want := rows[1].Habit(), "habit 10.0.0.1 > 10.0.0.2 tcp/502 modbus read-data unit=1 code=4"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// What has no room is counted, and takes none.
func TestActivityIsBounded(t *testing.T) {
	a := NewActivity()
	for n := range uint32(MaxActive + 100) {
		a.See(didOn(1, n, ot.OK, 1))
		a.See(didOn(1, n, ot.OK, 1))
	}
	rows, left := a.Take()
	if ever := a.Left(); len(rows) != MaxActive || left != 200 || ever != 200 {
		t.Errorf("%d habits, %d left out, %d ever", len(rows), left, ever)
	}
}

func TestActivityAllocatesNothing(t *testing.T) {
	a := NewActivity()
	var all []*ot.Observation
	for n := range uint32(30) { // more than a conversation remembers
		all = append(all, didOn(1, n, ot.OK, 1), didOn(2, n, ot.OK, 1))
	}
	one := func() {
		for _, o := range all {
			a.See(o)
		}
	}
	one()
	if n := testing.AllocsPerRun(100, one); n != 0 {
		t.Errorf("%v allocations", n)
	}
	a.Take()
	one()
	if n := testing.AllocsPerRun(100, one); n != 0 {
		t.Errorf("%v allocations in the second minute", n)
	}
}

func BenchmarkActivity(b *testing.B) {
	a := NewActivity()
	var all []*ot.Observation
	for n := range uint32(8) {
		all = append(all, didOn(1, n, ot.OK, 1))
		all[n].Conv = all[0].Conv
	}
	for i := 0; b.Loop(); i++ {
		a.See(all[i%len(all)])
	}
}
