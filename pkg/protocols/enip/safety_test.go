package enip_test

import (
	"slices"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/cip"
	"otsensor/pkg/protocols/enip"
	. "otsensor/pkg/protocols/protocoltest"
)

// orderGroup opens a safety connection of base format whose target sends to a group.
var orderGroup = Session{
	Name: "safety I/O to a group is ordered", PDUs: true,
	Steps: steps(
		Client(rr(1, Hex(`
			54 02 20 06 24 01 0a 0e 00000000 91000000 0300 3333 37130000 01 000000
			10270000 0648 10270000 0e28 00 20
			20 04 24 97 2c c7 2c 64 50 1b 00 00 ddccbbaa 112233445566 10270000 0648 000400000001 0a4d0a15 000400000001 0a4d0a14
			6400 0200 c800 02 0f 44332211 00000000
		`)...)...),
		Server(rr(1, Hex(`d4 00 00 00 90000000 91000000 0300 3333 37130000 10270000 10270000 05 00 0100 3333 37130000 0300`)...)...),
	),
}

// groupIO are its data: two bytes, mode, two sums, time stamp, its sum, and the
// correction: consumer and active, time, a second byte, its sum.
var groupIO = Session{
	Name: "safety I/O to a group", Datagram: true, Conv: groupConv(),
	Steps: []Step{
		Server(plainIO(0x91, 1, `a5 3c 84 a23f 6400 53  a3 2800 00 1122`)...),
		Server(plainIO(0x91, 2, `a5 3c 84 a23f 6500 ad  22 2900 00 1122`)...),
		Server(plainIO(0x91, 3, `a5 3c 84 a23f 6700 98  22 2900 00 1122`)...), // the sum of another time stamp
		Server(plainIO(0x91, 3, `a5 3c 84 a23f 6600 98  23 2900 00 1122`)...), // odd parity; a second version of the packet
	},
}

func groupConv() *ot.Conv {
	c := udp(2222)
	c.Client.IP[12], c.Client.IP[13], c.Client.IP[14], c.Client.IP[15] = 239, 192, 1, 2
	return c
}

// TestSafetyOfItsOpen: check sums are judged by the ends that the Forward Open
// and its answer name, from the first packet on.
func TestSafetyOfItsOpen(t *testing.T) {
	join := cip.Protocol().Join()
	for _, o := range Play(t, enip.Protocol(), orderGroup) {
		join(&o)
	}
	var got []map[string]string
	for _, o := range Play(t, enip.Protocol(), groupIO) {
		if join(&o); o.Kind != ot.Did {
			continue
		}
		said := map[string]string{}
		for _, f := range cip.Protocol().Fields {
			if f.Num == nil || f.Names == nil {
				continue
			}
			if n, ok := f.Num(&o.Did); ok {
				said[f.Name] = f.Names(n)
			}
		}
		got = append(got, said)
		if n, ok := number(&o.Did, "cip.io_safety_correction"); len(got) == 1 && (!ok || n != 0x28) {
			t.Errorf("correction %d, %v", n, ok)
		}
		if n, _ := number(&o.Did, "cip.io_safety_consumer"); n != 3 && len(got) == 1 {
			t.Errorf("consumer %d", n)
		}
	}
	checks := func(field string) (all []string) {
		for _, said := range got {
			all = append(all, said[field])
		}
		return all
	}
	if is, want := checks("cip.io_safety_check"), []string{"right", "right", "", ""}; len(got) < 2 || is[0] != want[0] {
		t.Errorf("check sums %v", is)
	}
	if faults := checks("cip.io_safety_fault"); !slices.Contains(faults, "parity") {
		t.Errorf("faults %v", faults)
	}
}
