package cdp

import (
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

var said = pt.Hex(`
	02 b4 0000                 ; version 2, 180 s, checksum
	0001 000b 636f72652d3031   ; device core-01
	0002 0011 00000001 01 01 cc 0004 0a4d0a01
	0003 0009 466130 2f31      ; port Fa0/1
	0005 0009 31352e32 42      ; software
	0006 0008 49453330         ; platform
	000a 0006 0014             ; VLAN 20
`)

var seeds = []pt.Session{{
	Name: "advertised", Datagram: true, PDUs: true, Steps: []pt.Step{pt.Client(said...), pt.Client(said...)},
}, {
	Name: "cut short", Datagram: true, Steps: []pt.Step{pt.Client(said[:14]...)},
}, {
	Name: "version 9", Datagram: true, Foreign: true, Steps: []pt.Step{pt.Client(append([]byte{9}, said[1:]...)...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestAdvertisement(t *testing.T) {
	obs := pt.Play(t, Protocol(), seeds[0])
	did, ids := pt.Dids(obs), pt.Identities(obs)
	want := `{"cdp.message":1,"cdp.message_name":"advertisement","cdp.device":"core-01","cdp.port":"Fa0/1","cdp.ttl":180,"cdp.native_vlan":20,"cdp.address":"10.77.10.1"}`
	if got := pt.JSON(Protocol(), &did[0]); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if f := ids[0].Facts; f[ot.FactName] != "core-01" || f[ot.FactProduct] != "IE30" || f[ot.FactFirmware] != "15.2B" {
		t.Errorf("%+v", ids[0])
	}
}
