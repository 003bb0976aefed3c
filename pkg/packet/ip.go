package packet

import (
	"encoding/binary"

	"otsensor/pkg/ot"
)

// mapTo writes an IPv4 address, its first byte lowest, in 16-byte form.
func mapTo(ip *[16]byte, address uint32) {
	binary.LittleEndian.PutUint64(ip[:8], 0)
	binary.LittleEndian.PutUint64(ip[8:], 0xffff0000|uint64(address)<<32)
}

// ipv4 follows RFC 791 §3.1.
func (v *View) ipv4(b []byte) (payload []byte) {
	if len(b) < 20 {
		v.short()
		return b
	}
	h := (*[20]byte)(b)
	version, header, total := h[0]>>4, int(h[0]&15)*4, int(binary.BigEndian.Uint16(h[2:]))
	if total == 0 {
		total = v.offloaded(b)
	}
	if version != 4 || header < 20 || total < header {
		v.odd(ot.BadIPHeader)
		return b
	}
	src, dst := binary.LittleEndian.Uint32(h[12:]), binary.LittleEndian.Uint32(h[16:])
	mapTo(&v.SrcIP, src)
	mapTo(&v.DstIP, dst)
	v.TTL, v.IPProto = h[8], h[9]
	v.IPID = uint32(binary.BigEndian.Uint16(h[4:]))
	fragment := binary.BigEndian.Uint16(h[6:])
	v.FragOff, v.MoreFrags = fragment<<3, fragment&moreFrags != 0
	if !v.sender4(src, dst) {
		v.odd(ot.IllegalAddress)
	}
	b = v.bound(b, total)
	v.Layer, v.Datagram, v.HeaderLen = IP, b, uint16(header)
	if header > 20 {
		v.options(b[20:min(header, len(b))])
	}
	if header > len(b) && v.lacks(header-len(b)) {
		return nil
	}
	rest := after(b, header)
	switch {
	case fragment&(offset|moreFrags) != 0:
		return rest
	case h[9] == protoTCP: // spares the packet that is most frequent a call
		return v.tcp(rest)
	}
	return v.transport(rest)
}

// Bits of an IPv4 header's word about fragments.
const (
	moreFrags = 0x2000
	offset    = 0x1fff // in units of eight bytes
)

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
	switch first := uint8(src); {
	case first >= 224:
		return false
	case first == 127 || src == dst:
		return v.SrcMAC == [6]byte{}
	}
	return true
}

// ipv6 follows RFC 8200 §3.
func (v *View) ipv6(b []byte) (payload []byte) {
	if len(b) < 40 {
		v.short()
		return b
	}
	if b[0]>>4 != 6 {
		v.odd(ot.BadIPHeader)
		return b
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
	return v.extensions(v.Datagram[40:])
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
func (v *View) extensions(b []byte) (payload []byte) {
	for n := 0; extension(v.IPProto, 0) > 0; n++ {
		if n == maxExtensions {
			v.odd(ot.ExtensionLimit)
			return b
		}
		if len(b) < 8 {
			v.short()
			return b
		}
		size := extension(v.IPProto, b[1])
		if size > len(b) && v.lacks(size-len(b)) {
			return b
		}
		if v.IPProto == fragmentHeader {
			offset := binary.BigEndian.Uint16(b[2:])
			v.FragOff, v.MoreFrags = offset&^7, offset&1 != 0
			v.IPID = binary.BigEndian.Uint32(b[4:])
		}
		v.IPProto, v.HeaderLen, b = b[0], v.HeaderLen+uint16(size), after(b, size)
		if v.Fragment() {
			return b
		}
	}
	return v.transport(b)
}
