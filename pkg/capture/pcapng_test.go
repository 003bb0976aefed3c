package capture

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

// One file with every kind of block, and a second section in the other byte order.
func TestPcapng(t *testing.T) {
	raw := "\x0a\x0d\x0d\x0a" + "\x1c\x00\x00\x00" + // section header, 28 bytes
		"\x4d\x3c\x2b\x1a" + // byte-order mark: little endian
		"\x01\x00" + "\x00\x00" + // version 1.0
		"\xff\xff\xff\xff\xff\xff\xff\xff" + // length of the section not given
		"\x1c\x00\x00\x00" +

		"\x01\x00\x00\x00" + "\x2c\x00\x00\x00" + // interface 0, 44 bytes
		"\x01\x00" + "\x00\x00" + // Ethernet, reserved
		"\x03\x00\x00\x00" + // snap length 3
		"\x02\x00" + "\x03\x00" + "eth" + "\x00" + // if_name, padded
		"\x09\x00" + "\x01\x00" + "\x09\x00\x00\x00" + // if_tsresol: 10^-9
		"\x00\x00" + "\x00\x00" + // end of options
		"\x00\x00\x00\x00" + // what follows the end does not count
		"\x2c\x00\x00\x00" +

		"\x01\x00\x00\x00" + "\x20\x00\x00\x00" + // interface 1, 32 bytes
		"\x71\x00" + "\x00\x00" + // Linux cooked
		"\x00\x00\x00\x00" + // no snap length
		"\x0e\x00" + "\x08\x00" + "\x0a\x00\x00\x00\x00\x00\x00\x00" + // if_tsoffset: 10 s
		"\x20\x00\x00\x00" +

		"\x06\x00\x00\x00" + "\x2c\x00\x00\x00" + // enhanced packet, 44 bytes
		"\x00\x00\x00\x00" + // interface 0
		"\x01\x00\x00\x00" + "\x02\x00\x00\x00" + // time: 2^32 + 2 ns
		"\x03\x00\x00\x00" + "\x64\x00\x00\x00" + // 3 bytes of 100
		"abc" + "\x00" + // padded
		"\x01\x00" + "\x01\x00" + "x\x00\x00\x00" + // opt_comment
		"\x2c\x00\x00\x00" +

		"\x05\x00\x00\x00" + "\x10\x00\x00\x00" + "....\x10\x00\x00\x00" + // interface statistics: passed over

		"\x06\x00\x00\x00" + "\x24\x00\x00\x00" + // enhanced packet, 36 bytes
		"\x01\x00\x00\x00" + // interface 1
		"\x00\x00\x00\x00" + "\x07\x00\x00\x00" + // time: 7 µs, 10 s later
		"\x01\x00\x00\x00" + "\x01\x00\x00\x00" + "d\x00\x00\x00" +
		"\x24\x00\x00\x00" +

		"\x03\x00\x00\x00" + "\x14\x00\x00\x00" + // simple packet, 20 bytes
		"\x05\x00\x00\x00" + // 5 bytes on the wire, cut at the snap length of interface 0
		"efg\x00" +
		"\x14\x00\x00\x00" +

		"\x02\x00\x00\x00" + "\x24\x00\x00\x00" + // packet (obsolete), 36 bytes
		"\x01\x00" + "\x09\x00" + // interface 1, 9 drops
		"\x00\x00\x00\x00" + "\x08\x00\x00\x00" + // time: 8 µs, 10 s later
		"\x02\x00\x00\x00" + "\x02\x00\x00\x00" + "hi\x00\x00" +
		"\x24\x00\x00\x00" +

		"\x0a\x0d\x0d\x0a" + "\x00\x00\x00\x1c" + // second section
		"\x1a\x2b\x3c\x4d" + // byte-order mark: big endian
		"\x00\x01" + "\x00\x00" + "\xff\xff\xff\xff\xff\xff\xff\xff" +
		"\x00\x00\x00\x1c" +

		"\x00\x00\x00\x01" + "\x00\x00\x00\x14" + // interface 0 of this section, 20 bytes
		"\x00\x65" + "\x00\x00" + "\x00\x00\x00\x00" + // raw IP, no options
		"\x00\x00\x00\x14" +

		"\x00\x00\x00\x06" + "\x00\x00\x00\x21" + // enhanced packet; its writer forgot the padding in the length
		"\x00\x00\x00\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x09" + // interface 0, 9 µs
		"\x00\x00\x00\x01" + "\x00\x00\x00\x01" + "j\x00\x00\x00" +
		"\x00\x00\x00\x21" +

		"\x00\x00\x00\x06" + "\x00\x00\x00\x24" + // enhanced packet
		"\x00\x00\x00\x01" + "\x00\x00\x00\x00" + "\x00\x00\x00\x0a" + // interface 1: of the first section, not of this
		"\x00\x00\x00\x01" + "\x00\x00\x00\x01" + "k\x00\x00\x00" +
		"\x00\x00\x00\x24"
	got, lost, err := readBytes(t, []byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []Packet{
		{Time: 4_294967298, Data: []byte("abc"), WireLen: 100, Link: LinkEthernet},
		{Time: 10_000007000, Data: []byte("d"), WireLen: 1, Link: LinkSLL},
		{Time: 10_000007000, Data: []byte("efg"), WireLen: 5, Link: LinkEthernet}, // no time: that of the packet before
		{Time: 10_000008000, Data: []byte("hi"), WireLen: 2, Link: LinkSLL},
		{Time: 9000, Data: []byte("j"), WireLen: 1, Link: LinkRaw},
		{Time: 9000, Data: []byte("k"), WireLen: 1, Link: LinkUnknown},
	})
	if lost != (Loss{Received: 6, Cut: 2}) {
		t.Errorf("lost %+v", lost)
	}
}

// The unit of time is an interface's own, and no time leaves 64 bits.
func TestPcapngTime(t *testing.T) {
	resol := func(v byte) []byte { return []byte{9, 0, 1, 0, v, 0, 0, 0} }
	offset := func(sec int64) []byte { return little.AppendUint64([]byte{14, 0, 8, 0}, uint64(sec)) }
	const before = 5_000_000 // time of the packet before: kept where a time cannot be read
	cases := []struct {
		name    string
		options []byte
		units   uint64
		want    int64
	}{
		{"microseconds by default", nil, 1_000_001, 1_000001000},
		{"milliseconds", resol(3), 1001, 1_001000000},
		{"seconds", resol(0), 7, 7_000000000},
		{"picoseconds", resol(12), 1_000000001999, 1_000000001},
		{"10^-19 s", resol(19), 1<<64 - 1, 1_844674407},
		{"10^-20 s does not fit", resol(20), 1, before},
		{"1/1024 s", resol(0x80 | 10), 1024 + 512, 1_500000000},
		{"2^-63 s", resol(0x80 | 63), 1<<63 + 1<<62, 1_500000000},
		{"2^-64 s does not fit", resol(0x80 | 64), 1, before},
		{"offset", offset(100), 5, 100_000005000},
		{"offset before 1970", offset(-3), 500_000, -2_500000000},
		{"largest that fits", resol(9), math.MaxInt64, math.MaxInt64},
		{"one more", resol(9), math.MaxInt64 + 1, before},
		{"microseconds beyond 2262", nil, 1 << 63, before},
		{"seconds beyond 2262", resol(0), 1 << 40, before},
		{"offset beyond 2262", offset(math.MaxInt64), 0, before},
		{"offset long before", offset(math.MinInt64), 0, before},
		{"sum beyond 2262", append(resol(0), offset(9_223_372_035)...), 9_223_372_035, before},
		{"option of a wrong length", []byte{9, 0, 2, 0, 3, 3, 0, 0}, 1, 1000},
		{"option longer than the block", []byte{9, 0, 9, 0, 3, 0, 0, 0}, 1, 1000},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := description(section(little), little, 1)
			b = description(b, little, 1, c.options...)
			b = enhanced(b, little, 0, before/1000, 1, []byte{1})
			b = enhanced(b, little, 1, c.units, 1, []byte{2})
			got, _, err := readBytes(t, b)
			if err != nil || len(got) != 2 || got[1].Time != c.want {
				t.Errorf("%+v, %v; want %d", got, err, c.want)
			}
		})
	}
}

func TestPcapngDamage(t *testing.T) {
	start := enhanced(description(section(little), little, 1), little, 0, 0, 1, []byte{1}) // 28 + 20 + 36 bytes
	start = start[:len(start):len(start)]
	head := func(kind, length uint32) []byte {
		return little.AppendUint32(little.AppendUint32(start, kind), length)
	}
	long := func(b []byte) []byte { return append(b, make([]byte, 200)...) }
	packet := func(caplen uint32) []byte {
		body := make([]byte, 24)
		binary.LittleEndian.PutUint32(body[12:], caplen)
		return block(start, little, blockEnhanced, body)
	}
	noMark := section(little)
	noMark[8] = 0
	cases := []struct {
		name string
		raw  []byte
		want string
	}{
		{"block shorter than its header", long(head(5, 11)), "damaged at byte 84: a block of 11 bytes"},
		{"block longer than is believed", long(head(5, maxBlock+4)), "damaged at byte 84: a block of 67108868 bytes"},
		{"block as long as there are numbers", long(head(5, 1<<32-1)), "damaged at byte 84: a block of 4294967295 bytes"},
		{"packet block without room for its fields", long(head(blockEnhanced, 28)), "damaged at byte 84: a block of type 6 with 28 bytes"},
		{"packet block longer than the window", long(head(blockEnhanced, windowSize+4)), "damaged at byte 84: a block of type 6"},
		{"packet longer than its block", packet(5), "damaged at byte 84: a packet of 5 bytes in a block with room for 4"},
		{"packet as long as there are numbers", packet(1<<32 - 1), "damaged at byte 84: a packet of 4294967295 bytes"},
		{"section without byte-order mark", append(start, noMark...), "damaged at byte 84: a section header without byte-order mark"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := readBytes(t, c.raw)
			if len(got) != 1 || err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%d packets, %v; want %q", len(got), err, c.want)
			}
		})
	}
}

// A block that is passed over may be longer than the window.
func TestPcapngLongBlockPassedOver(t *testing.T) {
	b := description(section(little), little, 1)
	b = block(b, little, 0x0bad, make([]byte, 3*windowSize))
	b = enhanced(b, little, 0, 0, 1, []byte{1})
	if got, _, err := readBytes(t, b); len(got) != 1 || err != nil {
		t.Errorf("%d packets, %v", len(got), err)
	}
	cut := enhanced(description(section(little), little, 1), little, 0, 0, 1, []byte{1})
	whole := len(cut)
	cut = block(cut, little, 0x0bad, make([]byte, 3*windowSize))[:whole+2*windowSize]
	if got, lost, err := readBytes(t, cut); len(got) != 1 || err != nil || lost.TailCut != 2*windowSize {
		t.Errorf("cut in it: %d packets, %+v, %v", len(got), lost, err)
	}
}

// Interfaces beyond the limit are not kept, and their packets are not guessed at.
func TestPcapngManyInterfaces(t *testing.T) {
	b := section(little)
	for range maxIfaces + 1 {
		b = description(b, little, 1)
	}
	b = enhanced(b, little, maxIfaces-1, 0, 1, []byte{1})
	b = enhanced(b, little, maxIfaces, 0, 1, []byte{2})
	b = enhanced(b, little, 1<<32-1, 0, 1, []byte{3})
	got, _, err := readBytes(t, b)
	if err != nil || len(got) != 3 || got[0].Link != LinkEthernet || got[1].Link != LinkUnknown || got[2].Link != LinkUnknown {
		t.Errorf("%+v, %v", got, err)
	}
}
