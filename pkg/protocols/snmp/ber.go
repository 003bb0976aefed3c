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
	n := protocols.ElementLength(&c)
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
