package hartip

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// message is version 1, kind, id, status 0, transaction, length, body.
func message(kind, id, transaction byte, body string) []byte {
	b := pt.Hex(body)
	return append([]byte{1, kind, id, 0, 0, transaction, 0, byte(headerLen + len(b))}, b...)
}

var seeds = []pt.Session{{
	Name: "over TCP", PDUs: true,
	Steps: []pt.Step{
		pt.Client(message(0, initiate, 1, "01 0000ea60")...),
		pt.Server(message(1, initiate, 1, "01 0000ea60")...),
		pt.Client(message(0, command, 2, "82 264e0000d2 03 00 1b")...),                   // dynamic variables
		pt.Server(message(1, command, 2, "86 264e0000d2 03 07 00 40 41200000 20 99")...), // configuration changed
		pt.Client(message(0, command, 3, "82 264e0000d2 28 04 41200000 11")...),          // fix the loop current
		pt.Server(message(1, command, 3, "86 264e0000d2 28 02 07 00 11")...),             // write protected
		pt.Client(message(0, command, 4, "82 264e0000d2 2a 00 11")...),                   // reset
		pt.Server(message(1, command, 4, "86 264e0000d2 2a 02 00 20 11")...),
		pt.Client(message(0, command, 5, "82 264e0000d2 1f 02 02 00 11")...), // extended: 512
		pt.Server(message(isRefusal, command, 5, "")...),
	},
}, {
	Name: "over UDP", Datagram: true,
	Steps: []pt.Step{pt.Client(message(0, closing, 9, "")...), pt.Server(message(1, closing, 9, "")...)},
}, {
	Name: "who it is", PDUs: true,
	Steps: []pt.Step{
		pt.Client(message(0, command, 1, "02 00 00 00 02")...),
		pt.Server(message(1, command, 1, "06 00 00 18 00 d0 fe 264e 05 07 04 01 0e 0c 0000d2 05 02 0002 d0 0026 0026 84 e4")...),
		pt.Client(message(0, command, 2, "82 264e0000d2 0d 00 02")...),
		pt.Server(message(1, command, 2, "86 264e0000d2 0d 17 00 00 514b71c31820 000000000000000000000000 010101 e4")...),
	},
}, {
	Name: "web", Foreign: true, Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestTransactions(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), seeds[0]))
	for i, want := range []string{
		"session_initiate session ok session", "read_dynamic_variables read-data ok device 210",
		"fix_loop_current force refused device 210", "device_reset reset ok device 210", " unknown refused device 210",
	} {
		d := &did[i]
		if got := name(uint64(d.Code)) + " " + d.Op.String() + " " + d.Status.String() + " " + string(describe(d, nil)); got != want {
			t.Errorf("%d: %q; want %q", i, got, want)
		}
	}
	if did[4].Code != 512 || did[2].StatusCode != 7 || did[3].Arg[argStatus] != 0x20|present {
		t.Errorf("%+v", did)
	}
}

func TestIdentity(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), seeds[2]))
	if len(ids) != 2 || ids[0].Behind != "device 210" || ids[0].Facts[ot.FactType] != "device type 9806 revision 4" || ids[0].Facts[ot.FactFirmware] != "1" ||
		ids[1].Facts[ot.FactName] != "TT-101" {
		t.Errorf("%+v", ids)
	}
}

func TestProbe(t *testing.T) {
	for head, want := range map[string]protocols.Answer{"": protocols.More, "0100": protocols.More, "01000200 0001 0008": protocols.FromClient,
		"01010200 0001 0008": protocols.FromServer, "03000300 0001 000d": protocols.No, "01000300 0001 0003": protocols.No} {
		if got := probe(pt.Hex(head)); got != want {
			t.Errorf("%s: %d; want %d", head, got, want)
		}
	}
}
