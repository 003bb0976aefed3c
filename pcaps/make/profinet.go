package main

import (
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// ether records one frame without IP, padded to the least length of Ethernet.
func (t *tape) ether(from, to host, kind uint16, payload []byte) {
	const least = 46
	padded := append([]byte(nil), payload...)
	for len(padded) < least {
		padded = append(padded, 0)
	}
	t.put(layered(&layers.Ethernet{SrcMAC: from.mac, DstMAC: to.mac, EthernetType: layers.EthernetType(kind)}, gopacket.Payload(padded)))
}

const profinetType = 0x8892

// everyStation is the group that searches go to.
var everyStation = hostOf("0.0.0.0", "01:0e:cf:00:00:00")

// dcp is a DCP frame: frame id, service, kind, exchange id, delay, length, blocks (IEC 61158-6-10 §4.3).
func dcp(frame uint16, service, kind byte, exchange uint32, blocks string) []byte {
	b := append(be.AppendUint16(nil, frame), service, kind)
	b = be.AppendUint32(b, exchange)
	body := octets(blocks)
	return append(be.AppendUint16(append(b, 0, 0), uint16(len(body))), body...)
}

// station is what the filler's coupler says of itself.
const station = "0201 000a 0000 4554 2032 3030 5350" + // type of station: ET 200SP
	"0202 000a 0000 66696c6c65722d31" + // name: filler-1
	"0203 0006 0000 002a 0313" + // Siemens
	"0204 0004 0000 01 00" + // IO device
	"0102 000e 0001 0a4d0a16 ffffff00 0a4d0a01" // address, mask, gateway

// coupler is a decentral station of the filler.
var coupler = hostOf("10.77.10.22", "28:63:36:10:00:22")

// search is a search for all stations, and the coupler's answer.
func (t *tape) search(from host, exchange uint32) {
	t.ether(from, everyStation, profinetType, dcp(0xfefe, 5, 0, exchange, "ffff 0000"))
	t.wait(20 * time.Millisecond)
	t.ether(coupler, from, profinetType, dcp(0xfeff, 5, 1, exchange, station))
}

// set tells the coupler something by DCP, which it answers.
func (t *tape) set(from host, exchange uint32, block, answer string) {
	t.act()
	t.ether(from, coupler, profinetType, dcp(0xfefd, 4, 0, exchange, block))
	t.wait(15 * time.Millisecond)
	t.ether(coupler, from, profinetType, dcp(0xfefd, 4, 1, exchange, answer))
	t.wait(2 * time.Second)
}

// cycle is cyclic data both ways; status is the coupler's data status.
func (t *tape) cycle(n uint16, status byte) {
	for i, ends := range [][2]host{{filler, coupler}, {coupler, filler}} {
		data := make([]byte, 40)
		data[0], data[1] = 0x80, byte(n>>5)
		b := append(be.AppendUint16(nil, 0x8000+uint16(i)), data...)
		b = be.AppendUint16(b, n*32)
		t.ether(ends[0], ends[1], profinetType, append(b, []byte{0x35, status}[i], 0))
	}
}

// rpc is a call of connection management, little endian: request (0) or answer (2).
func rpc(kind, operation, sequence byte, status, blocks string) []byte {
	body := octets(blocks)
	b := octets("04 00 20 00 10 00 00 00  00000000000000000000000000000000  0100a0de 976c d111 8271 00a02442df7d" +
		"1b2c3d4e 1111 2222 3333 444455556666  00000000 01000000 00000000 0000 ffff ffff 0000 0000 00 00")
	b[1], b[64], b[68] = kind, sequence, operation
	n := byte(len(body))
	b[74] = 20 + n
	b = append(b, octets(status)...)
	return append(append(b, n, 0, 0, 0, n, 0, 0, 0, 0, 0, 0, 0, n, 0, 0, 0), body...)
}

const relation = "a1b2c3d4 0001 0002 0003 000400050006" // identifies the application relation

// record is the header of a record that is read or written in slot 1.
func record(kind, index, n string) string {
	return kind + "003c 01 00 0001" + relation + "00000000 0001 0001 0000" + index + n + "000000000000000000000000000000000000000000000000"
}

func profinetStories() []story {
	return []story{
		{"profinet-quiet", "a controller and its decentral station as they ought to be; near miss for settings by DCP",
			"the filler's controller looks for its station filler-1 by name, connects, reads who it is, and exchanges cyclic data for a few seconds; the station reports an alarm, which is acknowledged",
			func(t *tape) {
				t.ether(filler, everyStation, profinetType, dcp(0xfefe, 5, 0, 1, "0202 0008 66696c6c65722d31"))
				t.wait(10 * time.Millisecond)
				t.ether(coupler, filler, profinetType, dcp(0xfeff, 5, 1, 1, station))
				call := func(operation, sequence byte, ask, answer string) {
					t.udp(filler, coupler, 49152, 34964, rpc(0, operation, sequence, "00100000", ask))
					t.wait(5 * time.Millisecond)
					t.udp(coupler, filler, 34964, 49152, rpc(2, operation, sequence, "00000000", answer))
				}
				call(0, 0, "0101 003e 01 00 0001"+relation+"0001 286336100021"+relation+"00000011 0064 8892 0008 66696c6c65722d31", "8101 001e 01 00 0001"+relation+"0001 286336100022 8892")
				call(4, 1, "0110 001c 01 00 0000"+relation+"0001 0000 0001 0000", "8110 001c 01 00 0000"+relation+"0001 0000 0008 0000")
				call(2, 2, record("0009", "aff0", "00001000"), record("8009", "aff0", "0000003c")+
					"0020 0038 01 00 002a 36455337203135352d36415530312d30424e3020 532043204b38583732333435 20202020 0003 56 04 02 00 0000 0000 0003 0101 001f")
				for n := range uint16(40) {
					t.cycle(n, 0x35)
					t.wait(100 * time.Millisecond)
				}
				t.ether(coupler, filler, profinetType, octets("fe01 0001 0002 11 11 ffff fffe 001a 0002 0016 01 00 0001 00000000 0002 0001 00000010 00000001 8800"))
				t.ether(filler, coupler, profinetType, octets("fe01 0002 0001 13 01 fffe ffff 0000"))
			}},
		{"profinet-set-name", "name and address of a station are set by another host than its controller",
			"the laptop searches all stations, then gives filler-1 another name and another address, both for good, and lets it flash; the station accepts all three",
			func(t *tape) {
				t.search(laptop, 0x11)
				t.set(laptop, 0x12, "0202 000a 0001 66696c6c65722d39", "0504 0003 0202 00 00")
				t.set(laptop, 0x13, "0102 000e 0001 0a4d0ac8 ffffff00 0a4d0a01", "0504 0003 0102 00 00")
				t.set(laptop, 0x14, "0503 0004 0000 0100", "0504 0003 0503 00 00")
			}},
		{"profinet-factory-reset", "a station is set back to factory settings",
			"the controller exchanges cyclic data with its station; the laptop searches all stations and resets this one, which refuses while it is in operation; it does so again with the older command, which is accepted, and the station's data is no more valid",
			func(t *tape) {
				for n := range uint16(10) {
					t.cycle(n, 0x35)
				}
				t.search(laptop, 0x21)
				t.set(laptop, 0x22, "0506 0002 0004", "0504 0003 0506 06 00")
				t.set(laptop, 0x23, "0505 0002 0000", "0504 0003 0505 00 00")
				for n := range uint16(10) {
					t.cycle(10+n, 0x01)
				}
			}},
	}
}
