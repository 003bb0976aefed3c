package dns

import (
	"encoding/binary"
	"strings"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// labels writes a name as labels.
func labels(name string) (b []byte) {
	for l := range strings.SplitSeq(name, ".") {
		b = append(append(b, byte(len(l))), l...)
	}
	return append(b, 0)
}

// ask is a message with one question.
func ask(head, name, tail string) []byte { return pt.Join(pt.Hex(head), labels(name), pt.Hex(tail)) }

func overTCP(b []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...)
}

// folded is a NetBIOS name of 15 letters and a suffix, RFC 1001 §14.1.
func folded(name string, suffix byte) string {
	var b strings.Builder
	for _, c := range []byte(name + strings.Repeat(" ", 15-len(name)) + string(suffix)) {
		b.WriteByte('A' + c>>4)
		b.WriteByte('A' + c&15)
	}
	return b.String()
}

func group(ip [4]byte, port uint16) *ot.Conv {
	c := &ot.Conv{Transport: ot.UDP, First: 1}
	c.Client.IP = [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 20}
	c.Client.Port, c.Server.Port = port, port
	c.Server.IP = [16]byte{10: 0xff, 11: 0xff, 12: ip[0], 13: ip[1], 14: ip[2], 15: ip[3]}
	return c
}

func netbios() *ot.Conv { c := group([4]byte{10, 0, 0, 10}, 137); return c }

var seeds = []pt.Session{{
	Name: "names and addresses", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client(ask("0001 0100 0001 0000 0000 0000", "Historian.plant.example", "0001 0001")...),
		pt.Server(ask("0001 8580 0001 0001 0000 0000", "historian.plant.example", "0001 0001 c00c 0001 0001 0000003c 0004 0a000007")...), // 10.0.0.7
		pt.Client(ask("0002 0100 0001 0000 0000 0000", "nowhere.example", "001c 0001")...),
		pt.Server(ask("0002 8583 0001 0000 0000 0000", "nowhere.example", "001c 0001")...), // no such name
		pt.Client(ask("0003 0100 0001 0000 0000 0000", "7.0.0.10.in-addr.arpa", "000c 0001")...),
		pt.Server(pt.Join(ask("0003 8180 0001 0001 0000 0000", "7.0.0.10.in-addr.arpa", "000c 0001 c00c 000c 0001 0000003c 0009"), labels("plc-one"))...),
	},
}, {
	Name: "over TCP", PDUs: true,
	Steps: []pt.Step{
		pt.Client(overTCP(ask("0001 0000 0001 0000 0000 0000", "plant.example", "00fc 0001"))...), // whole zone
		pt.Server(overTCP(ask("0001 8085 0001 0000 0000 0000", "plant.example", "00fc 0001"))...), // refused
		pt.Client(overTCP(ask("0002 0000 0001 0000 0000 0000", "plant.example", "0006 0001"))...),
		pt.Server(overTCP(ask("0002 8180 0001 0000 0000 0000", "plant.example", "0006 0001"))...),
	},
}, {
	Name: "multicast", Datagram: true, Conv: group([4]byte{224, 0, 0, 251}, 5353),
	Steps: []pt.Step{
		pt.Client(ask("0000 0000 0001 0000 0000 0000", "_opcua-tcp._tcp.local", "000c 0001")...),
		pt.Client(ask("0000 8400 0000 0001 0000 0000", "panel-1.local", "0001 8001 00000078 0004 0a000014")...), // 10.0.0.20 says its name
	},
}, {
	Name: "NetBIOS", Datagram: true, Conv: netbios(),
	Steps: []pt.Step{
		pt.Client(ask("0001 0000 0001 0000 0000 0000", folded("*\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 0), "0021 0001")...),
		pt.Server(ask("0001 8400 0000 0001 0000 0000", folded("*\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 0),
			`0021 0001 00000000 0025
			 02                                          ; two names
			 574f524b47524f5550202020202020 00 8400     ; WORKGROUP, a group's
			 46494c4c4552202020202020202020 00 0400     ; FILLER`)...),
	},
}, {
	Name: "NetBIOS registration", Datagram: true, Conv: group([4]byte{255, 255, 255, 255}, 137),
	Steps: []pt.Step{
		pt.Client(ask("0002 2910 0001 0000 0000 0001", folded("PANEL", 0), "0020 0001 c00c 0020 0001 000493e0 0006 0000 0a000014")...),
	},
}, {
	Name: "another protocol", Foreign: true, Datagram: true,
	Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestNames(t *testing.T) {
	var did []ot.Transaction
	for _, s := range seeds[:5] {
		did = append(did, pt.Dids(pt.Play(t, Protocol(), s))...)
	}
	want := []string{
		`ok a of historian.plant.example → "10.0.0.7"`,
		`refused aaaa of nowhere.example → ""`,
		`ok ptr of 7.0.0.10.in-addr.arpa → "plc-one"`,
		`refused axfr of plant.example → ""`,
		`ok soa of plant.example → ""`,
		`oneway ptr of _opcua-tcp._tcp.local → ""`,
		`oneway panel-1.local → "10.0.0.20"`,
		`ok node_status of *<00> → "FILLER<00>"`,
		`oneway nb of panel<00> → "10.0.0.20"`,
	}
	for i, w := range want {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		d := &did[i]
		if got := d.Status.String() + " " + string(describe(d, nil)) + ` → "` + string(protocols.Part(d.Value, 1)) + `"`; got != w {
			t.Errorf("%d: %s; want %s", i, got, w)
		}
	}
}

// A name is no NetBIOS name by its last letter.
func TestNameThatEndsLikeASuffix(t *testing.T) {
	for _, name := range []string{">", "a>", "<20>"} {
		pt.Play(t, Protocol(), pt.Session{Datagram: true, Conv: group([4]byte{224, 0, 0, 251}, 5353), Steps: []pt.Step{
			pt.Client(ask("0000 8400 0000 0001 0000 0000", name, "0001 8001 00000078 0004 0a000014")...)}})
	}
}

func TestHostsSayTheirNames(t *testing.T) {
	for i, want := range map[int]string{2: "10.0.0.20 panel-1.local", 3: "10.0.0.10 FILLER", 4: "10.0.0.20 PANEL"} {
		ids := pt.Identities(pt.Play(t, Protocol(), seeds[i]))
		if len(ids) != 1 || ids[0].Of.HostString()+" "+ids[0].Facts[ot.FactName] != want {
			t.Errorf("%s: %+v; want %s", seeds[i].Name, ids, want)
		}
	}
}

// A name whose pointer leads forward, to itself or through too many places ends its message and no more.
func TestPointersThatLeadNowhere(t *testing.T) {
	for _, tail := range []string{"c00c", "c0ff", "c000", "41"} {
		obs := pt.Play(t, Protocol(), pt.Session{Datagram: true, Steps: []pt.Step{
			pt.Client(pt.Hex("0001 8180 0000 0001 0000 0000 " + tail)...), seeds[0].Steps[0], seeds[0].Steps[1]}})
		if did := pt.Dids(obs); len(did) != 2 || did[1].Status != ot.OK {
			t.Errorf("%s: %+v", tail, did)
		}
	}
}
