package packet

import (
	"encoding/binary"

	"otsensor/pkg/ot"
)

// IP protocols and the UDP port that carry another frame or packet.
const (
	protoIPv4 = 4  // RFC 2003
	protoIPv6 = 41 // RFC 2473, RFC 4213
	protoGRE  = 47
	portVXLAN = 4789
)

// bridged stands for the ethertype of a tunnel that carries frames with an
// Ethernet header of their own: Transparent Ethernet Bridging.
const bridged = 0x6558

// maxTunnels is how many are taken off, one inside the other.
const maxTunnels = 2

// carried is what a tunnel holds.
type carried struct {
	ether   uint16 // what b is, 0 for nothing that is followed
	b       []byte
	vlan    uint16 // of the mirrored frame, where its tag is not in the frame
	clipped bool   // the mirror says that it has cut the frame
}

// tunnels takes off what the frame is wrapped in, once its outside has been
// read. A fragment is not looked into, neither alone nor put together: its
// hosts have chosen the shard by then.
func (v *View) tunnels() {
	for v.wrapped() {
		c := v.carries()
		if c.ether == 0 {
			return
		}
		if v.Tunnels == maxTunnels {
			v.odd(ot.UnsupportedEncap)
			return
		}
		if !v.enter(c) {
			return
		}
	}
}

// wrapped reports whether a tunnel may begin here.
func (v *View) wrapped() bool {
	switch v.Layer {
	case LinkOnly:
		return v.LLC == 0 && (v.Ether == etherMPLS || v.Ether == etherMPLSMulticast || v.Ether == etherPPPoE || v.Ether == etherVNTag)
	case IP:
		return !v.Fragment() && (v.IPProto == protoGRE || v.IPProto == protoIPv4 || v.IPProto == protoIPv6)
	case UDP:
		return v.DstPort == portVXLAN
	}
	return false
}

// carries reads the header of the tunnel that the frame may be wrapped in.
func (v *View) carries() carried {
	switch {
	case v.Layer == UDP:
		return v.vxlan(v.Payload)
	case v.Layer == LinkOnly:
		return v.shim(v.Payload)
	case v.IPProto == protoGRE:
		return v.gre(v.Payload)
	case v.IPProto == protoIPv4:
		return carried{ether: etherIPv4, b: v.Payload}
	}
	return carried{ether: etherIPv6, b: v.Payload}
}

// enter makes the view that of what is carried. When not even the header that
// the tunnel promises is there the view stays outside, and says what was odd.
func (v *View) enter(c carried) bool {
	const clip = 1 << 16 // more than a mirror can cut off; the length inside says how much it was
	outer := *v
	*v = View{
		Odd: outer.Odd, Cut: outer.Cut, CutBytes: outer.CutBytes, SrcMAC: outer.SrcMAC, DstMAC: outer.DstMAC,
		Tunnels: outer.Tunnels + 1, Mirror: outer.Mirror, MirrorVLAN: outer.MirrorVLAN,
	}
	if outer.Tunnels == 0 {
		v.MirrorVLAN = outer.VLAN[0]
	}
	if v.Mirror == [16]byte{} {
		v.Mirror = outer.SrcIP
	}
	if c.clipped {
		v.Cut, v.CutBytes = true, v.CutBytes+clip
	}
	least := min(outer.Layer, IP)
	if c.ether == bridged {
		least = LinkOnly
		if ether, b, ok := v.ethernet(c.b); ok {
			v.Payload = v.network(ether, b)
		}
	} else {
		v.Payload = v.network(c.ether, c.b)
	}
	if v.Layer < least {
		outer.Cut = v.Cut
		outer.odd(v.Odd)
		*v = outer
		return false
	}
	if v.CutBytes >= clip {
		v.CutBytes = outer.CutBytes // no length inside
	}
	switch {
	case v.Tags > 0:
	case c.vlan > 0:
		v.tag(c.vlan)
	default:
		v.VLAN, v.Tags = outer.VLAN, outer.Tags
	}
	return true
}

// vxlan follows RFC 7348 §5: flags, of which I says that the network
// identifier is valid, and the frame from byte 8 on. Other things run on the
// port, therefore the frame must look like one.
func (v *View) vxlan(b []byte) carried {
	if len(b) < 8 || b[0]&0x08 == 0 || !v.plausible(b[8:]) {
		return carried{}
	}
	return carried{ether: bridged, b: b[8:]}
}

// plausible reports whether b begins like an Ethernet frame: from one station,
// with an ethertype or a length that fits.
func (v *View) plausible(b []byte) bool {
	if len(b) < 14 || b[6]&1 != 0 || [6]byte(b[6:12]) == [6]byte{} {
		return false
	}
	ether := int(binary.BigEndian.Uint16(b[12:]))
	return ether >= etherFirst || ether <= min(lengthLast, len(b)-14+v.CutBytes)
}
