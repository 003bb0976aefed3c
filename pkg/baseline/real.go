package baseline

import (
	"encoding/binary"
	"math"
)

// Bytes that were written four at a time and read as REALs make sense each time
// are REALs, and are learned and weighed as such.
const (
	realSize = 4
	maxReals = 16 // of one write
	realMost = 1e9
	realLess = 1e-6
)

// realOf reads four bytes as a REAL; ok is false for what no plant would
// write as one: tiny and huge numbers, as other things give when they are read so.
func realOf(b []byte) (x float64, ok bool) {
	x = float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	size := math.Abs(x)
	return x, size == 0 || size >= realLess && size <= realMost && !printable(b[:realSize])
}

// printable reports whether bytes read as text; text gives sensible REALs too.
func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}
