package main

import (
	"bytes"
	"encoding/hex"
	"net"
	"strings"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// tape takes frames in the order of its clock.
type tape struct {
	now    time.Time
	frames []frame
	acts   []int  // numbers of the frames a story is about
	ids    uint16 // last IPv4 identification
	ports  uint16 // last client port
	zip    bool   // compressed whatever its size
}

// frame is one frame as captured; wire is its length before it was cut.
type frame struct {
	at   time.Time
	data []byte
	wire int
}

// start is the first second of every story, after the recorded line.
var start = time.Date(2026, time.November, 24, 12, 0, 0, 0, time.UTC)

func newTape() *tape { return &tape{now: start, ports: 49151} }

func (t *tape) wait(d time.Duration) { t.now = t.now.Add(d) }

// put records a frame and lets 100 µs pass.
func (t *tape) put(data []byte) {
	t.frames = append(t.frames, frame{t.now, data, len(data)})
	t.wait(100 * time.Microsecond)
}

// act marks the next frame as one the story is about.
func (t *tape) act() { t.acts = append(t.acts, len(t.frames)+1) }

// bytes is the tape as a pcap file.
func (t *tape) bytes() []byte {
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	w.WriteFileHeader(65535, layers.LinkTypeEthernet)
	for _, f := range t.frames {
		if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: f.at, CaptureLength: len(f.data), Length: f.wire}, f.data); err != nil {
			panic(err)
		}
	}
	return b.Bytes()
}

// layered serialises layers with right lengths and checksums.
func layered(all ...gopacket.SerializableLayer) []byte {
	b := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, all...); err != nil {
		panic(err)
	}
	return bytes.Clone(b.Bytes())
}

// host is one speaker.
type host struct {
	ip  net.IP
	mac net.HardwareAddr
}

func hostOf(ip, mac string) host {
	m, err := net.ParseMAC(mac)
	if err != nil {
		panic(err)
	}
	return host{net.ParseIP(ip), m}
}

// The cast of the recorded line, an engineering station, and a host beyond the line.
var (
	gateway     = hostOf("10.77.10.1", "ec:74:ba:10:00:01")
	air         = hostOf("10.77.10.11", "00:80:f4:10:00:11")
	pressure    = hostOf("10.77.10.12", "00:30:de:10:00:12")
	filler      = hostOf("10.77.10.21", "28:63:36:10:00:21")
	cartoner    = hostOf("10.77.10.31", "00:1d:9c:10:00:31")
	panel       = hostOf("10.77.10.41", "00:0e:8c:10:00:41")
	building    = hostOf("10.77.10.42", "00:d0:c9:10:00:42")
	history     = hostOf("10.77.10.43", "00:50:56:10:00:43")
	packer      = hostOf("10.77.10.51", "f4:54:33:10:00:51")
	engineering = hostOf("10.77.10.61", "f8:bc:12:10:00:61")
	laptop      = hostOf("10.77.10.99", "3c:58:c2:10:00:99")
	public      = hostOf("198.51.100.77", "ec:74:ba:10:00:01") // behind the gateway (RFC 5737)
)

func (h host) v6() bool { return h.ip.To4() == nil }

// ether and network are the layers below TCP or UDP from one host to another.
func (t *tape) below(from, to host, proto layers.IPProtocol) []gopacket.SerializableLayer {
	e := &layers.Ethernet{SrcMAC: from.mac, DstMAC: to.mac, EthernetType: layers.EthernetTypeIPv4}
	if from.v6() {
		e.EthernetType = layers.EthernetTypeIPv6
		return []gopacket.SerializableLayer{e, &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: proto, SrcIP: from.ip, DstIP: to.ip}}
	}
	return []gopacket.SerializableLayer{e, t.ip4(from, to, proto)}
}

func (t *tape) ip4(from, to host, proto layers.IPProtocol) *layers.IPv4 {
	t.ids++
	return &layers.IPv4{Version: 4, IHL: 5, TTL: 64, Id: t.ids, Flags: layers.IPv4DontFragment, Protocol: proto, SrcIP: from.ip.To4(), DstIP: to.ip.To4()}
}

// udp records one datagram.
func (t *tape) udp(from, to host, sport, dport uint16, payload []byte) {
	u := &layers.UDP{SrcPort: layers.UDPPort(sport), DstPort: layers.UDPPort(dport)}
	below := t.below(from, to, layers.IPProtocolUDP)
	u.SetNetworkLayerForChecksum(below[1].(gopacket.NetworkLayer))
	t.put(layered(append(below, u, gopacket.Payload(payload))...))
}

// port is the next client port.
func (t *tape) port() uint16 { t.ports++; return t.ports }

// octets reads hex; blanks are free.
func octets(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}
