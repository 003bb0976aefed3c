package packet

import (
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
)

// What the rows below wrap up, and what they wrap it in.
const (
	inner     = "020000000022 020000000021 0800" + ip44 + tcp + data           // 58 bytes
	tagged    = "020000000022 020000000021 8100 0064 0800" + ip44 + tcp + data // and a tag
	mirror4   = "0a000001 0a000002"
	fromOuter = " in 1 of 10.0.0.1"
)

// outer is an Ethernet and IPv4 header for so many bytes of a protocol.
func outer(total, proto string) string {
	return plain4 + "45 00" + total + "0000 0000 40" + proto + "0000" + mirror4
}

// Decapsulation in the order of RFC and draft: what a mirror sends, and what
// is left of it.
func TestTunnels(t *testing.T) {
	const inside = "45 00 002c 1234 4000 40 06 0000 c0000201 c0000202" + tcp + data
	check(t, capture.LinkEthernet, []row{
		// GRE: flags, protocol type
		{"GRE, IPv4", unhex(outer("0044", "2f"), "0000 0800", inside), segment + fromOuter},
		{"GRE, IPv6", unhex(outer("004c", "2f"), "0000 86dd", "60000000 000c 11 40", src6, dst6, udp12, data), cyclic6 + fromOuter},
		{"GRE, bridged frame", unhex(outer("0052", "2f"), "0000 6558", inner), segment + fromOuter},
		{"GRE with checksum, key and sequence number", unhex(outer("0050", "2f"), "b000 0800", "00000000 00000007 00000001", inside), segment + fromOuter},
		{"GRE with half a key", unhex(outer("001a", "2f"), "2000 0800", "0000"), "ip 47 10.0.0.1>10.0.0.2 ttl 64 [200008000000] odd frame-short cut 0"},
		{"GRE with routing", unhex(outer("0018", "2f"), "4000 0800"), "ip 47 10.0.0.1>10.0.0.2 ttl 64 [40000800]"},
		{"GRE of PPTP", unhex(outer("0018", "2f"), "0001 0800"), "ip 47 10.0.0.1>10.0.0.2 ttl 64 [00010800]"},
		{"GRE, IPv4 of 4 bytes", unhex(outer("001c", "2f"), "0000 0800 45000000"), "ip 47 10.0.0.1>10.0.0.2 ttl 64 [0000080045000000] odd frame-short cut 0"},

		// ERSPAN II: version and VLAN, priority T and session, index
		{"ERSPAN I", unhex(outer("0052", "2f"), "0000 88be", inner), segment + fromOuter},
		{"ERSPAN I, tag in the frame", unhex(outer("0056", "2f"), "0000 88be", tagged), segment + " tags 1: [0064]" + fromOuter},
		{"ERSPAN I, tag of the transport only", unhex(macs, "8100 000a 0800 45 00 0052 0000 0000 40 2f 0000", mirror4, "0000 88be", inner),
			segment + " tags 1: [000a]" + fromOuter + " vlan 000a"},
		{"ERSPAN II", unhex(outer("005e", "2f"), "1000 88be 00000001", "1000 0001 00000000", inner), segment + fromOuter},
		{"ERSPAN II names the VLAN", unhex(outer("005e", "2f"), "1000 88be 00000001", "1017 0001 00000000", inner), segment + " tags 1: [0017]" + fromOuter},
		{"ERSPAN II, tag in the frame too", unhex(outer("0062", "2f"), "1000 88be 00000001", "1017 1801 00000000", tagged), segment + " tags 1: [0064]" + fromOuter},
		{"ERSPAN II of version 0", unhex(outer("0024", "2f"), "1000 88be 00000001", "0000 0001 00000000"),
			"ip 47 10.0.0.1>10.0.0.2 ttl 64 [100088be000000010000000100000000]"},
		{"ERSPAN II that says it is cut", unhex(outer("005c", "2f"), "1000 88be 00000001", "1000 0401 00000000", inner[:len(inner)-4]),
			"tcp 192.0.2.1:40000>192.0.2.2:502 seq 1 ack 2 flags 18 window 4096 [cafe]" + fromOuter + " cut 2"},
		{"ERSPAN II that does not say that it is cut", unhex(outer("005c", "2f"), "1000 88be 00000001", "1000 0001 00000000", inner[:len(inner)-4]),
			"tcp 192.0.2.1:40000>192.0.2.2:502 seq 1 ack 2 flags 18 window 4096 [cafe]" + fromOuter + " odd frame-bad-length cut 0"},
		{"ERSPAN II that is cut where no length tells", unhex(outer("0034", "2f"), "1000 88be 00000001", "1000 0401 00000000", macs, "8892 8000"),
			"link 8892 [8000]" + fromOuter + " cut 0"},

		// ERSPAN III: and time, group, kind of frame and O
		{"ERSPAN III", unhex(outer("0062", "2f"), "1000 22eb 00000001", "2017 0001 00000000 0000 0000", inner), segment + " tags 1: [0017]" + fromOuter},
		{"ERSPAN III with a header of the platform", unhex(outer("006a", "2f"), "1000 22eb 00000001", "2000 0001 00000000 0000 0001", "0000000000000000", inner), segment + fromOuter},
		{"ERSPAN III, IP", unhex(outer("0054", "2f"), "1000 22eb 00000001", "2000 0001 00000000 0000 0800", inside), segment + fromOuter},
		{"ERSPAN III, a kind that is not followed", unhex(outer("0028", "2f"), "1000 22eb 00000001", "2000 0001 00000000 0000 1c00"),
			"ip 47 10.0.0.1>10.0.0.2 ttl 64 [100022eb00000001200000010000000000001c00]"},
		{"ERSPAN III with half a header of the platform", unhex(outer("002c", "2f"), "1000 22eb 00000001", "2000 0001 00000000 0000 0001", "00000000"),
			"ip 47 10.0.0.1>10.0.0.2 ttl 64 [100022eb0000000120000001000000000000000100000000] odd frame-short cut 0"},

		// VXLAN: ports, length; flags, network identifier
		{"VXLAN", unhex(outer("005e", "11"), "c000 12b5 004a 0000", "08000000 00000700", inner), segment + fromOuter},
		{"VXLAN without a valid identifier", unhex(outer("0024", "11"), "c000 12b5 0010 0000", "00000000 00000700"),
			"udp 10.0.0.1:49152>10.0.0.2:4789 [0000000000000700]"},
		{"VXLAN without a frame", unhex(outer("0024", "11"), "c000 12b5 0010 0000", "08000000 00000700"),
			"udp 10.0.0.1:49152>10.0.0.2:4789 [0800000000000700]"},
		{"VXLAN from a group", unhex(outer("0032", "11"), "c000 12b5 001e 0000", "08000000 00000700", "020000000022 010000000021 0800"),
			"udp 10.0.0.1:49152>10.0.0.2:4789 [0800000000000700020000000022010000000021" + "0800]"},
		{"VXLAN, an answer to the port", unhex(outer("005e", "11"), "12b5 c000 004a 0000", "08000000 00000700", inner)[:50],
			"udp 10.0.0.1:4789>10.0.0.2:49152 [0800000000000700] odd frame-bad-length cut 0"},

		// IP in IP
		{"IPv4 in IPv4", unhex(outer("0040", "04"), inside), segment + fromOuter},
		{"IPv6 in IPv4", unhex(outer("0048", "29"), "60000000 000c 11 40", src6, dst6, udp12, data), cyclic6 + fromOuter},
		{"IPv4 in IPv6", unhex(plain6, "60000000 002c 04 40", src6, dst6, inside), segment + " in 1 of 2001:db8::1"},
		{"IPv6 in IPv6", unhex(plain6, "60000000 0034 29 40", src6, dst6, "60000000 000c 11 40", src6, dst6, udp12, data), cyclic6 + " in 1 of 2001:db8::1"},
		{"IPv6 where IPv4 is promised", unhex(outer("0018", "04"), "60000000"), "ip 4 10.0.0.1>10.0.0.2 ttl 64 [60000000] odd frame-short cut 0"},
		{"a fragment of a tunnel", unhex(plain4, "45 00 0040 0000 2000 40 04 0000", mirror4, inside)[:58],
			"ip 4 10.0.0.1>10.0.0.2 ttl 64 id 0 at 0+ [4500002c123440004006" + "0000c0000201c00002029c4001f6] odd frame-bad-length cut 0"},
		{"a fragment in a tunnel", unhex(outer("0030", "04"), "45 00 001c 1234 2000 40 11 0000 c0000201 c0000202", udp12),
			"ip 17 192.0.2.1>192.0.2.2 ttl 64 id 1234 at 0+ [c350af12000c0000]" + fromOuter},

		// between link and IP
		{"VN-Tag", unhex(macs, "8926 80010002 0800", inside), segment + " in 1"},
		{"VN-Tag and a VLAN tag", unhex(macs, "8926 80010002 8100 0064 0800", inside), segment + " tags 1: [0064] in 1"},
		{"VN-Tag of 5 bytes", unhex(macs, "8926 80010002 08"), "link 8926 [8001000208] odd frame-short cut 0"},
		// MPLS: label, class, bottom of the stack; time to live
		{"MPLS", unhex(macs, "8847 0001 01 40", inside), segment + " in 1"},
		{"MPLS, two labels, IPv6", unhex(macs, "8847 0001 00 40 0002 01 40", "60000000 000c 11 40", src6, dst6, udp12, data), cyclic6 + " in 1"},
		{"MPLS in a VLAN", unhex(macs, "8100 0064 8848 0001 01 40", inside), segment + " tags 1: [0064] in 1 vlan 0064"},
		{"MPLS, a pseudowire with control word", unhex(macs, "8847 0001 01 40 00000001", inner), segment + " in 1"},
		{"MPLS, a pseudowire without one", unhex(macs, "8847 0001 01 40", inner), segment + " in 1"},
		{"MPLS, something else", unhex(macs, "8847 0001 01 40 10000001"), "link 8847 [0001014010000001]"},
		{"MPLS without bottom", unhex(macs, "8847 0001 00 40 0002 00"), "link 8847 [00010040000200] odd frame-short cut 0"},
		// PPPoE: version and type, code, session, length, protocol
		{"PPPoE, IPv4", unhex(macs, "8864 11 00 0001 002e 0021", inside), segment + " in 1"},
		{"PPPoE, IPv6", unhex(macs, "8864 11 00 0001 0036 0057", "60000000 000c 11 40", src6, dst6, udp12, data), cyclic6 + " in 1"},
		{"PPPoE, LCP", unhex(macs, "8864 11 00 0001 0006 c021 09010004"), "link 8864 [110000010006c02109010004]"},
		{"PPPoE longer than the frame", unhex(macs, "8864 11 00 0001 0040 0021", "45000000"), "link 8864 [1100000100400021" + "45000000] odd frame-bad-length"},

		// depth
		{"two tunnels", unhex(outer("0078", "2f"), "0000 88be", macs, "0800 45 00 0052 0000 0000 40 2f 0000 0b000001 0b000002", "0000 6558", inner),
			segment + " in 2 of 10.0.0.1"},
		{"three tunnels", unhex(macs, "8847 0001 01 40", "45 00 0054 0000 0000 40 04 0000", mirror4, "45 00 0040 0000 0000 40 04 0000 0b000001 0b000002", inside),
			"ip 4 11.0.0.1>11.0.0.2 ttl 64 [4500002c1234400040060000c0000201c00002029c4001f600000001000000025018100000000000cafebabe] in 2 of 10.0.0.1 odd unsupported-encap"},
	})
}

// A snap length inside a tunnel counts what is missing inside, and is never odd.
func TestSnapLengthInTunnel(t *testing.T) {
	full := unhex(outer("005e", "2f"), "1000 88be 00000001", "1017 0001 00000000", inner)
	for n := range full {
		var v View
		Decode(&v, &capture.Packet{Data: full[:n:n], WireLen: len(full), Link: capture.LinkEthernet})
		if v.Odd != ot.NoAnomaly || !v.Cut {
			t.Errorf("%d bytes: %s", n, tell(&v))
		}
		if n >= len(full)-4 && (v.Layer != TCP || v.CutBytes != len(full)-n || v.Tunnels != 1) {
			t.Errorf("%d bytes: %s", n, tell(&v))
		}
	}
}

// The shard is that of the hosts inside, whichever way the frame came.
func TestHostHashIsOfTheHostsInside(t *testing.T) {
	var plain, mirrored View
	for v, frame := range map[*View][]byte{
		&plain:    unhex(plain4, ip44, tcp, data),
		&mirrored: unhex(outer("0052", "2f"), "0000 88be", inner),
	} {
		Decode(v, &capture.Packet{Data: frame, WireLen: len(frame), Link: capture.LinkEthernet})
	}
	if mirrored.Tunnels != 1 || plain.HostHash() != mirrored.HostHash() {
		t.Errorf("%08x plain, %08x mirrored: %s", plain.HostHash(), mirrored.HostHash(), tell(&mirrored))
	}
}

// A tunnel that comes in fragments is put together, but not taken off.
func TestTunnelInFragments(t *testing.T) {
	whole := unhex("45 00 002c 1234 4000 40 06 0000 c0000201 c0000202", tcp, data) // 44 bytes
	d, done := NewDefrag(4, 1<<20), View{}
	for at, head := range map[int]string{0: "45 00 002c 0007 2000 40 04 0000", 24: "45 00 0028 0007 0003 40 04 0000"} {
		frame := append(unhex(plain4, head, mirror4), whole[at:min(at+24, len(whole))]...)
		var v View
		Decode(&v, &capture.Packet{Data: frame, WireLen: len(frame), Link: capture.LinkEthernet})
		d.Add(&v, 0, &done, func(n int) []byte { return make([]byte, n) })
	}
	if done.Layer != IP || done.IPProto != protoIPv4 || done.Tunnels != 0 || len(done.Payload) != len(whole) {
		t.Errorf("%s", tell(&done))
	}
}
