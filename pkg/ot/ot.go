// Package ot is the vocabulary of the plant: endpoints, conversations, plant verbs and observations.
package ot

import (
	"net/netip"
	"strconv"
)

// Endpoint is one end of a conversation. It is comparable and holds no pointers.
//
// IP is the address in 16-byte form (IPv4 mapped into IPv6). It is zero for
// link-layer speakers without an address; only then is MAC set, so that one
// host never has two endpoints because its frames crossed a router or a mirror.
type Endpoint struct {
	IP   [16]byte
	MAC  [6]byte
	Port uint16 // TCP or UDP port; 0 where the transport has none
}

// HasIP reports whether the endpoint is known by address rather than by MAC.
func (e Endpoint) HasIP() bool { return e.IP != [16]byte{} }

// Host is the endpoint without its port.
func (e Endpoint) Host() Endpoint { e.Port = 0; return e }

// Addr is the address, invalid for an endpoint known by MAC only.
func (e Endpoint) Addr() netip.Addr {
	if !e.HasIP() {
		return netip.Addr{}
	}
	return netip.AddrFrom16(e.IP).Unmap()
}

// HostString is the address, or the MAC where there is none.
func (e Endpoint) HostString() string {
	if e.HasIP() {
		return e.Addr().String()
	}
	return MACString(e.MAC)
}

// String is "address:port", "MAC/ethertype", or the host alone where there is no port.
func (e Endpoint) String() string {
	switch {
	case e.Port == 0:
		return e.HostString()
	case !e.HasIP():
		return e.HostString() + "/0x" + strconv.FormatUint(uint64(e.Port)|0x10000, 16)[1:]
	}
	if a := e.Addr(); a.Is6() {
		return "[" + a.String() + "]:" + strconv.Itoa(int(e.Port))
	}
	return e.HostString() + ":" + strconv.Itoa(int(e.Port))
}

// MACString writes a MAC the usual way: 02:00:00:00:00:10.
func MACString(m [6]byte) string {
	const hex = "0123456789abcdef"
	b := make([]byte, 0, 17)
	for i, x := range m {
		if i > 0 {
			b = append(b, ':')
		}
		b = append(b, hex[x>>4], hex[x&15])
	}
	return string(b)
}

// EndpointOf makes an endpoint of an address and a port.
func EndpointOf(a netip.Addr, port uint16) Endpoint {
	return Endpoint{IP: a.As16(), Port: port}
}

// Transport is what carries a conversation.
type Transport uint8

// The transports.
const (
	Link Transport = iota // an Ethernet protocol without IP; Conv.Server.Port holds the ethertype
	ICMP
	TCP
	UDP
	OtherIP // Conv.Server.Port holds the IP protocol number
)

func (t Transport) String() string {
	return [...]string{"link", "icmp", "tcp", "udp", "ip"}[min(t, OtherIP)]
}

// Conv is one conversation: two endpoints, who asks and who answers.
// It does not change after it was made, save Seat.
type Conv struct {
	Client, Server       Endpoint
	ClientMAC, ServerMAC [6]byte // as in the first frame
	First                uint64  // dispatcher sequence of its first packet: unique, and the order of conversations
	VLAN                 uint16  // outermost tag of the first frame, 0 when untagged
	Transport            Transport
	Midstream            bool // TCP whose handshake was not seen
	Guessed              bool // who is client was guessed (no handshake, no known port)

	// Seat is the judge's own index of this conversation, 0 while it has none.
	// Only the judge's goroutine reads or writes it.
	Seat uint32
}

// Dir is the direction of bytes in a conversation.
type Dir uint8

// The directions.
const (
	ToServer Dir = iota
	ToClient
)

// Other is the opposite direction.
func (d Dir) Other() Dir { return d ^ 1 }

// IsHost reports whether an endpoint can be a device: neither a group, nor
// broadcast, nor unspecified.
func (e Endpoint) IsHost() bool {
	if !e.HasIP() {
		return e.MAC != [6]byte{} && e.MAC[0]&1 == 0
	}
	a := e.Addr()
	return !a.IsMulticast() && !a.IsUnspecified() && a != broadcast
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// Group reports whether a conversation goes to a group or to everybody.
func (c *Conv) Group() bool {
	return c.ServerMAC[0]&1 == 1 || !c.Server.HasIP() && c.Server.MAC[0]&1 == 1 ||
		c.Server.HasIP() && !c.Server.IsHost()
}
