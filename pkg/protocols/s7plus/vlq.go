package s7plus

import "otsensor/pkg/protocols"

// Numbers of variable length have seven bits a byte, most significant first, and
// a highest bit that says whether another follows. A ninth byte has all eight.

const vlqMax = 9

// vlq reads an unsigned number.
func vlq(c *protocols.Cursor) (n uint64) {
	for range vlqMax - 1 {
		b := c.U8()
		n = n<<7 | uint64(b&0x7f)
		if b&0x80 == 0 {
			return n
		}
	}
	return n<<8 | uint64(c.U8())
}

// vlq32 is vlq for a number that has 32 bits.
func vlq32(c *protocols.Cursor) uint32 { return uint32(vlq(c)) }

// vlqSigned reads a signed number: bit 6 of its first byte is the sign.
func vlqSigned(c *protocols.Cursor) int64 {
	at := *c
	first := at.U8()
	n := vlq(c)
	bits := 7 * (c.At() - (at.At() - 1))
	if first&0x40 == 0 || bits >= 63 {
		return int64(n)
	}
	return int64(n) - 1<<bits
}
