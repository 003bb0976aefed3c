package main

import (
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// arpAnnounce is a gratuitous ARP request, as hosts send when they start.
func (t *tape) arpAnnounce(h host) { t.arp(1, h, make([]byte, 6), broadcast, h.ip) }

func moreStories() []story {
	return []story{
		{"host-returns", "a host falls silent and starts again, twice",
			"as host-silent; then the pressure controller announces itself and is polled for half a minute; it is gone for four minutes more, announces itself again and is polled",
			func(t *tape) {
				p := newPollers(t)
				p.seconds(60, p.air, p.pressure, p.building)
				for range 2 {
					for range 48 {
						p.seconds(5, p.air, p.building)
						t.ignored(history, pressure, 502)
					}
					t.act()
					t.arpAnnounce(pressure)
					p.pressure = t.modbus(history, pressure)
					p.seconds(30, p.air, p.pressure, p.building)
				}
			}},
		{"host-returns-quietly", "a host falls silent and speaks again without announcing itself",
			"as host-silent; then the pressure controller is polled again on a new connection for half a minute",
			func(t *tape) {
				p := newPollers(t)
				p.seconds(60, p.air, p.pressure, p.building)
				for range 48 {
					p.seconds(5, p.air, p.building)
					t.ignored(history, pressure, 502)
				}
				t.act()
				p.pressure = t.modbus(history, pressure)
				p.seconds(30, p.air, p.pressure, p.building)
			}},
		{"controller-to-controller", "a controller opens a session with another controller",
			"as modbus-two-polls for a minute; then the pressure controller opens Modbus on the air handling unit and writes a register",
			func(t *tape) {
				p := newPollers(t)
				p.seconds(60, p.air, p.pressure, p.building)
				m := t.modbus(pressure, air)
				t.act()
				m.write(1, 2, 300)
				m.close()
			}},
		{"view-lost", "a historian no longer asks its controllers, though all still speak",
			"as modbus-two-polls for a minute; then for four minutes the historian asks neither of its controllers, and it and the pressure controller only send datagrams to the building station",
			func(t *tape) {
				p := newPollers(t)
				p.seconds(60, p.air, p.pressure, p.building)
				t.act()
				t.every(time.Second, 240, func(int) {
					p.building.read(1, 4, 0, 10)
					t.udp(history, building, 5000, 5000, []byte("here"))
					t.udp(pressure, building, 5000, 5000, []byte("here"))
				})
			}},
		{"enip-fault", "a device says that it is in a fault",
			"the panel of the packaging asks the cartoner twice who it is; the second time its state is major unrecoverable fault",
			func(t *tape) {
				port := t.port()
				for _, state := range []byte{3, 5} {
					id := identityOf(0)
					id[len(id)-1] = state
					t.udp(packer, cartoner, port, 44818, encapsulated(0x63, 0, 0, 1, nil))
					t.wait(2 * time.Millisecond)
					if state == 5 {
						t.act()
					}
					t.udp(cartoner, packer, 44818, port, encapsulated(0x63, 0, 0, 1, id))
					t.wait(30 * time.Second)
				}
			}},
		{"enip-broadcast", "devices are looked for by broadcast",
			"the laptop asks everybody by ListIdentity who they are; the cartoner answers",
			func(t *tape) {
				port := t.port()
				t.act()
				t.udp(laptop, hostOf("255.255.255.255", broadcast.String()), port, 44818, encapsulated(0x63, 0, 0, 1, nil))
				t.wait(2 * time.Millisecond)
				t.udp(cartoner, laptop, 44818, port, encapsulated(0x63, 0, 0, 1, identityOf(0)))
			}},
		{"enip-sessions-refused", "a device that gives no session any more",
			"the historian asks twelve times within a minute for a session, a connection each; the cartoner refuses for want of memory",
			func(t *tape) {
				t.every(4*time.Second, 12, func(int) {
					c := t.open(history, cartoner, 44818)
					t.act()
					c.exchange(encapsulated(0x65, 0, 0, 1, octets("0100 0000")), encapsulated(0x65, 0, 2, 1, nil))
					c.close()
				})
			}},
		{"arp-duplicate", "two hosts answer for one address",
			"the historian asks every ten seconds for the air handling unit; it and the laptop both answer, as after a wrong setting",
			func(t *tape) {
				t.every(10*time.Second, 6, func(int) {
					t.whoHas(history, air.ip)
					t.isAt(air, history)
					t.act()
					t.isAt(host{air.ip, laptop.mac}, history)
				})
			}},
		{"mirror-copies", "a mirror port that shows every frame twice",
			"two minutes of polling, every frame recorded twice",
			func(t *tape) {
				m := t.modbus(history, air)
				day(t, m, 120)
				m.close()
				var twice []frame
				for _, f := range t.frames {
					again := f
					again.at = f.at.Add(3 * time.Microsecond)
					twice = append(twice, f, again)
				}
				t.frames = twice
			}},
		{"vlan-vanishes", "a VLAN is no longer mirrored",
			"polling on VLANs 10 and 20 for two minutes; then only VLAN 10 is seen for four minutes",
			func(t *tape) {
				one, two := t.modbusTagged(history, air, 10), t.modbusTagged(building, pressure, 20)
				t.every(time.Second, 120, func(int) { one.poll(); two.poll() })
				t.act()
				t.every(time.Second, 240, func(int) { one.poll() })
			}},
		{"vlan-one-sided", "a VLAN of which the mirror shows one direction only",
			"polling on VLANs 10 and 20 for three minutes; on VLAN 20 the answers are not mirrored",
			func(t *tape) {
				one, two := t.modbusTagged(history, air, 10), t.modbusTagged(building, pressure, 20)
				t.frames = t.frames[:len(t.frames)-2] // of the handshake only the request to open is mirrored
				two.server.mute = true
				t.every(time.Second, 180, func(int) { one.poll(); two.poll() })
			}},
		{"sync-lost", "what follows is no message of the protocol, again and again",
			"the laptop reads registers of the air handling unit on six connections and each time sends twenty bytes that belong to nothing",
			func(t *tape) {
				t.every(5*time.Second, 6, func(int) {
					m := t.modbus(laptop, air)
					m.read(1, 3, 0, 2)
					t.act()
					m.ask([]byte("\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe"))
					m.serverAck()
					m.close()
				})
			}},
	}
}

// modbusTagged is modbus on a VLAN.
func (t *tape) modbusTagged(client, server host, vlan uint16) *modbus {
	c := t.dial(client, server, 502)
	c.wrap = func(below []gopacket.SerializableLayer) []gopacket.SerializableLayer {
		e := *below[0].(*layers.Ethernet)
		tag := &layers.Dot1Q{VLANIdentifier: vlan, Type: e.EthernetType}
		e.EthernetType = layers.EthernetTypeDot1Q
		return append([]gopacket.SerializableLayer{&e, tag}, below[1:]...)
	}
	c.shake()
	return &modbus{conn: c}
}
