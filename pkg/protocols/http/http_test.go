package http

import (
	"bytes"
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

func client(s string) pt.Step { return pt.Client([]byte(s)...) }
func server(s string) pt.Step { return pt.Server([]byte(s)...) }

// secret is "operator:Gq7pump" as basic authentication writes it.
const secret = "b3BlcmF0b3I6R3E3cHVtcA=="

var seeds = []pt.Session{{
	Name: "pages", PDUs: true,
	Steps: []pt.Step{
		client("GET /status/42?token=Gq7pump HTTP/1.1\r\nHost: plc.plant.example\r\n\r\n"),
		server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
		client("HEAD / HTTP/1.1\r\n\r\n"),
		server("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"), // of the body that is not sent
		client("PUT /firmware_20261128.bin HTTP/1.1\r\nContent-Length: 0\r\nAuthorization: Basic " + secret + "\r\n\r\n"),
		server("HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
		client("BREW /pot HTTP/1.1\r\nAuthorization: Bearer x\r\n\r\n"),
		server("HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n"),
		client("GET /last HTTP/1.1\r\nAuthorization: Bearer x\r\n\r\n"),
		server("HTTP/1.1 204 None\r\n\r\n"),
	},
}, {
	Name: "software",
	Steps: []pt.Step{
		client("POST / HTTP/1.1\r\nUser-Agent: curl/7.88.1\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nUser-Agent: curl/7.88.1\r\n\r\n"),
		server("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n\r\nto the end"),
	},
}, {
	Name: "tunnel",
	Steps: []pt.Step{
		client("CONNECT far.example:443 HTTP/1.1\r\n\r\n"), server("HTTP/1.1 200 OK\r\n\r\n"),
		client("\x16\x03\x01\x02\x00GET / HTTP/1.1\r\n\r\n"),
	},
}, {
	Name: "mail", Foreign: true,
	Steps: []pt.Step{pt.Client([]byte("EHLO plant.example\r\n")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestTransactions(t *testing.T) {
	var did []ot.Transaction
	for _, s := range seeds[:3] {
		did = append(did, pt.Dids(pt.Play(t, Protocol(), s))...)
	}
	for i, want := range []string{
		`ok read-data {"http.method":1,"http.method_name":"get","http.host":"plc.plant.example","http.path":"/status/42","http.status":200,"http.query":1}`,
		`ok read-data {"http.method":2,"http.method_name":"head","http.path":"/","http.status":200}`,
		`refused file {"http.method":4,"http.method_name":"put","http.path":"/firmware_20261128.bin","http.status":401,"http.basic_auth":1,"http.request_length":0}`,
		`refused unknown {"http.method":0,"http.method_name":"other_method","http.path":"/pot","http.status":418,"http.other_auth":1}`,
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		if got := did[i].Status.String() + " " + did[i].Op.String() + " " + pt.JSON(Protocol(), &did[i]); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	if name := string(did[2].Name); name != "/firmware_#.bin" {
		t.Error(name)
	}
	if last := did[len(did)-1]; last.Code != connect || len(did) != 8 {
		t.Errorf("%d transactions, the last %+v", len(did), last)
	}
}

func TestSoftware(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), seeds[1]))
	if len(ids) != 2 || ids[0].Facts[ot.FactProduct] != "curl/7.88.1" || ids[1].Facts[ot.FactProduct] != "nginx/1.22.1" {
		t.Errorf("%+v", ids)
	}
}

// Neither a password nor a query leaves the decoder.
func TestSecretsAreForgotten(t *testing.T) {
	for _, d := range pt.Dids(pt.Play(t, Protocol(), seeds[0])) {
		all := pt.Join(d.Name, d.Value, []byte(pt.JSON(Protocol(), &d)))
		if bytes.Contains(all, []byte(secret)) || bytes.Contains(all, []byte("Gq7pump")) {
			t.Errorf("%q", all)
		}
	}
}
