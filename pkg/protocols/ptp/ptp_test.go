package ptp

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// header of a message: type, version 2, length, domain 0, flags, correction, clock, port, sequence.
func message(kind, length byte, body string) []byte {
	b := pt.Hex("00 02 0000 00 00 0200 0000000000000000 00000000 001d9cfffe100031 0001 0001 00 00")
	b[0], b[3] = kind, length
	return append(b, pt.Hex(body)...)
}

// of an announcement: time, offset, priority, class, accuracy, variance, priority, grandmaster, steps, source.
func master(class string) []byte {
	return message(announce, 64, "00000000000000000000 0025 00 80 "+class+" 21 4e5d 80 001d9cfffe1000aa 0000 20")
}

var seeds = []pt.Session{{
	Name: "announced", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client(master("06")...),
		pt.Client(message(0, 44, "00000000000000000000")...),
		pt.Client(message(management, 54, "ffffffffffffffff ffff 01 01 01 00 0001 0002 2005 0000")...), // set the first priority
	},
}, {
	Name: "a worse clock", Datagram: true, Steps: []pt.Step{pt.Client(master("06")...), pt.Client(master("06")...), pt.Client(master("f8")...)},
}, described, {
	Name: "version 1", Datagram: true, Foreign: true, Steps: []pt.Step{pt.Client(append([]byte{0, 1}, make([]byte, 60)...)...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestGrandmaster(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), seeds[1]))
	if len(did) != 2 || did[1].Arg[argSeen] != 2 {
		t.Fatalf("%d transactions: what does not change is told once", len(did))
	}
	want := `{"ptp.message":11,"ptp.message_name":"announce","ptp.domain":0,"ptp.clock":"001d9cfffe1000aa","ptp.class":248,"ptp.priority":128,"ptp.utc_offset":37,"ptp.steps":0,"ptp.messages":2}`
	if got := pt.JSON(Protocol(), &did[1]); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestManagementThatSetsWrites(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), seeds[0]))
	if d := did[2]; d.Op != ot.OpConfigWrite || d.Object.Area != 0x2005 {
		t.Errorf("%+v", d)
	}
}

func TestProbe(t *testing.T) {
	for head, want := range map[string]protocols.Answer{"": protocols.More, "0b": protocols.More, "0b02": protocols.More,
		"0b02 0040": protocols.Either, "0b02 0010": protocols.No, "0502": protocols.No, "0b01": protocols.No} {
		if got := probe(pt.Hex(head)); got != want {
			t.Errorf("%s: %d; want %d", head, got, want)
		}
	}
}
