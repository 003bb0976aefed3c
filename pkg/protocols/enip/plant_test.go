package enip_test

import (
	"testing"
	"time"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/cip"
	"otsensor/pkg/protocols/enip"
	. "otsensor/pkg/protocols/protocoltest"
)

// orderIO opens a connection of class 1; orderedIO is the data of it.
var orderIO = Session{
	Name: "I/O is ordered", PDUs: true,
	Steps: steps(
		Client(rr(1, Hex(`
			54 02 20 06 24 01       ; Forward Open
			0a 0e                   ; tick, timeout
			00000000 56000000       ; connection ids O->T and T->O
			0300 4d00 78563412      ; serial 3, vendor 4d, originator 12345678
			00 000000               ; times 4
			50c30000 0648           ; O->T: 50 ms, point to point, scheduled, 6 bytes
			50c30000 0648           ; T->O
			01                      ; class 1, cyclic
			04 20 04 24 97 2c 96 2c 64 ; assembly, configuration 97, points 96 and 64 hex
		`)...)...),
		Server(rr(1, Hex(`
			d4 00 00 00
			55000000 56000000       ; connection ids
			0300 4d00 78563412
			50c30000 50c30000       ; actual intervals
			00 00
		`)...)...),
	),
}

var orderedIO = Session{
	Name: "ordered I/O", Datagram: true, Conv: udp(2222),
	Steps: []Step{
		Client(cyclic(0x55, 1, 1, 0xaa, 0xbb, 0xcc, 0xdd)...),
		Server(cyclic(0x56, 1, 1, 0x01, 0x02, 0x03, 0x04)...),
		{Dir: ot.ToServer, Bytes: cyclic(0x55, 2, 2, 0xaa, 0xbb, 0xcc, 0xdd, 0xee), After: 300 * time.Millisecond}, // late, and longer
	},
}

// TestPlant: what the Forward Open said stands beside the data it ordered.
func TestPlant(t *testing.T) {
	join := cip.Protocol().Join()
	for _, o := range Play(t, enip.Protocol(), orderIO) {
		join(&o)
	}
	obs := Play(t, enip.Protocol(), orderedIO)
	stranger := obs[1]
	elsewhere := *stranger.Conv
	elsewhere.Server.IP[15] = 99
	stranger.Conv = &elsewhere
	want := []map[string]uint64{
		{"cip.io_joined": 1, "cip.io_rpi": 50000, "cip.io_point": 0x96, "cip.io_owner": 1, "cip.io_late": 0, "cip.io_second_producer": 0},
		{"cip.io_joined": 1, "cip.io_rpi": 50000, "cip.io_point": 0x64, "cip.io_owner": 1, "cip.io_late": 0, "cip.io_second_producer": 0},
		{"cip.io_joined": 1, "cip.io_late": 1, "cip.io_interval": 301000},
		{"cip.io_joined": 0, "cip.io_second_producer": 1},
	}
	for i, o := range append(obs[:3:3], stranger) {
		join(&o)
		for name, n := range want[i] {
			if got, ok := number(&o.Did, name); !ok || got != n {
				t.Errorf("packet %d: %s is %d, present %v; want %d", i, name, got, ok, n)
			}
		}
	}
}

// TestOwner: what a Forward Open asks for, by its parameters and path.
func TestOwner(t *testing.T) {
	for _, c := range []struct {
		what, o2t, class, path, owner string
	}{
		{"data both ways", "0648", "01", "04 20 04 24 97 2c 96 2c 64", "exclusive_owner"},
		{"a heartbeat to point FE", "0248", "01", "04 20 04 24 97 2c fe 2c 64", "input_only"},
		{"a heartbeat to point FF", "0248", "01", "04 20 04 24 97 2c ff 2c 64", "listen_only"},
		{"a heartbeat to a point of the device's own", "0248", "01", "04 20 04 24 97 2c 02 2c 64", "input_or_listen_only"},
		{"the redundant owner bit", "06c8", "01", "04 20 04 24 97 2c 96 2c 64", "redundant_owner"},
		{"class 3", "f443", "a3", "03 01 00 20 02 24 01", "explicit"},
	} {
		open := rr(1, Hex("54 02 20 06 24 01 0a 0e 00000000 56000000 0300 4d00 78563412 00 000000 50c30000 "+
			c.o2t+" 50c30000 0648 "+c.class+c.path)...)
		for _, d := range Dids(Play(t, enip.Protocol(), Session{Name: c.what, Steps: steps(Client(open...))})) {
			if n, ok := number(&d, "cip.owner"); d.Proto == ot.CIP && (!ok || cip.OwnerName(n) != c.owner) {
				t.Errorf("%s: %s; want %s", c.what, cip.OwnerName(n), c.owner)
			}
		}
	}
}

func number(d *ot.Transaction, name string) (uint64, bool) {
	for _, f := range cip.Protocol().Fields {
		if f.Name == name {
			return f.Num(d)
		}
	}
	panic("no field " + name)
}

func named(field string, n uint64) string {
	for _, f := range cip.Protocol().Fields {
		if f.Name == field {
			return f.Names(n)
		}
	}
	panic("no field " + field)
}
