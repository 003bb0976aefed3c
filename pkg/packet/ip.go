package packet

import (
	"encoding/binary"

	"otsensor/pkg/ot"
)

// mapTo writes an IPv4 address in 16-byte form.
func mapTo(ip *[16]byte, address uint32) {
	binary.BigEndian.PutUint64(ip[:8], 0)
	binary.BigEndian.PutUint64(ip[8:], 0xffff<<32|uint64(address))
}

// ipv4 follows RFC 791 §3.1.
func (v *View) ipv4(b []byte) {
	if len(b) < 20 {
		v.short()
		return
	}
	header, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if total == 0 {
		total = v.offloaded(b)
	}
	if b[0]>>4 != 4 || header < 20 || total < header {
		v.odd(ot.BadIPHeader)
		return
	}
	src, dst := binary.BigEndian.Uint32(b[12:]), binary.BigEndian.Uint32(b[16:])
	mapTo(&v.SrcIP, src)
	mapTo(&v.DstIP, dst)
	v.TTL, v.IPProto = b[8], b[9]
	v.IPID = uint32(binary.BigEndian.Uint16(b[4:]))
	fragment := binary.BigEndian.Uint16(b[6:])
	v.FragOff, v.MoreFrags = fragment<<3, fragment&0x2000 != 0
	if !v.sender4(src, dst) {
		v.odd(ot.IllegalAddress)
	}
	v.Layer, v.Datagram, v.HeaderLen = IP, v.bound(b, total), uint16(header)
	v.options(v.Datagram[20:min(header, len(v.Datagram))])
	rest, ok := v.after(v.Datagram, header)
	v.Payload = rest
	if ok && !v.Fragment() {
		v.transport(rest)
	}
}

// options checks that the options of an IPv4 header fill it (RFC 791 §3.1):
// hosts drop the packet otherwise.
func (v *View) options(b []byte) {
	const end, nop = 0, 1
	for len(b) > 0 && b[0] != end {
		n := 1
		if b[0] != nop {
			if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
				if v.CutBytes == 0 {
					v.odd(ot.BadIPHeader)
				}
				return
			}
			n = int(b[1])
		}
		b = b[n:]
	}
}

// offloaded is the length of a packet whose header says 0: the sending host
// left it to its network card to cut a large segment into packets. A packet
// that needs no cutting has no such excuse.
func (v *View) offloaded(b []byte) int {
	const mtu = 1500
	n := len(b) + v.CutBytes
	if n <= mtu {
		v.odd(ot.BadIPHeader)
	}
	return n
}

// sender4 reports whether a packet may come from its IPv4 source (RFC 1122
// §3.2.1.3). A frame without MAC is from the loopback.
func (v *View) sender4(src, dst uint32) bool {
	switch first := src >> 24; {
	case first >= 224:
		return false
	case first == 127 || src == dst:
		return v.SrcMAC == [6]byte{}
	}
	return true
}

// ipv6 follows RFC 8200 §3.
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
	if total == 40 && b[6] != noNext {
		total = len(b) + v.CutBytes // jumbogram (RFC 2675) or offload
	}
	v.IPv6, v.TTL, v.IPProto = true, b[7], b[6]
	v.SrcIP, v.DstIP = [16]byte(b[8:24]), [16]byte(b[24:40])
	if !v.sender6() {
		v.odd(ot.IllegalAddress)
	}
	v.Layer, v.Datagram, v.HeaderLen = IP, v.bound(b, total), 40
	v.extensions(v.Datagram[40:])
}

// sender6 reports whether a packet may come from its IPv6 source (RFC 4291
// §2.5.3, §2.7). IPv4-mapped addresses are not for the wire: there they would
// pass for the IPv4 host.
func (v *View) sender6() bool {
	hi, lo := binary.BigEndian.Uint64(v.SrcIP[:8]), binary.BigEndian.Uint64(v.SrcIP[8:])
	switch {
	case v.SrcIP[0] == 0xff, hi == 0 && lo>>32 == 0xffff:
		return false
	case hi == 0 && lo == 0: // not known yet
		return true
	case hi == 0 && lo == 1, v.SrcIP == v.DstIP:
		return v.SrcMAC == [6]byte{}
	}
	return true
}

// IPv6 next headers that are not a transport (RFC 8200 §4.1, RFC 4302, RFC
// 6275, RFC 7401, RFC 5533).
const (
	hopByHop, routing, fragmentHeader, authentication  = 0, 43, 44, 51
	noNext, destination, mobility, hostIdentity, shim6 = 59, 60, 135, 139, 140
)

// maxExtensions is how many IPv6 extension headers are followed.
const maxExtensions = 8

// extension is the length of an extension header, 0 for what is none; units
// is its length field.
func extension(proto, units uint8) int {
	switch proto {
	case hopByHop, routing, destination, mobility, hostIdentity, shim6:
		return 8 + int(units)*8
	case authentication:
		return 8 + int(units)*4
	case fragmentHeader:
		return 8
	}
	return 0
}

// extensions follows the extension headers at the start of b up to the
// transport, or to a fragment's share of what follows.
func (v *View) extensions(b []byte) {
	for n := 0; extension(v.IPProto, 0) > 0; n++ {
		v.Payload = b
		if n == maxExtensions {
			v.odd(ot.ExtensionLimit)
			return
		}
		if len(b) < 8 {
			v.short()
			return
		}
		size := extension(v.IPProto, b[1])
		rest, ok := v.after(b, size)
		if !ok {
			return
		}
		if v.IPProto == fragmentHeader {
			offset := binary.BigEndian.Uint16(b[2:])
			v.FragOff, v.MoreFrags = offset&^7, offset&1 != 0
			v.IPID = binary.BigEndian.Uint32(b[4:])
		}
		v.IPProto, v.HeaderLen, b = b[0], v.HeaderLen+uint16(size), rest
		if v.Fragment() {
			v.Payload = b
			return
		}
	}
	v.transport(b)
}
