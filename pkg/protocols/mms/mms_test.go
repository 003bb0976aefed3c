package mms

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// alone is the row with a decoder that is fed one message a step, as its carrier does.
func alone() protocols.Protocol {
	row := Protocol()
	row.New = func(*ot.Conv) protocols.Decoder { return &feeder{} }
	row.Probe = func([]byte) protocols.Answer { return protocols.Either }
	row.Limit = 1 << 13
	return row
}

type feeder struct{ Stream }

func (f *feeder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	f.Message(dir, b, out)
	return len(b)
}
func (f *feeder) Lost(ot.Dir, *protocols.Emit) { f.Stream.Lost() }

// data puts session and presentation around a PDU.
func data(pdu string) []byte {
	b := pt.Hex(pdu)
	n := byte(len(b))
	return append([]byte{1, 0, 1, 0, 0x61, n + 7, 0x30, n + 5, 2, 1, 3, 0xa0, n}, b...)
}

const object = "a1 09 1a 02 4c44 1a 03 4d4f44" // domain LD, item MOD

var seeds = []pt.Session{{
	Name: "association", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client(pt.Hex("0d2f 0506 130100160102 c125 3123 a003800101 a21c 6180 0001")...), // cut short inside
		pt.Client(pt.Hex("a80e 800300fa00 81010a 82010a 830105")...),
		pt.Server(pt.Hex("a90e 800300fa00 81010a 82010a 830105")...),
		pt.Client(data("a012 0201 01 a40d a10b a009 3007 a005 8003 313233")...), // read of a name of its own
		pt.Server(data("a10a 020101 a405 a103 80010a")...),                      // refused: object does not exist
		pt.Client(data("a01b 0201 02 a516 a00f 300d a00b" + object + "a003 8501 07")...),
		pt.Server(data("a107 020102 a502 8100")...),            // written
		pt.Client(data("a00b 020103 bf29 05 80 03 505231")...), // stop program PR1
		pt.Server(data("a20a 800103 a205 a003 870102")...),     // refused
		pt.Client(data("a005 020104 8200")...),                 // identify
		pt.Server(data("a119 020104 a214 8003 414243 8106 4d4f44454c31 8205 56312e3032")...),
		pt.Server(data("a30f a00d" + object + "a000")...), // report
		pt.Client(data("8b00")...),
		pt.Server(data("8c00")...),
	},
}, {
	Name: "quiet", Datagram: true,
	Steps: []pt.Step{pt.Client(data("a00b 020103 bf29 05 80 03 505231")...), pt.Server(data("a106 020103 bf29 00")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, alone(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, alone(), seeds) }

func TestTransactions(t *testing.T) {
	obs := pt.Play(t, alone(), seeds[0])
	did := pt.Dids(obs)
	for i, want := range []string{
		"initiate session ok ", "read read-data refused ", "write write-data ok LD/MOD", "stop mode-change refused PR1",
		"identify identify ok ", "information_report read-data unasked LD/MOD", "conclude session ok ",
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		d := &did[i]
		if got := name(uint64(d.Code)) + " " + d.Op.String() + " " + d.Status.String() + " " + string(d.Name); got != want {
			t.Errorf("%d: %q; want %q", i, got, want)
		}
	}
	if did[1].StatusCode != Access|10 || did[3].StatusCode != 1<<15|7<<8|2 {
		t.Errorf("%#x %#x", did[1].StatusCode, did[3].StatusCode)
	}
	if ids := pt.Identities(obs); len(ids) != 1 || ids[0].Facts[ot.FactVendor] != "ABC" || ids[0].Facts[ot.FactProduct] != "MODEL1" || ids[0].Facts[ot.FactFirmware] != "V1.02" {
		t.Errorf("%+v", ids)
	}
}
