package telnet

import (
	"bytes"
	"testing"

	pt "otsensor/pkg/protocols/protocoltest"
)

func client(s string) pt.Step { return pt.Client([]byte(s)...) }
func server(s string) pt.Step { return pt.Server([]byte(s)...) }

const secret = "Gq7pump"

var seeds = []pt.Session{{
	Name: "log-on",
	Steps: []pt.Step{
		client("\xff\xfd\x03\xff\xfb\x18"), server("\xff\xfd\x18\xff\xfa\x18\x01\xff\xf0\r\nPump 7\r\nlogin: "),
		client("operatr\x7for\r\n"), server("operator\r\nPassword: "),
		client(secret + "\r\n"), server("\r\nLogin incorrect\r\npump-7 login: "),
		client("operator\r\n"), server("operator\r\nPassword: "),
		client(secret + "\r\n"), server("\r\nLast login: today from 10.0.0.9\r\n$ "),
		client("ls\r\n"), server("ls\r\nrecipe\r\n$ "),
	},
}, {
	Name: "negotiation", PDUs: true,
	Steps: []pt.Step{pt.Client(iac, will, 1)},
}, {
	Name:  "no answer",
	Steps: []pt.Step{server("\xff\xfb\x01login: "), client("\xff\xfd\x01root\r\n"), server("Password: "), client(secret + "\r\n")},
}, {
	Name: "web", Foreign: true,
	Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestLogOns(t *testing.T) {
	did := append(pt.Dids(pt.Play(t, Protocol(), seeds[0])), pt.Dids(pt.Play(t, Protocol(), seeds[2]))...)
	for i, want := range []string{
		`oneway session {"telnet.message":1,"telnet.message_name":"negotiation"}`,
		`refused auth {"telnet.message":2,"telnet.message_name":"login","telnet.user":"operator","telnet.password":1}`,
		`ok auth {"telnet.message":2,"telnet.message_name":"login","telnet.user":"operator","telnet.password":1}`,
		`unasked session {"telnet.message":1,"telnet.message_name":"negotiation"}`,
		`oneway auth {"telnet.message":2,"telnet.message_name":"login","telnet.user":"root","telnet.password":1}`,
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		if got := did[i].Status.String() + " " + did[i].Op.String() + " " + pt.JSON(Protocol(), &did[i]); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

func TestPasswordIsForgotten(t *testing.T) {
	for _, s := range seeds {
		for _, d := range pt.Dids(pt.Play(t, Protocol(), s)) {
			if bytes.Contains(pt.Join(d.Name, d.Value), []byte(secret)) {
				t.Errorf("%s: %q", s.Name, d.Name)
			}
		}
	}
}

// Whatever an echo shows, it is no user.
func TestCommandsAreNoLogOn(t *testing.T) {
	obs := pt.Play(t, Protocol(), pt.Session{Steps: []pt.Step{client("ls\r\n"), server("recipe: 7\r\n$ "), client("cat recipe\r\n")}})
	if did := pt.Dids(obs); len(did) > 0 {
		t.Errorf("%+v", did)
	}
}
