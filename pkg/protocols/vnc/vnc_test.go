package vnc

import (
	"bytes"
	"slices"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
	"otsensor/pkg/protocols/tls"
)

var (
	version8 = []byte("RFB 003.008\n")
	version3 = []byte("RFB 003.003\n")
	secret   = pt.Hex("000102030405060708090a0b0c0d0e0f")
	// opens is 800 by 600, the form of pixels, the name "Filler HMI".
	opens = pt.Join(pt.Hex("0320 0258 20 18 00 01 00ff 00ff 00ff 10 08 00 000000 0000000a"), []byte("Filler HMI"))
)

var seeds = []pt.Session{{
	Name: "password",
	Steps: []pt.Step{pt.Server(version8...), pt.Client(version8...), pt.Server(2, none, vncAuth), pt.Client(vncAuth), pt.Server(secret...), pt.Client(secret...),
		pt.Server(0, 0, 0, 0), pt.Client(1), pt.Server(opens...), pt.Client(0, 0, 0, 0)},
}, {
	Name: "refused",
	Steps: []pt.Step{pt.Server(version8...), pt.Client(version8...), pt.Server(1, vncAuth), pt.Client(vncAuth), pt.Server(secret...), pt.Client(secret...),
		pt.Server(0, 0, 0, 1), pt.Server(append(pt.Hex("00000011"), "too many attempts"...)...)},
}, {
	Name:  "oldest version, no log-on",
	Steps: []pt.Step{pt.Server(version8...), pt.Client(version3...), pt.Server(0, 0, 0, none), pt.Client(0), pt.Server(opens...)},
}, {
	Name:  "no log-on",
	Steps: []pt.Step{pt.Server(version8...), pt.Client(version8...), pt.Server(1, none), pt.Client(none), pt.Server(0, 0, 0, 0), pt.Client(1), pt.Server(opens...)},
}, {
	Name:  "another security",
	Steps: []pt.Step{pt.Server(version8...), pt.Client(version8...), pt.Server(1, 16), pt.Client(16), pt.Server(secret...)},
}, {
	Name:  "nobody answers",
	Steps: []pt.Step{pt.Server(version8...), pt.Client(version8...), pt.Server(1, vncAuth), pt.Client(vncAuth), pt.Server(secret...), pt.Client(secret...)},
}, {
	Name: "one side", PDUs: true, Steps: []pt.Step{pt.Server(version8...)},
}, {
	Name:  "a name without end",
	Steps: []pt.Step{pt.Server(version8...), pt.Client(version3...), pt.Server(0, 0, 0, none), pt.Client(0), pt.Server(bytes.Repeat([]byte{7}, 2*reasonMost)...)},
}, {
	Name:  "VeNCrypt",
	Steps: append(vencrypts(1, 258), pt.Server(1), pt.Client(hello...), pt.Client(pt.Hex("17 0303 0003 aabbcc")...)),
}, {
	Name:  "VeNCrypt, in clear",
	Steps: append(vencrypts(1, 256), pt.Client([]byte("\x00\x00\x00\x04\x00\x00\x00\x07userGq7pump")...)),
}, {
	Name:  "VeNCrypt, refused",
	Steps: append(vencrypts(2, 258), pt.Server(0)),
}, {
	Name:  "TLS at once",
	Steps: []pt.Step{pt.Server(version8...), pt.Client(version8...), pt.Server(1, overTLS), pt.Client(overTLS), pt.Client(hello...)},
}, {
	Name: "web", Foreign: true, Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}}

var hello = pt.Hex("16 0301 002f 01 00002b 0303" + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" + "00 0004 c02f c030 01 00")

// vencrypts is a session up to the choice of a subtype, of which so many are offered.
func vencrypts(n int, kind uint16) []pt.Step {
	choice := []byte{0, 0, byte(kind >> 8), byte(kind)}
	return []pt.Step{pt.Server(version8...), pt.Client(version8...), pt.Server(1, vencrypt), pt.Client(vencrypt), pt.Server(0, 2), pt.Client(0, 2),
		pt.Server(append([]byte{0, byte(n)}, bytes.Repeat(choice, n)...)...), pt.Client(choice...)}
}

// inside is the row of TLS without its fields, which its own tests reach.
func inside() protocols.Protocol {
	row := tls.Protocol()
	row.Fields = nil
	return row
}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds, inside()) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds, inside()) }

func TestVeNCrypt(t *testing.T) {
	const head, tail = ` {"vnc.message":1,"vnc.message_name":"log_on","vnc.version":8,"vnc.security":19,"vnc.security_name":"vencrypt",`, `"vnc.client":"RFB 003.008","vnc.server":"RFB 003.008"}`
	for name, want := range map[string]string{
		"VeNCrypt":           "oneway" + head + `"vnc.subtype":258,"vnc.subtype_name":"tls_vnc_password",` + tail,
		"VeNCrypt, in clear": "oneway" + head + `"vnc.subtype":256,"vnc.subtype_name":"plain",` + tail,
		"VeNCrypt, refused":  "refused" + head + `"vnc.subtype":258,"vnc.subtype_name":"tls_vnc_password",` + tail,
	} {
		i := slices.IndexFunc(seeds, func(s pt.Session) bool { return s.Name == name })
		did := pt.Dids(pt.Play(t, Protocol(), seeds[i]))
		if got := did[0].Status.String() + " " + pt.JSON(Protocol(), &did[0]); got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
		if under := len(did) > 1 && did[1].Proto == ot.ProtoTLS; under != (name == "VeNCrypt") {
			t.Errorf("%s: TLS %v", name, under)
		}
		for _, d := range did {
			if bytes.Contains(d.Value, []byte("Gq7pump")) {
				t.Error("a password was kept")
			}
		}
	}
}

func TestSessions(t *testing.T) {
	const both = `"vnc.client":"RFB 003.008","vnc.server":"RFB 003.008"`
	for i, want := range [][]string{
		{`ok {"vnc.message":1,"vnc.message_name":"log_on","vnc.version":8,"vnc.security":2,"vnc.security_name":"vnc_password",` + both + `}`,
			`ok {"vnc.message":2,"vnc.message_name":"open_desktop","vnc.version":8,"vnc.security":2,"vnc.security_name":"vnc_password","vnc.desktop":"Filler HMI","vnc.width":800,"vnc.height":600,"vnc.shared":1}`},
		{`refused {"vnc.message":1,"vnc.message_name":"log_on","vnc.version":8,"vnc.security":2,"vnc.security_name":"vnc_password",` + both + `,"vnc.reason":"too many attempts"}`},
		{`ok {"vnc.message":2,"vnc.message_name":"open_desktop","vnc.version":3,"vnc.security":1,"vnc.security_name":"none","vnc.desktop":"Filler HMI","vnc.width":800,"vnc.height":600,"vnc.shared":0}`},
		{`ok {"vnc.message":1,"vnc.message_name":"log_on","vnc.version":8,"vnc.security":1,"vnc.security_name":"none",` + both + `}`},
		{`oneway {"vnc.message":1,"vnc.message_name":"log_on","vnc.version":8,"vnc.security":16,"vnc.security_name":"tight",` + both + `}`},
		{`unanswered {"vnc.message":1,"vnc.message_name":"log_on","vnc.version":8,"vnc.security":2,"vnc.security_name":"vnc_password"}`},
	} {
		obs := pt.Play(t, Protocol(), seeds[i])
		did := pt.Dids(obs)
		for j, w := range want {
			if j >= len(did) {
				t.Fatalf("%s: %d transactions", seeds[i].Name, len(did))
			}
			if got := did[j].Status.String() + " " + pt.JSON(Protocol(), &did[j]); got != w {
				t.Errorf("%s: %s\nwant %s", seeds[i].Name, got, w)
			}
		}
		if ids := pt.Identities(obs); i == 0 && (len(ids) != 1 || ids[0].Facts[ot.FactName] != "Filler HMI") {
			t.Errorf("%+v", ids)
		}
	}
}

// Who goes on before it is asked is not waited for without end.
func TestOutOfTurn(t *testing.T) {
	s := pt.Session{Steps: []pt.Step{pt.Server(version8...), pt.Client(version8...), pt.Server(pt.Join([]byte{1, vncAuth}, make([]byte, 4*reasonMost))...)}}
	if odd := pt.Odds(pt.Play(t, Protocol(), s)); len(odd) != 1 || odd[0] != ot.LostSync {
		t.Error(odd)
	}
}
