package packet

import (
	"encoding/binary"

	"otsensor/pkg/ot"
)

// Ethertypes that lead on, and the first value that is one rather than an
// 802.3 length (IEEE 802.3 §3.2.6).
const (
	etherIPv4  = 0x0800
	etherARP   = 0x0806
	etherVLAN  = 0x8100 // 802.1Q
	etherIPv6  = 0x86dd
	etherQinQ  = 0x88a8 // 802.1ad
	etherOld   = 0x9100 // QinQ before 802.1ad
	etherFirst = 0x0600
	lengthLast = 1500
)

// maxTags is how many VLAN tags are followed: three in the frame and the one
// the kernel took off.
const maxTags = 4

func (v *View) tag(tci uint16) {
	if int(v.Tags) < len(v.VLAN) {
		v.VLAN[v.Tags] = tci
	}
	v.Tags++
}

// ethernet gives what a frame carries; none means that it is too short for a header.
func (v *View) ethernet(b []byte) (ether uint16, rest []byte, ok bool) {
	if len(b) < 14 {
		v.short()
		return 0, nil, false
	}
	v.DstMAC = [6]byte(b)
	v.SrcMAC = [6]byte(b[6:])
	return binary.BigEndian.Uint16(b[12:]), b[14:], true
}

// raw is IP without a link header; the version nibble tells which.
func (v *View) raw(b []byte) (payload []byte) {
	switch {
	case len(b) == 0:
		v.short()
	case b[0]>>4 == 4:
		return v.network(etherIPv4, b)
	case b[0]>>4 == 6:
		return v.network(etherIPv6, b)
	default:
		v.odd(ot.BadIPHeader)
	}
	return nil
}

// null is the BSD loopback header: a protocol family, in the byte order of
// whoever captured it.
func (v *View) null(b []byte) (payload []byte) {
	if len(b) < 4 {
		v.short()
		return nil
	}
	family := binary.LittleEndian.Uint32(b)
	if family > 0xffff {
		family = binary.BigEndian.Uint32(b)
	}
	switch family {
	case 2:
		return v.network(etherIPv4, b[4:])
	case 10, 23, 24, 28, 30: // AF_INET6 of Linux, Windows and the BSDs
		return v.network(etherIPv6, b[4:])
	}
	v.odd(ot.UnsupportedEncap)
	return nil
}

// cooked is LINKTYPE_LINUX_SLL: packet type, ARPHRD, address length, address, protocol.
func (v *View) cooked(b []byte) (payload []byte) {
	if len(b) < 16 {
		v.short()
		return nil
	}
	return v.sll(binary.BigEndian.Uint16(b[2:]), binary.BigEndian.Uint16(b[4:]), b[6:12], binary.BigEndian.Uint16(b[14:]), b[16:])
}

// cooked2 is LINKTYPE_LINUX_SLL2: protocol, reserved, interface, ARPHRD, packet type, address length, address.
func (v *View) cooked2(b []byte) (payload []byte) {
	if len(b) < 20 {
		v.short()
		return nil
	}
	return v.sll(binary.BigEndian.Uint16(b[8:]), uint16(b[11]), b[12:18], binary.BigEndian.Uint16(b), b[20:])
}

// sll is what both cooked headers say. The protocol is an ethertype for most
// kinds of hardware, and something else for those named here.
func (v *View) sll(hardware, addrLen uint16, addr []byte, protocol uint16, b []byte) (payload []byte) {
	const netlink, radiotap, frameRelay = 824, 803, 770
	if addrLen == 6 {
		v.SrcMAC = [6]byte(addr)
	}
	switch hardware {
	case netlink, radiotap, frameRelay:
		v.odd(ot.UnsupportedEncap)
		return nil
	}
	const frame8022 = 4 // an LLC header follows, without length
	v.Layer, v.Ether = LinkOnly, protocol
	switch {
	case protocol >= etherFirst:
		return v.network(protocol, b)
	case protocol == frame8022:
		return v.llc(b)
	}
	return b
}

// network follows VLAN tags to the protocol they carry.
func (v *View) network(ether uint16, b []byte) (payload []byte) {
	for {
		v.Layer, v.Ether = LinkOnly, ether
		switch ether {
		case etherIPv4:
			return v.ipv4(b)
		case etherIPv6:
			return v.ipv6(b)
		case etherARP:
			return v.arp(b)
		case etherVLAN, etherQinQ, etherOld:
		default:
			return v.length(b)
		}
		if v.Tags >= maxTags {
			v.odd(ot.UnsupportedEncap)
			return b
		}
		if len(b) < 4 {
			v.short()
			return b
		}
		v.tag(binary.BigEndian.Uint16(b))
		ether, b = binary.BigEndian.Uint16(b[2:]), b[4:]
	}
}

// length takes what is no ethertype for the length of an IEEE 802.3 frame.
func (v *View) length(b []byte) (payload []byte) {
	switch {
	case v.Ether >= etherFirst:
	case v.Ether > lengthLast:
		v.odd(ot.FrameBadLength) // neither length nor type
	default:
		return v.llc(v.bound(b, int(v.Ether)))
	}
	return b
}

// llc is IEEE 802.2: two service access points and a control field, perhaps
// SNAP with an organisation and its protocol (RFC 1042).
func (v *View) llc(b []byte) (payload []byte) {
	if len(b) < 3 {
		v.short()
		return b
	}
	v.LLC = binary.BigEndian.Uint16(b)
	if v.LLC != 0xaaaa || b[2] != 3 || len(b) < 8 {
		return b
	}
	organisation := uint32(b[3])<<16 | uint32(b[4])<<8 | uint32(b[5])
	protocol := binary.BigEndian.Uint16(b[6:])
	if protocol < etherFirst {
		return b
	}
	v.Ether = protocol
	if organisation == 0 {
		return v.network(protocol, b[8:])
	}
	return b[8:]
}

// arp accepts Ethernet and IPv4 only (RFC 826: hrd 1, pro 0x0800, hln 6, pln 4).
func (v *View) arp(b []byte) (payload []byte) {
	if len(b) < 28 {
		v.Cut = true
		if len(b)+v.CutBytes < 28 {
			v.odd(ot.BadARP)
		}
		return b
	}
	if binary.BigEndian.Uint64(b)>>16 != 0x000108000604 {
		v.odd(ot.BadARP)
		return b
	}
	v.Layer, v.CutBytes = ARP, 0
	v.ARPOp = binary.BigEndian.Uint16(b[6:])
	v.ARPMAC, v.ARPTarget = [6]byte(b[8:14]), [6]byte(b[18:24])
	mapTo(&v.SrcIP, binary.LittleEndian.Uint32(b[14:]))
	mapTo(&v.DstIP, binary.LittleEndian.Uint32(b[24:]))
	return b[:28]
}
