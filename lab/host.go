package main

import (
	"net"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// host is one speaker on the line.
type host struct {
	name string
	ip   net.IP
	mac  net.HardwareAddr
	out  []outage
	ids  uint16 // last IPv4 identification
	port uint16 // last client port
}

// outage is a time in which a host does not answer. After a restart its
// connections are gone; after a cable is back they are where they were.
type outage struct {
	from, until time.Time
	restart     bool
}

func newHost(name, ip, mac string) *host {
	m, err := net.ParseMAC(mac)
	if err != nil {
		panic(err)
	}
	return &host{name: name, ip: net.ParseIP(ip).To4(), mac: m, port: 49151}
}

func (h *host) up(t time.Time) bool {
	for _, o := range h.out {
		if !t.Before(o.from) && t.Before(o.until) {
			return false
		}
	}
	return true
}

// forgot reports whether the host restarted between two times.
func (h *host) forgot(since, now time.Time) bool {
	for _, o := range h.out {
		if o.restart && o.from.After(since) && !o.until.After(now) {
			return true
		}
	}
	return false
}

// nextPort gives out client ports as Windows does: one after the other.
func (h *host) nextPort() uint16 {
	if h.port++; h.port < 49152 {
		h.port = 49152
	}
	return h.port
}

// cast are the hosts of the line.
type cast struct {
	gateway, air, pressure, filler, cartoner, weigher *host
	hmi, historian, engineering, mes, vendor          *host
}

func newCast() cast {
	const router = "ec:74:ba:20:00:01"
	return cast{
		gateway:     newHost("gateway", "10.20.30.1", router),
		air:         newHost("air handling", "10.20.30.11", "00:80:f4:20:00:11"),
		pressure:    newHost("room pressure", "10.20.30.12", "00:30:de:20:00:12"),
		filler:      newHost("filler", "10.20.30.21", "28:63:36:20:00:21"),
		cartoner:    newHost("cartoner", "10.20.30.31", "00:1d:9c:20:00:31"),
		weigher:     newHost("check weigher", "10.20.30.32", "00:1d:9c:20:00:32"),
		hmi:         newHost("HMI", "10.20.30.41", "00:0e:8c:20:00:41"),
		historian:   newHost("historian", "10.20.30.43", "00:50:56:20:00:43"),
		engineering: newHost("engineering station", "10.20.30.61", "f8:bc:12:20:00:61"),
		mes:         newHost("MES", "10.20.5.17", router),
		vendor:      newHost("vendor", "10.20.99.7", router),
	}
}

// guest is a host that nobody knows, each with addresses of its own.
func (l *lab) guest() *host {
	l.guests++
	n := 100 + l.guests
	return &host{name: "guest", ip: net.IPv4(10, 20, 30, byte(n)).To4(), mac: net.HardwareAddr{0x3c, 0x58, 0xc2, 0x20, 0x00, byte(n)}, port: 49151}
}

// layered serialises layers with right lengths and checksums.
func layered(all ...gopacket.SerializableLayer) []byte {
	b := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, all...); err != nil {
		panic(err) // only a mistake in this program can cause it
	}
	return b.Bytes()
}

func ether(from, to net.HardwareAddr, kind layers.EthernetType) *layers.Ethernet {
	return &layers.Ethernet{SrcMAC: from, DstMAC: to, EthernetType: kind}
}

func ip4(from *host, src, dst net.IP, proto layers.IPProtocol) *layers.IPv4 {
	from.ids++
	return &layers.IPv4{Version: 4, IHL: 5, TTL: 64, Id: from.ids, Flags: layers.IPv4DontFragment, Protocol: proto, SrcIP: src, DstIP: dst}
}

// padded fills a frame to the least that Ethernet carries.
func padded(b []byte) []byte {
	for len(b) < 60 {
		b = append(b, 0)
	}
	return b
}

// put hands a frame to the mirror port, which may show it twice, late, or not at all.
func (s *script) put(data []byte) { s.shown(data, s.act) }

func (s *script) shown(data []byte, a *act) {
	f, at := &s.fault, s.now
	if s.noise.Float64() < f.drop {
		return
	}
	if s.noise.Float64() < f.late {
		at = at.Add(6 * time.Millisecond)
	}
	s.wire.put(at, padded(data), a)
	if s.noise.Float64() < f.double {
		s.wire.put(at.Add(4*time.Microsecond), padded(data), a)
	}
}
