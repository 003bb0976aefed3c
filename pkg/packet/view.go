// Package packet is one view of one frame: link, VLAN, IP, TCP or UDP, payload.
//
// Decode runs once for every frame on the mirror port. It allocates nothing,
// checks every length before it is used, and names what is odd instead of
// failing. Defrag puts datagrams together again that came in fragments.
package packet

import "otsensor/pkg/ot"

// Layer says how far a frame was understood.
type Layer uint8

// The layers, each including those before.
const (
	None     Layer = iota // not even a link header
	LinkOnly              // an ethertype without IP: Ether, SrcMAC, DstMAC, Payload
	ARP                   // ARP for Ethernet and IPv4: ARPOp, SrcIP and DstIP are sender and target, ARPMAC and ARPTarget their MACs
	IP                    // an IP protocol without ports, or a fragment: IPProto, SrcIP, DstIP, Payload
	ICMP                  // ICMPType, ICMPCode, Payload = after the 8-byte header
	UDP                   // SrcPort, DstPort, Payload
	TCP                   // and Seq, Ack, Flags, Window
)

// TCP flags.
const (
	FIN = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
)

// View is what one frame says. It is filled in place by Decode and reused;
// Payload and Datagram are views into the frame.
type View struct {
	Layer Layer
	Odd   ot.Anomaly // the first oddity met; decoding went as far as it could

	SrcMAC, DstMAC [6]byte   // zero for link types without addresses
	VLAN           [2]uint16 // tag control information, outermost first
	Tags           uint8     // number of 802.1Q and 802.1ad tags, the one the kernel took off included
	Ether          uint16    // ethertype after tags, or the protocol of a SNAP header; below 0x0600 an 802.3 length
	LLC            uint16    // DSAP<<8|SSAP of an 802.3 frame

	SrcIP, DstIP [16]byte // IPv4 mapped into IPv6
	IPv6         bool
	IPProto      uint8 // transport protocol after extension headers; of an IPv6 fragment what its fragment header names
	TTL          uint8
	IPID         uint32 // identification; for IPv6 of fragments only
	FragOff      uint16 // offset in bytes; a fragment when FragOff > 0 or MoreFrags
	MoreFrags    bool

	SrcPort, DstPort uint16
	Seq, Ack         uint32
	Flags            uint8
	Window           uint16

	ICMPType, ICMPCode uint8
	ARPOp              uint16
	ARPMAC             [6]byte // sender hardware address inside the ARP packet
	ARPTarget          [6]byte // target hardware address inside the ARP packet

	Tunnels    uint8    // taken off, see tunnels; the fields above and below are of what was inside
	Mirror     [16]byte // who sent the outermost tunnel over IP, zero for none
	MirrorVLAN uint16   // outermost tag control information of a frame with tunnels

	Payload   []byte // of the highest layer understood, by the IP length: never padding
	Datagram  []byte // from the IP header to the end by the IP length; of a reassembled datagram its payload
	HeaderLen uint16 // bytes of Datagram before the transport header
	Copy      bool   // a mirror port showed the frame before, see Copies
	Cut       bool   // the frame holds fewer bytes than its headers promise
	CutBytes  int    // payload bytes that were on the wire but not captured
}

// Fragment reports whether the view is one fragment of a datagram.
func (v *View) Fragment() bool { return v.FragOff != 0 || v.MoreFrags }

// odd names an oddity; the first one met stays.
func (v *View) odd(a ot.Anomaly) {
	if v.Odd == ot.NoAnomaly {
		v.Odd = a
	}
}
