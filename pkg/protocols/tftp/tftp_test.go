package tftp

import (
	"testing"

	pt "otsensor/pkg/protocols/protocoltest"
)

var seeds = []pt.Session{{
	Name: "requests", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client([]byte("\x00\x02firmware_20261128.bin\x00octet\x00")...),
		pt.Server(pt.Hex("0004 0000")...),
		pt.Client([]byte("\x00\x01startup.cfg\x00OCTET\x00tsize\x000\x00")...),
		pt.Server([]byte("\x00\x05\x00\x01File not found\x00")...),
	},
}, transfers, {
	Name: "an error nobody waits for", Datagram: true,
	Steps: []pt.Step{pt.Server([]byte("\x00\x05\x00\x00stop\x00")...)},
}, {
	Name: "another protocol", Foreign: true, Datagram: true,
	Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestRequests(t *testing.T) {
	did := append(pt.Dids(pt.Play(t, Protocol(), seeds[0])), pt.Dids(pt.Play(t, Protocol(), seeds[2]))...)
	for i, want := range []string{
		`ok firmware_#.bin {"tftp.operation":2,"tftp.operation_name":"write_request","tftp.file":"firmware_20261128.bin","tftp.mode":"octet"}`,
		`oneway firmware_#.bin {"tftp.operation":3,"tftp.operation_name":"transfer","tftp.file":"firmware_20261128.bin","tftp.mode":"octet","tftp.outcome":3,"tftp.outcome_name":"stalled","tftp.writes":1,"tftp.blocks":0,"tftp.bytes":0}`,
		`refused startup.cfg {"tftp.operation":1,"tftp.operation_name":"read_request","tftp.file":"startup.cfg","tftp.mode":"OCTET","tftp.error":1,"tftp.error_name":"file_not_found"}`,
		`unasked  {"tftp.operation":5,"tftp.operation_name":"error","tftp.error":256,"tftp.error_name":"undefined"}`,
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		if got := did[i].Status.String() + " " + string(did[i].Name) + " " + pt.JSON(Protocol(), &did[i]); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
