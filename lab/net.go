package main

import (
	"encoding/binary"
	"encoding/hex"
	"net"
	"strings"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

var (
	be        = binary.BigEndian
	le        = binary.LittleEndian
	broadcast = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	nobody    = net.HardwareAddr{0, 0, 0, 0, 0, 0}
)

// octets reads hex; blanks are free.
func octets(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err) // only a mistake in this program can cause it
	}
	return b
}

// arp puts one ARP packet on the wire; op 1 asks, 2 answers.
func (s *script) arp(op uint16, from *host, saying net.IP, to net.HardwareAddr, about net.IP) {
	target := to
	if op == 1 {
		target = nobody
	}
	s.put(layered(ether(from.mac, to, layers.EthernetTypeARP), &layers.ARP{
		AddrType: layers.LinkTypeEthernet, Protocol: layers.EthernetTypeIPv4, HwAddressSize: 6, ProtAddressSize: 4, Operation: op,
		SourceHwAddress: from.mac, SourceProtAddress: saying, DstHwAddress: target, DstProtAddress: about}))
}

// resolve asks who has an address; who is up answers.
func (s *script) resolve(from, to *host) {
	s.arp(1, from, from.ip, broadcast, to.ip)
	s.pause(300 * time.Microsecond)
	if to.up(s.now) {
		s.arp(2, to, to.ip, from.mac, from.ip)
	}
	s.pause(100 * time.Microsecond)
}

func (s *script) udp(from, to *host, sport, dport uint16, payload []byte) {
	s.datagram(from, to.ip, to.mac, sport, dport, payload)
}

func (s *script) datagram(from *host, ip net.IP, mac net.HardwareAddr, sport, dport uint16, payload []byte) {
	u := &layers.UDP{SrcPort: layers.UDPPort(sport), DstPort: layers.UDPPort(dport)}
	below := ip4(from, from.ip, ip, layers.IPProtocolUDP)
	u.SetNetworkLayerForChecksum(below)
	s.put(layered(ether(from.mac, mac, layers.EthernetTypeIPv4), below, u, gopacket.Payload(payload)))
}

// since1900 is how many seconds the era of NTP is ahead of 1970.
const since1900 = 2208988800

// ntp asks the gateway for the time (RFC 5905), client mode and server mode of version 4.
func (s *script) ntp(from, to *host) {
	b := make([]byte, 48)
	b[0], b[2] = 0x23, 10
	be.PutUint32(b[40:], uint32(s.now.Unix()+since1900))
	port := from.nextPort()
	s.udp(from, to, port, 123, b)
	s.pause(600 * time.Microsecond)
	if to.up(s.now) {
		s.udp(to, from, 123, port, ntpAnswer(s, to))
	}
}

// ntpAnswer is an answer of stratum 3 that says it is now.
func ntpAnswer(s *script, from *host) []byte {
	b := make([]byte, 48)
	b[0], b[1], b[2], b[3] = 0x24, 3, 10, 0xEC
	copy(b[12:], from.ip)
	for _, at := range []int{16, 24, 32, 40} {
		be.PutUint32(b[at:], uint32(s.now.Unix()+since1900))
	}
	return b
}

// dns asks the gateway for a name and gets an address.
func (s *script) dns(from *host, name string, answer net.IP) {
	id, port := uint16(s.rng.Uint32()), from.nextPort()
	question := &layers.DNS{ID: id, RD: true, QDCount: 1, Questions: []layers.DNSQuestion{{Name: []byte(name), Type: layers.DNSTypeA, Class: layers.DNSClassIN}}}
	s.udp(from, s.gateway, port, 53, layered(question))
	s.pause(900 * time.Microsecond)
	reply := *question
	reply.QR, reply.RA, reply.ANCount = true, true, 1
	reply.Answers = []layers.DNSResourceRecord{{Name: []byte(name), Type: layers.DNSTypeA, Class: layers.DNSClassIN, TTL: 300, IP: answer}}
	s.udp(s.gateway, from, 53, port, layered(&reply))
}

// tls is a session that nobody can read: hello, and records of given sizes there and back.
func (s *script) tls(from, to *host, port uint16, records, up, down int) {
	c := newConn(from, to, port)
	if !c.dial(s) {
		return
	}
	hello := octets("16 0301 0031 01 00002d 0303" + strings.Repeat("11", 32) + "00 0002 1301 0100 0002 0000")
	c.exchange(s, hello, append(octets("16 0303 002c 02 000028 0303"+strings.Repeat("22", 32)+"00 1301 00 0000"), octets("14 0303 0001 01")...))
	for range records {
		c.exchange(s, s.record(up), s.record(down))
		s.pause(20 * time.Millisecond)
	}
	c.settle(s)
	c.close(s)
}

// record is a TLS record of n bytes.
func (s *script) record(n int) []byte {
	b := append(octets("17 0303"), byte(n>>8), byte(n))
	for range n {
		b = append(b, byte(s.rng.Uint32()))
	}
	return b
}

// lldp is what a switch says of itself every thirty seconds (IEEE 802.1AB).
func (s *script) lldp() {
	from := net.HardwareAddr{0xec, 0x74, 0xba, 0x20, 0x00, 0x0a}
	body := append(octets("0207 04"), from...)
	body = append(body, octets("0405 05 706f7237 0602 0078 0a07 73772d6c696e65 0000")...)
	frame := append(octets("0180c200000e"), from...)
	s.put(append(append(frame, 0x88, 0xcc), body...))
}
