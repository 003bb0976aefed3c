package ads

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// frame is an AMS frame between a tool (port 32769) and the runtime (port 851).
func frame(command, flags, invoke byte, body string) []byte {
	b := pt.Hex(body)
	plc, tool := pt.Hex("0505050501015303"), pt.Hex("0a0a0a0a01010180")
	to, from := plc, tool
	if flags&isAnswer != 0 || command == notification {
		to, from = tool, plc
	}
	return pt.Join([]byte{0, 0, byte(amsLen + len(b)), 0, 0, 0}, to, from,
		[]byte{command, 0, flags, 0, byte(len(b)), 0, 0, 0, 0, 0, 0, 0, invoke, 0, 0, 0}, b)
}

const asks, answers = isCommand, isCommand | isAnswer

var seeds = []pt.Session{{
	Name: "handle, read, write, stop", PDUs: true,
	Steps: []pt.Step{
		pt.Client(frame(readWrite, asks, 1, "03f00000 00000000 04000000 0b000000 6d61696e2e7370656564 00")...), // handle of main.speed
		pt.Server(frame(readWrite, answers, 1, "00000000 04000000 34020034")...),
		pt.Client(frame(read, asks, 2, "05f00000 34020034 02000000")...), // its value
		pt.Server(frame(read, answers, 2, "00000000 02000000 2a00")...),
		pt.Client(frame(write, asks, 3, "20400000 0c000000 02000000 0700")...), // %MW12 := 7
		pt.Server(frame(write, answers, 3, "04070000")...),                     // not permitted
		pt.Client(frame(writeControl, asks, 4, "0600 0000 00000000")...),       // stop
		pt.Server(frame(writeControl, answers, 4, "00000000")...),
		pt.Client(frame(writeControl, asks, 5, "0200 0000 00000000")...), // reset
		pt.Server(frame(writeControl, answers, 5, "00000000")...),
		pt.Client(frame(readState, asks, 6, "")...),
		pt.Server(frame(readState, answers, 6, "00000000 0500 0000")...), // it runs
		pt.Server(frame(notification, asks, 0, "00000000 00000000")...),
		pt.Server(frame(readState, asks, 7, "")...), // the other router asks
	},
}, {
	Name: "who it is",
	Steps: []pt.Step{
		pt.Client(frame(deviceInfo, asks, 1, "")...),
		pt.Server(frame(deviceInfo, answers, 1, "00000000 03 01 b80b 506c633330204170700000000000 0000")...), // Plc30 App 3.1.3000
	},
}, {
	Name: "lengths that contradict", Rough: true,
	Steps: []pt.Step{
		pt.Client(pt.Join(frame(readState, asks, 1, "")[:2], []byte{0x24}, frame(readState, asks, 1, "")[3:], make([]byte, 4))...),
		pt.Client(frame(readState, asks, 2, "")...),
		pt.Server(frame(readState, answers, 2, "00000000 0500 0000")...),
	},
}, routers, {
	Name: "web", Foreign: true,
	Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}, {
	Name: "zeros", Foreign: true,
	Steps: []pt.Step{pt.Client(make([]byte, 64)...)},
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
		{readWrite, ot.OpIdentify, ot.OK, 0, "main.speed of port 851"},
		{read, ot.OpReadData, ot.OK, 0, "symbol_value_by_handle offset 872415796 of port 851"},
		{write, ot.OpWriteData, ot.Refused, 0x704, "memory_m offset 12 of port 851"},
		{writeControl, ot.OpModeChange, ot.OK, 0, "port 851"},
		{writeControl, ot.OpReset, ot.OK, 0, "port 851"},
		{readState, ot.OpDiagnostic, ot.OK, 0, "port 851"},
		{notification, ot.OpReadData, ot.Unasked, 0, "port 851"},
		{readState, ot.OpDiagnostic, ot.Unanswered, 0, "port 851"},
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		d := &did[i]
		if what := string(describe(d, nil)); d.Code != want.code || d.Op != want.op || d.Status != want.status || d.StatusCode != want.why || what != want.what {
			t.Errorf("%d: code %d %v %v %#x %q; want %+v", i, d.Code, d.Op, d.Status, d.StatusCode, what, want)
		}
	}
	if string(did[1].Value) != "\x2a\x00" || string(did[2].Value) != "\x07\x00" {
		t.Errorf("values % x and % x", did[1].Value, did[2].Value)
	}
	if did[5].Arg[argState] != 5|present || did[7].Arg[argReversed] != 1 {
		t.Errorf("state %#x, reversed %d", did[5].Arg[argState], did[7].Arg[argReversed])
	}
}

func TestIdentity(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), seeds[1]))
	if len(ids) != 1 || ids[0].Facts[ot.FactProduct] != "Plc30 App" || ids[0].Facts[ot.FactFirmware] != "3.1.3000" || ids[0].Behind != "AMS port 851" {
		t.Errorf("%+v", ids)
	}
}

func TestContradictingLengths(t *testing.T) {
	obs := pt.Play(t, Protocol(), seeds[2])
	did, odd := pt.Dids(obs), pt.Odds(obs)
	if len(did) != 2 || len(odd) == 0 || odd[0] != ot.BadLength {
		t.Errorf("%+v %v", did, odd)
	}
}

func TestUnlistedCommandKeepsItsNumber(t *testing.T) {
	obs := pt.Play(t, Protocol(), pt.Session{Steps: []pt.Step{pt.Client(frame(77, asks, 1, "")...)}})
	if did, odd := pt.Dids(obs), pt.Odds(obs); len(did) != 1 || did[0].Code != 77 || did[0].Op != ot.OpUnknown || len(odd) != 1 || odd[0] != ot.ReservedCode {
		t.Errorf("%+v %v", did, odd)
	}
}

func TestProbe(t *testing.T) {
	whole := frame(readState, asks, 1, "")
	for n := range len(whole) {
		if got := probe(whole[:n]); got != protocols.More {
			t.Errorf("%d bytes: %d", n, got)
		}
	}
	if got := probe(whole); got != protocols.Either {
		t.Errorf("a whole frame: %d", got)
	}
	if got := probe(frame(77, asks, 1, "")); got != protocols.No {
		t.Errorf("a command of no table: %d", got)
	}
}
