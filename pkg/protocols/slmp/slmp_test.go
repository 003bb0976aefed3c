package slmp

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

var seeds = []pt.Session{{
	Name: "3E reads, writes and stops", PDUs: true,
	Steps: []pt.Step{
		pt.Client(pt.Hex(`
			5000 00 ff ff03 00 0c00 ; 3E, connected station, CPU, 12 bytes
			1000 0104 0000          ; timer, read devices, words
			640000 a8 0200          ; D100, two points
		`)...),
		pt.Server(pt.Hex("d000 00 ff ff03 00 0600 0000 0a00 1400")...), // good: 10, 20
		pt.Client(pt.Hex(`
			5000 00 ff ff03 00 0e00
			1000 0114 0000          ; write devices
			640000 a8 0100 2a00     ; D100 := 42
		`)...),
		pt.Server(pt.Hex("d000 00 ff ff03 00 0200 5540")...), // not while it runs
		pt.Client(pt.Hex(`
			5400 3412 0000 01 02 ff03 00 0800 ; 4E, serial 1234h, network 1 station 2
			1000 0210 0000 0100               ; remote stop
		`)...),
		pt.Server(pt.Hex("d400 3412 0000 01 02 ff03 00 0200 0000")...),
		pt.Client(pt.Hex(`
			5000 00 ff ff03 00 0e00
			1000 0104 0300              ; bits, wide numbers
			64000000 9000 0400          ; M100 to M103
		`)...),
		pt.Server(pt.Hex("d000 00 ff ff03 00 0400 0000 1011")...),
	},
}, {
	Name: "who it is",
	Steps: []pt.Step{
		pt.Client(pt.Hex("5000 00 ff ff03 00 0600 1000 0101 0000")...),
		pt.Server(pt.Hex(`
			d000 00 ff ff03 00 1400 0000
			513033554443 50552020202020202020 ; Q03UDCPU
			6802                              ; its type
		`)...),
	},
}, {
	Name: "engineering tool",
	Steps: []pt.Step{
		pt.Client(pt.Hex("5a0000ff")...),
		pt.Server(pt.Hex("da0000ff 01480c000000000013000000341e9d0030710000802b9d00")...),
		pt.Client(pt.Hex("5701000000 1111 0700 00 ff ff03 00 00 fe03 00 00 2000 1c0a1614 00000000000000 04 000000000000000000000000 0121 0100 00000001")...),
		pt.Server(pt.Hex(`
			d7006c0000 1111 0700 00 00 a803 00 ff ff03 00 00 3800
			9c021814 00000000 0104 00000000000000000000000000000000 ; sixteen zeros
			0121 0100 0000                                           ; function, number, good
			52303843505520202020202020202020 0148 0008 0000 0000 ; R08CPU, its type
		`)...),
		pt.Client(pt.Hex("5701010000 1111 0700 00 ff ff03 00 00 fe03 00 00 2000 1c0a1614 00000000000000 04 000000000000000000000000 0b21 0800 00000000")...),
	},
}, {
	Name: "web", Foreign: true,
	Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}, {
	Name: "P and a zero", Foreign: true,
	Steps: []pt.Step{pt.Client(pt.Hex("5000 00 ff 3412 00 0600 1000 0101 0000")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestTransactions(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), seeds[0]))
	for i, want := range []struct {
		code   uint32
		op     ot.Op
		status ot.Status
		why    uint32
		what   string
	}{
		{readDevices, ot.OpReadData, ot.OK, 0, "D100–D101 of station 255"},
		{writeDevices, ot.OpWriteData, ot.Refused, 0x4055, "D100 of station 255"},
		{0x1002, ot.OpModeChange, ot.OK, 0, "network 1 station 2"},
		{readDevices, ot.OpReadData, ot.OK, 0, "M100–M103 of station 255"},
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		d := &did[i]
		if what := string(describe(d, nil)); d.Code != want.code || d.Op != want.op || d.Status != want.status || d.StatusCode != want.why || what != want.what {
			t.Errorf("%d: code %#x %v %v %#x %q; want %+v", i, d.Code, d.Op, d.Status, d.StatusCode, what, want)
		}
	}
	if d := did[0]; d.Points() != 2 || d.Point(1) != 20 {
		t.Errorf("read %v; want 10 and 20", d.Value)
	}
	if d := did[1]; d.Points() != 1 || d.Point(0) != 42 {
		t.Errorf("written %v; want 42", d.Value)
	}
}

func TestIdentity(t *testing.T) {
	for i, want := range map[int]string{1: "Q03UDCPU", 2: "R08CPU"} {
		ids := pt.Identities(pt.Play(t, Protocol(), seeds[i]))
		if len(ids) != 1 || ids[0].Facts[ot.FactProduct] != want || ids[0].Of.HostString() != "10.0.0.10" {
			t.Errorf("%+v; want %s", ids, want)
		}
	}
}

func TestEngineeringFunctionsKeepTheirNumbers(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), seeds[2]))
	if len(did) != 3 || did[1].Code != toolReadType || did[1].Op != ot.OpIdentify || did[2].Code != Melsoft|0x0b21 || did[2].Op != ot.OpUnknown {
		t.Errorf("%+v", did)
	}
}

func TestUnlistedCommandKeepsItsNumber(t *testing.T) {
	obs := pt.Play(t, Protocol(), pt.Session{Steps: []pt.Step{pt.Client(pt.Hex("5000 00 ff ff03 00 0600 1000 7777 0000")...)}})
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
		{"5000 00 ff", protocols.More},
		{"5000 00 ff ff03 00 0600 1000 0101 0000", protocols.FromClient},
		{"5000 00 ff ff03 00 0600 1000 7777 0000", protocols.No}, // no such command
		{"d000 00 ff ff03 00 0200 0000", protocols.FromServer},
		{"d000 00 ff ff07 00 0200 0000", protocols.No}, // no such module
		{"5a0000ff", protocols.FromClient},
		{"5a0000fe", protocols.No},
	} {
		if got := probe(pt.Hex(c.head)); got != c.want {
			t.Errorf("%s: %d; want %d", c.head, got, c.want)
		}
	}
}
