package enip_test

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/cip"
	"otsensor/pkg/protocols/enip"
	. "otsensor/pkg/protocols/protocoltest"
)

// bodies are services of connections, safety, Modbus, logs, energy and
// neighbours, and an opening that is answered with a group.
var bodies = Session{
	Name: "bodies", PDUs: true,
	Steps: steps(
		Client(rr(1, Hex(`5a 02 20 06 24 01 00 02 20 04 24 65`)...)...), // connection owner of assembly 65 hex
		Server(rr(1, Hex(`da 00 00 00 02 01 01 03 0300 4d00 78563412`)...)...),
		Client(rr(2, Hex(`51 02 20 39 24 01 41414141414141414141414141414141 42424242424242424242424242424242`)...)...), // set the password
		Server(rr(2, Hex(`d1 00 00 00`)...)...),
		Client(rr(3, Hex(`53 02 20 39 24 01 00 41414141414141414141414141414141`)...)...), // to idle
		Server(rr(3, Hex(`d3 00 00 00`)...)...),
		Client(rr(4, Hex(`50 02 20 44 24 01 6400 0200 0100 0200`)...)...), // two registers from 100 on
		Server(rr(4, Hex(`d0 00 00 00 6400 0200`)...)...),
		Client(rr(5, Hex(`52 02 20 39 24 01 01`)...)...), // cut short
		Server(rr(5, Hex(`d2 00 13 00`)...)...),
		Client(rr(6, Hex(`0e 03 20 41 24 01 30 02`)...)...), // state of the event log
		Server(rr(6, Hex(`8e 00 00 00 04`)...)...),
		Client(rr(7, Hex(`0e 03 20 4f 24 01 30 1b`)...)...), // real power
		Server(rr(7, Hex(`8e 00 00 00 0000c03f`)...)...),
		Client(rr(8, Hex(`0e 05 21 00 0a01 24 01 31 00 0600`)...)...), // addresses of a neighbour
		Server(rr(8, Hex(`8e 00 00 00 02 144d0a0a 154d0a0a`)...)...),
		Client(rr(9, Hex(`0e 03 20 3a 24 01 30 05`)...)...), // time expectation of a validator
		Server(rr(9, Hex(`8e 00 00 00 02 c800 c900`)...)...),
		Client(rr(10, Hex(`0e 03 20 52 24 01 30 01`)...)...), // of a class without attributes here
		Server(rr(10, Hex(`8e 00 d5 00`)...)...),
		Client(rr(11, Hex(`
			54 02 20 06 24 01 0a 0e 00000000 56000000 0300 4d00 78563412 00 000000
			50c30000 0648 50c30000 0628 01
			06 41 03 42 07 20 04 24 97 2c 96 2c 64 ; schedule 3, fixed tag 7
		`)...)...),
		Server(withGroup(rr(11, Hex(`d4 00 00 00 55000000 56000000 0300 4d00 78563412 50c30000 50c30000 00 00`)...))...),
	),
}

// withGroup puts a socket address for the target's data behind a message.
func withGroup(b []byte) []byte {
	b[30] = 3 // items
	b = append(b, Hex(`0180 1000 0002 08ae efc00a15 0000000000000000`)...)
	b[2] += 20
	return b
}

// TestBodies: what services were given and gave back has names; secrets are not shown.
func TestBodies(t *testing.T) {
	want := []map[string]string{
		{"cip.answer": "connections 2, claiming 1, ready 1, last_action 3, serial 3, vendor 77, originator 305419896"},
		{"cip.asked": "current (not shown), new (not shown)"},
		{"cip.asked": "mode idle, password (not shown)"},
		{"cip.asked": "address 100, count 2, data 01000200", "cip.answer": "address 100, count 2"},
		{"cip.asked": ""},
		{"cip.attributes": "state=full_overwriting"},
		{"cip.attributes": "real_power=1.5"},
		{"cip.attributes": "management_addresses=10.10.77.20 10.10.77.21"},
		{"cip.attributes": "time_expectation_multipliers=200 201"},
		{"cip.attributes": "", "cip.attribute_name": ""},
		{"cip.group": "239.192.10.21"},
	}
	i := 0
	for _, d := range Dids(Play(t, enip.Protocol(), bodies)) {
		if d.Proto != ot.CIP {
			continue
		}
		for name, value := range want[i] {
			if got := text(&d, name); got != value {
				t.Errorf("%d: %s is %q; want %q", i, name, got, value)
			}
		}
		if i == 3 && (d.Object.Addr != 100 || d.Object.Len != 2) {
			t.Errorf("registers %d and %d", d.Object.Addr, d.Object.Len)
		}
		if n, _ := number(&d, "cip.status"); i == 9 && named("cip.status", n) != "object_specific" {
			t.Errorf("status %#x is %s", n, named("cip.status", n))
		}
		i++
	}
	if i != len(want) {
		t.Errorf("%d transactions", i)
	}
}

func text(d *ot.Transaction, name string) string {
	for _, f := range cip.Protocol().Fields {
		if f.Name == name {
			return string(f.Text(d))
		}
	}
	panic("no field " + name)
}
