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
func (v *View) transport(b []byte) {
	v.Payload = b
	switch v.IPProto {
	case protoTCP:
		v.tcp(b)
	case protoUDP:
		v.udp(b)
	case protoICMP:
		if !v.IPv6 {
			v.icmp(b)
		}
	case protoICMPv6:
		if v.IPv6 {
			v.icmp(b)
		}
	}
}

// tcp follows RFC 9293 §3.1. A segment whose options the capture does not hold
// keeps its ports and numbers.
func (v *View) tcp(b []byte) {
	if len(b) < 20 {
		v.short()
		return
	}
	header := int(b[12]>>4) * 4
	if header < 20 {
		v.odd(ot.FrameBadLength)
		return
	}
	rest, ok := v.after(b, header)
	if !ok {
		return
	}
	v.Layer, v.Payload = TCP, rest
	v.ports(b)
	v.Seq, v.Ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	v.Flags, v.Window = b[13], binary.BigEndian.Uint16(b[14:])
}

// udp follows RFC 768. The surplus behind the UDP length belongs to options
// (RFC 9868) and is left out; length 0 is for jumbograms (RFC 2675 §4).
func (v *View) udp(b []byte) {
	if len(b) < 8 {
		v.short()
		return
	}
	n := int(binary.BigEndian.Uint16(b[4:]))
	if n < 8 && !(n == 0 && v.IPv6) {
		v.odd(ot.FrameBadLength)
		return
	}
	if n > 0 {
		b = v.bound(b, n)
	}
	v.Layer, v.Payload = UDP, b[8:]
	v.ports(b)
}

func (v *View) ports(b []byte) {
	v.SrcPort, v.DstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	if v.SrcPort == 0 || v.DstPort == 0 {
		v.odd(ot.PortZero)
	}
}

// icmp follows RFC 792 and RFC 4443: type, code, checksum and four bytes that
// depend on the type.
func (v *View) icmp(b []byte) {
	if len(b) < 8 {
		v.short()
		return
	}
	v.Layer, v.ICMPType, v.ICMPCode, v.Payload = ICMP, b[0], b[1], b[8:]
}
