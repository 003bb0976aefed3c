package protocols

import (
	"encoding/binary"
	"math/bits"
)

// Digest is a fast hash of bytes, the same in every run and never 0. It tells
// whether two copies are the same; it does not withstand somebody who looks
// for two that collide.
func Digest(b []byte) uint64 {
	h := uint64(len(b))*0x9E3779B97F4A7C15 | 1
	at := 0
	for ; at <= len(b)-32; at += 32 {
		h = mix(h ^ binary.LittleEndian.Uint64(b[at:]))
		h = mix(h ^ binary.LittleEndian.Uint64(b[at+8:]))
		h = mix(h ^ binary.LittleEndian.Uint64(b[at+16:]))
		h = mix(h ^ binary.LittleEndian.Uint64(b[at+24:]))
	}
	for ; at <= len(b)-8; at += 8 {
		h = mix(h ^ binary.LittleEndian.Uint64(b[at:]))
	}
	var last uint64 // the bytes behind the last whole eight
	for i := len(b) - 1; i >= at; i-- {
		last = last<<8 | uint64(b[i])
	}
	return mix(h^last) | 1
}

func mix(x uint64) uint64 {
	hi, lo := bits.Mul64(x, 0xA0761D6478BD642F)
	return hi ^ lo ^ x>>29
}
