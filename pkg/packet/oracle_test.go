package packet

import (
	"bytes"
	"encoding/binary"
	"net"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
)

// oracle decodes a frame with gopacket and writes what both should agree on
// into a view. It goes as far as the IP header and its transport inside of so
// many tunnels.
func oracle(p *capture.Packet, tunnels uint8) (v View, failed error) {
	var first gopacket.Decoder = layers.LinkType(p.Link)
	if p.Link == capture.LinkIPv4 { // unknown to gopacket
		first = layers.LayerTypeIPv4
	}
	pk := gopacket.NewPacket(p.Data, first, gopacket.DecodeOptions{NoCopy: true})
	if e := pk.ErrorLayer(); e != nil {
		failed = e.Error() // a panic too: NewPacket recovers
	}
	outer, mirrored := View{}, uint16(0)
	for _, l := range pk.Layers() {
		if tunnels > 0 && v.enters(l) {
			tunnels--
			v.keepTag(&outer, mirrored)
			outer, mirrored = v, mirror(pk)
			v = inside(&outer)
		}
		if v.encloses(l) {
			continue
		}
		if v.Layer >= ICMP || v.Layer == ARP || !v.take(l) {
			break
		}
	}
	v.keepTag(&outer, mirrored)
	return v, failed
}

// inside is the view of a tunnel's inside before its first layer.
func inside(outer *View) View {
	v := View{SrcMAC: outer.SrcMAC, DstMAC: outer.DstMAC, Tunnels: outer.Tunnels + 1, Mirror: outer.Mirror, MirrorVLAN: outer.MirrorVLAN}
	if v.Tunnels == 1 {
		v.MirrorVLAN = outer.VLAN[0]
	}
	if v.Mirror == [16]byte{} {
		v.Mirror = outer.SrcIP
	}
	return v
}

// keepTag gives a frame that has no tag the one its mirror names, or else the
// one outside.
func (v *View) keepTag(outer *View, mirrored uint16) {
	switch {
	case v.Tags > 0:
	case mirrored > 0:
		v.tag(mirrored)
	default:
		v.VLAN, v.Tags = outer.VLAN, outer.Tags
	}
}

// mirror is the VLAN that an ERSPAN header names.
func mirror(pk gopacket.Packet) uint16 {
	if l, ok := pk.Layer(layers.LayerTypeERSPANII).(*layers.ERSPANII); ok {
		return l.VLANIdentifier
	}
	return 0
}

// enters reports whether a layer begins the inside of a tunnel.
func (v *View) enters(l gopacket.Layer) bool {
	switch l.(type) {
	case *layers.Ethernet:
		return v.Layer > None
	case *layers.IPv4, *layers.IPv6:
		return v.Layer >= IP || v.Ether == etherPPPoE || v.Ether == etherMPLS || v.Ether == etherMPLSMulticast
	}
	return false
}

// encloses reports whether a layer is the header of a tunnel.
func (v *View) encloses(l gopacket.Layer) bool {
	switch l.(type) {
	case *layers.GRE, *layers.ERSPANII, *layers.VXLAN, *layers.MPLS, *layers.PPPoE, *layers.PPP:
		return v.Layer > None
	}
	return false
}

// take adds one layer; false says that the next ones do not count.
func (v *View) take(l gopacket.Layer) bool {
	switch l := l.(type) {
	case *layers.Ethernet:
		v.Layer, v.SrcMAC, v.DstMAC = LinkOnly, [6]byte(l.SrcMAC), [6]byte(l.DstMAC)
		v.Ether, v.Payload = uint16(l.EthernetType), l.Payload
		if l.EthernetType == layers.EthernetTypeLLC {
			v.Ether = l.Length
		}
	case *layers.LinuxSLL:
		v.Layer, v.Ether, v.Payload = LinkOnly, uint16(l.EthernetType), l.Payload
		copy(v.SrcMAC[:], l.Addr)
	case *layers.Dot1Q:
		v.tag(uint16(l.Priority)<<13 | l.VLANIdentifier)
		if l.DropEligible {
			v.VLAN[v.Tags-1] |= 1 << 12
		}
		v.Ether, v.Payload = uint16(l.Type), l.Payload
	case *layers.LLC:
		v.LLC = uint16(l.DSAP)<<8 | uint16(l.SSAP)
	case *layers.SNAP:
		if l.Type < etherFirst {
			return false // another organisation's number, no ethertype
		}
		v.Ether, v.Payload = uint16(l.Type), l.Payload
	case *layers.ARP:
		v.Layer, v.ARPOp, v.Payload = ARP, l.Operation, l.Contents
		copy(v.ARPMAC[:], l.SourceHwAddress)
		copy(v.ARPTarget[:], l.DstHwAddress)
		copy(v.SrcIP[:], net.IP(l.SourceProtAddress).To16())
		copy(v.DstIP[:], net.IP(l.DstProtAddress).To16())
	case *layers.IPv4:
		if v.Layer == IP {
			return false
		}
		v.Ether = etherIPv4
		v.Layer, v.SrcIP, v.DstIP = IP, [16]byte(l.SrcIP.To16()), [16]byte(l.DstIP.To16())
		v.TTL, v.IPProto, v.Payload = l.TTL, uint8(l.Protocol), l.Payload
		v.IPID, v.FragOff, v.MoreFrags = uint32(l.Id), l.FragOffset*8, l.Flags&layers.IPv4MoreFragments != 0
	case *layers.IPv6:
		if v.Layer == IP {
			return false
		}
		v.Ether = etherIPv6
		v.Layer, v.IPv6, v.SrcIP, v.DstIP = IP, true, [16]byte(l.SrcIP), [16]byte(l.DstIP)
		v.TTL, v.IPProto, v.Payload = l.HopLimit, uint8(l.NextHeader), l.Payload
	case *layers.IPv6HopByHop:
		if !v.IPv6 {
			return false // protocol 0 of IPv4 is no hop-by-hop header
		}
		v.IPProto, v.Payload = uint8(l.NextHeader), l.Payload
	case *layers.IPv6Destination:
		v.IPProto, v.Payload = uint8(l.NextHeader), l.Payload
	case *layers.IPv6Routing:
		v.IPProto, v.Payload = uint8(l.NextHeader), l.Payload
	case *layers.IPSecAH:
		v.IPProto, v.Payload = uint8(l.NextHeader), l.LayerPayload()
	case *layers.IPv6Fragment:
		v.IPProto, v.Payload, v.IPID = uint8(l.NextHeader), l.Payload, l.Identification
		v.FragOff, v.MoreFrags = l.FragmentOffset*8, l.MoreFragments
	case *layers.TCP:
		v.Layer, v.SrcPort, v.DstPort, v.Payload = TCP, uint16(l.SrcPort), uint16(l.DstPort), l.Payload
		v.Seq, v.Ack, v.Flags, v.Window = l.Seq, l.Ack, l.Contents[13], l.Window
	case *layers.UDP:
		v.Layer, v.SrcPort, v.DstPort, v.Payload = UDP, uint16(l.SrcPort), uint16(l.DstPort), l.Payload
	case *layers.ICMPv4:
		v.Layer, v.ICMPType, v.ICMPCode, v.Payload = ICMP, l.TypeCode.Type(), l.TypeCode.Code(), l.Payload
	case *layers.ICMPv6:
		if len(l.Payload) < 4 { // its header ends after the checksum, ours four bytes later
			return false
		}
		v.Layer, v.ICMPType, v.ICMPCode, v.Payload = ICMP, l.TypeCode.Type(), l.TypeCode.Code(), l.Payload[4:]
	case *layers.Loopback:
		v.Layer = LinkOnly
	default:
		return false
	}
	return true
}

// TestAgreesWithGopacket compares every field of every frame. Where the two
// may differ, excused says why.
func TestAgreesWithGopacket(t *testing.T) {
	frames, excuses, wrong := 0, map[string]int{}, 0
	eachFrame(t, func(file string, p *capture.Packet) {
		frames++
		var v View
		Decode(&v, p)
		o, failed := oracle(p, v.Tunnels)
		fields := difference(v, o)
		if fields == "" {
			return
		}
		if why := excused(p, &v, failed); why != "" {
			excuses[why]++
			return
		}
		if wrong++; wrong <= 20 {
			t.Errorf("%s frame %d differs in%s (gopacket: %v)\n ours   %+v\n theirs %+v", file, p.Frame, fields, failed, v, o)
		}
	})
	t.Logf("%d frames compared, %d differ; excused: %v", frames, wrong, excuses)
}

// excused is the reason why gopacket may differ on a frame, "" for none.
func excused(p *capture.Packet, v *View, failed error) string {
	switch {
	case v.Tunnels > 0 && mirrorUnknown(p.Data):
		return "it takes every mirrored frame for ERSPAN type II"
	case v.Tunnels > 0 && bytes.Contains(p.Data[12:min(20, len(p.Data))], []byte{0x89, 0x26}):
		return "it does not know VN-Tag"
	case v.Odd == ot.BadIPHeader:
		return "it does not look at the IP version, and gives up at a bad option"
	case v.Odd == ot.BadARP:
		return "it takes ARP for any hardware and protocol"
	case v.Tags > 0 && v.LLC != 0:
		return "it takes the length behind a VLAN tag for an ethertype"
	case v.Ether == etherIPv4 && len(v.Datagram) > 0xffff:
		return "it counts the length of an offloaded segment in 16 bits"
	}
	return ""
}

// mirrorUnknown finds ERSPAN type I and III behind a GRE header over IPv4.
func mirrorUnknown(frame []byte) bool {
	_, gre, ok := bytes.Cut(frame, []byte{0x45})
	if !ok || len(gre) < 23 || gre[8] != protoGRE {
		return false
	}
	flags, protocol := binary.BigEndian.Uint16(gre[19:]), binary.BigEndian.Uint16(gre[21:])
	return protocol == erspan3 || protocol == erspan2 && flags&greSequence == 0
}

// difference names the fields in which two views differ, of those gopacket knows.
func difference(v, o View) (fields string) {
	for _, f := range []struct {
		name      string
		got, want any
	}{
		{"layer", v.Layer, o.Layer},
		{"MACs", [2][6]byte{v.SrcMAC, v.DstMAC}, [2][6]byte{o.SrcMAC, o.DstMAC}},
		{"VLAN", v.VLAN, o.VLAN},
		{"tags", v.Tags, o.Tags},
		{"ethertype", v.Ether, o.Ether},
		{"LLC", v.LLC, o.LLC},
		{"addresses", [2][16]byte{v.SrcIP, v.DstIP}, [2][16]byte{o.SrcIP, o.DstIP}},
		{"IPv6", v.IPv6, o.IPv6},
		{"protocol", v.IPProto, o.IPProto},
		{"TTL", v.TTL, o.TTL},
		{"identification", v.IPID, o.IPID},
		{"fragment", [2]any{v.FragOff, v.MoreFrags}, [2]any{o.FragOff, o.MoreFrags}},
		{"ports", [2]uint16{v.SrcPort, v.DstPort}, [2]uint16{o.SrcPort, o.DstPort}},
		{"numbers", [2]uint32{v.Seq, v.Ack}, [2]uint32{o.Seq, o.Ack}},
		{"flags", v.Flags, o.Flags},
		{"window", v.Window, o.Window},
		{"ICMP", [2]uint8{v.ICMPType, v.ICMPCode}, [2]uint8{o.ICMPType, o.ICMPCode}},
		{"ARP", v.ARPOp, o.ARPOp},
		{"ARP MACs", [2][6]byte{v.ARPMAC, v.ARPTarget}, [2][6]byte{o.ARPMAC, o.ARPTarget}},
		{"tunnels", v.Tunnels, o.Tunnels},
		{"mirror", [2]any{v.Mirror, v.MirrorVLAN}, [2]any{o.Mirror, o.MirrorVLAN}},
		{"payload", string(v.Payload), string(o.Payload)},
	} {
		if f.got != f.want {
			fields += " " + f.name
		}
	}
	return fields
}
