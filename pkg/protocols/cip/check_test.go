package cip

import (
	"encoding/hex"
	"slices"
	"testing"

	"otsensor/pkg/protocols/protocoltest"
)

// Recorded packets of one connection each, whose check sums tshark judges as
// right for the connection's triad: data, mode, sums, time stamp, last sum.
var (
	safetyBaseShort = []string{"a53c84 a23f 6400 53", "a53c84 a23f 6500 ad", "a53c84 a23f 6600 98", "a53c84 a23f 6700 66", "a53c84 a23f 6800 87",
		"a53c84 a23f 6900 79", "a53c84 a23f 6a00 4c", "a53c84 a23f 6b00 b2", "a53c84 a23f 6c00 26", "a53c84 a23f 6d00 d8"}
	// Data, mode, sum, complement, two bytes of the sum, time stamp, the third; the time stamp runs over after four.
	safetyExtendedLong = []string{"01020384 8005 fefdfc 498a fcff cb", "01020384 8005 fefdfc d15d fdff 16", "01020384 8005 fefdfc b248 feff 2d", "01020384 8005 fefdfc 2a9f ffff f0",
		"01020384 3636 fefdfc c069 0000 09", "01020384 3636 fefdfc 58be 0100 d4", "01020384 3636 fefdfc 3bab 0200 ef", "01020384 3636 fefdfc a37c 0300 32",
		"01020384 3636 fefdfc fd81 0400 99", "01020384 3636 fefdfc 6556 0500 44", "01020384 3636 fefdfc 0643 0600 7f", "01020384 3636 fefdfc 9e94 0700 a2"}
)

// built are packets of the other forms, their sums by the definition, from
// another beginning than zero: what a triad makes of it.
func built(form string, count int) (all []string) {
	for i := range count {
		stamp := []byte{byte(i * 3), 1}
		var b []byte
		switch form {
		case "answer, base":
			s := bitwise(16, 0x080F, bitwise(16, 0x080F, 0x1234, 8), stamp...)
			b = []byte{8, stamp[0], stamp[1], 0, byte(s), byte(s >> 8)}
		case "answer, extended":
			s := bitwise(24, 0x5D6DCB, bitwise(24, 0x5D6DCB, 0x123456, 8), stamp...)
			b = []byte{8, stamp[0], stamp[1], byte(s), byte(s >> 8), byte(s >> 16)}
		case "short, extended":
			s := bitwise(24, 0x5D6DCB, 0x123456, 0x80, 7, stamp[0], stamp[1])
			b = []byte{7, 0x84, byte(s), byte(s >> 8), stamp[0], stamp[1], byte(s >> 16)}
		case "long, base":
			d := []byte{1, 2, byte(i)}
			not := []byte{^d[0], ^d[1], ^d[2]}
			one, two := bitwise(16, 0x080F, bitwise(16, 0x080F, 0x1234, 0x80), d...), bitwise(16, 0x080F, bitwise(16, 0x080F, 0x1234, 0x60), not...)
			b = append(append(append([]byte{}, d...), 0x84, byte(one), byte(one>>8)), not...)
			b = append(b, byte(two), byte(two>>8), stamp[0], stamp[1], byte(bitwise(8, 0x37, 0x55, 4, stamp[0], stamp[1])))
		}
		all = append(all, hex.EncodeToString(b))
	}
	return all
}

// bitwise is a CRC of so many bits, highest bit first, bit by bit.
func bitwise(bits int, polynomial, sum uint32, b ...byte) uint32 {
	for _, c := range b {
		for i := 7; i >= 0; i-- {
			top := sum>>(bits-1)&1 ^ uint32(c)>>i&1
			sum = (sum<<1 ^ top*polynomial) & (1<<bits - 1)
		}
	}
	return sum
}

// TestSafetyCheck: after eight packets each form is sure; one changed bit is
// wrong then, wherever it is, and the next packet right again.
func TestSafetyCheck(t *testing.T) {
	forms := map[string][]string{"short, base": safetyBaseShort, "long, extended": safetyExtendedLong}
	for _, form := range []string{"answer, base", "answer, extended", "short, extended", "long, base"} {
		forms[form] = built(form, 12)
	}
	for form, packets := range forms {
		changed, size := len(packets)-2, len(protocoltest.Hex(packets[0]))
		for bit := range 8 * size {
			var s safetyCheck
			for i, text := range packets {
				b := protocoltest.Hex(text)
				if i == changed {
					b[bit/8] ^= 1 << (bit % 8)
				}
				p, ok := readSafety(b)
				switch wrong := ok && s.see(&p); {
				case i != changed && (!ok || wrong):
					t.Fatalf("%s, bit %d: packet %d is wrong", form, bit, i)
				case i == changed && ok && !wrong && !spared(form, bit/8, size):
					t.Errorf("%s: bit %d changed is not seen", form, bit)
				}
			}
			if !s.sure() {
				t.Fatalf("%s is not sure after %d packets", form, len(packets))
			}
		}
	}
}

// spared are the bits that no sum covers: of the ping count and the bits that
// the mode byte has twice (readSafety refuses those that do not fit), of the
// second byte of an answer, and a time stamp that goes back, which can run over.
func spared(form string, at, size int) bool {
	switch form {
	case "answer, base":
		return at == 3 || at == 1 || at == 2
	case "short, extended":
		return at == 1 || at == 4 || at == 5
	case "long, extended":
		return at == 3 || at == size-3 || at == size-2
	case "answer, extended":
		return at == 1 || at == 2
	}
	return false
}

// TestSafetyOfItsConnection: recorded packets are right for the triad they were
// recorded with, and wrong for any other, or with any bit changed.
func TestSafetyOfItsConnection(t *testing.T) {
	of := triad{serial: 3, vendor: 0x3333, originator: 0x1337}
	for _, c := range []struct {
		form    string
		format  uint32
		packets []string
	}{
		{"short, base", safetyBase, safetyBaseShort},
		{"long, extended", safetyExtended, safetyExtendedLong},
		{"short, base, by a router", safetyRouter, safetyBaseShort},
		{"long, extended, by a router", safetyRouter, safetyExtendedLong},
	} {
		for _, text := range c.packets {
			if !fitsAt(of, text, -1, c.format) {
				t.Errorf("%s: %s is not of its connection", c.form, text)
			}
			for _, other := range []triad{{4, of.vendor, of.originator}, {of.serial, 1, of.originator}, {of.serial, of.vendor, 1}} {
				if fitsAt(other, text, -1, c.format) {
					t.Errorf("%s: %s is of %v too", c.form, text, other)
				}
			}
			size := len(protocoltest.Hex(text))
			for bit := range 8 * size {
				if c.format != safetyRouter && fitsAt(of, text, bit, c.format) && !uncovered(c.form, bit/8) {
					t.Errorf("%s: bit %d of %s is not seen", c.form, bit, text)
				}
			}
		}
	}
	if fitsAt(of, safetyBaseShort[0], -1, safetyExtended) || fitsAt(of, safetyExtendedLong[0], -1, safetyBase) {
		t.Error("a packet is right in the other format")
	}
}

// uncovered are the bits that no sum covers: those that the mode byte has twice.
func uncovered(form string, at int) bool { return form == "long, extended" && at == 3 }

func fitsAt(of triad, text string, bit int, format uint32) bool {
	b := protocoltest.Hex(text)
	if bit >= 0 {
		b[bit/8] ^= 1 << (bit % 8)
	}
	p, ok := readSafety(b)
	s := of.seeds()
	return ok && s.fits(&p, format)
}

// TestSafetyCheckOfOtherData: what is no safety data is never sure, and a
// connection that takes over the id is believed after eight packets.
func TestSafetyCheckOfOtherData(t *testing.T) {
	var s safetyCheck
	for i := range 2000 {
		b := []byte{byte(i), byte(i >> 8), 0x84, 3, 9, byte(i), byte(i >> 8), 5}
		if p, ok := readSafety(b); !ok || s.see(&p) || s.sure() {
			t.Fatalf("counting data are taken for safety data after %d packets", i)
		}
	}
	s = safetyCheck{}
	wrong := 0
	for _, b := range slices.Concat(safetyBaseShort, built("short, extended", 30)) {
		if p, ok := readSafety(protocoltest.Hex(b)); ok && s.see(&p) {
			wrong++
		}
	}
	if wrong != agreeLeast-1 || !s.sure() {
		t.Errorf("%d packets of the next connection are wrong, sure %v", wrong, s.sure())
	}
}
