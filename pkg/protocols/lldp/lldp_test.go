package lldp

import (
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// said is one advertisement: chassis (MAC), port (name), life, name, description, capabilities, management address.
var said = pt.Hex(`
	0207 04 001d9c100031       ; chassis: MAC
	0405 05 702d3031           ; port p-01
	0602 0078                  ; 120 s
	0a07 636f7265 2d3031       ; core-01
	0c05 5343414c 45           ; description
	0e04 0014 0004             ; bridge and router, bridge enabled
	100c 05 01 0a4d0a01 02 00000001 00
	fe09 0012bb 0a 5253503335 ; model
	fe07 0012bb 07 322e31     ; software 2.1
	fe07 0012bb 06 312e30     ; firmware 1.0, which counts more
	fe06 0012bb 08 ffff       ; a serial number that is no text
	fe04 00120f 01            ; of another organisation
	0000
`)

var seeds = []pt.Session{{
	Name: "advertised", Datagram: true, PDUs: true,
	Steps: []pt.Step{pt.Client(said...), pt.Client(pt.Hex("0207 04 001d9c100031 0405 05 702d3031 0602 0000 0000")...)},
}, {
	Name: "shutdown", Datagram: true,
	Steps: []pt.Step{pt.Client(pt.Hex("0207 04 001d9c100031 0407 03 001d9c100032 0602 0000 0000")...)},
}, {
	Name: "no chassis first", Datagram: true, Foreign: true,
	Steps: []pt.Step{pt.Client(pt.Hex("0405 05 702d3031 0602 ffff 0a")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

// The id of a port is a MAC where its kind says so, whatever its bytes are.
func TestPortIsAMAC(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), pt.Session{Datagram: true, Steps: []pt.Step{pt.Client(pt.Hex("0207 04 ec74ba100002 0407 03 ec74ba100003 0602 0078 0000")...),
		pt.Client(pt.Hex("0207 04 ec74ba100002 0407 05 706f72743031 0602 0078 0000")...)}}))
	for i, want := range []string{"ec:74:ba:10:00:03", "port01"} {
		if got := string(fields[2].Text(&did[i])); got != want {
			t.Errorf("%s; want %s", got, want)
		}
	}
}

func TestAdvertisement(t *testing.T) {
	obs := pt.Play(t, Protocol(), seeds[0])
	did, ids := pt.Dids(obs), pt.Identities(obs)
	want := `{"lldp.message":1,"lldp.message_name":"advertisement","lldp.system":"core-01","lldp.port":"p-01","lldp.ttl":120,"lldp.capabilities":4,"lldp.management":"10.77.10.1"}`
	if got := pt.JSON(Protocol(), &did[0]); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if did[1].Code != shutdown || string(did[1].Name) != "00:1d:9c:10:00:31" {
		t.Errorf("%+v", did[1])
	}
	if f := ids[0].Facts; len(ids) != 2 || ids[1].Of.HostString() != "10.77.10.1" || ids[1].Facts != f || f[ot.FactName] != "core-01" || f[ot.FactProduct] != "SCALE" || f[ot.FactType] != "bridge" ||
		f[ot.FactOrder] != "RSP35" || f[ot.FactFirmware] != "1.0" || f[ot.FactSerial] != "\uFFFD" {
		t.Errorf("%+v", ids)
	}
}
