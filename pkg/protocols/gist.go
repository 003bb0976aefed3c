package protocols

import (
	"bytes"
	"net/netip"
	"slices"

	"otsensor/pkg/ot"
)

// A segment of a name that is longer, or turns from letters to digits and back
// more often, was made by a machine for one use.
const (
	gistLongest = 40
	gistTurns   = 5
	gistDigits  = 4 // from so many digits on they are a number, a date or a count
)

// Gist appends what stays of a name from one request to the next, so that a
// set of learned names stays small: lower case; of each segment between dots
// and slashes runs of digits as # where there are many, and * for one that a
// machine made up. "BR_20261128_001.csv" is "br_#_#.csv". A part of a clean text stays clean:
// blanks around it go.
func Gist(dst, name []byte) []byte {
	start := len(dst)
	name = bytes.TrimLeft(name, " ")
	for len(name) > 0 && len(dst)-start < ot.NameCap-gistLongest {
		n := 0
		for n < len(name) && !separates(name[n]) {
			n++
		}
		dst = gist(dst, name[:n])
		if n < len(name) {
			dst = append(dst, name[n])
			n++
		}
		name = name[n:]
	}
	return dst[:start+len(bytes.TrimRight(dst[start:], " "))]
}

func separates(c byte) bool { return c == '.' || c == '/' || c == '\\' }
func digit(c byte) bool     { return c >= '0' && c <= '9' }
func letter(c byte) bool    { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func gist(dst, segment []byte) []byte {
	digits, turns := 0, 0
	for i, c := range segment {
		if digit(c) {
			digits++
		}
		if i > 0 && (digit(c) && letter(segment[i-1]) || letter(c) && digit(segment[i-1])) {
			turns++
		}
	}
	if len(segment) > gistLongest || turns >= gistTurns {
		return append(dst, '*')
	}
	for i, c := range segment {
		switch {
		case digits < gistDigits || !digit(c):
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			dst = append(dst, c)
		case i == 0 || !digit(segment[i-1]):
			dst = append(dst, '#')
		}
	}
	return dst
}

// Part is one of several texts that a transaction's Value carries, with a zero
// byte between them; nil where it is empty.
func Part(value []byte, i int) []byte {
	for at := 0; ; at++ {
		if at == len(value) || value[at] == 0 {
			switch {
			case i == 0 && at > 0:
				return value[:at]
			case i == 0 || at == len(value):
				return nil
			}
			value, at, i = value[at+1:], -1, i-1
		}
	}
}

// PartField is the getter of a text that Value carries.
func PartField(i int) func(t *ot.Transaction) []byte {
	return func(t *ot.Transaction) []byte { return Part(t.Value, i) }
}

// Present marks an Arg that holds something.
const Present = 1 << 31

// Marked is the getter of a number in an Arg that Present marks.
func Marked(i int, mask uint32) func(t *ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[i] & mask), t.Arg[i]&Present != 0 }
}

// Flag is the getter of a bit that is told only where it is set.
func Flag(i int, bit uint32) func(t *ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return 1, t.Arg[i]&bit != 0 }
}

// OfCodes is the getter of a number in an Arg that only transactions of some codes have.
func OfCodes(i, shift int, mask uint32, codes ...uint32) func(t *ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[i] >> shift & mask), slices.Contains(codes, t.Code)
	}
}

// Address is the getter of an IPv4 address in one Arg that another one marks as present.
func Address(i, has int) func(t *ot.Transaction) []byte {
	return func(t *ot.Transaction) []byte {
		if t.Arg[has]&Present == 0 {
			return nil
		}
		return IPv4(t.Arg[i]).AppendTo(nil)
	}
}

// IPv4 is the address that stands in an Arg.
func IPv4(n uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

// CodeField and StatusField are the getters of what every protocol has.
func CodeField(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }

// StatusField is the error number of a refusal.
func StatusField(t *ot.Transaction) (uint64, bool) { return uint64(t.StatusCode), t.StatusCode != 0 }
