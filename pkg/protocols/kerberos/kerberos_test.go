package kerberos

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// der is one value: its tag, its length and what stands in it.
func der(tag byte, parts ...[]byte) []byte {
	b := pt.Join(parts...)
	if len(b) < 0x80 {
		return append([]byte{tag, byte(len(b))}, b...)
	}
	return append([]byte{tag, 0x82, byte(len(b) >> 8), byte(len(b))}, b...)
}

func number(n byte) []byte          { return der(2, []byte{n}) }
func text(s string) []byte          { return der(0x1b, []byte(s)) }
func at(n byte, body []byte) []byte { return der(0xa0|n, body) }

// principal is a name of parts.
func principal(parts ...string) []byte {
	var names [][]byte
	for _, p := range parts {
		names = append(names, text(p))
	}
	return der(0x30, at(0, number(1)), at(1, der(0x30, names...)))
}

// request asks for a ticket: kind, client where it is in clear, service.
func request(kind byte, client []byte, service ...string) []byte {
	body := [][]byte{at(0, der(3, pt.Hex("00 40800010")))} // options
	if client != nil {
		body = append(body, at(1, client))
	}
	body = append(body, at(2, text("PLANT.EXAMPLE")), at(3, principal(service...)), at(7, number(7)), at(8, der(0x30, number(18))))
	return der(0x60|kind, der(0x30, at(1, number(5)), at(2, number(kind)), at(4, der(0x30, body...))))
}

// reply hands over what is encrypted in a way.
func reply(kind, encryption byte) []byte {
	return der(0x60|kind, der(0x30, at(0, number(5)), at(1, number(kind)), at(3, text("PLANT.EXAMPLE")), at(4, principal("operator")),
		at(6, der(0x30, at(0, number(encryption)), at(2, der(4, make([]byte, 20)))))))
}

func refuse(why byte) []byte {
	return der(0x60|failure, der(0x30, at(0, number(5)), at(1, number(failure)), at(4, der(0x18, []byte("20261128093000Z"))), at(5, number(0)), at(6, number(why)), at(9, text("PLANT.EXAMPLE"))))
}

func overTCP(b []byte) []byte { return append([]byte{0, 0, byte(len(b) >> 8), byte(len(b))}, b...) }

var operator = request(asRequest, principal("operator"), "krbtgt", "PLANT.EXAMPLE")

var seeds = []pt.Session{{
	Name: "log-ons", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client(operator...), pt.Server(refuse(preauthRequired)...), // a step
		pt.Client(operator...), pt.Server(refuse(24)...), // wrong password
		pt.Client(operator...), pt.Server(reply(asReply, 18)...),
	},
}, {
	Name: "tickets", PDUs: true,
	Steps: []pt.Step{
		pt.Client(overTCP(request(tgsRequest, nil, "host", "filler.plant.example"))...), pt.Server(overTCP(reply(tgsReply, 23))...),
		pt.Client(overTCP(request(tgsRequest, nil, "host", "absent"))...), pt.Server(overTCP(refuse(7))...),
	},
}, {
	Name: "sent twice", Datagram: true,
	Steps: []pt.Step{pt.Client(operator...), pt.Client(operator...), pt.Server(reply(asReply, 18)...), pt.Server(refuse(60)...)}, // the error nobody waits for
}, {
	Name: "web", Foreign: true, Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}, {
	Name: "another version", Foreign: true, Steps: []pt.Step{pt.Client(der(0x60|asRequest, der(0x30, at(1, number(4)), at(2, number(asRequest))))...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestTransactions(t *testing.T) {
	did := append(pt.Dids(pt.Play(t, Protocol(), seeds[0])), pt.Dids(pt.Play(t, Protocol(), seeds[1]))...)
	who := `"kerberos.message":10,"kerberos.message_name":"as_request","kerberos.client":"operator","kerberos.realm":"PLANT.EXAMPLE","kerberos.service":"krbtgt/PLANT.EXAMPLE"`
	what := `"kerberos.message":12,"kerberos.message_name":"tgs_request","kerberos.realm":"PLANT.EXAMPLE","kerberos.service":"host/`
	for i, want := range []string{
		`ok auth operator {` + who + `,"kerberos.error":25,"kerberos.error_name":"preauthentication_required"}`,
		`refused auth operator {` + who + `,"kerberos.error":24,"kerberos.error_name":"wrong_password"}`,
		`ok auth operator {` + who + `,"kerberos.encryption":18,"kerberos.encryption_name":"aes256"}`,
		`ok session host/filler.plant.example {` + what + `filler.plant.example","kerberos.encryption":23,"kerberos.encryption_name":"rc4"}`,
		`refused session host/absent {` + what + `absent","kerberos.error":7,"kerberos.error_name":"service_unknown"}`,
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		if got := did[i].Status.String() + " " + did[i].Op.String() + " " + string(did[i].Name) + " " + pt.JSON(Protocol(), &did[i]); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	if len(did) != 5 || did[1].StatusCode != 24 || did[0].Status != ot.OK {
		t.Errorf("%d transactions", len(did))
	}
}

func TestSentTwiceIsOneRequest(t *testing.T) {
	if did := pt.Dids(pt.Play(t, Protocol(), seeds[2])); len(did) != 2 || did[0].Status != ot.OK || did[1].Code != failure || did[1].Status != ot.Unasked || did[1].StatusCode != 60 {
		t.Errorf("%+v", did)
	}
}

func TestProbe(t *testing.T) {
	for _, c := range []struct {
		head []byte
		want protocols.Answer
	}{
		{nil, protocols.More}, {operator, protocols.Either}, {operator[:4], protocols.More}, {overTCP(operator), protocols.Either}, {overTCP(operator)[:6], protocols.More},
		{append([]byte{0, 0, 0, 9}, operator...), protocols.No}, {[]byte("\x60\x10"), protocols.No},
	} {
		if got := probe(c.head); got != c.want {
			t.Errorf("% x: %d; want %d", c.head, got, c.want)
		}
	}
}
