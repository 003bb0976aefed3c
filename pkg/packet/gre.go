package packet

import "encoding/binary"

// Bits of the first word of a GRE header (RFC 2784 §2.1, RFC 2890 §2; routing
// and version of RFC 1701 and RFC 2637).
const (
	greChecksum = 0x8000
	greRouting  = 0x4000
	greKey      = 0x2000
	greSequence = 0x1000
	greVersion  = 0x0007
)

// GRE protocol types of Cisco's mirrors (draft-foschiano-erspan).
const (
	erspan2 = 0x88be // type I without sequence number, type II with it
	erspan3 = 0x22eb
)

// gre follows IP packets, bridged frames and mirrored ones. What else it
// carries stays an IP protocol.
func (v *View) gre(b []byte) carried {
	if len(b) < 4 {
		v.short()
		return carried{}
	}
	flags, protocol := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	if flags&(greRouting|greVersion) != 0 {
		return carried{}
	}
	header := 4
	for _, optional := range [...]uint16{greChecksum, greKey, greSequence} {
		if flags&optional != 0 {
			header += 4
		}
	}
	rest, ok := v.behind(b, header)
	if !ok {
		return carried{}
	}
	switch protocol {
	case etherIPv4, etherIPv6, bridged:
		return carried{ether: protocol, b: rest}
	case erspan2:
		if flags&greSequence == 0 {
			return carried{ether: bridged, b: rest} // type I has no header of its own
		}
		return v.erspan(rest, 1, 8)
	case erspan3:
		return v.erspan(rest, 2, 12)
	}
	return carried{}
}

// erspan reads the header of type II (version 1) or III (version 2): version
// and VLAN of the mirrored frame; a word with the bit T, the frame is
// truncated; of type III also the kind of frame, and in the last bit whether a
// header of the platform follows.
func (v *View) erspan(b []byte, version byte, header int) carried {
	const truncated, ethernet, ip, platform = 0x04, 0, 2, 8
	rest, ok := v.behind(b, header)
	if !ok || b[0]>>4 != version {
		return carried{}
	}
	c := carried{ether: bridged, b: rest, vlan: binary.BigEndian.Uint16(b) & 0x0fff, clipped: b[2]&truncated != 0}
	if version == 1 {
		return c
	}
	if b[11]&1 != 0 {
		if c.b, ok = v.behind(rest, platform); !ok {
			return carried{}
		}
	}
	switch kind := b[10] >> 2 & 0x1f; kind {
	case ethernet:
	case ip:
		c.ether = version4or6(c.b)
	default:
		c.ether = 0
	}
	return c
}

// behind is what follows a header of n bytes that the rest depends on.
func (v *View) behind(b []byte, n int) ([]byte, bool) {
	if len(b) < n {
		v.short()
		return nil, false
	}
	return b[n:], true
}

// version4or6 is the ethertype that the version of an IP header stands for, 0
// for neither.
func version4or6(b []byte) uint16 {
	switch {
	case len(b) == 0:
	case b[0]>>4 == 4:
		return etherIPv4
	case b[0]>>4 == 6:
		return etherIPv6
	}
	return 0
}
