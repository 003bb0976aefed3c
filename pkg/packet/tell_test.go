package packet

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"

	"otsensor/pkg/ot"
)

// unhex joins the parts of a frame, hexadecimal with blanks where it helps.
func unhex(parts ...string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(strings.Join(parts, "")), ""))
	if err != nil {
		panic(err)
	}
	return b
}

// tell says in one line what a view holds.
func tell(v *View) string {
	var s strings.Builder
	switch v.Layer {
	case None:
		s.WriteString("none")
	case LinkOnly:
		fmt.Fprintf(&s, "link %04x", v.Ether)
		if v.LLC != 0 {
			fmt.Fprintf(&s, " llc %04x", v.LLC)
		}
	case ARP:
		fmt.Fprintf(&s, "arp %d %s is %x, %s is %x", v.ARPOp, addr(v.SrcIP), v.ARPMAC, addr(v.DstIP), v.ARPTarget)
	case IP:
		fmt.Fprintf(&s, "ip %d %s>%s ttl %d", v.IPProto, addr(v.SrcIP), addr(v.DstIP), v.TTL)
		if v.Fragment() {
			fmt.Fprintf(&s, " id %x at %d", v.IPID, v.FragOff)
			if v.MoreFrags {
				s.WriteString("+")
			}
		}
	case ICMP:
		fmt.Fprintf(&s, "icmp %d/%d %s>%s", v.ICMPType, v.ICMPCode, addr(v.SrcIP), addr(v.DstIP))
	case UDP:
		fmt.Fprintf(&s, "udp %s:%d>%s:%d", addr(v.SrcIP), v.SrcPort, addr(v.DstIP), v.DstPort)
	case TCP:
		fmt.Fprintf(&s, "tcp %s:%d>%s:%d seq %x ack %x flags %02x window %d",
			addr(v.SrcIP), v.SrcPort, addr(v.DstIP), v.DstPort, v.Seq, v.Ack, v.Flags, v.Window)
	}
	fmt.Fprintf(&s, " [%x]", v.Payload)
	if v.Tags > 0 {
		fmt.Fprintf(&s, " tags %d: %04x", v.Tags, v.VLAN[:min(int(v.Tags), 2)])
	}
	if v.Tunnels > 0 {
		fmt.Fprintf(&s, " in %d", v.Tunnels)
		if v.Mirror != [16]byte{} {
			fmt.Fprintf(&s, " of %s", addr(v.Mirror))
		}
		if v.MirrorVLAN != 0 {
			fmt.Fprintf(&s, " vlan %04x", v.MirrorVLAN)
		}
	}
	if v.Odd != ot.NoAnomaly {
		s.WriteString(" odd " + v.Odd.String())
	}
	if v.Cut {
		fmt.Fprintf(&s, " cut %d", v.CutBytes)
	}
	return s.String()
}

func addr(ip [16]byte) netip.Addr { return netip.AddrFrom16(ip).Unmap() }
