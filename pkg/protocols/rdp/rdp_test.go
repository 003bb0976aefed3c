package rdp

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
	"otsensor/pkg/protocols/tls"
)

// asks is a connection request: TPKT, TPDU, what follows its fixed part.
func tpdu(kind byte, rest []byte) []byte {
	n := byte(fixed + len(rest))
	return append([]byte{3, 0, 0, n, n - tpktHeader - 1, kind, 0, 0, 0x12, 0x34, 0}, rest...)
}

var (
	hello = pt.Hex("16 0301 002f 01 00002b 0303" + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" + "00 0004 c02f c030 01 00")
	asked = tpdu(request, append([]byte("Cookie: mstshash=engineer\r\n"), pt.Hex("01 00 0800 03000000")...)) // TLS or CredSSP
)

// intro is the first message behind the old negotiation: a request for a
// conference with the client's core data, of which the end is left out.
var intro = pt.Join(pt.Hex("0300 004c 02f080 7f65 8201 04"), []byte("Duca"), pt.Hex(`80 3c
	01c0 3800 04000800 0004 0003 01ca 03aa 07040000 634a0000 ; core data, 1024 by 768, build 19043
	50004100440037000000 00000000000000000000000000000000000000000000`)) // PAD7

func TestClientSaysItsName(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), seeds[4]))
	if len(ids) != 1 || ids[0].Facts[ot.FactName] != "PAD7" || ids[0].Facts[ot.FactFirmware] != "build 19043" || ids[0].Of.HostString() != "10.0.0.20" {
		t.Errorf("%+v", ids)
	}
}

var seeds = []pt.Session{{
	Name: "over TLS",
	Steps: []pt.Step{pt.Client(asked...), pt.Server(tpdu(confirm, pt.Hex("02 1f 0800 02000000"))...),
		pt.Client(hello...), pt.Server(pt.Hex("15 0303 0002 01 00")...), pt.Client(pt.Hex("17 0303 0003 aabbcc")...)},
}, {
	Name: "refused", PDUs: true,
	Steps: []pt.Step{pt.Client(tpdu(request, append([]byte("Cookie: msts=3640205228.15629.0000\r\n"), pt.Hex("01 00 0800 00000000")...))...)},
}, {
	Name:  "CredSSP is required",
	Steps: []pt.Step{pt.Client(tpdu(request, pt.Hex("01 00 0800 01000000"))...), pt.Server(tpdu(confirm, pt.Hex("03 00 0800 05000000"))...)},
}, {
	Name:  "before negotiations",
	Steps: []pt.Step{pt.Client(tpdu(request, nil)...), pt.Server(tpdu(confirm, nil)...), pt.Client(pt.Hex("0300 000c 02f080 7f65 82")...)},
}, {
	Name:  "a client says its name",
	Steps: []pt.Step{pt.Client(tpdu(request, nil)...), pt.Server(tpdu(confirm, nil)...), pt.Client(intro...), pt.Client(intro...)},
}, {
	Name: "web", Foreign: true, Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}, {
	Name: "S7", Foreign: true, Steps: []pt.Step{pt.Client(pt.Hex("0300 0016 11e0 0000 0001 00 c1020100 c2020102 c0010a")...)},
}}

// inside is the row of TLS without its fields, which its own tests reach.
func inside() protocols.Protocol {
	row := tls.Protocol()
	row.Fields = nil
	return row
}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds, inside()) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds, inside()) }

func TestNegotiation(t *testing.T) {
	for i, want := range []string{
		`ok {"rdp.message":1,"rdp.message_name":"connect","rdp.user":"engineer","rdp.asked":3,"rdp.security":2,"rdp.security_name":"credssp"}`,
		`oneway {"rdp.message":1,"rdp.message_name":"connect","rdp.token":"3640205228.15629.0000","rdp.asked":0}`,
		`refused {"rdp.message":1,"rdp.message_name":"connect","rdp.asked":1,"rdp.failure":5,"rdp.failure_name":"credssp_required"}`,
		`ok {"rdp.message":1,"rdp.message_name":"connect","rdp.security":0,"rdp.security_name":"standard"}`,
	} {
		did := pt.Dids(pt.Play(t, Protocol(), seeds[i]))
		if got := did[0].Status.String() + " " + pt.JSON(Protocol(), &did[0]); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
		if i == 0 && (len(did) != 2 || did[1].Proto != ot.ProtoTLS) {
			t.Errorf("the TLS inside: %+v", did)
		}
	}
}
