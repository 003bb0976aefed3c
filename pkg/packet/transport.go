package packet

import (
	"encoding/binary"

	"otsensor/pkg/ot"
)

// IP protocol numbers of the transports that are decoded.
const (
	protoICMP   = 1
	protoTCP    = 6
	protoUDP    = 17
	protoICMPv6 = 58
)

// transport decodes the header of v.IPProto at the start of b. What is not
// decoded stays an IP protocol with a payload.
func (v *View) transport(b []byte) (payload []byte) {
	switch v.IPProto {
	case protoTCP:
		return v.tcp(b)
	case protoUDP:
		return v.udp(b)
	case protoICMP:
		if !v.IPv6 {
			return v.icmp(b)
		}
	case protoICMPv6:
		if v.IPv6 {
			return v.icmp(b)
		}
	}
	return b
}

// tcp follows RFC 9293 §3.1. A segment whose options the capture does not hold
// keeps its ports and numbers.
func (v *View) tcp(b []byte) (payload []byte) {
	if len(b) < 20 {
		v.short()
		return b
	}
	h := (*[20]byte)(b)
	header := int(h[12]>>4) * 4
	if header < 20 {
		v.odd(ot.FrameBadLength)
		return b
	}
	if header > len(b) && v.lacks(header-len(b)) {
		return b
	}
	v.Layer = TCP
	v.ports((*[4]byte)(b))
	v.Seq, v.Ack = binary.BigEndian.Uint32(h[4:]), binary.BigEndian.Uint32(h[8:])
	v.Flags, v.Window = h[13], binary.BigEndian.Uint16(h[14:])
	return after(b, header)
}

// udp follows RFC 768. The surplus behind the UDP length belongs to options
// (RFC 9868) and is left out; length 0 is for jumbograms (RFC 2675 §4).
func (v *View) udp(b []byte) (payload []byte) {
	if len(b) < 8 {
		v.short()
		return b
	}
	n := int(binary.BigEndian.Uint16(b[4:]))
	if n < 8 && !(n == 0 && v.IPv6) {
		v.odd(ot.FrameBadLength)
		return b
	}
	if n > 0 {
		b = v.bound(b, n)
	}
	v.Layer = UDP
	v.ports((*[4]byte)(b))
	return b[8:]
}

func (v *View) ports(b *[4]byte) {
	v.SrcPort, v.DstPort = binary.BigEndian.Uint16(b[:]), binary.BigEndian.Uint16(b[2:])
	if v.SrcPort == 0 || v.DstPort == 0 {
		v.odd(ot.PortZero)
	}
}

// icmp follows RFC 792 and RFC 4443: type, code, checksum and four bytes that
// depend on the type.
func (v *View) icmp(b []byte) (payload []byte) {
	if len(b) < 8 {
		v.short()
		return b
	}
	v.Layer, v.ICMPType, v.ICMPCode = ICMP, b[0], b[1]
	return b[8:]
}
