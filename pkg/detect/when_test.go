package detect

import (
	"net/netip"
	"testing"

	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
)

// What a line of when accepts: a value, a list, a range, a prefix, a part, a
// network, a set of bits, and the opposite of each. What is absent never matches.
func TestWhen(t *testing.T) {
	f := &site{hosts: map[ot.Endpoint]Host{host(1): {Role: "engineering", Zone: "office"}, host(2): {Role: "controller"}}}
	write := act(0, 1, 2, ot.OpWriteData, ot.OK)
	write.Did.Unit, write.Did.Code, write.Did.Name, write.Did.Latency = 7, 16, []byte("Pump.Speed"), 1500
	write.Quality = ot.Midstream | ot.Lossy
	opened := seen(0, ot.Opened, 1, 2)
	for _, c := range []struct {
		when string
		o    ot.Observation
		want bool
	}{
		{"{ op: write-data }", write, true},
		{"{ op: read-data }", write, false},
		{"{ op: [read-data, write-data] }", write, true},
		{"{ op: { not: write-data } }", write, false},
		{"{ op: { not: [read-data, auth] } }", write, true},
		{"{ op: { not: write-data } }", opened, false}, // a rule without kind is about transactions
		{"{ kind: opened, op: { not: write-data } }", opened, false},
		{"{ kind: opened }", opened, true},
		{"{ kind: [opened, did] }", write, true},
		{"{ kind: { not: did } }", opened, true},
		{"{ kind: { not: did } }", write, false},
		{"{ proto: modbus, unit: 7 }", write, true},
		{"{ unit: 0x07 }", write, true},
		{"{ unit: 5-7 }", write, true},
		{"{ unit: 8-9 }", write, false},
		{"{ unit: { min: 7 } }", write, true},
		{"{ unit: { min: 8 } }", write, false},
		{"{ unit: { max: 7 } }", write, true},
		{"{ unit: { max: 6 } }", write, false},
		{"{ unit: { min: 7, max: 7 } }", write, true},
		{"{ unit: { not: { min: 5, max: 8 } } }", write, false},
		{"{ unit: { not: 5 } }", write, true},
		{"{ modbus.function: write_multiple_registers }", write, true},
		{"{ modbus.function: 16 }", write, true},
		{"{ s7.function: { not: plc_stop } }", write, false}, // a field of another protocol is absent
		{"{ latency_us: { min: 1000 } }", write, true},
		{"{ latency_us: { not: 9 } }", act(0, 1, 2, ot.OpReadData, ot.OneWay), false},
		{"{ name: Pump.Speed }", write, true},
		{"{ name: { prefix: Pump. } }", write, true},
		{"{ name: { prefix: ump } }", write, false},
		{"{ name: { contains: .Sp } }", write, true},
		{"{ name: { not: { contains: Valve } } }", write, true},
		{"{ name: { not: X } }", act(0, 1, 2, ot.OpWriteData, ot.OK), false},
		{"{ client: 10.0.0.1 }", write, true},
		{"{ client: 10.0.0.0/24 }", write, true},
		{"{ client: { not: [10.0.0.2, 10.1.0.0/16] } }", write, true},
		{"{ client: { not: 10.0.0.1 } }", write, false},
		{"{ server_role: controller }", write, true},
		{"{ client_role: { not: [controller, hmi] } }", write, true},
		{"{ client_zone: office }", write, true},
		{"{ server_zone: { not: office } }", write, false}, // it is in none
		{"{ quality: lossy }", write, true},
		{"{ quality: [truncated, conflict] }", write, false},
		{"{ quality: { not: truncated } }", write, true},
		{"{ quality: { not: [truncated, lossy] } }", write, false},
		{"{ quality: { not: lossy } }", act(0, 1, 2, ot.OpReadData, ot.OK), true}, // a set may be empty
		{"{ changes_state: true, engineering: false }", write, true},
		{"{ client_public: true }", write, false},
		{"{ deviation: new-op }", write, false},
		{"{ server_port: 502, transport: tcp }", write, true},
	} {
		w := watch(t, f, rule("A-01", "when: "+c.when))
		w.see(c.o)
		if got := len(w.records) > 0; got != c.want {
			t.Errorf("%s matches: %t, want %t", c.when, got, c.want)
		}
	}
}

func TestWhenDeviation(t *testing.T) {
	for when, want := range map[string]bool{
		"{ deviation: new-op }": true, "{ deviation: [new-unit, new-code] }": true, "{ deviation: new-unit }": false,
		"{ deviation: { not: new-unit } }": true, "{ deviation: { not: [new-op, new-unit] } }": false,
	} {
		w := watch(t, &site{}, rule("A-01", "when: "+when))
		o := act(0, 1, 2, ot.OpReadData, ot.OK)
		w.Match(&o, baseline.Weight{Dev: baseline.NewOp | baseline.NewCode})
		if got := len(w.records) > 0; got != want {
			t.Errorf("%s matches: %t, want %t", when, got, want)
		}
	}
}

// Public are addresses of the Internet: not private, shared, local or many.
func TestPublicAddresses(t *testing.T) {
	for addr, want := range map[string]bool{
		"8.8.8.8": true, "2001:4860::1": true, "10.1.1.1": false, "172.16.0.1": false, "192.168.1.1": false, "100.64.0.1": false,
		"169.254.1.1": false, "127.0.0.1": false, "224.0.0.1": false, "255.255.255.255": false, "fd00::1": false, "fe80::1": false,
	} {
		if got := public(ot.EndpointOf(netip.MustParseAddr(addr), 0)); got != want {
			t.Errorf("%s is public: %t, want %t", addr, got, want)
		}
	}
	if public(ot.Endpoint{MAC: [6]byte{2}}) {
		t.Error("a host without an address is public")
	}
}
