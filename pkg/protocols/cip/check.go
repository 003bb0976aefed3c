package cip

import "encoding/binary"

// The check sums of safety data (Volume 5, 2-3 and appendix E) are CRCs that
// begin with the connection's triad, which only the Forward Open tells, in
// another conversation. But a CRC is linear: what a packet's sum differs from
// the sum begun with zero is the same for every packet of a connection. So the
// packets of one connection are judged by each other: when eight with different
// time stamps differ alike, the format is known, and one that differs otherwise
// is wrong.

// crc is a CRC of so many bits, highest bit first, with nothing added at either end.
type crc struct {
	bits  int
	table [256]uint32
}

func newCRC(bits int, polynomial uint32) *crc {
	c := &crc{bits: bits}
	for i := range c.table {
		n := uint32(i) << (bits - 8)
		for range 8 {
			n = n<<1 ^ polynomial*(n>>(bits-1)&1)
		}
		c.table[i] = n & c.mask()
	}
	return c
}

func (c *crc) mask() uint32 { return 1<<c.bits - 1 }

// of goes on with a sum over bytes, each of them changed by flip.
func (c *crc) of(sum uint32, flip byte, b ...byte) uint32 {
	for _, x := range b {
		sum = (sum<<8 ^ c.table[byte(sum>>(c.bits-8))^x^flip]) & c.mask()
	}
	return sum
}

var (
	crcS1 = newCRC(8, 0x37)
	crcS2 = newCRC(8, 0x3B)
	crcS3 = newCRC(16, 0x080F)
	crcS5 = newCRC(24, 0x5D6DCB)
)

// What of the mode byte a sum covers.
const (
	modeOfData  = 0xE0
	modeOfStamp = 0x1F
)

// safetyPacket is a payload that can be safety data, or the answer to it.
type safetyPacket struct {
	data, b []byte // the data; all of it
	mode    byte
	stamp   uint16
	long    bool // the data are there a second time, complemented
	coords  bool // time coordination
}

// safetySize is how many bytes of a payload are data, 0 where it can be no safety data.
func safetySize(size int) (n int, long bool) {
	switch {
	case size <= safetyShortMost:
		return max(size-safetyShortRest, 0), false
	case size%2 != 0:
		return 0, true
	}
	return (size - safetyLongRest) / 2, true
}

// safetyMode finds the mode byte, if the payload can be safety data: three of its
// bits are complement, copy and complement of three others.
func safetyMode(b []byte) (mode byte, ok bool) {
	n, _ := safetySize(len(b))
	if n == 0 {
		return 0, false
	}
	mode = b[n]
	run, tbd2, tbd := mode>>7&1, mode>>6&1, mode>>5&1
	return mode, mode>>4&1 == run^1 && mode>>3&1 == tbd2 && mode>>2&1 == tbd^1
}

// readSafety splits a payload, without what a group adds.
func readSafety(b []byte) (p safetyPacket, ok bool) {
	if p.b = b; len(b) == safetyTimeMessage {
		p.mode, p.stamp, p.coords = b[0], binary.LittleEndian.Uint16(b[1:]), true
		return p, true
	}
	n, long := safetySize(len(b))
	if p.mode, ok = safetyMode(b); !ok {
		return p, false
	}
	p.data, p.long, p.stamp = b[:n], long, binary.LittleEndian.Uint16(b[len(b)-3:])
	return p, true
}

// base is what the sums of the base format differ by.
func (p *safetyPacket) base() uint64 {
	b, n := p.b, len(p.data)
	stamp := []byte{byte(p.stamp), byte(p.stamp >> 8)}
	if p.coords {
		return uint64(crcS3.of(crcS3.of(0, 0, p.mode), 0, stamp...) ^ uint32(binary.LittleEndian.Uint16(b[4:])))
	}
	ofStamp := uint64(crcS1.of(crcS1.of(0, 0, p.mode&modeOfStamp), 0, stamp...) ^ uint32(b[len(b)-1]))
	mode, not := p.mode&modeOfData, ^p.mode&modeOfData
	if !p.long {
		first := crcS1.of(crcS1.of(0, 0, mode), 0, p.data...) ^ uint32(b[n+1])
		second := crcS2.of(crcS2.of(0, 0, not), 0xFF, p.data...) ^ uint32(b[n+2])
		return ofStamp | uint64(first)<<8 | uint64(second)<<16
	}
	again := b[n+3 : 2*n+3]
	first := crcS3.of(crcS3.of(0, 0, mode), 0, p.data...) ^ uint32(binary.LittleEndian.Uint16(b[n+1:]))
	second := crcS3.of(crcS3.of(0, 0, not), 0, again...) ^ uint32(binary.LittleEndian.Uint16(b[2*n+3:]))
	return ofStamp | uint64(first)<<8 | uint64(second)<<24
}

// extended is what the sums of the extended format differ by. They begin with
// the count of times that the time stamp ran over, too.
func (p *safetyPacket) extended() uint64 {
	b, n := p.b, len(p.data)
	stamp := []byte{byte(p.stamp), byte(p.stamp >> 8)}
	switch {
	case p.coords:
		return uint64(crcS5.of(crcS5.of(0, 0, p.mode), 0, stamp...) ^ (uint32(b[3]) | uint32(b[4])<<8 | uint32(b[5])<<16))
	case !p.long:
		sum := crcS5.of(crcS5.of(crcS5.of(0, 0, p.mode&modeOfData), 0, p.data...), 0, stamp...)
		return uint64(sum ^ (uint32(b[n+1]) | uint32(b[n+2])<<8 | uint32(b[n+5])<<16))
	}
	first := crcS3.of(crcS3.of(0, 0, p.mode&modeOfData), 0, p.data...) ^ uint32(binary.LittleEndian.Uint16(b[n+1:]))
	again := b[n+3 : 2*n+3]
	sum := crcS5.of(crcS5.of(crcS5.of(0, 0, p.mode&modeOfStamp), 0, again...), 0, stamp...)
	second := sum ^ (uint32(b[2*n+3]) | uint32(b[2*n+4])<<8 | uint32(b[2*n+7])<<16)
	return uint64(first) | uint64(second)<<16
}

// agreement is how far the packets of a connection agree in one format.
type agreement struct {
	differ uint64 // what their sums differ by
	before uint64 // and differed by until the time stamp ran over
	run    uint8  // packets that agreed, up to agreeLeast
	doubt  uint8  // packets since that did not
	again  bool   // the run began behind the packet last told with its data
}

const agreeLeast = 8

func (a *agreement) sure() bool { return a.run >= agreeLeast }

// see takes the next packet; false when it contradicts what is sure. After
// agreeLeast of those another connection is taken to have begun.
func (a *agreement) see(differ uint64) bool {
	switch {
	case a.differ == differ, a.before == differ && differ != 0: // it had not run over, but was wrong
		a.differ, a.run, a.doubt = differ, min(a.run+1, agreeLeast), 0
		return true
	case !a.sure() || a.doubt+1 >= agreeLeast:
		*a = agreement{differ: differ, run: 1, again: a.run > 0}
		return true
	}
	a.doubt++
	return false
}

// safetyCheck judges the packets of one connection id.
type safetyCheck struct {
	base, extended agreement
	stamp          uint16
	seen           bool
	tried          uint8 // packets before either was sure
}

// see takes the next packet, and says whether it is wrong for certain. A packet
// with the time stamp of the one before is that packet again, and tells nothing.
func (s *safetyCheck) see(p *safetyPacket) (wrong bool) {
	was := s.stamp
	if s.seen && p.stamp == was {
		return false
	}
	if s.stamp, s.seen = p.stamp, true; !s.sure() {
		s.tried++
	}
	ok := true
	if differ := p.extended(); p.stamp >= was {
		ok = s.extended.see(differ)
	} else { // it ran over, and is counted in the sums from here on
		s.extended.before, s.extended.differ, s.extended.doubt = s.extended.differ, differ, 0
	}
	return !s.base.see(p.base()) || !ok
}

// again reports that the packets that agree are others than the one last told with its data.
func (s *safetyCheck) again() bool {
	return !(s.base.sure() && !s.base.again || s.extended.sure() && !s.extended.again)
}

func (s *safetyCheck) sure() bool { return s.base.sure() || s.extended.sure() }
