package capture

import (
	"testing"
)

func TestPcapLittleEndianMicroseconds(t *testing.T) {
	raw := "\xd4\xc3\xb2\xa1" + // magic
		"\x02\x00" + "\x04\x00" + // version 2.4
		"\x00\x00\x00\x00" + "\x00\x00\x00\x00" + // time zone, accuracy
		"\x04\x00\x00\x00" + // snap length 4
		"\x01\x00\x00\x00" + // link type: Ethernet
		// record 1: whole
		"\x00\xe4\x0b\x54" + // seconds: 1410065408
		"\x3f\x42\x0f\x00" + // microseconds: 999999
		"\x03\x00\x00\x00" + // 3 bytes captured
		"\x03\x00\x00\x00" + // 3 bytes on the wire
		"abc" +
		// record 2: cut, in the last second 32 bits have
		"\xff\xff\xff\xff" + "\x00\x00\x00\x00" +
		"\x04\x00\x00\x00" + // 4 bytes captured
		"\xdc\x05\x00\x00" + // 1500 bytes on the wire
		"defg" +
		// record 3: claims to be shorter on the wire than captured, and 1000000 microseconds
		"\x05\x00\x00\x00" + "\x40\x42\x0f\x00" +
		"\x01\x00\x00\x00" + "\x00\x00\x00\x00" + "h"
	got, lost, err := readBytes(t, []byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []Packet{
		{Time: 1410065408_999999000, Data: []byte("abc"), WireLen: 3, Link: LinkEthernet},
		{Time: 4294967295_000000000, Data: []byte("defg"), WireLen: 1500, Link: LinkEthernet},
		{Time: 5_000000000, Data: []byte("h"), WireLen: 1, Link: LinkEthernet},
	})
	if lost != (Loss{Received: 3, Cut: 1}) {
		t.Errorf("lost %+v", lost)
	}
}

func TestPcapBigEndianNanoseconds(t *testing.T) {
	raw := "\xa1\xb2\x3c\x4d" + // magic
		"\x00\x02" + "\x00\x04" + // version 2.4
		"\x00\x00\x00\x00" + "\x00\x00\x00\x00" + // time zone, accuracy
		"\x00\x00\x00\x00" + // snap length not given
		"\x50\x00\x00\x71" + // frame check sequence of 4 bytes present; link type 113, Linux cooked
		"\x00\x00\x00\x01" + // seconds: 1
		"\x3b\x9a\xc9\xff" + // nanoseconds: 999999999
		"\x00\x00\x00\x02" + "\x00\x00\x00\x02" + "ab"
	got, _, err := readBytes(t, []byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []Packet{{Time: 1_999999999, Data: []byte("ab"), WireLen: 2, Link: LinkSLL}})
}

func TestPcapModified(t *testing.T) {
	raw := "\x34\xcd\xb2\xa1" + // magic of the patched format
		"\x02\x00" + "\x04\x00" +
		"\x00\x00\x00\x00" + "\x00\x00\x00\x00" +
		"\xff\xff\x00\x00" + "\x01\x00\x00\x00" +
		"\x01\x00\x00\x00" + "\x02\x00\x00\x00" + // 1 s, 2 µs
		"\x02\x00\x00\x00" + "\x02\x00\x00\x00" + // lengths
		"\x05\x00\x00\x00" + "\x08\x00" + "\x03" + "\x00" + // interface, protocol, kind of packet, padding
		"ab"
	got, _, err := readBytes(t, []byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []Packet{{Time: 1_000002000, Data: []byte("ab"), WireLen: 2, Link: LinkEthernet}})
}

// Raw IP was written with other numbers; numbers that are not decoded go through.
func TestLinkTypes(t *testing.T) {
	for written, want := range map[uint32]LinkType{0: LinkNull, 1: LinkEthernet, 12: LinkRaw, 14: LinkRaw, 101: LinkRaw, 108: LinkLoop, 113: LinkSLL, 228: LinkIPv4, 229: LinkIPv6, 276: LinkSLL2, 187: 187} {
		got, _, err := readBytes(t, pcapRecord(pcapHeader(big, 0xa1b2c3d4, written), big, 0, 0, 0, nil))
		if err != nil || len(got) != 1 || got[0].Link != want {
			t.Errorf("%d: %+v, %v; want %d", written, got, err, want)
		}
	}
}
