package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// Two switches of the line, and the groups their protocols go to.
var (
	switchA    = hostOf("10.77.10.2", "ec:74:ba:10:00:02")
	switchB    = hostOf("10.77.10.3", "ec:74:ba:10:00:03")
	nextBridge = hostOf("0.0.0.0", "01:80:c2:00:00:0e")
	bridges    = hostOf("0.0.0.0", "01:80:c2:00:00:00")
	nextCisco  = hostOf("0.0.0.0", "01:00:0c:cc:cc:cc")
	clocks     = hostOf("0.0.0.0", "01:1b:19:00:00:00")
)

// llc records one IEEE 802.3 frame.
func (t *tape) llc(from, to host, payload []byte) {
	t.put(layered(&layers.Ethernet{SrcMAC: from.mac, DstMAC: to.mac, EthernetType: layers.EthernetTypeLLC, Length: uint16(len(payload))}, gopacket.Payload(payload)))
}

// lldp is what a switch says of itself (IEEE 802.1AB §8): chassis, port, life, name, description, capabilities, management address.
func (t *tape) lldp(from host, name string) {
	b := append(octets("0207 04"), from.mac...)
	b = append(b, octets("0405 05 702d3031 0602 0078")...)
	b = append(append(b, 0x0a, byte(len(name))), name...)
	b = append(b, octets("0c0b 5343414c414e4345205843 0e04 0014 0004 100c 05 01")...)
	b = append(b, from.ip.To4()...)
	t.ether(from, nextBridge, 0x88cc, append(b, octets("02 00000001 00 0000")...))
}

// bpdu is a rapid spanning tree BPDU (IEEE 802.1D §9.3.3) with these flags, for which the root is host root.
func (t *tape) bpdu(from, root host, priority, flags byte) {
	b := append(octets("424203 0000 02 02"), flags, priority, 0x01)
	b = append(append(b, root.mac...), octets("00000000 8001")...)
	b = append(append(b, from.mac...), octets("8001 0000 1400 0200 0f00 00")...)
	t.llc(from, bridges, b)
}

// announce is a PTP announcement (IEEE 1588 §13.5) by a clock of that class.
func (t *tape) announce(from host, sequence uint16, class byte) {
	b := octets("0b 02 0040 00 00 0008 0000000000000000 00000000 ec74bafffe100002 0001")
	if from.ip.Equal(laptop.ip) {
		copy(b[20:], octets("3c58c2fffe100099"))
	}
	clock := append([]byte(nil), b[20:28]...)
	b = append(be.AppendUint16(b, sequence), octets("05 01 00000000000000000000 0025 00 80")...)
	b = append(append(b, class), octets("21 4e5d 80")...)
	t.ether(from, clocks, 0x88f7, append(append(b, clock...), 0, 0, 0x20))
}

// ethercat sends one frame with one command round its ring; the last device sends it back.
func (t *tape) ethercat(number byte, unit, at uint16, out, back string) {
	everyDevice := hostOf("0.0.0.0", "01:01:05:01:00:00")
	for i, data := range [][]byte{octets(out), octets(back)} {
		from := filler
		b := []byte{number, 0, byte(unit), byte(unit >> 8), byte(at), byte(at >> 8), byte(len(data)), 0, 0, 0}
		b = append(append(b, data...), byte(i), 0)
		if i == 1 {
			from = hostOf("0.0.0.0", "2a:63:36:10:00:21") // the master's MAC, marked as local
		}
		t.ether(from, everyDevice, 0x88a4, append([]byte{byte(len(b)), 0x10}, b...))
	}
	t.wait(2 * time.Millisecond)
}

var (
	ringNodes   = hostOf("0.0.0.0", "01:21:6c:00:00:01")
	ringTesters = hostOf("0.0.0.0", "01:15:4e:00:00:01")
)

// ring is a DLR frame (ODVA Volume 2, 9-5.5): sub-type, version, type, port, sender, sequence.
func (t *tape) ring(from host, kind string, sequence uint32, body string) {
	b := append(octets("02 01"+kind+"00"), from.ip.To4()...)
	b = append(be.AppendUint32(b, sequence), octets(body)...)
	t.ether(from, ringNodes, 0x80e1, append(b, make([]byte, max(42-len(b), 0))...))
}

// beacon says the state of the ring, every 400 microseconds as it is set.
func (t *tape) beacon(from host, state byte, sequence uint32) {
	t.ring(from, "01", sequence, fmt.Sprintf("%02x 7f 00000190 000007a8", state))
}

// redundancy is an MRP frame (IEC 62439-2): version, a block, the sequence in the default domain, the end.
func (t *tape) redundancy(from host, block string, sequence uint16) {
	b := append(octets("0001"+block+"01 12"), byte(sequence>>8), byte(sequence))
	t.ether(from, ringTesters, 0x88e3, append(b, octets("ffffffffffffffffffffffffffffffff 0000")...))
}

// ringTest says whether the ring is closed.
func (t *tape) ringTest(from host, state byte, sequence uint16) {
	mac := strings.ReplaceAll(from.mac.String(), ":", "")
	t.redundancy(from, fmt.Sprintf("02 12 a000 %s 0001 00%02x 0001 00001234", mac, state), sequence)
}

func neighbourStories() []story {
	return []story{
		{"network-neighbours", "what switches and clocks say to each other",
			"two minutes of LLDP, CDP, rapid spanning tree and precision time from two switches; then the laptop claims to be root bridge, the topology changes, and it announces a better clock",
			func(t *tape) {
				t.every(30*time.Second, 4, func(i int) {
					t.lldp(switchA, "core-01")
					t.lldp(switchB, "cell-01")
					t.llc(switchB, nextCisco, octets("aaaa03 00000c 2000 02 b4 0000 0001 000b 63656c6c2d3031 0003 0009 4661302f31 0005 0009 31352e3242 0006 0008 49453330 000a 0006 0014"))
					t.bpdu(switchA, switchA, 0x80, 0x3c)
					t.announce(switchA, uint16(i), 6)
				})
				t.act()
				t.bpdu(laptop, laptop, 0x00, 0x3d)
				t.act()
				t.bpdu(switchA, laptop, 0x00, 0x3d)
				t.act()
				t.announce(laptop, 1, 6)
			}},
		{"network-rings-quiet", "rings that stay whole; near miss for another manager, and a base to learn from",
			"the managers of a DLR and an MRP ring say for twenty minutes that their rings are whole",
			func(t *tape) {
				t.every(10*time.Second, 120, func(i int) { t.beacon(switchA, 1, uint32(i)); t.ringTest(switchB, 1, uint16(i)) })
			}},
		{"network-rings", "what the managers of redundant rings say",
			"a ring of EtherNet/IP devices (DLR) and one of PROFINET devices (MRP) that are whole; each breaks, is told and searched, and heals; then the laptop sends beacons and tests of its own",
			func(t *tape) {
				t.every(5*time.Second, 6, func(i int) { t.beacon(switchA, 1, uint32(i)); t.ringTest(switchB, 1, uint16(i)) })
				t.act()
				t.beacon(switchA, 2, 7)
				t.ring(switchA, "05", 8, "")
				t.ring(filler, "04", 9, "01")
				t.ring(switchA, "07", 10, "0002 ec74ba100002 0a4d0a02 ec74ba100003 0a4d0a03")
				t.ring(switchA, "09", 11, "00")
				t.act()
				t.redundancy(switchB, "04 0c ec74ba100003 0000 000a 0001", 7)
				t.ringTest(switchB, 0, 8)
				t.redundancy(switchB, "03 0a a000 ec74ba100003 0014", 9)
				t.wait(2 * time.Second)
				t.beacon(switchA, 1, 12)
				t.ringTest(switchB, 1, 10)
				t.act()
				t.beacon(laptop, 1, 1)
				t.act()
				t.ringTest(laptop, 1, 1)
			}},
		{"ethercat-state", "a master starts a device, configures it, and takes it out of operation",
			"the filler's controller gives a device its address, reads and writes an object through the mailbox, asks it to operate, exchanges process data for a while, and takes it back to initialisation",
			func(t *tape) {
				t.ethercat(2, 0, 0x0010, "e903", "e903")
				t.ethercat(5, 0x3e9, 0x1000, "0a00 0000 00 13 0020 40 0810 00 00000000", "0a00 0000 00 13 0020 40 0810 00 00000000")
				t.ethercat(5, 0x3e9, 0x1000, "0a00 0000 00 23 0020 2b 1610 01 64000000", "0a00 0000 00 23 0020 2b 1610 01 64000000")
				for _, state := range []string{"02", "04", "08"} {
					t.act()
					t.ethercat(5, 0x3e9, 0x0120, state+"00", state+"00")
					t.ethercat(4, 0x3e9, 0x0130, "0000", state+"00")
				}
				for range 200 {
					t.ethercat(12, 0, 1, "00000000", "01000000")
				}
				t.act()
				t.ethercat(5, 0x3e9, 0x0120, "0100", "0100")
				t.ethercat(4, 0x3e9, 0x0130, "0000", "1100")
			}},
	}
}
