package packet

import (
	"encoding/binary"
	"math/bits"
)

// BadChecksum reports whether the checksum of the IPv4 header, or that of TCP
// or UDP, does not add up (RFC 1071). It is false where there is nothing to
// tell by: fragments, cut frames, UDP without checksum. On a host that leaves
// checksums to its network card, sent frames are captured before they are right.
func (v *View) BadChecksum() bool {
	if v.Layer < IP || v.Fragment() || v.Cut {
		return false
	}
	header, segment := v.Datagram[:v.HeaderLen], v.Datagram[v.HeaderLen:]
	if !v.IPv6 && len(header) > 0 && fold(sum(header)) != 0xffff {
		return true
	}
	switch v.Layer {
	case UDP:
		if binary.BigEndian.Uint16(segment[6:]) == 0 {
			return false
		}
		segment = segment[:8+len(v.Payload)]
	case TCP:
	default:
		return false
	}
	// The ffff that maps IPv4 into IPv6 is nothing in ones' complement.
	pseudo := halves(&v.SrcIP) + halves(&v.DstIP) + uint64(v.IPProto)<<8 + uint64(bits.ReverseBytes16(uint16(len(segment))))
	return fold(pseudo+sum(segment)) != 0xffff
}

// sum adds b up as 16-bit words, the last one filled up with a zero byte: two
// at a time, as the carries come round in any case, and as the processor has
// them, which sums up to the same (RFC 1071 §2 (B), (C)).
func sum(b []byte) (s uint64) {
	for ; len(b) >= 16; b = b[16:] {
		s += uint64(binary.LittleEndian.Uint32(b)) + uint64(binary.LittleEndian.Uint32(b[4:])) +
			uint64(binary.LittleEndian.Uint32(b[8:])) + uint64(binary.LittleEndian.Uint32(b[12:]))
	}
	for ; len(b) >= 4; b = b[4:] {
		s += uint64(binary.LittleEndian.Uint32(b))
	}
	if len(b) >= 2 {
		s += uint64(binary.LittleEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		s += uint64(b[0])
	}
	return s
}

// halves is the sum of an address, which sixteen bits later is that of its words.
func halves(ip *[16]byte) uint64 {
	hi, lo := binary.LittleEndian.Uint64(ip[:8]), binary.LittleEndian.Uint64(ip[8:])
	return hi>>32 + hi&0xffffffff + lo>>32 + lo&0xffffffff
}

// fold carries what does not fit into 16 bits round.
func fold(s uint64) uint64 {
	s = s>>32 + s&0xffffffff
	s = s>>16 + s&0xffff // up to 18 bits
	s = s>>16 + s&0xffff
	return s>>16 + s&0xffff
}
