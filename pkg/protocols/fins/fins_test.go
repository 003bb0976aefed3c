package fins

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// tcp puts the frame of TCP around a FINS command.
func tcp(command byte, body string) []byte {
	b := pt.Hex(body)
	return pt.Join([]byte(mark), []byte{0, 0, 0, byte(8 + len(b)), 0, 0, 0, command, 0, 0, 0, 0}, b)
}

var seeds = []pt.Session{{
	Name: "over TCP", PDUs: true,
	Steps: []pt.Step{
		pt.Client(tcp(frameClient, "00000000")...),          // node address, please
		pt.Server(tcp(frameServer, "0000000a 00000005")...), // client 10, server 5
		pt.Client(tcp(frameSend, `
			80 00 02        ; command, answer wanted, two gateways
			00 05 00        ; to network 0, node 5, CPU
			00 0a 00 01     ; from node 10, service 1
			0101 82 0064 00 0002 ; read D100, two words
		`)...),
		pt.Server(tcp(frameSend, "c0 00 02 000a00 000500 01 0101 0000 000a 0014")...),
		pt.Client(tcp(frameSend, "80 00 02 000500 000a00 02 0102 82 0064 00 0001 002a")...), // D100 := 42
		pt.Server(tcp(frameSend, "c0 00 02 000a00 000500 02 0102 2108")...),                 // protected
		pt.Client(tcp(frameSend, "80 00 02 000500 000a00 03 0401 ffff 04")...),              // run
		pt.Server(tcp(frameSend, "c0 00 02 000a00 000500 03 0401 0040")...),                 // good, a CPU error is flagged
		pt.Client(tcp(frameSend, "80 00 02 000500 000a00 04 2301 0001 0001 30 0000 05")...), // force CIO 0.05
		pt.Server(tcp(frameSend, "c0 00 02 000a00 000500 04 2301 0000")...),
	},
}, {
	Name: "over UDP", Datagram: true,
	Steps: []pt.Step{
		pt.Client(pt.Hex("80 00 02 010500 000a00 07 0402")...), // stop, network 1
		pt.Server(pt.Hex("c0 00 02 000a00 010500 07 0402 0000")...),
		pt.Client(pt.Hex("81 00 02 000500 000a00 08 0702 26 11 24 04 10 00")...), // clock, no answer wanted
	},
}, {
	Name: "who it is", Datagram: true,
	Steps: []pt.Step{
		pt.Client(pt.Hex("80 00 02 000500 000a00 09 0501 00")...),
		pt.Server(pt.Hex(`
			c0 00 02 000a00 000500 09 0501 0000
			434a324d2d435055333220202020202020202020 ; CJ2M-CPU32
			30322e3031202020202020202020202020202020 ; version
		`)...),
	},
}, {
	Name: "web", Foreign: true,
	Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}, {
	Name: "reserved bits", Foreign: true, Datagram: true,
	Steps: []pt.Step{pt.Client(pt.Hex("82 00 02 000500 000a00 09 0501 00")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestTransactions(t *testing.T) {
	did := append(pt.Dids(pt.Play(t, Protocol(), seeds[0])), pt.Dids(pt.Play(t, Protocol(), seeds[1]))...)
	for i, want := range []struct {
		code   uint32
		op     ot.Op
		status ot.Status
		why    uint32
		what   string
	}{
		{Frame, ot.OpSession, ot.OK, 0, "connection"},
		{readMemory, ot.OpReadData, ot.OK, 0, "D 100–101 of node 5"},
		{writeMemory, ot.OpWriteData, ot.Refused, 0x2108, "D 100 of node 5"},
		{run, ot.OpModeChange, ot.OK, 0, "node 5"},
		{forceSetReset, ot.OpForce, ot.OK, 0, "CIO bit 0 of node 5"},
		{0x0402, ot.OpModeChange, ot.OK, 0, "network 1 node 5"},
		{0x0702, ot.OpTimeSet, ot.OneWay, 0, "node 5"},
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		d := &did[i]
		if what := string(describe(d, nil)); d.Code != want.code || d.Op != want.op || d.Status != want.status || d.StatusCode != want.why || what != want.what {
			t.Errorf("%d: code %#x %v %v %#x %q; want %+v", i, d.Code, d.Op, d.Status, d.StatusCode, what, want)
		}
	}
	if d := did[1]; d.Points() != 2 || d.Point(1) != 20 {
		t.Errorf("read %v; want 10 and 20", d.Value)
	}
	if d := did[2]; d.Points() != 1 || d.Point(0) != 42 {
		t.Errorf("written %v; want 42", d.Value)
	}
}

func TestIdentity(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), seeds[2]))
	if len(ids) != 1 || ids[0].Facts[ot.FactProduct] != "CJ2M-CPU32" || ids[0].Facts[ot.FactFirmware] != "02.01" || ids[0].Of.HostString() != "10.0.0.10" {
		t.Errorf("%+v", ids)
	}
}

func TestUnlistedCommandKeepsItsNumber(t *testing.T) {
	obs := pt.Play(t, Protocol(), pt.Session{Steps: []pt.Step{pt.Client(tcp(frameSend, "80 00 02 000500 000a00 01 7777")...)}})
	if did, odd := pt.Dids(obs), pt.Odds(obs); len(did) != 1 || did[0].Code != 0x7777 || did[0].Op != ot.OpUnknown || len(odd) != 1 || odd[0] != ot.ReservedCode {
		t.Errorf("%+v %v", did, odd)
	}
}

func TestProbe(t *testing.T) {
	for _, c := range []struct {
		head string
		want protocols.Answer
	}{
		{"", protocols.More},
		{"46494e", protocols.More},
		{"46494e53 0000000c 00000000 00000000", protocols.Either},
		{"46494e53 0000000c 00000009 00000000", protocols.No}, // no such command
		{"80 00 02 000500 000a00 01 0101", protocols.FromClient},
		{"c0 00 02 000500 000a00 01 0101", protocols.FromServer},
		{"80 00 02 000500 000a00 01 7777", protocols.No},
		{"80 01 02 000500 000a00 01 0101", protocols.No}, // reserved byte
	} {
		if got := probe(pt.Hex(c.head)); got != c.want {
			t.Errorf("%s: %d; want %d", c.head, got, c.want)
		}
	}
}
