package protocols_test

import (
	"encoding/binary"
	"math/bits"
	"testing"

	"otsensor/pkg/protocols"
)

// TestDigest: events show digests, so that they are what they were: eight bytes
// a step, what is left as one more with zeros behind.
func TestDigest(t *testing.T) {
	var b [100]byte
	for i := range b {
		b[i] = byte(i*i + 7)
	}
	for n := range b {
		want := uint64(n)*0x9E3779B97F4A7C15 | 1
		for at := 0; at <= n; at += 8 {
			var eight [8]byte
			copy(eight[:], b[at:n])
			x := want ^ binary.LittleEndian.Uint64(eight[:])
			hi, lo := bits.Mul64(x, 0xA0761D6478BD642F)
			want = hi ^ lo ^ x>>29
		}
		if got := protocols.Digest(b[:n]); got != want|1 {
			t.Errorf("digest of %d bytes is %016x, not %016x", n, got, want|1)
		}
	}
}
