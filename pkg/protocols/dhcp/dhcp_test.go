package dhcp

import (
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// message is the fixed part and options.
func message(operation string, now, given string, options string) []byte {
	return pt.Join(pt.Hex(operation+"010600 3903f326 0000 0000"+now+given+"00000000 00000000 000b8201fc42 00000000000000000000"),
		make([]byte, 192), pt.Hex("63825363"+options+"ff"))
}

// everybody is a conversation with 255.255.255.255.
func everybody() *ot.Conv {
	c := &ot.Conv{Transport: ot.UDP, First: 1}
	c.Client.IP = [16]byte{10: 0xff, 11: 0xff}
	c.Client.Port, c.Server.Port = 68, 67
	c.Server.IP = [16]byte{10: 0xff, 11: 0xff, 12: 0xff, 13: 0xff, 14: 0xff, 15: 0xff}
	return c
}

const (
	none = "00000000"
	here = "0a000014" // 10.0.0.20, the client of the tests
	host = "0c 05 70616e656c"
)

var seeds = []pt.Session{{
	Name: "renewal", Datagram: true,
	Steps: []pt.Step{
		pt.Client(message("01", here, none, "35 01 03"+host+"3c 08 4d53465420352e30")...), // MSFT 5.0
		pt.Server(message("02", here, here, "35 01 05 36 04 0a00000a")...),
	},
}, {
	Name: "refused", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client(message("01", none, none, "35 01 03"+host+"32 04 0a000015")...),
		pt.Server(message("02", none, none, "35 01 06 36 04 0a00000a")...),
		pt.Client(message("01", none, none, "")...), // BOOTP
		pt.Server(message("02", none, here, "")...),
	},
}, {
	Name: "to everybody", Datagram: true, Conv: everybody(),
	Steps: []pt.Step{
		pt.Client(message("01", none, none, "35 01 01"+host)...),
		pt.Client(message("01", none, none, "35 01 03"+host+"32 04 0a000015 36 04 0a00000a")...), // takes what was offered
	},
}, {
	Name: "another protocol", Foreign: true, Datagram: true,
	Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestMessages(t *testing.T) {
	var did []ot.Transaction
	for _, s := range seeds[:3] {
		did = append(did, pt.Dids(pt.Play(t, Protocol(), s))...)
	}
	for i, want := range []struct {
		code   uint32
		status ot.Status
		what   string
	}{
		{request, ot.OK, "10.0.0.20 for panel"},
		{request, ot.Refused, "10.0.0.21 for panel"},
		{Bootp | bootRequest, ot.OK, "10.0.0.20 for 00:0b:82:01:fc:42"},
		{discover, ot.OneWay, "an address for panel"},
		{request, ot.OneWay, "10.0.0.21 for panel"},
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		if what := string(describe(&did[i], nil)); did[i].Code != want.code || did[i].Status != want.status || what != want.what {
			t.Errorf("%d: %d %v %q; want %+v", i, did[i].Code, did[i].Status, what, want)
		}
	}
}

func TestNamesOfClients(t *testing.T) {
	for i, want := range map[int]string{0: "10.0.0.20 panel MSFT 5.0", 2: "10.0.0.21 panel "} {
		ids := pt.Identities(pt.Play(t, Protocol(), seeds[i]))
		if len(ids) != 1 || ids[0].Of.HostString()+" "+ids[0].Facts[ot.FactName]+" "+ids[0].Facts[ot.FactType] != want {
			t.Errorf("%s: %+v; want %s", seeds[i].Name, ids, want)
		}
	}
}
