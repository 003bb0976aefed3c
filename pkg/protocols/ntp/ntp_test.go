package ntp

import (
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// packet is a packet of time: leap, version and mode; stratum; reference; originate and transmit seconds.
func packet(first, stratum byte, reference string, origin, sent string) []byte {
	return pt.Join([]byte{first, stratum, 6, 0xec}, pt.Hex("00000000 00000000"), []byte(reference)[:4],
		pt.Hex("ed500000 00000000"+origin+"00000000 ed500000 00000000"+sent+"00000000"))
}

const (
	asked  = "ed500001"
	second = "ed500002"
	told   = "ed4fd6d0" // a second behind the packets of the tests, 2026-03-02 06:00:00 UTC
)

var seeds = []pt.Session{{
	Name: "time", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client(packet(0x23, 0, "\x00\x00\x00\x00", "00000000", asked)...),
		pt.Server(packet(0x24, 2, "\x0a\x00\x00\x01", asked, told)...), // from 10.0.0.1
		pt.Client(packet(0x23, 0, "\x00\x00\x00\x00", "00000000", second)...),
		pt.Server(packet(0xe4, 0, "RATE", second, told)...),        // ask less often
		pt.Server(packet(0x24, 1, "GPS\x00", "ed500009", told)...), // nobody asked
	},
}, {
	Name: "control", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client(pt.Hex("16 02 0001 0000 0000 0000 0000")...),      // read variables
		pt.Server(pt.Hex("16 82 0001 0000 0000 0000 0000")...),      //
		pt.Client(pt.Hex("16 03 0002 0000 0000 0000 0000")...),      // write variables
		pt.Server(pt.Hex("16 c3 0002 0100 0000 0000 0000")...),      // not permitted
		pt.Client(pt.Hex("17 00 03 2a 0000 0000")...),               // list of clients
		pt.Server(pt.Hex("97 00 03 2a 0001 0048 00000000 0000")...), //
	},
}, {
	Name: "variables", Datagram: true,
	Steps: []pt.Step{
		pt.Client(pt.Hex("16 02 0001 0000 0000 0000 0000")...),
		pt.Server(append(pt.Hex("16 82 0001 0615 0000 0000 0045"), `version="ntpd 4.2.8, p15", processor="x86", leap=0, system="Linux/6", x`+"\x00\x00\x00"...)...),
	},
}, {
	Name: "another protocol", Foreign: true, Datagram: true,
	Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\nand as long as a packet of time is, at least")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestServerSaysWhatItIs(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), seeds[2]))
	want := [ot.FactCount]string{ot.FactFirmware: "ntpd 4.2.8, p15", ot.FactHardware: "x86", ot.FactProduct: `Linux/6`}
	if len(ids) != 1 || ids[0].Facts != want || ids[0].Of.HostString() != "10.0.0.10" {
		t.Errorf("%+v", ids)
	}
}

func TestTime(t *testing.T) {
	did := append(pt.Dids(pt.Play(t, Protocol(), seeds[0])), pt.Dids(pt.Play(t, Protocol(), seeds[1]))...)
	for i, want := range []struct {
		code      uint32
		status    ot.Status
		why       uint32
		reference string
	}{
		{modeClient, ot.OK, 0, "10.0.0.1"},
		{modeClient, ot.Refused, Kiss, "RATE"},
		{modeServer, ot.Unasked, 0, "GPS"},
		{Control | 2, ot.OK, 0, ""},
		{Control | 3, ot.Refused, 1, ""},
		{Private | 42, ot.OK, 0, ""},
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		if d := &did[i]; d.Code != want.code || d.Status != want.status || d.StatusCode != want.why || string(d.Value) != want.reference {
			t.Errorf("%d: %#x %v %d %q; want %+v", i, d.Code, d.Status, d.StatusCode, d.Value, want)
		}
	}
}

// The distance is told whichever side it is on, and over the end of the seconds' count.
func TestDistance(t *testing.T) {
	const unix2026 = int64(1_772_431_200) * 1_000_000_000 // 2026-03-02 06:00:00
	for _, c := range []struct {
		stamp uint64
		now   int64
		want  uint32
	}{
		{(1_772_431_200 + 2_208_988_800) << 32, unix2026, 0},
		{(1_772_431_199+2_208_988_800)<<32 | 1<<31, unix2026, 500},
		{(1_772_431_203 + 2_208_988_800) << 32, unix2026, 3000},
		{5 << 32, (4_294_967_295 - 2_208_988_800) * 1_000_000_000, 6000}, // 2036-02-07
	} {
		if got := distance(c.stamp, c.now); got != c.want {
			t.Errorf("%#x: %d ms; want %d", c.stamp, got, c.want)
		}
	}
}
