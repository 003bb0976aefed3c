package packet

import (
	"encoding/binary"

	"otsensor/pkg/ot"
)

// Ethertypes of what stands between an Ethernet header and the packet.
const (
	etherVNTag         = 0x8926 // Cisco VN-Tag, draft of IEEE 802.1Qbh
	etherMPLS          = 0x8847
	etherMPLSMulticast = 0x8848
	etherPPPoE         = 0x8864 // session stage
)

func (v *View) shim(b []byte) carried {
	switch v.Ether {
	case etherVNTag:
		return v.vntag(b)
	case etherPPPoE:
		return v.pppoe(b)
	}
	return v.mpls(b)
}

// vntag is 4 bytes about virtual ports and the ethertype of what they tag.
func (v *View) vntag(b []byte) carried {
	rest, ok := v.behind(b, 6)
	if !ok {
		return carried{}
	}
	return carried{ether: binary.BigEndian.Uint16(b[4:]), b: rest}
}

// maxLabels is how deep a label stack is followed.
const maxLabels = 16

// mpls follows RFC 3032 §2.1 to the bottom of the label stack. What is below
// has no type: IP shows by its version, and a first nibble of 0 is the control
// word of a pseudowire with an Ethernet frame behind it (RFC 4385 §3), or,
// where it was not negotiated, the frame itself.
func (v *View) mpls(b []byte) carried {
	const bottom = 0x01 // of the third byte
	const controlWord = 4
	for n := 0; ; n++ {
		rest, ok := v.behind(b, 4)
		if !ok {
			return carried{}
		}
		if n == maxLabels {
			v.odd(ot.UnsupportedEncap)
			return carried{}
		}
		last := b[2]&bottom != 0
		if b = rest; last {
			break
		}
	}
	switch {
	case len(b) == 0 || b[0]>>4 != 0:
	case len(b) > controlWord && v.plausible(b[controlWord:]):
		return carried{ether: bridged, b: b[controlWord:]}
	case v.plausible(b):
		return carried{ether: bridged, b: b}
	}
	return carried{ether: version4or6(b), b: b}
}

// pppoe follows RFC 2516 §4 and RFC 1661 §2: version 1 and type 1, code 0 for
// session data, session, length; then the protocol of PPP.
func (v *View) pppoe(b []byte) carried {
	const ppp4, ppp6 = 0x0021, 0x0057
	rest, ok := v.behind(b, 8)
	if !ok || b[0] != 0x11 || b[1] != 0 {
		return carried{}
	}
	n := int(binary.BigEndian.Uint16(b[4:])) - 2 // without the protocol
	if n < 0 || n > len(rest)+v.CutBytes {
		v.odd(ot.FrameBadLength)
		return carried{}
	}
	c := carried{b: rest[:min(n, len(rest))]}
	switch binary.BigEndian.Uint16(b[6:]) {
	case ppp4:
		c.ether = etherIPv4
	case ppp6:
		c.ether = etherIPv6
	}
	return c
}
