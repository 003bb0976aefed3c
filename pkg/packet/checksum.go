package packet

import (
	"encoding/binary"
	"math/bits"
)

// BadChecksum reports whether the checksum of the IPv4 header, or that of TCP
// or UDP, does not add up (RFC 1071). It is false where there is nothing to
// tell by: fragments and what was put together of them, cut frames, UDP without
// checksum. On a host that leaves checksums to its network card, sent frames are
// captured before they are right.
func (v *View) BadChecksum() bool {
	if v.HeaderLen == 0 || v.Fragment() || v.Cut {
		return false
	}
	header, segment := v.Datagram[:v.HeaderLen], v.Datagram[v.HeaderLen:]
	var addresses uint64 // their sum; they stand for the IP header in that of the transport
	if v.IPv6 {
		addresses = sum(0, header[8:40])
	} else {
		h := (*[20]byte)(header)
		addresses = binary.LittleEndian.Uint64(h[12:])
		s := plus(plus(addresses, binary.LittleEndian.Uint64(h[0:])), uint64(binary.LittleEndian.Uint32(h[8:])))
		for at := 20; at <= len(header)-4; at += 4 { // options
			s = plus(s, uint64(binary.LittleEndian.Uint32(header[at:])))
		}
		if wrong(s) {
			return true
		}
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
	pseudo := plus(addresses, uint64(v.IPProto)<<8+uint64(bits.ReverseBytes16(uint16(len(segment)))))
	return wrong(sum(pseudo, segment))
}

// wrong reports whether a sum that holds a checksum is not ffff, carries taken
// round: in ones' complement all multiples of it are the same.
func wrong(sum uint64) bool { return sum%0xffff != 0 }

// sum adds b, at least eight bytes, to s as 16-bit words, the last one filled up
// with a zero byte: four at a time, as the carries come round in any case, and as
// the processor has them, which sums up to the same (RFC 1071 §2 (B), (C)).
func sum(s uint64, b []byte) uint64 {
	last := binary.LittleEndian.Uint64(b[len(b)-8:])
	for ; len(b) > 32; b = b[32:] {
		w := (*[32]byte)(b)
		var c uint64
		s, c = bits.Add64(s, binary.LittleEndian.Uint64(w[0:]), 0)
		s, c = bits.Add64(s, binary.LittleEndian.Uint64(w[8:]), c)
		s, c = bits.Add64(s, binary.LittleEndian.Uint64(w[16:]), c)
		s, c = bits.Add64(s, binary.LittleEndian.Uint64(w[24:]), c)
		s, _ = bits.Add64(s, 0, c)
	}
	for ; len(b) > 8; b = b[8:] {
		s = plus(s, binary.LittleEndian.Uint64(b))
	}
	return plus(s, last>>(-8*len(b)&63)) // the others of the last eight are in it
}

// plus adds and takes the carry round.
func plus(a, b uint64) uint64 {
	s, carry := bits.Add64(a, b, 0)
	s, _ = bits.Add64(s, 0, carry)
	return s
}
