// Package packet is one view of one frame: link, VLAN, tunnels, IP, TCP or UDP, payload.
package packet

import "otsensor/pkg/ot"

// Layer says how far a frame was understood.
type Layer uint8

// The layers, each including those before.
const (
	None     Layer = iota // not even a link header
	LinkOnly              // an ethertype without IP: Ether, SrcMAC, DstMAC, Payload
	ARP                   // ARP for Ethernet and IPv4: ARPOp, SrcIP/DstIP are sender and target, SrcMAC2 the sender MAC claimed inside
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
// Payload is a view into the frame.
type View struct {
	Layer Layer
	Odd   ot.Anomaly // the first oddity met; decoding went as far as it could

	SrcMAC, DstMAC [6]byte   // zero for link types without addresses
	VLAN           [2]uint16 // tag control information, outermost first
	Tags           uint8     // number of 802.1Q/802.1ad tags, 0 to 3 or more
	Ether          uint16    // ethertype after tags; for 802.3 frames 0x88B7-like SNAP types, else the length value
	LLC            uint16    // DSAP<<8|SSAP of an 802.3 frame without SNAP

	SrcIP, DstIP [16]byte // IPv4 mapped into IPv6
	IPv6         bool
	IPProto      uint8 // transport protocol after extension headers
	TTL          uint8
	IPID         uint32 // identification, of fragments only for IPv6
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

	Payload  []byte // of the highest layer understood, by the IP length: never padding
	Cut      bool   // the capture holds fewer bytes than the headers promise
	CutBytes int    // payload bytes promised by the IP length that the capture does not hold
}

// Fragment reports whether the view is one fragment of a datagram.
func (v *View) Fragment() bool { return v.FragOff != 0 || v.MoreFrags }
