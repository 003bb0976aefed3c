package packet

import (
	"encoding/binary"
	"math/bits"
)

// Copies recognises frames that a mirror port shows more than once: where they
// come in and where they go out, or in two VLANs. A copy has the same bytes from
// the IP header on but for time to live and checksum, the same identification,
// and follows soon. What a sender repeats has another identification or comes
// later, and is not a copy.
type Copies struct {
	recent [copiesKept]sighting
	next   uint32                 // of recent
	index  [4 * copiesKept]uint16 // of recent, plus one, by the first bits of the key
	window int64                  // how far apart copies come here, nanoseconds
	late   int                    // copies beyond the window among the present lateAmong frames
	turn   uint64                 // which lateAmong frames these are
	frames uint64
}

// sighting is a frame that may be shown again.
type sighting struct {
	key    uint64
	at     int64
	copies uint8
}

const (
	copiesKept = 1024
	maxCopies  = 3          // of one frame; more is somebody who says the same again and again
	copySoon   = 2_000_000  // copies usually come within 2 ms
	copyLatest = 10_000_000 // and never later than 10 ms
	copyLate   = 16         // so many late ones among lateAmong frames, and the port is slow
	lateAmong  = 4096
)

// Seen reports whether a frame is the copy of one that was seen, and remembers it.
// hash is its HostHash.
func (c *Copies) Seen(v *View, hash uint32, clock int64) bool {
	c.frames++
	key := v.identity(hash)
	slot := &c.index[key>>52]
	if *slot > 0 {
		if s := &c.recent[*slot-1]; s.key == key && clock-s.at <= copyLatest && s.copies < maxCopies {
			return c.again(s, clock)
		}
	}
	n := c.next % copiesKept
	c.recent[n] = sighting{key: key, at: clock}
	c.next, *slot = n+1, uint16(n)+1
	return false
}

// again reports whether what is shown again comes as soon as a copy does. Where
// many come later than that the port is slow, and they are copies from then on.
func (c *Copies) again(s *sighting, clock int64) bool {
	if clock-s.at <= max(c.window, copySoon) {
		s.copies++
		return true
	}
	if turn := c.frames / lateAmong; turn != c.turn {
		c.turn, c.late = turn, 0
	}
	if c.late++; c.late >= copyLate {
		c.window = copyLatest
	}
	s.at = clock
	return false
}

// identity is the same for all copies of a frame. The checksum of a TCP segment
// stands for its bytes, which flow compares anyway; of everything else the bytes count.
func (v *View) identity(hash uint32) uint64 {
	x := uint64(hash) | uint64(v.IPID)<<32
	y := uint64(v.SrcPort) | uint64(v.DstPort)<<16 | uint64(len(v.Payload))<<32 | uint64(v.FragOff)<<48
	if v.Layer == TCP {
		check := uint64(0)
		if at := int(v.HeaderLen) + 16; at+1 < len(v.Datagram) {
			check = uint64(v.Datagram[at]) | uint64(v.Datagram[at+1])<<8
		}
		z := uint64(v.Seq) | uint64(v.Ack)<<32
		return multiply(multiply(x^0x632be59bd9b4e019, y^0xa0761d6478bd642f)^z, 0xe7037ed1a0b428db^check<<8^uint64(v.Flags))
	}
	if v.Layer <= ARP {
		y ^= macHash(&v.SrcMAC) ^ bits.RotateLeft64(macHash(&v.DstMAC), 17) ^ uint64(v.Ether)
	}
	return multiply(multiply(x^0x632be59bd9b4e019, y^0xa0761d6478bd642f)^digest(v.Payload), 0xd6e8feb86659fd93^uint64(v.IPProto)^uint64(v.ICMPType)<<8^uint64(v.ICMPCode)<<16)
}

// digest is a fast hash of bytes.
func digest(b []byte) uint64 {
	h := uint64(len(b)) * 0x9e3779b97f4a7c15
	for ; len(b) >= 8; b = b[8:] {
		h = multiply(h^binary.LittleEndian.Uint64(b), 0xa0761d6478bd642f)
	}
	for _, c := range b {
		h = h<<8 ^ h>>56 ^ uint64(c)
	}
	return multiply(h, 0xe7037ed1a0b428db)
}
