package capture

import (
	"encoding/binary"
	"math/bits"
)

// byteOrder is the byte order of a file. Every packet has several numbers, and
// binary.ByteOrder would cost a call through an interface for each.
type byteOrder struct{ big bool }

func (o byteOrder) Uint16(b []byte) uint16 {
	n := binary.LittleEndian.Uint16(b)
	if o.big {
		n = bits.ReverseBytes16(n)
	}
	return n
}

func (o byteOrder) Uint32(b []byte) uint32 {
	n := binary.LittleEndian.Uint32(b)
	if o.big {
		n = bits.ReverseBytes32(n)
	}
	return n
}

func (o byteOrder) Uint64(b []byte) uint64 {
	n := binary.LittleEndian.Uint64(b)
	if o.big {
		n = bits.ReverseBytes64(n)
	}
	return n
}
