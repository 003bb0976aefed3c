package vnc

import (
	"bytes"
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
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
	Steps: []pt.Step{pt.Server(version8...), pt.Client(version8...), pt.Server(1, 19), pt.Client(19), pt.Server(secret...)},
}, {
	Name:  "nobody answers",
	Steps: []pt.Step{pt.Server(version8...), pt.Client(version8...), pt.Server(1, vncAuth), pt.Client(vncAuth), pt.Server(secret...), pt.Client(secret...)},
}, {
	Name: "one side", PDUs: true, Steps: []pt.Step{pt.Server(version8...)},
}, {
	Name:  "a name without end",
	Steps: []pt.Step{pt.Server(version8...), pt.Client(version3...), pt.Server(0, 0, 0, none), pt.Client(0), pt.Server(bytes.Repeat([]byte{7}, 2*reasonMost)...)},
}, {
	Name: "web", Foreign: true, Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestSessions(t *testing.T) {
	const both = `"vnc.client":"RFB 003.008","vnc.server":"RFB 003.008"`
	for i, want := range [][]string{
		{`ok {"vnc.message":1,"vnc.message_name":"log_on","vnc.version":8,"vnc.security":2,"vnc.security_name":"vnc_password",` + both + `}`,
			`ok {"vnc.message":2,"vnc.message_name":"open_desktop","vnc.version":8,"vnc.security":2,"vnc.security_name":"vnc_password","vnc.desktop":"Filler HMI","vnc.width":800,"vnc.height":600,"vnc.shared":1}`},
		{`refused {"vnc.message":1,"vnc.message_name":"log_on","vnc.version":8,"vnc.security":2,"vnc.security_name":"vnc_password",` + both + `,"vnc.reason":"too many attempts"}`},
		{`ok {"vnc.message":2,"vnc.message_name":"open_desktop","vnc.version":3,"vnc.security":1,"vnc.security_name":"none","vnc.desktop":"Filler HMI","vnc.width":800,"vnc.height":600,"vnc.shared":0}`},
		{`ok {"vnc.message":1,"vnc.message_name":"log_on","vnc.version":8,"vnc.security":1,"vnc.security_name":"none",` + both + `}`},
		{`oneway {"vnc.message":1,"vnc.message_name":"log_on","vnc.version":8,"vnc.security":19,"vnc.security_name":"vencrypt",` + both + `}`},
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
