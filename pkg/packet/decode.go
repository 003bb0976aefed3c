package packet

import (
	"encoding/binary"

	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
)

// Ethertypes and their like.
const (
	etherIPv4 = 0x0800
	etherARP  = 0x0806
	etherIPv6 = 0x86dd
	etherVLAN = 0x8100
	etherQinQ = 0x88a8
	etherOld  = 0x9100 // QinQ before 802.1ad
	maxTags   = 4
)

// Decode fills the view with what a frame says. Every length is checked before
// it is used; what is odd is named in v.Odd, and decoding goes as far as it can.
func Decode(v *View, p *capture.Packet) {
	*v = View{}
	b := p.Data
	v.Cut = p.WireLen > len(b)
	if p.HasVLAN {
		v.tag(p.VLAN)
	}
	switch p.Link {
	case capture.LinkEthernet:
		v.ethernet(b)
	case capture.LinkRaw, capture.LinkIPv4, capture.LinkIPv6:
		v.raw(b)
	case capture.LinkNull, capture.LinkLoop:
		v.null(b)
	case capture.LinkSLL:
		v.cooked(b)
	case capture.LinkSLL2:
		v.cooked2(b)
	}
}

func (v *View) odd(a ot.Anomaly) {
	if v.Odd == ot.NoAnomaly {
		v.Odd = a
	}
}

// short marks a header that does not fit: cut by the capture, or a lie.
func (v *View) short() {
	if !v.Cut {
		v.odd(ot.FrameShort)
	}
}

func (v *View) tag(tci uint16) {
	if v.Tags < 2 {
		v.VLAN[v.Tags] = tci
	}
	v.Tags++
}

func (v *View) ethernet(b []byte) {
	if len(b) < 14 {
		v.short()
		return
	}
	copy(v.DstMAC[:], b[0:6])
	copy(v.SrcMAC[:], b[6:12])
	v.network(binary.BigEndian.Uint16(b[12:]), b[14:])
}

// raw is IP without a link header; the version nibble tells which.
func (v *View) raw(b []byte) {
	switch {
	case len(b) == 0:
		v.short()
	case b[0]>>4 == 4:
		v.network(etherIPv4, b)
	case b[0]>>4 == 6:
		v.network(etherIPv6, b)
	default:
		v.odd(ot.BadIPHeader)
	}
}

// null is the BSD loopback header: a protocol family in either byte order.
func (v *View) null(b []byte) {
	if len(b) < 4 {
		v.short()
		return
	}
	family := binary.LittleEndian.Uint32(b)
	if family > 0xffff {
		family = binary.BigEndian.Uint32(b)
	}
	switch family {
	case 2:
		v.network(etherIPv4, b[4:])
	case 10, 23, 24, 28, 30: // AF_INET6 of Linux, Windows and the BSDs
		v.network(etherIPv6, b[4:])
	}
}

// cooked is LINKTYPE_LINUX_SLL: packet type, ARPHRD, address length, address, protocol.
func (v *View) cooked(b []byte) {
	if len(b) < 16 {
		v.short()
		return
	}
	if binary.BigEndian.Uint16(b[4:]) == 6 {
		copy(v.SrcMAC[:], b[6:12])
	}
	v.network(binary.BigEndian.Uint16(b[14:]), b[16:])
}

// cooked2 is LINKTYPE_LINUX_SLL2: protocol, reserved, interface, ARPHRD, packet type, address length, address.
func (v *View) cooked2(b []byte) {
	if len(b) < 20 {
		v.short()
		return
	}
	if b[11] == 6 {
		copy(v.SrcMAC[:], b[12:18])
	}
	v.network(binary.BigEndian.Uint16(b), b[20:])
}

// network follows VLAN tags to the protocol they carry.
func (v *View) network(ether uint16, b []byte) {
	for ether == etherVLAN || ether == etherQinQ || ether == etherOld {
		if len(b) < 4 || v.Tags >= maxTags {
			v.Layer, v.Ether, v.Payload = LinkOnly, ether, b
			v.short()
			return
		}
		v.tag(binary.BigEndian.Uint16(b))
		ether, b = binary.BigEndian.Uint16(b[2:]), b[4:]
	}
	v.Layer, v.Ether, v.Payload = LinkOnly, ether, b
	switch ether {
	case etherIPv4:
		v.ipv4(b)
	case etherIPv6:
		v.ipv6(b)
	case etherARP:
		v.arp(b)
	default:
		if ether < 0x0600 {
			v.llc(b)
		}
	}
}

// llc is an IEEE 802.3 frame: length, then LLC, perhaps SNAP with an ethertype.
func (v *View) llc(b []byte) {
	if n := int(v.Ether); n < len(b) {
		b = b[:n] // the rest is padding
	}
	v.Payload = b
	if len(b) < 3 {
		v.short()
		return
	}
	v.LLC = binary.BigEndian.Uint16(b)
	if v.LLC == 0xaaaa && len(b) >= 8 && b[2] == 3 {
		if pid := binary.BigEndian.Uint16(b[6:]); pid >= 0x0600 {
			v.network(pid, b[8:])
		}
	}
}

// arp accepts Ethernet and IPv4 only (RFC 826: hrd 1, pro 0x0800, hln 6, pln 4).
func (v *View) arp(b []byte) {
	if len(b) < 28 {
		v.odd(ot.BadARP)
		return
	}
	if binary.BigEndian.Uint64(b)>>16 != 0x000108000604 {
		v.odd(ot.BadARP)
		return
	}
	v.Layer = ARP
	v.ARPOp = binary.BigEndian.Uint16(b[6:])
	copy(v.ARPMAC[:], b[8:14])
	v.SrcIP = mapped(b[14:18])
	copy(v.ARPTarget[:], b[18:24])
	v.DstIP = mapped(b[24:28])
	v.Payload = b[:28]
}

// mapped is an IPv4 address in 16-byte form.
func mapped(b []byte) (ip [16]byte) {
	ip[10], ip[11] = 0xff, 0xff
	copy(ip[12:], b)
	return ip
}

// ipv4 follows RFC 791 §3.1.
func (v *View) ipv4(b []byte) {
	if len(b) < 20 {
		v.short()
		return
	}
	header := int(b[0]&15) * 4
	total := int(binary.BigEndian.Uint16(b[2:]))
	if total == 0 {
		total = len(b) // segmentation offload: the length is the frame's
	}
	if b[0]>>4 != 4 || header < 20 || total < header {
		v.odd(ot.BadIPHeader)
		return
	}
	if header > len(b) {
		v.short()
		return
	}
	v.SrcIP, v.DstIP = mapped(b[12:16]), mapped(b[16:20])
	v.TTL, v.IPProto = b[8], b[9]
	v.IPID = uint32(binary.BigEndian.Uint16(b[4:]))
	fragment := binary.BigEndian.Uint16(b[6:])
	v.FragOff, v.MoreFrags = fragment<<3, fragment&0x2000 != 0
	if src := b[12]; src >= 224 || src == 127 && v.SrcMAC != [6]byte{} || v.SrcIP == v.DstIP && src != 127 {
		v.odd(ot.IllegalAddress)
	}
	v.transport(b[header:v.bound(b, total)])
}

// bound is where a packet of this length ends in b; what is missing is counted as cut.
func (v *View) bound(b []byte, total int) int {
	if total <= len(b) {
		return total
	}
	if !v.Cut {
		v.odd(ot.FrameBadLength)
	}
	v.Cut, v.CutBytes = true, total-len(b)
	return len(b)
}

// maxExtensions is how many IPv6 extension headers are followed.
const maxExtensions = 8

// ipv6 follows RFC 8200 §3–4.
func (v *View) ipv6(b []byte) {
	if len(b) < 40 {
		v.short()
		return
	}
	if b[0]>>4 != 6 {
		v.odd(ot.BadIPHeader)
		return
	}
	total := 40 + int(binary.BigEndian.Uint16(b[4:]))
	if total == 40 {
		total = len(b) // jumbogram or offload
	}
	v.IPv6, v.TTL, v.IPProto = true, b[7], b[6]
	copy(v.SrcIP[:], b[8:24])
	copy(v.DstIP[:], b[24:40])
	if v.SrcIP[0] == 0xff || v.SrcIP == v.DstIP && v.SrcIP[0] != 0 {
		v.odd(ot.IllegalAddress)
	}
	b = b[40:v.bound(b, total)]
	for n := 0; ; n++ {
		size := 0
		switch v.IPProto {
		case 0, 43, 60, 135: // hop-by-hop, routing, destination, mobility: length in units of 8, less one
			if len(b) >= 8 {
				size = 8 + int(b[1])*8
			}
		case 51: // authentication (RFC 4302): length in units of 4, less two
			if len(b) >= 8 {
				size = 8 + int(b[1])*4
			}
		case 44: // fragment
			if len(b) >= 8 {
				size = 8
				off := binary.BigEndian.Uint16(b[2:])
				v.FragOff, v.MoreFrags = off&^7, off&1 != 0
				v.IPID = binary.BigEndian.Uint32(b[4:])
			}
		default:
			v.transport(b)
			return
		}
		if size == 0 || size > len(b) || n >= maxExtensions {
			v.Layer, v.Payload = IP, b
			if n >= maxExtensions {
				v.odd(ot.ExtensionLimit)
			} else {
				v.short()
			}
			return
		}
		v.IPProto, b = b[0], b[size:]
	}
}

// transport decodes what IP carries; a fragment is left as it is.
func (v *View) transport(b []byte) {
	v.Layer, v.Payload = IP, b
	if v.Fragment() {
		return
	}
	v.Transport(b)
}

// Transport decodes the header of v.IPProto at the start of b, the payload of
// a whole datagram.
func (v *View) Transport(b []byte) {
	switch v.IPProto {
	case 6:
		v.tcp(b)
	case 17:
		v.udp(b)
	case 1, 58:
		if len(b) < 8 {
			v.short()
			return
		}
		v.Layer, v.ICMPType, v.ICMPCode, v.Payload = ICMP, b[0], b[1], b[8:]
	}
}

// tcp follows RFC 9293 §3.1.
func (v *View) tcp(b []byte) {
	if len(b) < 20 {
		v.short()
		return
	}
	header := int(b[12]>>4) * 4
	if header < 20 || header > len(b) {
		if !v.Cut || header < 20 {
			v.odd(ot.FrameBadLength)
		}
		return
	}
	v.SrcPort, v.DstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	v.Seq, v.Ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	v.Flags, v.Window = b[13], binary.BigEndian.Uint16(b[14:])
	v.Layer, v.Payload = TCP, b[header:]
	v.ports()
}

// udp follows RFC 768; a length of 0 is a jumbogram or a lie, and the IP length counts.
func (v *View) udp(b []byte) {
	if len(b) < 8 {
		v.short()
		return
	}
	v.SrcPort, v.DstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	n := int(binary.BigEndian.Uint16(b[4:]))
	switch {
	case n == 0:
		n = len(b)
	case n < 8:
		v.odd(ot.FrameBadLength)
		return
	case n > len(b):
		if !v.Cut {
			v.odd(ot.FrameBadLength)
		}
		n = len(b)
	}
	v.Layer, v.Payload = UDP, b[8:n]
	v.ports()
}

func (v *View) ports() {
	if v.SrcPort == 0 || v.DstPort == 0 {
		v.odd(ot.PortZero)
	}
}
