package capture

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"
)

// ringFrame is a frame as the kernel writes it into a block, padded to 8 bytes.
func ringFrame(next, sec, nsec, wire, status, tci uint32, tpid uint16, pkttype byte, data string) []byte {
	order := binary.NativeEndian
	b := order.AppendUint32(nil, next)             // to the next header
	b = order.AppendUint32(b, sec)                 // time, seconds
	b = order.AppendUint32(b, nsec)                // time, nanoseconds
	b = order.AppendUint32(b, uint32(len(data)))   // bytes captured
	b = order.AppendUint32(b, wire)                // bytes on the wire
	b = order.AppendUint32(b, status)              // TP_STATUS_*
	b = order.AppendUint16(b, 82)                  // from the header to the frame
	b = order.AppendUint16(b, 96)                  // from the header to the network layer
	b = order.AppendUint32(b, 0xdecafbad)          // hash of the flow
	b = order.AppendUint32(b, tci)                 // tag control information
	b = order.AppendUint16(b, tpid)                // ethertype of the tag
	b = append(b, make([]byte, 2+8)...)            // padding
	b = append(b, 0x11, 0, 0x00, 0x03, 2, 0, 0, 0) // AF_PACKET, ETH_P_ALL, interface 2
	b = append(b, 1, 0, pkttype, 6)                // Ethernet, whose frame, length of an address
	b = append(b, 2, 0, 0, 0, 0, 1, 0, 0)          // from
	b = append(append(b, make([]byte, 14)...), data...)
	return append(b, make([]byte, -len(b)&7)...)
}

// twoFrames is a block with a tagged frame, cut from 1514 to 4 bytes, and one
// that the host sent itself.
func twoFrames() []byte {
	order := binary.NativeEndian
	first := ringFrame(88, 1_700_000_000, 123_456_789, 1514, 0x51, 0xa064, 0x88a8, 3, "abcd")
	b := order.AppendUint32(nil, 3)    // version
	b = order.AppendUint32(b, 48)      // to private data
	b = order.AppendUint32(b, 1)       // TP_STATUS_USER
	b = order.AppendUint32(b, 2)       // frames
	b = order.AppendUint32(b, 48)      // to the first frame
	b = order.AppendUint32(b, 224)     // bytes used
	b = append(b, make([]byte, 24)...) // number and times
	b = append(b, first...)
	return append(b, ringFrame(0, 1, 0, 3, 1<<31|1, 0, 0, 4, "xyz")...)
}

func TestRingBlock(t *testing.T) {
	b := openBlock(twoFrames())
	var p Packet
	data, sent, err := b.next(&p)
	if string(data) != "abcd" || sent || err != nil || b.left != 1 || b.card {
		t.Errorf("first: %q, sent %v, %v, %d left", data, sent, err, b.left)
	}
	if p.Time != 1_700_000_000_123_456_789 || p.WireLen != 1514 || !p.HasVLAN || p.VLAN != 0xa064 || p.TPID != 0x88a8 {
		t.Errorf("first: %+v", p)
	}
	p = Packet{}
	data, sent, err = b.next(&p)
	if string(data) != "xyz" || !sent || err != nil || b.left != 0 || !b.card || p.HasVLAN || p.WireLen != 3 {
		t.Errorf("second: %q, sent %v, %v, %d left, %+v", data, sent, err, b.left, p)
	}
}

// A block that points outside itself is refused.
func TestRingBlockDamage(t *testing.T) {
	const first, second = 48, 48 + 88
	cases := []struct {
		name  string
		at    int
		value uint32
		whole int // frames before the damage
	}{
		{"first frame in the block's header", blockFirst, 40, 0},
		{"first frame behind the end", blockFirst, 1 << 20, 0},
		{"first frame past what an int32 holds", blockFirst, 0xffffffff, 0},
		{"header cut by the end", blockFirst, 224 - 60, 0},
		{"more bytes than the block", first + frameSnaplen, 1000, 0},
		{"more bytes than 32 bits can add", first + frameSnaplen, 0xffffffff, 0},
		{"frame inside its header", first + frameMAC, 20, 0},
		{"frame behind the end", first + frameMAC, 0xffff, 0},
		{"next frame is this one", first + frameNext, 0, 0},
		{"next frame overlaps this header", first + frameNext, 8, 0},
		{"next frame behind the end", first + frameNext, 1 << 31, 0},
		{"second frame cut by the end", second + frameSnaplen, 7, 1},
		{"fewer frames than counted", blockFrames, 3, 1},
	}
	for _, c := range cases {
		raw := twoFrames()
		binary.NativeEndian.PutUint32(raw[c.at:], c.value)
		b, got := openBlock(raw), 0
		var err error
		for b.left > 0 && err == nil {
			if _, _, err = b.next(new(Packet)); err == nil {
				got++
			}
		}
		if !errors.Is(err, errRing) || got != c.whole {
			t.Errorf("%s: %d frames, %v", c.name, got, err)
		}
	}
}

// Whatever a block says, reading it ends and stays inside.
func FuzzRingBlock(f *testing.F) {
	f.Add(twoFrames())
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) < blockHeader {
			return
		}
		b := openBlock(slices.Clip(raw))
		for n := 0; b.left > 0; n++ {
			data, _, err := b.next(new(Packet))
			if err != nil {
				return
			}
			if n > len(raw)/frameHeader || len(data) > len(raw) {
				t.Fatalf("%d frames, %d bytes in a block of %d", n, len(data), len(raw))
			}
		}
	})
}
