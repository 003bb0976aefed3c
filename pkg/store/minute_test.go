package store_test

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"otsensor/pkg/assets"
	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
	"otsensor/pkg/store"
)

func active(server string, ok, refused uint64, slowest int32) baseline.Active {
	a := baseline.Active{Slowest: slowest, Statuses: [5]uint64{ot.OK: ok, ot.Refused: refused}}
	a.Client, a.Server = ot.EndpointOf(netip.MustParseAddr("10.0.0.1"), 0), ot.EndpointOf(netip.MustParseAddr(server), 502)
	a.Transport, a.Proto, a.Op, a.Code, a.Unit = ot.TCP, ot.Modbus, ot.OpReadData, 3, 1
	return a
}

func minuteAt(n int, habits ...baseline.Active) *store.Minute {
	return &store.Minute{From: int64(n) * int64(time.Minute), Packets: 100, Dropped: 1, Left: 2, Habits: habits}
}

// A habit is one row however often it is active, and a minute that a restart
// cut in two is one row of its activity.
func TestActivityByMinute(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := open(t, path, roomy)
	s.Minute(minuteAt(1000, active("10.0.0.2", 5, 0, 900), active("10.0.0.3", 1, 1, -1)))
	s.Minute(minuteAt(1001, active("10.0.0.2", 4, 0, 800)))
	closed(t, s)
	s = open(t, path, roomy)
	s.Minute(minuteAt(1001, active("10.0.0.2", 3, 2, 950)))
	closed(t, s)
	same(t, "habits", ask(t, path, "SELECT id, habit, first, last FROM habits ORDER BY id"),
		"1 habit 10.0.0.1 > 10.0.0.2 tcp/502 modbus read-data unit=1 code=3 1000 1001", "2 habit 10.0.0.1 > 10.0.0.3 tcp/502 modbus read-data unit=1 code=3 1000 1000")
	same(t, "activity", ask(t, path, "SELECT * FROM activity"), "1000 1 5 0 0 900", "1000 2 2 1 0 <nil>", "1001 1 9 2 0 950")
	same(t, "watched", ask(t, path, "SELECT * FROM watched"), "1000 100 1 2", "1001 200 2 4")
	whole(t, path)
}

// What an asset once said of itself stays when it is not said again.
func TestAssetsStay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	knew := assets.Asset{Addr: "10.0.0.2", Vendor: "Siemens", Name: "PLC_3", Role: "controller", First: 5, Last: 9, VLANs: []uint16{3, 7},
		Services: []assets.Service{{Transport: "tcp", Port: 102, Name: "s7comm"}}, Says: []assets.Identity{{Source: "SZL", Facts: map[string]string{"firmware": "1.0"}}},
		Modules: []assets.Identity{{Behind: "slot 2", Source: "SZL", Facts: map[string]string{"serial": "S-1"}}}}
	now := assets.Asset{Addr: "10.0.0.2", Role: "controller", First: 20, Last: 30, Services: []assets.Service{{Transport: "tcp", Port: 102}, {Transport: "tcp", Port: 80}},
		Says: []assets.Identity{{Source: "SZL", Facts: map[string]string{"firmware": "1.1"}}}}
	for _, a := range []assets.Asset{knew, now} {
		s := open(t, path, roomy)
		m := minuteAt(1000)
		m.Assets = []assets.Asset{a}
		s.Minute(m)
		closed(t, s)
	}
	same(t, "assets", ask(t, path, "SELECT addr, vlans, vendor, name, first, last FROM assets"), "10.0.0.2 3, 7 Siemens PLC_3 5 30")
	same(t, "services", ask(t, path, "SELECT port, name FROM asset_services ORDER BY port"), "80 <nil>", "102 s7comm")
	same(t, "facts", ask(t, path, "SELECT behind, source, fact, value FROM asset_facts ORDER BY behind"), " SZL firmware 1.1", "slot 2 SZL serial S-1")
}

// For the size, activity goes before any event, and a habit after its last activity.
func TestActivityGoesFirst(t *testing.T) {
	heavy(t)
	path := filepath.Join(t.TempDir(), "store.db")
	s := open(t, path, store.Options{MaxBytes: 1 << 20, Patient: true})
	for n := range 50 {
		s.Event(record(n, "closed"))
	}
	for n := range 4000 {
		var habits []baseline.Active
		for h := range 20 {
			habits = append(habits, active(fmt.Sprintf("10.0.%d.%d", n/200, h+1), 5, 0, 900))
		}
		s.Minute(minuteAt(30_000_000+n, habits...))
	}
	closed(t, s)
	if r := whole(t, path); r.Bytes > 5<<18 || len(r.Removed) == 0 {
		t.Errorf("%d bytes, removed %+v", r.Bytes, r.Removed)
	}
	same(t, "events", ask(t, path, "SELECT count(*) FROM events"), "50")
	same(t, "what went and what is left", ask(t, path, "SELECT (SELECT count(*) FROM activity) + (SELECT rows FROM removed WHERE what='activity')"), "80000")
	same(t, "activity without a habit", ask(t, path, "SELECT count(*) FROM activity WHERE habit NOT IN (SELECT id FROM habits)"), "0")
	same(t, "habits went with theirs", ask(t, path, "SELECT rows > 100 FROM removed WHERE what='habits'"), "1")
	same(t, "the latest is there", ask(t, path, "SELECT max(minute) FROM activity"), "30003999")
}
