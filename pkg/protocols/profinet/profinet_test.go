package profinet

import (
	"encoding/binary"
	"testing"
	"time"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// dcp is a DCP frame: frame id, service, kind, exchange id, delay, length, blocks.
func dcp(frame uint16, service, kind, exchange byte, blocks string) []byte {
	b := binary.BigEndian.AppendUint16(nil, frame)
	body := pt.Hex(blocks)
	return append(append(b, service, kind, 0, 0, 0, exchange, 0, 0, 0, byte(len(body))), body...)
}

// rpc is a call of the device interface in little endian: request (0) or response (2).
func rpc(kind, operation, sequence byte, body []byte) []byte {
	b := pt.Hex(`04 00 20 00 10 00 00 00    ; version, kind, flags, little endian
		00000000 00000000 00000000 00000000 ; object
		0100a0de 976c d111 8271 00a02442df7d ; interface, its first numbers little endian
		11111111 22223333 44445555 66667777 ; activity
		00000000 01000000 00000000 0000 ffff ffff 0000 0000 00 00`)
	b[1], b[64], b[68] = kind, sequence, operation
	binary.LittleEndian.PutUint16(b[74:], uint16(len(body)))
	return append(b, body...)
}

// array puts what precedes the blocks: longest answer or status, length, counts.
func array(status, blocks string) []byte {
	body := pt.Hex(blocks)
	n := binary.LittleEndian.AppendUint32(nil, uint32(len(body)))
	return pt.Join(pt.Hex(status), n, n, []byte{0, 0, 0, 0}, n, body)
}

const (
	uuid = "aaaaaaaa bbbbcccc ddddeeee ffff0000"
	im0  = "0020 0038 01 00 002a 36455337203531322d31444530312d304142 2020 532043 2d4831323334353637383930 20 0003 56 02 06 01 0000 0000 0003 0101 001e"
)

// header is a record header: kind, index, slot 1, subslot 1, length of the data.
func header(kind, index, n string) string {
	return kind + " 003c 01 00 0001 " + uuid + " 00000000 0001 0001 0000 " + index + " " + n + " 000000000000000000000000000000000000000000000000"
}

func cyclicFrame(id uint16, counter byte, status byte) []byte {
	return append(append(binary.BigEndian.AppendUint16(nil, id), make([]byte, 40)...), 0, counter, status, 0)
}

var overUDP = &ot.Conv{Transport: ot.UDP, First: 1,
	Client: ot.Endpoint{IP: [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 20}, Port: 49153},
	Server: ot.Endpoint{IP: [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 10}, Port: cmPort}}

var seeds = []pt.Session{{
	Name: "settings", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client(dcp(frameGetSet, serviceSet, 0, 1, "0202 000a 0001 66696c6c65722d31 0102 000e 0001 0a4d0a15 ffffff00 0a4d0a01")...), // name, address
		pt.Server(dcp(frameGetSet, serviceSet, 1, 1, "0504 0003 0202 00 00 0504 0003 0102 06 00")...),                                 // done; in operation
		pt.Client(dcp(frameGetSet, serviceSet, 0, 2, "0506 0002 0008")...),                                                            // reset to factory settings
		pt.Server(dcp(frameGetSet, serviceSet, 1, 2, "0504 0003 0506 00 00")...),
		pt.Client(dcp(frameGetSet, serviceSet, 0, 3, "0503 0004 0000 0100")...), // flash
		pt.Server(dcp(frameGetSet, serviceSet, kindUnknown, 3, "")...),
		pt.Client(dcp(frameGetSet, serviceSet, 0, 4, "9001 0002 0000")...), // a vendor's own
	},
}, {
	Name: "who is there", Datagram: true,
	Steps: []pt.Step{
		pt.Client(dcp(frameFind, serviceIdentify, 0, 9, "0202 0008 66696c6c65722d31")...),
		pt.Server(dcp(frameFound, serviceIdentify, 1, 1, `
			0201 0009 0000 53372d31353030 00             ; type of station
			0202 000a 0000 66696c6c65722d31              ; name
			0203 0006 0000 002a 010d                     ; Siemens
			0204 0004 0000 01 00                         ; IO device
			0102 000e 0001 0a4d0a15 ffffff00 0a4d0a01    ; address
		`)...),
		pt.Client(dcp(frameGetSet, serviceGet, 0, 2, "0202")...),
		pt.Server(dcp(frameGetSet, serviceGet, 1, 2, "0202 000a 0000 66696c6c65722d31")...),
		pt.Client(dcp(frameHello, serviceHello, 0, 3, "0202 000a 0000 66696c6c65722d31")...),
	},
}, {
	Name: "cyclic data and alarms", Datagram: true,
	Steps: []pt.Step{
		pt.Server(cyclicFrame(0x8001, 1, 0x35)...), // runs
		pt.Server(cyclicFrame(0x8001, 2, 0x35)...),
		pt.Server(cyclicFrame(0x8001, 3, 0x05)...), // stopped, and has a problem
		pt.Wait(11 * time.Second),
		pt.Server(cyclicFrame(0x8001, 4, 0x05)[:30]...),
		pt.Server(pt.Hex("fc01 0001 0001 11 11 0001 0000 001c 0001 0018 01 00 0001 00000000 0002 0001 00000010 00000001 8000 8003 0000")...), // diagnosis in slot 2
		pt.Client(pt.Hex("fc01 0001 0001 13 01 0000 0001 0000")...),
		pt.Server(pt.Hex("0080 0000000000")...),
	},
}, {
	Name: "connection", Datagram: true, Conv: overUDP,
	Steps: []pt.Step{
		pt.Client(rpc(0, 0, 1, array("00100000", "0101 003f 01 00 0006 "+uuid+" 0001 020000000001 "+uuid+" 00000011 0258 8892 0009 636f6e74726f6c2d31 00"))...),
		pt.Server(rpc(2, 0, 1, array("00000000", "8101 001e 01 00 0006 "+uuid+" 0001 020000000002 8892"))...),
		pt.Client(rpc(0, 3, 2, array("00100000", header("0008", "8071", "00000004")+"01020304"))...),
		pt.Server(rpc(2, 3, 2, array("00000000", header("8008", "8071", "00000000")))...),
		pt.Client(rpc(0, 4, 3, array("00100000", "0110 001c 01 00 0000 "+uuid+" 0001 0000 0001 0000"))...),
		pt.Server(rpc(2, 4, 3, array("dc8021de", ""))...), // refused
		pt.Client(rpc(0, 3, 4, array("00100000", header("0008", "e040", "00000044")+header("0008", "007b", "00000004")+"01020304"))...),
		pt.Server(rpc(2, 3, 4, array("00000000", header("8008", "e040", "00000000")+header("8008", "007b", "00000000")))...),
	},
}, {
	Name: "identification", Datagram: true, Conv: overUDP,
	Steps: []pt.Step{
		pt.Client(rpc(0, 5, 1, array("00100000", header("0009", "aff0", "00001000")))...),
		pt.Server(rpc(2, 5, 1, array("00000000", header("8009", "aff0", "0000003c")+im0))...),
	},
}, {
	Name: "another interface", Foreign: true, Datagram: true, Conv: overUDP,
	Steps: []pt.Step{pt.Client(func() []byte { b := rpc(0, 0, 1, nil); b[30] ^= 1; return b }()...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestTransactions(t *testing.T) {
	for _, c := range []struct {
		seed int
		want []string
	}{
		{0, []string{"set_name_of_station config-write ok station filler-1", "set_ip config-write refused 10.77.10.21",
			"reset_to_factory reset ok ", "signal diagnostic refused ", " config-write unanswered "}},
		{1, []string{"identify identify unasked station filler-1, 10.77.10.21",
			"get identify ok station filler-1", "hello identify oneway station filler-1", "identify identify unanswered station filler-1"}},
		{2, []string{"cyclic_data io-cyclic oneway frame id 32769", "cyclic_data io-cyclic oneway frame id 32769",
			"cyclic_data io-cyclic oneway frame id 32769", "alarm alarm oneway slot 2 subslot 1", "alarm_ack alarm oneway ", "precision_time session oneway "}},
		{3, []string{"connect session ok station control-1", "write config-write ok record 32881 of slot 1 subslot 1",
			"control session refused ", "write config-write ok record 123 of slot 1 subslot 1"}},
		{4, []string{"read_implicit identify ok record 45040 of slot 1 subslot 1"}},
	} {
		for i, d := range pt.Dids(pt.Play(t, Protocol(), seeds[c.seed])) {
			got := codeNames(uint64(d.Code)) + " " + d.Op.String() + " " + d.Status.String() + " " + string(describe(&d, nil))
			if i >= len(c.want) || got != c.want[i] {
				t.Errorf("%s, %d: %q; want %q", seeds[c.seed].Name, i, got, c.want[min(i, len(c.want)-1)])
			}
		}
	}
}

// A search that goes to all waits for nobody.
func TestSearchOfAll(t *testing.T) {
	group := &ot.Conv{Transport: ot.Link, Client: ot.Endpoint{MAC: [6]byte{2}}, Server: ot.Endpoint{MAC: [6]byte{1, 0x0e, 0xcf}, Port: ethertype}}
	did := pt.Dids(pt.Play(t, Protocol(), pt.Session{Conv: group, Datagram: true, Steps: []pt.Step{pt.Client(dcp(frameFind, serviceIdentify, 0, 9, "ffff 0000")...)}}))
	if len(did) != 1 || did[0].Status != ot.OneWay {
		t.Errorf("%+v", did)
	}
}

func TestIdentity(t *testing.T) {
	ids := append(pt.Identities(pt.Play(t, Protocol(), seeds[1])), pt.Identities(pt.Play(t, Protocol(), seeds[4]))...)
	if len(ids) != 4 {
		t.Fatalf("%+v", ids)
	}
	if f := ids[0].Facts; f[ot.FactName] != "filler-1" || f[ot.FactProduct] != "S7-1500" || f[ot.FactVendor] != "Siemens" ||
		f[ot.FactType] != "IO device" || f[ot.FactOrder] != "device id 269" || ids[0].Of.MAC != [6]byte{2, 5: 0x10} {
		t.Errorf("%+v", ids[0])
	}
	if f := ids[3].Facts; f[ot.FactOrder] != "6ES7 512-1DE01-0AB" || f[ot.FactSerial] != "S C-H1234567890" || f[ot.FactFirmware] != "V2.6.1" ||
		f[ot.FactHardware] != "3" || ids[3].Behind != "slot 1" {
		t.Errorf("%+v", ids[3])
	}
}

func TestProbe(t *testing.T) {
	for head, want := range map[string]protocols.Answer{
		"":                        protocols.More,
		"fe":                      protocols.More,
		"fefd 04 00 00000001":     protocols.FromClient,
		"fefd 04 01 00000001":     protocols.FromServer,
		"fefd 05 00 00000001":     protocols.No, // identify has a frame id of its own
		"8001 0000":               protocols.Either,
		"fc02 0000":               protocols.No,
		"0400 0000 1000 00000000": protocols.More,
	} {
		if got := probe(pt.Hex(head)); got != want {
			t.Errorf("%s: %d; want %d", head, got, want)
		}
	}
}
