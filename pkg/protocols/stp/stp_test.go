package stp

import (
	"testing"

	pt "otsensor/pkg/protocols/protocoltest"
)

// bpdu is version, type, flags, root, cost, bridge, port, ages and times.
const bpdu = "0000 02 02 3d 8001 0019 06ea b880 00000013 9001 00190 6eab881 800c 0000 1400 0200 0f00 00"

var seeds = []pt.Session{{
	Name: "rapid", Datagram: true, PDUs: true,
	Steps: []pt.Step{pt.Client(pt.Hex("424203" + bpdu)...), pt.Client(pt.Hex("424203 0000 00 80")...)},
}, {
	Name: "per VLAN", Datagram: true, Steps: []pt.Step{pt.Client(pt.Hex("aaaa03 00000c 010b" + bpdu)...)},
}, {
	Name: "another SNAP protocol", Datagram: true, Foreign: true, Steps: []pt.Step{pt.Client(pt.Hex("aaaa03 00000c 0104 0000 02 02")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestBPDU(t *testing.T) {
	want := `{"stp.type":2,"stp.type_name":"rapid","stp.version":2,"stp.root":"32768.1/00:19:06:ea:b8:80","stp.bridge":"36864.1/00:19:06:ea:b8:81","stp.cost":19,"stp.port":32780,"stp.topology_change":1}`
	for _, seed := range seeds[:2] {
		did := pt.Dids(pt.Play(t, Protocol(), seed))
		if got := pt.JSON(Protocol(), &did[0]); got != want {
			t.Errorf("%s: %s\nwant %s", seed.Name, got, want)
		}
	}
}
