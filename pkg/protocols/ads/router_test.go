package ads

import (
	"strings"
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// datagram is of a router: service with the bit of an answer, net id, port 10000, then tags.
func datagram(service, netID string, tags ...[]byte) []byte {
	return pt.Join(pt.Hex("03661471 07000000"), pt.Hex(service), pt.Hex(netID), pt.Hex("1027"), []byte{byte(len(tags)), 0, 0, 0}, pt.Join(tags...))
}

func tag(kind byte, data string) []byte { return append([]byte{kind, 0, byte(len(data)), 0}, data...) }

const (
	tool = "0a0a0a0a0101"
	plc  = "050d75600101"
)

var routers = pt.Session{
	Name: "who is there, and a route", Datagram: true,
	Conv: &ot.Conv{Transport: ot.UDP, Client: ot.Endpoint{IP: [16]byte{15: 1}, Port: 48899}, Server: ot.Endpoint{IP: [16]byte{15: 2}, Port: 48899}},
	Steps: []pt.Step{
		pt.Client(datagram("01000000", tool)...),
		pt.Server(datagram("01000080", plc, tag(tagHost, "CX_0D7560\x00"), tag(tagVersion, "\x02\x0b\xb4\x08"),
			tag(tagSystem, "\x14\x01\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00"))...),
		pt.Client(datagram("06000000", tool, tag(tagRoute, "LAPTOP\x00"), tag(7, "\x0a\x0a\x0a\x0a\x01\x01"), tag(tagUser, "Administrator\x00"), tag(tagPassword, "Gq7pump\x00"), tag(tagHost, "10.0.0.1\x00"))...),
		pt.Server(datagram("06000080", plc, tag(tagStatus, "\x04\x07\x00\x00"))...), // refused
		pt.Server(datagram("01000080", plc, tag(tagHost, "CX_0D7560\x00"))...),      // nobody asked any more
		pt.Client(datagram("01000000", tool)[:22]...),
		pt.Client(datagram("0b000000", tool)...), // not listed
	},
}

func TestRouters(t *testing.T) {
	obs := pt.Play(t, Protocol(), routers)
	did := pt.Dids(obs)
	for i, want := range []string{
		`identify ok the router {"ads.command":65537,"ads.command_name":"router_info","ads.port":10000,"ads.source_port":10000,"ads.net_id":5555361939713,"ads.invoke_id":7}`,
		`config-write refused route LAPTOP {"ads.command":65542,"ads.command_name":"add_route","ads.port":10000,"ads.source_port":10000,"ads.net_id":5555361939713,"ads.invoke_id":7,"ads.route":"LAPTOP","ads.user":"Administrator","ads.password":1,"ads.result":1796,"ads.result_name":"access_not_permitted"}`,
		`identify unasked the router {"ads.command":65537,"ads.command_name":"router_info","ads.port":10000,"ads.source_port":10000,"ads.net_id":5555361939713,"ads.invoke_id":7}`,
		`unknown unanswered the router {"ads.command":65547,"ads.port":10000,"ads.source_port":10000,"ads.net_id":11038234378497,"ads.invoke_id":7}`,
	} {
		if i >= len(did) {
			t.Fatalf("%d transactions", len(did))
		}
		d := &did[i]
		got := d.Op.String() + " " + d.Status.String() + " " + string(describe(d, nil)) + " " + pt.JSON(Protocol(), d)
		if got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
		if strings.Contains(got, "Gq7pump") {
			t.Error("a password was kept")
		}
	}
	ids := pt.Identities(obs)
	want := [ot.FactCount]string{ot.FactVendor: "Beckhoff", ot.FactProduct: "TwinCAT", ot.FactFirmware: "2.11.2228", ot.FactName: "CX_0D7560", ot.FactType: "Windows CE 6.0.0"}
	if len(ids) != 2 || ids[0].Facts != want || ids[0].Of.HostString() != "::2" {
		t.Errorf("%+v", ids)
	}
}
