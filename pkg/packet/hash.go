package packet

import (
	"encoding/binary"
	"math/bits"
)

// HostHash is the same for both directions of a host pair, and the same in
// every run: it says which shard follows the pair. Speakers without an address
// are told apart by MAC.
func (v *View) HostHash() uint32 {
	var a, b uint64
	if v.Layer >= ARP {
		a, b = fold(&v.SrcIP), fold(&v.DstIP)
	} else {
		a, b = mac(&v.SrcMAC), mac(&v.DstMAC)
	}
	// Sum and product are both symmetric; together they do not cancel out.
	hi, lo := bits.Mul64(a+b, 0x9E3779B97F4A7C15)
	hi2, lo2 := bits.Mul64(a^b^0x632BE59BD9B4E019, 0xD6E8FEB86659FD93)
	x := hi ^ lo ^ bits.RotateLeft64(hi2^lo2, 32)
	return uint32(x>>32) ^ uint32(x)
}

func fold(ip *[16]byte) uint64 {
	hi, lo := bits.Mul64(binary.LittleEndian.Uint64(ip[:8])^0xA0761D6478BD642F, binary.LittleEndian.Uint64(ip[8:])^0xE7037ED1A0B428DB)
	return hi ^ lo
}

func mac(m *[6]byte) uint64 {
	return (uint64(binary.LittleEndian.Uint32(m[:4])) | uint64(binary.LittleEndian.Uint16(m[4:]))<<32) * 0xA0761D6478BD642F
}
