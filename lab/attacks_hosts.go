package main

import (
	"fmt"
	"net"
	"time"

	"github.com/google/gopacket/layers"
)

// newcomers are attacks by devices that do not belong here, or that pretend to be others (OT-01).
func newcomers() []deed {
	return []deed{
		{name: "unknown laptop joins and reads the air handling unit", kind: "OT-01", on: air, lasts: 15 * time.Minute,
			do: func(s *script, who *host) {
				joins(s, who)
				m := s.modbus(who, s.air, s.plant.air)
				for range 60 {
					m.read(s, 4, 0, 10)
					m.settle(s)
					s.wait(s.about(10 * time.Second))
				}
				m.close(s)
			}},
		{name: "unknown host only listens and answers ARP", kind: "OT-01", on: gateway, lasts: 10 * time.Minute,
			do: func(s *script, who *host) {
				for range 3 {
					s.arp(2, who, who.ip, s.gateway.mac, s.gateway.ip)
					s.wait(2 * time.Minute)
				}
			}},
		{name: "another device answers in place of the room pressure controller", kind: "OT-01", by: pressure, on: historian, lasts: 5 * time.Minute,
			do: func(s *script, _ *host) {
				was := s.plant.pressure.product
				s.plant.pressure.product = [3]string{"Generic", "MB-GW-1", "1.0"}
				s.histPressure.identity(s)
				s.histPressure.settle(s)
				s.plant.pressure.product = was
			}},
	}
}

// joins is a host announcing itself and finding the gateway.
func joins(s *script, who *host) {
	for range 2 {
		s.arp(1, who, net.IPv4zero.To4(), broadcast, who.ip)
		s.wait(time.Second)
	}
	s.arp(1, who, who.ip, broadcast, who.ip)
	s.resolve(who, s.gateway)
	s.ntp(who, s.gateway)
}

// discovery are attacks that look around (OT-02).
func discovery() []deed {
	return []deed{
		{name: "port scan of the filler", kind: "OT-02", on: filler, lasts: 5 * time.Minute,
			do: func(s *script, who *host) {
				s.resolve(who, s.filler)
				for port := uint16(1); port < 400; port++ {
					probe(s, who, s.filler, port, port == 102)
					s.wait(s.about(20 * time.Millisecond))
				}
			}},
		{name: "slow scan, one industrial port of one controller every three minutes", kind: "OT-02", on: filler, lasts: 70 * time.Minute,
			do: func(s *script, who *host) {
				for _, to := range []*host{s.air, s.pressure, s.filler, s.cartoner} {
					for _, port := range []uint16{102, 502, 2222, 44818, 4840} {
						probe(s, who, to, port, false)
						s.wait(s.about(3 * time.Minute))
					}
				}
			}},
		{name: "slow scan by the engineering station, web and shell ports", kind: "OT-02", by: engineering, on: air, lasts: 110 * time.Minute,
			do: func(s *script, who *host) {
				for _, to := range []*host{s.air, s.pressure, s.filler, s.cartoner} {
					for _, port := range []uint16{80, 22, 23} {
						probe(s, who, to, port, false)
						s.wait(s.about(8 * time.Minute))
					}
				}
			}},
		{name: "ARP sweep of the cell", kind: "OT-02", on: gateway, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				for n := byte(1); n < 255; n++ {
					s.arp(1, who, who.ip, broadcast, net.IPv4(10, 20, 30, n).To4())
					s.wait(100 * time.Millisecond)
				}
			}},
		{name: "unit ids tried behind the room pressure controller", kind: "OT-02", by: historian, on: pressure, lasts: 2 * time.Minute,
			do: func(s *script, _ *host) {
				m := s.modbus(s.historian, s.pressure, s.plant.pressure)
				for unit := byte(1); unit < 30; unit++ {
					m.unit = unit
					m.refused(s, words(3, 0, 1), 0x0B)
					s.pause(100 * time.Millisecond)
				}
				m.close(s)
			}},
		{name: "system status lists of the filler swept", kind: "OT-02", on: filler, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				c := s.s7(who, s.filler, 1, s.plant.filler)
				c.ready(s)
				c.list(s, 0x0011, 0, moduleList)
				c.list(s, 0x001C, 0, componentList)
				c.list(s, 0x0424, 0, modeList)
				for _, id := range []uint16{0x0131, 0x0132, 0x0174, 0x0232, 0x0591, 0x00A0} {
					c.user(s, 4, 1, fmt.Sprintf("%04x0000", id), 0xD401, "")
				}
				c.close(s)
			}},
		{name: "tags of the cartoner listed by the historian", kind: "OT-02", by: historian, on: cartoner, lasts: time.Minute,
			do: func(s *script, _ *host) {
				s.histCartoner.cip(s, 0x55, octets("206b 2500 0000"), octets("0200 0100 0200"), 0, octets("01000000 0500 53706565 64 c400 02000000 0900 4c6f744e756d626572 c400"))
				s.histCartoner.settle(s)
			}},
	}
}

// probe is a SYN that is refused, or answered and reset.
func probe(s *script, from, to *host, port uint16, served bool) {
	c := newConn(from, to, port)
	c.client.port, c.client.next = from.nextPort(), s.rng.Uint32()
	c.send(s, &c.client, &c.server, syn, nil)
	s.pause(300 * time.Microsecond)
	if !served {
		c.send(s, &c.server, &c.client, rst, nil)
		return
	}
	c.send(s, &c.server, &c.client, layers.TCP{SYN: true, ACK: true}, nil)
	c.send(s, &c.client, &c.server, layers.TCP{RST: true}, nil)
}

// blocking are attacks on availability (OT-09).
func blocking() []deed {
	return []deed{
		{name: "SYN flood on the filler", kind: "OT-09", on: filler, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				for range 3000 {
					c := newConn(who, s.filler, 102)
					c.client.port, c.client.next = who.nextPort(), s.rng.Uint32()
					c.send(s, &c.client, &c.server, syn, nil)
					s.wait(10 * time.Millisecond)
				}
			}},
		{name: "connections of the air handling unit used up, one every ten seconds", kind: "OT-09", on: air, lasts: 10 * time.Minute,
			do: func(s *script, who *host) {
				for range 30 {
					newConn(who, s.air, 502).dial(s)
					s.wait(s.about(10 * time.Second))
				}
			}},
		{name: "malformed Modbus messages", kind: "OT-09", on: air, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				m := s.modbus(who, s.air, s.plant.air)
				m.read(s, 4, 0, 2)
				for _, b := range []string{"0009 0000 00ff 01 03", "000a 0001 0006 01 03 0000 0001", "000b 0000 0006 01 03 0000 ffff", "000c 0000 0002 01 80"} {
					m.exchange(s, octets(b), nil)
					s.wait(time.Second)
				}
				m.close(s)
			}},
		{name: "connection of the HMI to the filler reset again and again", kind: "OT-09", by: hmi, on: filler, lasts: 5 * time.Minute,
			do: func(s *script, _ *host) {
				for range 40 {
					s.hmiFiller.reset(s)
					s.wait(s.about(6 * time.Second))
				}
			}},
		{name: "heartbeat of the HMI to the air handling unit held back", kind: "OT-09", by: hmi, on: air, lasts: 45 * time.Minute,
			do: func(s *script, _ *host) {
				s.heartless, s.hmiAir.act = true, s.act
				s.wait(40 * time.Minute)
				s.heartless, s.hmiAir.act = false, nil
			}},
		{name: "flood of ARP replies", kind: "OT-09", on: gateway, anybody: true, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				for n := range 600 {
					fake := &host{mac: net.HardwareAddr{2, 0, 0, 0, byte(n >> 8), byte(n)}}
					s.arp(2, fake, net.IPv4(10, 20, 40+byte(n>>8), byte(n)).To4(), s.gateway.mac, s.gateway.ip)
					s.wait(50 * time.Millisecond)
				}
			}},
		{name: "requests of the HMI to the air handling unit swallowed by a host between", kind: "OT-09", on: air, spoofed: func(c *cast) []*host { return []*host{c.hmi, c.air} }, lasts: 8 * time.Minute,
			do: func(s *script, who *host) {
				poison(s, who, s.hmi, s.air)
				s.hmiAir.middle = &middle{host: who, act: s.act, drop: true}
				s.wait(5 * time.Minute)
				s.hmiAir.middle = nil
				heal(s, s.hmi, s.air)
			}},
	}
}

// poison tells both hosts, unasked, that the other is at another MAC.
func poison(s *script, who, a, b *host) {
	s.arp(2, who, b.ip, a.mac, a.ip)
	s.pause(time.Millisecond)
	s.arp(2, who, a.ip, b.mac, b.ip)
	s.pause(time.Millisecond)
}

// heal puts the right addresses back.
func heal(s *script, a, b *host) {
	s.arp(2, b, b.ip, a.mac, a.ip)
	s.pause(time.Millisecond)
	s.arp(2, a, a.ip, b.mac, b.ip)
	s.pause(time.Millisecond)
}
