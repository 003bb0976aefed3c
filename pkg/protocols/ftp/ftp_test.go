package ftp

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

func client(s string) pt.Step { return pt.Client([]byte(s + "\r\n")...) }
func server(s string) pt.Step { return pt.Server([]byte(s + "\r\n")...) }

const secret = "Gq7pump"

var seeds = []pt.Session{{
	Name: "transfer", PDUs: true,
	Steps: []pt.Step{
		client("USER operator"), server("331 Please specify the password."),
		client("PASS " + secret), server("230 Login successful."),
		client("STOR BR_20261128_001.csv"), server("150 Ok to send data."), server("226 Transfer complete."),
		client("RETR recipe.xml"), server("550 Failed to open file."),
		client("QUIT"), server("221 Goodbye."),
	},
}, {
	Name: "data", PDUs: true, Beside: []byte("1234567"), Allocates: "a data connection is a conversation of its own",
	Steps: []pt.Step{
		client("PASV"), server("227 Entering Passive Mode (10,0,0,10,156,64)."), client("RETR recipe.xml"), server("150 Here it comes."), server("226 Done."),
		client("EPSV"), server("229 Entering Extended Passive Mode (|||40001|)"), client("STOR a.csv"), server("226 Done."),
		client("PORT 10,0,0,20,195,80"), server("200 Fine."), client("LIST"), server("226 Done."),
		client("EPRT |1|10.0.0.20|50001|"), server("200 Fine."), client("RETR b"), server("550 Not there."), client("RETR c"), server("226 Done."),
		client("PASV"), server("227 What (10,0,0)."), client("PORT 1,2,3,4,5,999"), server("500 No."),
	},
}, {
	Name: "refused",
	Steps: []pt.Step{
		server("220 (vsFTPd 3.0.3)"),
		client("USER root"), server("331 Password."), client("pass " + secret), server("530 Login incorrect."),
		client("FEAT"), server("211-Features:\r\n UTF8\r\n211 End"),
		client("AUTH TLS"), server("234 Proceed."), client("\x16\x03\x01 and what follows"),
	},
}, {
	Name: "midway", Rough: true,
	Steps: []pt.Step{pt.Lost(ot.ToServer), client("te.csv"), client("XSEC " + secret), server("500 Unknown.")},
}, {
	Name: "web", Foreign: true,
	Steps: []pt.Step{pt.Client([]byte("\x16\x03\x01\x02\x00\x01\x00")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestTransactions(t *testing.T) {
	var did []ot.Transaction
	for _, s := range []pt.Session{seeds[0], seeds[2]} {
		did = append(did, pt.Dids(pt.Play(t, Protocol(), s))...)
	}
	for i, want := range []string{
		`ok auth {"ftp.command":1,"ftp.command_name":"user","ftp.user":"operator","ftp.reply":331}`,
		`ok auth {"ftp.command":2,"ftp.command_name":"password","ftp.user":"operator","ftp.reply":230,"ftp.password":1}`,
		`ok file {"ftp.command":11,"ftp.command_name":"store","ftp.user":"operator","ftp.argument":"BR_20261128_001.csv","ftp.reply":226}`,
		`refused file {"ftp.command":10,"ftp.command_name":"retrieve","ftp.user":"operator","ftp.argument":"recipe.xml","ftp.reply":550}`,
		`ok session {"ftp.command":30,"ftp.command_name":"quit","ftp.user":"operator","ftp.reply":221}`,
		`unasked session {"ftp.command":50,"ftp.command_name":"greeting","ftp.greeting":"(vsFTPd 3.0.3)","ftp.reply":220}`,
		`ok auth {"ftp.command":1,"ftp.command_name":"user","ftp.user":"root","ftp.reply":331}`,
		`refused auth {"ftp.command":2,"ftp.command_name":"password","ftp.user":"root","ftp.reply":530,"ftp.password":1}`,
		`ok identify {"ftp.command":47,"ftp.command_name":"features","ftp.user":"root","ftp.reply":211}`,
		`ok auth {"ftp.command":3,"ftp.command_name":"auth","ftp.user":"root","ftp.argument":"TLS","ftp.reply":234}`,
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		if got := did[i].Status.String() + " " + did[i].Op.String() + " " + pt.JSON(Protocol(), &did[i]); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	if name := string(did[2].Name); name != "br_#_#.csv" {
		t.Error(name)
	}
}

// What goes over a data connection belongs to the command behind the agreement.
func TestDataConnections(t *testing.T) {
	var got []string
	for _, d := range pt.Dids(pt.Play(t, Protocol(), seeds[1])) {
		if d.Code >= firstOf && d.Code <= lastOf {
			got = append(got, d.Status.String()+" "+string(d.Name)+" "+strconv.Itoa(int(d.Arg[argBytes]))+" "+strconv.FormatBool(d.Arg[argFlags]&flagData != 0))
		}
	}
	if want := "ok recipe.xml 7 true, ok a.csv 7 true, ok  7 true, refused b 7 true, ok c 0 false"; strings.Join(got, ", ") != want {
		t.Errorf("%s; want %s", strings.Join(got, ", "), want)
	}
}

func TestPorts(t *testing.T) {
	for text, want := range map[string]uint16{"10,0,0,10,156,64).": 40000, "10,0,0": 0, "1,2,3,4,5,999": 0, "": 0} {
		if got := portOf([]byte(text)); got != want {
			t.Errorf("%q: %d; want %d", text, got, want)
		}
	}
	for text, want := range map[string]uint16{"|||40001|)": 40001, "|1|10.0.0.20|50001|": 50001, "|||99999|": 0, "||": 0} {
		if got := extendedPort([]byte(text)); got != want {
			t.Errorf("%q: %d; want %d", text, got, want)
		}
	}
}

// A password never leaves the decoder, not even behind a command nobody knows.
func TestPasswordIsForgotten(t *testing.T) {
	for _, s := range seeds {
		for _, d := range pt.Dids(pt.Play(t, Protocol(), s)) {
			if all := pt.Join(d.Name, d.Value); bytes.Contains(all, []byte(secret)) {
				t.Errorf("%s: %q", s.Name, all)
			}
		}
	}
}
