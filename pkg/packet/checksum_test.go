package packet

import (
	"bytes"
	"testing"

	"otsensor/pkg/capture"
)

func TestBadChecksum(t *testing.T) {
	const (
		addresses = "c0000201 c0000202"
		head      = plain4 + "45 00 002c 1234 4000 40 06 a494" + addresses // IPv4 header with its checksum
		tcpHead   = "9c40 01f6 00000001 00000002 50 18 1000"
		head6     = plain6 + "60000000 000c 11 40" + src6 + dst6
	)
	for _, c := range []struct {
		name  string
		frame []byte
		bad   bool
	}{
		{"TCP", unhex(head, tcpHead, "f7cd 0000", data), false},
		{"TCP, one bit off", unhex(head, tcpHead, "f7cd 0000", "cafebabf"), true},
		{"TCP checksum left to the network card", unhex(head, tcpHead, "8421 0000", data), true},
		{"TCP, odd number of bytes", unhex(plain4, "45 00 002b 1234 4000 40 06 a495", addresses, tcpHead, "f88c 0000", "cafeba"), false},
		{"TCP, padding is not summed", unhex(head, tcpHead, "f7cd 0000", data, "ffff"), false},
		{"IPv4 header", unhex(plain4, "45 00 002c 1234 4000 40 06 a495", addresses, tcpHead, "f7cd 0000", data), true},
		{"UDP", unhex(plain4, "45 00 0020 1234 4000 40 11 a495", addresses, "c350 af12 000c 83b1", data), false},
		{"UDP, surplus is not summed", unhex(plain4, "45 00 0022 1234 4000 40 11 a493", addresses, "c350 af12 000c 83b1", data, "1234"), false},
		{"UDP, wrong", unhex(plain4, "45 00 0020 1234 4000 40 11 a495", addresses, "c350 af12 000c 83b2", data), true},
		{"UDP without checksum", unhex(plain4, "45 00 0020 1234 4000 40 11 a495", addresses, "c350 af12 000c 0000", data), false},
		{"UDP over IPv6", unhex(head6, "c350 af12 000c ac40", data), false},
		{"UDP over IPv6, wrong", unhex(head6, "c350 af12 000c ac41", data), true},
		{"a fragment has no checksum of its own", unhex(plain4, "45 00 0018 1234 0001 40 11 c48d", addresses, data), false},
		{"what is cut cannot be summed", unhex(head, tcpHead, "f7cd 0000", "cafe"), false},
		{"ARP", unhex(macs, "0806", "0001 0800 06 04 0001", "020000000001 c0000201", "000000000000 c0000202"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var v View
			Decode(&v, &capture.Packet{Data: c.frame, WireLen: len(c.frame), Link: capture.LinkEthernet})
			if v.BadChecksum() != c.bad {
				t.Errorf("%s: bad checksum %v", tell(&v), !c.bad)
			}
		})
	}
}

// Whatever is summed in large steps is right when it is right word by word
// (RFC 1071 §4.1), for every length and with every carry.
func TestSumIsThatOfWords(t *testing.T) {
	words := func(b []byte) uint32 {
		s := uint32(0)
		for i, x := range b {
			s += uint32(x) << (8 * (1 - i&1))
		}
		return s>>16 + s&0xffff
	}
	full := bytes.Repeat([]byte{0xff}, 200)
	count := make([]byte, 200)
	for i := range count {
		count[i] = byte(i*i + 1)
	}
	for n := 8; n <= 200; n++ {
		for _, b := range [][]byte{full[:n], count[:n], count[200-n:]} {
			b = bytes.Clone(b)
			b[0], b[1] = 0, 0
			s := words(b)
			s = s>>16 + s&0xffff
			b[0], b[1] = ^byte(s>>8), ^byte(s)
			if wrong(sum(0, b)) {
				t.Errorf("%d bytes: the right checksum is wrong", n)
			}
			if b[n-1] ^= 1; !wrong(sum(0, b)) {
				t.Errorf("%d bytes: a bit off at the end is right", n)
			}
		}
	}
}
