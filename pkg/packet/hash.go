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
		a, b = addressHash(&v.SrcIP), addressHash(&v.DstIP)
	} else {
		a, b = macHash(&v.SrcMAC), macHash(&v.DstMAC)
	}
	// Sum and difference by bits are both symmetric; either alone would be 0
	// for some pairs that have nothing in common.
	x := multiply(a+b, 0x9e3779b97f4a7c15) ^ bits.RotateLeft64(multiply(a^b^0x632be59bd9b4e019, 0xd6e8feb86659fd93), 32)
	return uint32(x>>32) ^ uint32(x)
}

// multiply mixes: both halves of the 128-bit product.
func multiply(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

func addressHash(ip *[16]byte) uint64 {
	return multiply(binary.LittleEndian.Uint64(ip[:8])^0xa0761d6478bd642f, binary.LittleEndian.Uint64(ip[8:])^0xe7037ed1a0b428db)
}

func macHash(m *[6]byte) uint64 {
	x := uint64(binary.LittleEndian.Uint32(m[:4])) | uint64(binary.LittleEndian.Uint16(m[4:]))<<32
	return multiply(x^0xa0761d6478bd642f, 0xe7037ed1a0b428db)
}
