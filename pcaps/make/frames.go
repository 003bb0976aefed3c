package main

import (
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

func frameStories() []story {
	return []story{
		{"port-zero", "a port that no host may use",
			"the laptop sends datagrams from port 0 and a SYN to port 0 of the air handling unit, which refuses",
			func(t *tape) {
				t.act()
				t.udp(laptop, air, 0, 40001, []byte("zero"))
				t.act()
				t.udp(laptop, air, 40000, 0, []byte("zero"))
				t.act()
				t.refused(laptop, air, 0)
			}},
		{"illegal-address", "source addresses that no host may use",
			"datagrams to the air handling unit from a multicast, the broadcast, a loopback and its own address",
			func(t *tape) {
				for _, ip := range []string{"224.0.0.5", "255.255.255.255", "127.0.0.1", air.ip.String()} {
					t.act()
					t.udp(hostOf(ip, laptop.mac.String()), air, 40000, 161, []byte("who"))
				}
			}},
		{"fragments", "IP fragments as they ought to be",
			"six datagrams of 2,000 bytes from historian to building station, each in two fragments, one of them out of order",
			func(t *tape) {
				for i := range 6 {
					a, b := t.fragments(history, building, 2000)
					if i == 3 {
						t.act()
						a, b = b, a
					}
					t.put(a)
					t.put(b)
					t.wait(time.Second)
				}
			}},
		{"fragments-left", "datagrams that never become whole fill a table of the sensor",
			"the laptop sends the building station the first fragments of ninety datagrams within three seconds, and no second one",
			func(t *tape) {
				t.act()
				for range 90 {
					a, _ := t.fragments(laptop, building, 2000)
					t.put(a)
					t.wait(30 * time.Millisecond)
				}
			}},
		{"fragment-overlap", "fragments that hold different bytes for one place",
			"a datagram of 2,000 bytes whose second fragment starts 800 bytes early with other content, and one that reaches beyond 65,535 bytes",
			func(t *tape) {
				first, second := t.fragments(laptop, building, 2000)
				t.put(first)
				t.act()
				t.put(t.shifted(laptop, building, 600/8, false))
				t.put(second)
				t.wait(time.Second)
				first, _ = t.fragments(laptop, building, 2000)
				t.put(first)
				t.act()
				t.put(t.shifted(laptop, building, 8190, false))
			}},
		{"vlan-qinq", "two VLAN tags around Modbus",
			"the historian polls the air handling unit inside an outer tag 100 (0x88A8) and an inner tag 20",
			func(t *tape) {
				m := &modbus{conn: t.dial(history, air, 502)}
				m.wrap = qinq
				m.shake()
				m.poll()
				m.write(1, 2, 220)
				m.close()
			}},
		{"tcp-overlap", "a retransmission with other bytes than the first copy",
			"the historian polls; one request is sent again with the same sequence number, but as a write",
			func(t *tape) {
				m := t.modbus(history, air)
				m.poll()
				id := m.next()
				again := m.client
				m.ask(adu(id, 1, numbers(3, 2, 1)...))
				t.act()
				m.send(&again, &m.server, push, adu(id, 1, numbers(6, 2, 1)...))
				m.answer(adu(id, 1, values(3, 2, 1)...))
				m.ack()
				m.close()
			}},
	}
}

// qinq puts two tags behind the Ethernet header.
func qinq(below []gopacket.SerializableLayer) []gopacket.SerializableLayer {
	e := below[0].(*layers.Ethernet)
	inner := &layers.Dot1Q{VLANIdentifier: 20, Type: e.EthernetType}
	e.EthernetType = layers.EthernetTypeQinQ
	return append([]gopacket.SerializableLayer{e, &layers.Dot1Q{VLANIdentifier: 100, Type: layers.EthernetTypeDot1Q}, inner}, below[1:]...)
}

// fragments is one UDP datagram of n payload bytes in two fragments of one identification.
func (t *tape) fragments(from, to host, n int) (first, second []byte) {
	const cut = 1400 // of the IP payload, a multiple of eight
	ip := t.ip4(from, to, layers.IPProtocolUDP)
	u := &layers.UDP{SrcPort: 40000, DstPort: 40001}
	u.SetNetworkLayerForChecksum(ip)
	body := layered(u, gopacket.Payload(make([]byte, n)))
	return t.fragment(from, to, 0, true, body[:cut]), t.fragment(from, to, cut/8, false, body[cut:])
}

// fragment is one fragment of the datagram numbered last; offset in units of eight bytes.
func (t *tape) fragment(from, to host, offset uint16, more bool, body []byte) []byte {
	ip := t.ip4(from, to, layers.IPProtocolUDP)
	t.ids--
	ip.Id, ip.Flags, ip.FragOffset = t.ids, 0, offset
	if more {
		ip.Flags = layers.IPv4MoreFragments
	}
	return layered(&layers.Ethernet{SrcMAC: from.mac, DstMAC: to.mac, EthernetType: layers.EthernetTypeIPv4}, ip, gopacket.Payload(body))
}

// shifted is a fragment of the last datagram at the wrong place, with other content.
func (t *tape) shifted(from, to host, offset uint16, more bool) []byte {
	body := make([]byte, 800)
	for i := range body {
		body[i] = 0xEE
	}
	return t.fragment(from, to, offset, more, body)
}
