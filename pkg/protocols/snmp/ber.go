package snmp

import (
	"strconv"

	"otsensor/pkg/protocols"
)

// The tags met, X.690 and RFC 3416.
const (
	tagInteger  = 0x02
	tagOctets   = 0x04
	tagOID      = 0x06
	tagSequence = 0x30
	tagPDU      = 0xa0 // with the PDU type in its low bits
)

// value reads one value of definite length; nil and tag 0 when there is none whole.
func value(c *protocols.Cursor) (tag uint8, body []byte) {
	tag = c.U8()
	n := length(c)
	if body = c.Bytes(n); c.Short() {
		return 0, nil
	}
	return tag, body
}

// length reads a length of at most four bytes, -1 when it is none.
func length(c *protocols.Cursor) int {
	n := int(c.U8())
	if n < 0x80 {
		return n
	}
	count := n & 0x7f
	if n = 0; count == 0 || count > 4 {
		return -1
	}
	for range count {
		n = n<<8 | int(c.U8())
	}
	return n
}

// integer is a value as a number, its lowest 32 bits.
func integer(b []byte) (n uint32) {
	for _, x := range b {
		n = n<<8 | uint32(x)
	}
	return n
}

// oidNumbers is how many numbers of an object identifier are read.
const oidNumbers = 64

// oid writes an object identifier and gives where its first eight numbers end.
func oid(dst, b []byte) (text []byte, eight int) {
	var n uint32
	count, start := 0, len(dst)
	for _, x := range b {
		if n = n<<7 | uint32(x&0x7f); x&0x80 != 0 {
			continue
		}
		if count == 0 {
			dst = strconv.AppendUint(dst, uint64(min(n/40, 2)), 10)
			n -= 40 * min(n/40, 2)
			count++
		}
		dst = strconv.AppendUint(append(dst, '.'), uint64(n), 10)
		n = 0
		switch count++; {
		case count == 8:
			eight = len(dst) - start
		case count == oidNumbers:
			return dst, eight
		}
	}
	if eight == 0 {
		eight = len(dst) - start
	}
	return dst, eight
}

// probe accepts a message by its envelope: sequence, version, and the tag
// behind it. How long the message says it is must be what there is.
func probe(b []byte) protocols.Answer {
	if len(b) == 0 {
		return protocols.More
	}
	if b[0] != tagSequence {
		return protocols.No
	}
	c := protocols.Read(b)
	c.Skip(1)
	n := length(&c)
	if n < 0 || n > 1<<16 {
		return protocols.No
	}
	for _, want := range [...]func(x byte) bool{
		func(x byte) bool { return x == tagInteger },
		func(x byte) bool { return x == 1 },
		func(x byte) bool { return x == 0 || x == 1 || x == 3 },
		func(x byte) bool { return x == tagOctets || x == tagSequence },
	} {
		if x := c.U8(); c.Short() {
			return protocols.More
		} else if !want(x) {
			return protocols.No
		}
	}
	return protocols.Either
}
