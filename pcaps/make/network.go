package main

import (
	"fmt"
	"net"
	"time"

	"github.com/google/gopacket/layers"
)

var broadcast = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// arp records one ARP packet for Ethernet and IPv4, padded as on the wire.
func (t *tape) arp(op uint16, from host, toMAC, frameTo net.HardwareAddr, toIP net.IP) {
	b := layered(
		&layers.Ethernet{SrcMAC: from.mac, DstMAC: frameTo, EthernetType: layers.EthernetTypeARP},
		&layers.ARP{AddrType: layers.LinkTypeEthernet, Protocol: layers.EthernetTypeIPv4, HwAddressSize: 6, ProtAddressSize: 4, Operation: op,
			SourceHwAddress: from.mac, SourceProtAddress: from.ip.To4(), DstHwAddress: toMAC, DstProtAddress: toIP.To4()})
	t.put(append(b, make([]byte, max(0, 60-len(b)))...))
}

func (t *tape) whoHas(from host, ip net.IP) { t.arp(1, from, make([]byte, 6), broadcast, ip) }
func (t *tape) isAt(from, to host)          { t.arp(2, from, to.mac, to.mac, to.ip) }

// resolve is a request and its reply.
func (t *tape) resolve(from, to host) { t.whoHas(from, to.ip); t.isAt(to, from) }

func cellHost(n int) host { return hostOf(fmt.Sprintf("10.77.10.%d", n), "00:00:00:00:00:00") }

func addressStories() []story {
	return []story{
		{"arp-sweep", "one host looks for every address of the cell",
			"the laptop asks by ARP for 10.77.10.1 to .120, fifty a second; the line's hosts answer",
			func(t *tape) {
				there := map[string]host{}
				for _, h := range []host{gateway, air, pressure, filler, cartoner, panel, building, history, packer} {
					there[h.ip.String()] = h
				}
				for n := 1; n <= 120; n++ {
					if n == 99 {
						continue
					}
					t.act()
					t.whoHas(laptop, cellHost(n).ip)
					if h, ok := there[cellHost(n).ip.String()]; ok {
						t.isAt(h, laptop)
					}
					t.wait(20 * time.Millisecond)
				}
			}},
		{"arp-spoof", "two MACs claim one address by replies that nobody asked for",
			"filler and panel resolve each other and speak for a while; then the laptop tells both, unasked, that it is the other, every second for 20 s, and the panel's frames go to the laptop's MAC",
			func(t *tape) {
				t.resolve(panel, filler)
				t.resolve(filler, panel)
				m := t.s7(panel, filler, 2)
				t.every(time.Second, 10, func(int) { m.readDB(10, 0, 40) })
				t.wait(15 * time.Second)
				t.every(time.Second, 20, func(int) {
					t.act()
					t.isAt(host{filler.ip, laptop.mac}, panel)
					t.isAt(host{panel.ip, laptop.mac}, filler)
					m.server.mac = laptop.mac
					m.readDB(10, 0, 40)
				})
			}},
		{"arp-replaced", "another device answers for a known address, and the one before no longer does",
			"the historian resolves and polls the air handling unit; three minutes later a device with another MAC answers for its address, and is polled",
			func(t *tape) {
				t.resolve(history, air)
				m := t.modbus(history, air)
				m.poll()
				m.close()
				t.wait(3 * time.Minute)
				spare := host{air.ip, pressure.mac}
				t.act()
				t.resolve(history, spare)
				m = t.modbus(history, spare)
				m.poll()
				m.close()
			}},
		{"arp-moved", "a known MAC takes another address",
			"the historian resolves and polls the air handling unit, then announces 10.77.10.88 for its MAC and polls from there",
			func(t *tape) {
				t.resolve(history, air)
				m := t.modbus(history, air)
				m.poll()
				m.close()
				moved := host{cellHost(88).ip, history.mac}
				t.wait(5 * time.Second)
				t.act()
				t.arp(1, moved, make([]byte, 6), broadcast, moved.ip)
				t.resolve(moved, air)
				m = t.modbus(moved, air)
				m.poll()
				m.close()
			}},
		{"arp-flood", "replies without end fill the tables of switches and hosts",
			"the laptop sends 200 unasked replies in 10 s, each for another address with another made-up MAC",
			func(t *tape) {
				t.every(50*time.Millisecond, 200, func(i int) {
					claimed := hostOf(fmt.Sprintf("10.77.11.%d", i+1), fmt.Sprintf("02:00:00:00:77:%02x", i))
					t.act()
					t.isAt(claimed, gateway)
				})
			}},
	}
}

func scanStories() []story {
	return []story{
		{"syn-scan-ports", "many ports of one host are tried",
			"the laptop sends SYNs to 40 ports of the air handling unit; 502 answers and is reset, the others refuse",
			func(t *tape) {
				t.resolve(laptop, air)
				for port := uint16(480); port < 520; port++ {
					t.wait(20 * time.Millisecond)
					t.act()
					if port == 502 {
						t.halfOpen(laptop, air, port)
						continue
					}
					t.refused(laptop, air, port)
				}
			}},
		{"slow-scan", "a known host looks around slowly",
			"the historian polls the air handling unit for a few seconds; then it tries, one every ten minutes, two ports of three controllers, and is refused each time",
			func(t *tape) {
				t.triesInVain(10*time.Minute, []host{air, pressure, filler}, []uint16{22, 80})
			}},
		{"slow-tries", "a known host asks for little that it never asked for; near miss for a slow scan",
			"as slow-scan, but it tries one port of one controller six times, and then another",
			func(t *tape) {
				t.triesInVain(10*time.Minute, []host{air, air, air, air, air, air, filler}, []uint16{80})
			}},
		{"syn-scan-hosts", "one port of many hosts is tried",
			"the laptop sends SYNs to port 80 of 40 addresses; nobody answers",
			func(t *tape) {
				for n := 101; n <= 140; n++ {
					t.wait(50 * time.Millisecond)
					t.act()
					t.ignored(laptop, hostOf(fmt.Sprintf("10.77.12.%d", n), gateway.mac.String()), 80)
				}
			}},
		{"industrial-scan", "controllers are looked for by their ports",
			"the laptop tries ports 102, 502, 2222 and 44818 of four controllers; what is served answers and is reset, the rest refuses",
			industrialScan},
		{"syn-flood", "a small flood of connections that are never completed",
			"the laptop sends 200 SYNs to port 502 of the air handling unit in two seconds; the server answers each, the laptop never",
			func(t *tape) {
				t.every(10*time.Millisecond, 200, func(int) {
					t.act()
					c := t.dial(laptop, air, 502)
					c.send(&c.client, &c.server, layers.TCP{SYN: true}, nil)
					c.client.next++
					c.send(&c.server, &c.client, layers.TCP{SYN: true, ACK: true}, nil)
				})
			}},
	}
}

// triesInVain is the historian at its work, then a port after the other refused.
func (t *tape) triesInVain(every time.Duration, of []host, ports []uint16) {
	p := newPollers(t)
	p.seconds(5, p.air)
	p.air.close()
	for _, h := range of {
		for _, port := range ports {
			t.wait(every)
			t.act()
			t.refused(history, h, port)
		}
	}
	t.wait(every)
	t.resolve(history, air)
}

// halfOpen is a SYN, its answer, and a reset: the scan that never connects.
func (t *tape) halfOpen(client, server host, port uint16) {
	c := t.dial(client, server, port)
	c.send(&c.client, &c.server, layers.TCP{SYN: true}, nil)
	c.client.next++
	c.send(&c.server, &c.client, layers.TCP{SYN: true, ACK: true}, nil)
	c.send(&c.client, &c.server, layers.TCP{RST: true}, nil)
}

// industrialScan tries the ports of industrial protocols on four controllers.
func industrialScan(t *tape) {
	served := map[string]uint16{air.ip.String(): 502, pressure.ip.String(): 502, filler.ip.String(): 102, cartoner.ip.String(): 44818}
	for _, h := range []host{air, pressure, filler, cartoner} {
		t.resolve(laptop, h)
		for _, port := range []uint16{102, 502, 2222, 44818} {
			t.wait(30 * time.Millisecond)
			t.act()
			if served[h.ip.String()] == port {
				t.halfOpen(laptop, h, port)
				continue
			}
			t.refused(laptop, h, port)
		}
	}
}
