package packet

import (
	"testing"

	"otsensor/pkg/capture"
)

// Headers that are as they should be. Each test changes what it is about.
const (
	macs   = "020000000002 020000000001" // destination, source
	plain4 = macs + "0800"               // Ethernet II, IPv4
	plain6 = macs + "86dd"               // Ethernet II, IPv6

	// IPv4: version and header length, service, total length 44, id, flags, ttl, protocol TCP, checksum, addresses
	ip44 = "45 00 002c 1234 4000 40 06 0000 c0000201 c0000202"
	// TCP: ports, sequence, acknowledgement, offset and flags PSH ACK, window, checksum, urgent
	tcp = "9c40 01f6 00000001 00000002 50 18 1000 0000 0000"
	// what the segment carries
	data = "cafebabe"

	segment = "tcp 192.0.2.1:40000>192.0.2.2:502 seq 1 ack 2 flags 18 window 4096 [cafebabe]"

	src6, dst6 = "20010db8000000000000000000000001", "20010db8000000000000000000000002"
	// UDP: ports, length 12, checksum
	udp12   = "c350 af12 000c 0000"
	cyclic6 = "udp 2001:db8::1:50000>2001:db8::2:44818 [cafebabe]"
)

type row struct {
	name  string
	frame []byte
	want  string
}

func check(t *testing.T, link capture.LinkType, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			var v View
			Decode(&v, &capture.Packet{Data: r.frame, WireLen: len(r.frame), Link: link})
			if got := tell(&v); got != r.want {
				t.Errorf("\n got %s\nwant %s", got, r.want)
			}
		})
	}
}

func TestLink(t *testing.T) {
	check(t, capture.LinkEthernet, []row{
		{"Ethernet II", unhex(plain4, ip44, tcp, data), segment},
		{"padding to 60 bytes is not payload", unhex(plain4, ip44, tcp, data, "0000"), segment},
		{"trailer of a redundancy protocol is not payload", unhex(plain4, ip44, tcp, data, "0001a00e88fb"), segment},
		{"nothing", nil, "none [] odd frame-short cut 0"},
		{"13 bytes", unhex(macs, "08"), "none [] odd frame-short cut 0"},
		{"unknown ethertype", unhex(macs, "88cc", "0207"), "link 88cc [0207]"},
		{"ethertype and nothing else", unhex(macs, "8892"), "link 8892 []"},

		{"802.1Q", unhex(macs, "8100 6064 0800", ip44, tcp, data), segment + " tags 1: [6064]"},
		{"802.1ad and 802.1Q", unhex(macs, "88a8 0064 8100 00c8 0800", ip44, tcp, data), segment + " tags 2: [0064 00c8]"},
		{"QinQ of old, three tags", unhex(macs, "9100 0001 9100 0002 8100 0003 0800", ip44, tcp, data), segment + " tags 3: [0001 0002]"},
		{"four tags", unhex(macs, "8100 0001 8100 0002 8100 0003 8100 0004 0800", ip44, tcp, data), segment + " tags 4: [0001 0002]"},
		{"five tags are too many", unhex(macs, "8100 0001 8100 0002 8100 0003 8100 0004 8100 0005 0800", ip44),
			"link 8100 [00050800450000" + "2c123440004006" + "0000c0000201c0000202] tags 4: [0001 0002] odd unsupported-encap"},
		{"half a tag", unhex(macs, "8100 0001"), "link 8100 [0001] odd frame-short cut 0"},

		// IEEE 802.3: length, then DSAP, SSAP, control
		{"802.3 with LLC: spanning tree", unhex(macs, "0007", "42 42 03", "00000000", "0000"), "link 0007 llc 4242 [42420300000000]"},
		{"802.3 behind a tag", unhex(macs, "8100 0001 0005", "42 42 03", "aabb", "00"), "link 0005 llc 4242 [424203aabb] tags 1: [0001]"},
		{"802.3 without room for LLC", unhex(macs, "0002", "42 42"), "link 0002 [4242] odd frame-short cut 0"},
		{"802.3 longer than the frame", unhex(macs, "0020", "42 42 03"), "link 0020 llc 4242 [424203] odd frame-bad-length cut 0"},
		{"802.3 of length 1500", append(unhex(macs, "05dc", "42 42 03"), make([]byte, 3)...), "link 05dc llc 4242 [424203000000] odd frame-bad-length cut 0"},
		{"neither length nor type", unhex(macs, "05dd", "42 42 03"), "link 05dd [424203] odd frame-bad-length"},
		// SNAP: AA AA 03, organisation, its protocol
		{"SNAP with an ethertype", unhex(macs, "0034", "aa aa 03 000000 0800", ip44, tcp, data), segment},
		{"SNAP of Cisco: CDP", unhex(macs, "000a", "aa aa 03 00000c 2000", "02b4"), "link 2000 llc aaaa [02b4]"},
		{"SNAP of others is not IP", unhex(macs, "000a", "aa aa 03 00000c 0800", "4500"), "link 0800 llc aaaa [4500]"},
		{"SNAP with a small number", unhex(macs, "000a", "aa aa 03 001090 0001", "0000"), "link 000a llc aaaa [aaaa030010900001" + "0000]"},
		{"SNAP with another control field is not IP", unhex(macs, "0009", "aa aa 13 000000 0800 45"), "link 0009 llc aaaa [aaaa13000000080045]"},
		{"SNAP cut short", unhex(macs, "0005", "aa aa 03 0000"), "link 0005 llc aaaa [aaaa030000]"},
		{"SNAP, tag, SNAP", unhex(macs, "0016", "aa aa 03 000000 8100", "0007 000a", "aa aa 03 00000c 2004", "0001"),
			"link 2004 llc aaaa [0001] tags 1: [0007]"},
	})
}

func TestMACs(t *testing.T) {
	var v View
	frame := unhex("010ecf000000", "0080a3112233", "8892", "fefe")
	Decode(&v, &capture.Packet{Data: frame, WireLen: len(frame), Link: capture.LinkEthernet})
	if v.DstMAC != [6]byte{0x01, 0x0e, 0xcf, 0, 0, 0} || v.SrcMAC != [6]byte{0x00, 0x80, 0xa3, 0x11, 0x22, 0x33} {
		t.Errorf("destination %x, source %x", v.DstMAC, v.SrcMAC)
	}
}

// The kernel takes the outermost tag off the frame and hands it over beside it.
func TestKernelTagIsOutermost(t *testing.T) {
	var v View
	frame := unhex(macs, "8100 00c8 0800", ip44, tcp, data)
	Decode(&v, &capture.Packet{Data: frame, WireLen: len(frame), Link: capture.LinkEthernet, VLAN: 0xe064, HasVLAN: true})
	if got, want := tell(&v), segment+" tags 2: [e064 00c8]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOtherLinks(t *testing.T) {
	check(t, capture.LinkNull, []row{
		{"loopback, family little endian", unhex("02000000", ip44, tcp, data), segment},
		{"loopback, family big endian", unhex("00000002", ip44, tcp, data), segment},
		{"loopback, IPv6 of Darwin", unhex("1e000000", "60000000 000c 11 40", src6, dst6, udp12, data), cyclic6},
		{"loopback, other family", unhex("1a000000", "fefe"), "none [] odd unsupported-encap"},
		{"loopback, 3 bytes", unhex("020000"), "none [] odd frame-short cut 0"},
	})
	check(t, capture.LinkLoop, []row{
		{"loopback of OpenBSD", unhex("00000018", "60000000 000c 11 40", src6, dst6, udp12, data), cyclic6},
	})
	check(t, capture.LinkRaw, []row{
		{"raw, version 4", unhex(ip44, tcp, data), segment},
		{"raw, version 6", unhex("60000000 000c 11 40", src6, dst6, udp12, data), cyclic6},
		{"raw, version 5", unhex("55", ip44), "none [] odd bad-ip-header"},
		{"raw, nothing", nil, "none [] odd frame-short cut 0"},
	})
	check(t, capture.LinkIPv4, []row{{"IPv4", unhex(ip44, tcp, data), segment}})
	check(t, capture.LinkIPv6, []row{{"IPv6", unhex("60000000 000c 11 40", src6, dst6, udp12, data), cyclic6}})
	check(t, capture.LinkSLL, []row{
		// packet type, ARPHRD, address length, address, protocol
		{"cooked, Ethernet", unhex("0000 0001 0006 0200000000010000 0800", ip44, tcp, data), segment},
		{"cooked, tunnel without addresses", unhex("0000 fffe 0000 0000000000000000 0800", ip44, tcp, data), segment},
		{"cooked, 802.1Q", unhex("0000 0001 0006 0200000000010000 8100 0064 0800", ip44, tcp, data), segment + " tags 1: [0064]"},
		{"cooked, 802.2 frame", unhex("0000 0001 0006 0200000000010000 0004", "42 42 03 0000"), "link 0004 llc 4242 [4242030000]"},
		{"cooked, CAN", unhex("0000 0118 0000 0000000000000000 000c", "00000123"), "link 000c [00000123]"},
		{"cooked, netlink: a family, not an ethertype", unhex("0000 0338 0000 0000000000000000 0800", ip44), "none [] odd unsupported-encap"},
		{"cooked, 15 bytes", unhex("0000 0001 0006 0200000000010000 08"), "none [] odd frame-short cut 0"},
	})
	check(t, capture.LinkSLL2, []row{
		// protocol, reserved, interface, ARPHRD, packet type, address length, address
		{"cooked 2, Ethernet", unhex("0800 0000 00000002 0001 00 06 0200000000010000", ip44, tcp, data), segment},
		{"cooked 2, point to point", unhex("86dd 0000 00000002 0200 04 00 0000000000000000", "60000000 000c 11 40", src6, dst6, udp12, data), cyclic6},
		{"cooked 2, 19 bytes", unhex("0800 0000 00000002 0001 00 06 02000000000100"), "none [] odd frame-short cut 0"},
	})
	check(t, 147, []row{{"private link type", unhex(ip44), "none [] odd unsupported-encap"}})
}

func TestARP(t *testing.T) {
	const (
		sender = "020000000001 c0000201" // hardware and protocol address
		target = "000000000000 c0000202"
		said   = "192.0.2.1 is 020000000001, 192.0.2.2 is 000000000000 "
	)
	// hardware Ethernet, protocol IPv4, lengths 6 and 4, operation
	request := unhex(macs, "0806", "0001 0800 06 04 0001", sender, target)
	check(t, capture.LinkEthernet, []row{
		{"request, padded", unhex(macs, "0806", "0001 0800 06 04 0001", sender, target, "000000000000"),
			"arp 1 " + said + "[0001080006040001020000000001c0000201000000000000c0000202]"},
		{"hardware length 255", unhex(macs, "0806", "0001 0800 ff 04 0001", sender, target),
			"link 0806 [00010800ff040001020000000001c0000201000000000000c0000202] odd bad-arp"},
		{"protocol length 16", unhex(macs, "0806", "0001 0800 06 10 0001", sender, target),
			"link 0806 [0001080006100001020000000001c0000201000000000000c0000202] odd bad-arp"},
		{"for token ring", unhex(macs, "0806", "0006 0800 06 04 0001", sender, target),
			"link 0806 [0006080006040001020000000001c0000201000000000000c0000202] odd bad-arp"},
		{"one byte short", request[:len(request)-1],
			"link 0806 [0001080006040001020000000001c0000201000000000000c00002] odd bad-arp cut 0"},
	})
	var v View
	Decode(&v, &capture.Packet{Data: request[:34], WireLen: len(request), Link: capture.LinkEthernet})
	if got, want := tell(&v), "link 0806 [0001080006040001020000000001c00002010000] cut 8"; got != want {
		t.Errorf("cut by the capture: got %s, want %s", got, want)
	}
}

func TestIPv4(t *testing.T) {
	const addresses = "c0000201 c0000202"
	check(t, capture.LinkEthernet, []row{
		// header length 6: one word of options, here NOP and end
		{"options", unhex(plain4, "46 00 0030 1234 4000 40 06 0000", addresses, "01010000", tcp, data), segment},
		{"longest options", unhex(plain4, "4f 00 0054 1234 4000 40 06 0000", addresses,
			"8328 04 c0000203 0000000000000000000000000000000000000000000000000000000000000000 00", tcp, data), segment},
		{"option longer than the header", unhex(plain4, "46 00 0030 1234 4000 40 06 0000", addresses, "8305 0000", tcp, data),
			segment + " odd bad-ip-header"},
		{"option of length 1", unhex(plain4, "46 00 0030 1234 4000 40 06 0000", addresses, "8301 0000", tcp, data),
			segment + " odd bad-ip-header"},
		{"19 bytes", unhex(plain4, ip44[:len(ip44)-2]), "link 0800 [4500002c1234400040060000c0000201c00002] odd frame-short cut 0"},
		{"version 5", unhex(plain4, "55 00 0014 1234 4000 40 06 0000", addresses), "link 0800 [550000141234400040060000c0000201c0000202] odd bad-ip-header"},
		{"header length 4", unhex(plain4, "44 00 0014 1234 4000 40 06 0000", addresses), "link 0800 [440000141234400040060000c0000201c0000202] odd bad-ip-header"},
		{"total length 19", unhex(plain4, "45 00 0013 1234 4000 40 06 0000", addresses), "link 0800 [450000131234400040060000c0000201c0000202] odd bad-ip-header"},
		{"total length 0 in a small frame", unhex(plain4, "45 00 0000 1234 4000 40 06 0000", addresses, tcp, data), segment + " odd bad-ip-header"},
		{"total length beyond the frame", unhex(plain4, "45 00 0040 1234 4000 40 06 0000", addresses, tcp, data), segment + " odd frame-bad-length cut 0"},
		{"header beyond the frame", unhex(plain4, "46 00 0018 1234 4000 40 06 0000", addresses), "ip 6 192.0.2.1>192.0.2.2 ttl 64 [] odd frame-bad-length cut 0"},
		{"first fragment", unhex(plain4, "45 00 001c 1234 2000 40 11 0000", addresses, udp12), "ip 17 192.0.2.1>192.0.2.2 ttl 64 id 1234 at 0+ [c350af12000c0000]"},
		{"last fragment, 4 bytes", unhex(plain4, "45 00 0018 1234 0001 40 11 0000", addresses, data), "ip 17 192.0.2.1>192.0.2.2 ttl 64 id 1234 at 8 [cafebabe]"},
		{"greatest offset", unhex(plain4, "45 00 0018 1234 1fff 40 11 0000", addresses, data), "ip 17 192.0.2.1>192.0.2.2 ttl 64 id 1234 at 65528 [cafebabe]"},
		{"GRE of a kind that is not followed is an IP protocol", unhex(plain4, "45 00 0018 1234 4000 40 2f 0000", addresses, "0000 880b"), "ip 47 192.0.2.1>192.0.2.2 ttl 64 [0000880b]"},
		{"IPv6 ICMP in IPv4 is only a number", unhex(plain4, "45 00 001c 1234 4000 40 3a 0000", addresses, "8000000000000000"), "ip 58 192.0.2.1>192.0.2.2 ttl 64 [8000000000000000]"},
		{"from multicast", unhex(plain4, "45 00 0018 1234 4000 40 2f 0000", "e0000001 c0000202", data), "ip 47 224.0.0.1>192.0.2.2 ttl 64 [cafebabe] odd illegal-address"},
		{"from broadcast", unhex(plain4, "45 00 0018 1234 4000 40 2f 0000", "ffffffff c0000202", data), "ip 47 255.255.255.255>192.0.2.2 ttl 64 [cafebabe] odd illegal-address"},
		{"from loopback", unhex(plain4, "45 00 0018 1234 4000 40 2f 0000", "7f000001 c0000202", data), "ip 47 127.0.0.1>192.0.2.2 ttl 64 [cafebabe] odd illegal-address"},
		{"from itself", unhex(plain4, "45 00 0018 1234 4000 40 2f 0000", "c0000202 c0000202", data), "ip 47 192.0.2.2>192.0.2.2 ttl 64 [cafebabe] odd illegal-address"},
		{"from nowhere: DHCP", unhex(plain4, "45 00 0018 1234 4000 40 2f 0000", "00000000 ffffffff", data), "ip 47 0.0.0.0>255.255.255.255 ttl 64 [cafebabe]"},
		{"the first oddity stays", unhex(plain4, "45 00 0028 1234 4000 40 2f 0000", "e0000001 c0000202", data), "ip 47 224.0.0.1>192.0.2.2 ttl 64 [cafebabe] odd illegal-address cut 0"},
	})
	check(t, capture.LinkRaw, []row{
		{"loopback where there are no MACs", unhex("45 00 0018 1234 4000 40 2f 0000", "7f000001 7f000001", data), "ip 47 127.0.0.1>127.0.0.1 ttl 64 [cafebabe]"},
	})
}

// A host that leaves cutting to its network card is captured with segments
// longer than a packet, of total length 0.
func TestOffloadedSegment(t *testing.T) {
	frame := append(unhex(plain4, "45 00 0000 1234 4000 40 06 0000 c0000201 c0000202", tcp), make([]byte, 70000)...)
	var v View
	Decode(&v, &capture.Packet{Data: frame, WireLen: len(frame), Link: capture.LinkEthernet})
	if v.Layer != TCP || len(v.Payload) != 70000 || v.Odd != 0 || v.Cut {
		t.Errorf("layer %d, %d bytes, odd %v, cut %v", v.Layer, len(v.Payload), v.Odd, v.Cut)
	}
}

func TestIPv6(t *testing.T) {
	const addresses = src6 + dst6
	// next header, length in units of 8 less one, padding option
	option := func(next string) string { return next + " 00 0104 00000000" }
	chain := func(n int) (s string) {
		for range n - 1 {
			s += option("3c")
		}
		return s + option("11")
	}
	check(t, capture.LinkEthernet, []row{
		// version, class and flow, payload length, next header, hop limit
		{"UDP", unhex(plain6, "60000000 000c 11 40", addresses, udp12, data, "0000"), cyclic6},
		{"hop-by-hop", unhex(plain6, "60000000 0014 00 40", addresses, option("11"), udp12, data), cyclic6},
		{"routing of 24 bytes", unhex(plain6, "60000000 0024 2b 40", addresses, "11 02 00 01 00000000", dst6, udp12, data), cyclic6},
		{"authentication of 24 bytes", unhex(plain6, "60000000 0024 33 40", addresses, "11 04 0000 00000001 00000001", "000000000000000000000000", udp12, data), cyclic6},
		{"hop-by-hop, destination, routing", unhex(plain6, "60000000 0024 00 40", addresses, option("3c"), option("2b"), "11 00 00 00 00000000", udp12, data), cyclic6},
		{"eight extension headers", unhex(plain6, "60000000 004c 3c 40", addresses, chain(8), udp12, data), cyclic6},
		{"nine extension headers", unhex(plain6, "60000000 0054 3c 40", addresses, chain(9), udp12, data),
			"ip 60 2001:db8::1>2001:db8::2 ttl 64 [1100010400000000c350af12000c0000cafebabe] odd extension-limit"},
		{"extension header of 4 bytes", unhex(plain6, "60000000 0004 3c 40", addresses, "11000104"),
			"ip 60 2001:db8::1>2001:db8::2 ttl 64 [11000104] odd frame-short cut 0"},
		{"extension header beyond the packet", unhex(plain6, "60000000 0014 3c 40", addresses, "11 ff 0104 00000000", udp12, data),
			"ip 60 2001:db8::1>2001:db8::2 ttl 64 [11ff010400000000c350af12000c0000cafebabe] odd frame-bad-length cut 0"},
		{"no next header, padded", unhex(plain6, "60000000 0000 3b 40", addresses, "000000000000"), "ip 59 2001:db8::1>2001:db8::2 ttl 64 []"},
		{"payload length 0: offload", unhex(plain6, "60000000 0000 11 40", addresses, udp12, data), cyclic6},
		{"payload length beyond the frame", unhex(plain6, "60000000 0020 11 40", addresses, udp12, data), cyclic6 + " odd frame-bad-length cut 0"},
		{"39 bytes", unhex(plain6, "60000000 000c 11 40", src6, dst6[2:]), "link 86dd [60000000000c1140" + src6 + dst6[2:] + "] odd frame-short cut 0"},
		{"version 4", unhex(plain6, "40000000 0000 3b 40", addresses), "link 86dd [4000000000003b40" + src6 + dst6 + "] odd bad-ip-header"},
		// fragment header: next header, reserved, offset and M, identification
		{"atomic fragment", unhex(plain6, "60000000 0014 2c 40", addresses, "11 00 0000 0000abcd", udp12, data), cyclic6},
		{"first fragment", unhex(plain6, "60000000 0010 2c 40", addresses, "11 00 0001 0000abcd", udp12),
			"ip 17 2001:db8::1>2001:db8::2 ttl 64 id abcd at 0+ [c350af12000c0000]"},
		{"what follows a fragment header is data", unhex(plain6, "60000000 0014 2c 40", addresses, "3c 00 0008 0000abcd", "11ff010400000000", data),
			"ip 60 2001:db8::1>2001:db8::2 ttl 64 id abcd at 8 [11ff010400000000cafebabe]"},
		{"IPv4 ICMP in IPv6 is only a number", unhex(plain6, "60000000 0008 01 40", addresses, "0800000000000000"), "ip 1 2001:db8::1>2001:db8::2 ttl 64 [0800000000000000]"},
		{"from multicast", unhex(plain6, "60000000 000c 11 40", "ff020000000000000000000000000001", dst6, udp12, data),
			"udp ff02::1:50000>2001:db8::2:44818 [cafebabe] odd illegal-address"},
		{"from loopback", unhex(plain6, "60000000 000c 11 40", "00000000000000000000000000000001", dst6, udp12, data),
			"udp ::1:50000>2001:db8::2:44818 [cafebabe] odd illegal-address"},
		{"from a mapped IPv4 address", unhex(plain6, "60000000 000c 11 40", "00000000000000000000ffffc0000201", dst6, udp12, data),
			"udp 192.0.2.1:50000>2001:db8::2:44818 [cafebabe] odd illegal-address"},
		{"from itself", unhex(plain6, "60000000 000c 11 40", dst6, dst6, udp12, data),
			"udp 2001:db8::2:50000>2001:db8::2:44818 [cafebabe] odd illegal-address"},
		{"from nowhere: address detection", unhex(plain6, "60000000 0008 3a ff", "00000000000000000000000000000000", "ff0200000000000000000001ff000001", "87000000 00000000"),
			"icmp 135/0 ::>ff02::1:ff00:1 []"},
	})
}

func TestTransport(t *testing.T) {
	ip := func(total, proto string) string {
		return plain4 + "45 00" + total + "1234 4000 40" + proto + "0000 c0000201 c0000202"
	}
	check(t, capture.LinkEthernet, []row{
		{"TCP options", unhex(ip("0030", "06"), "9c40 01f6 00000001 00000002 60 18 1000 0000 0000", "01010101", data), segment},
		{"TCP without data, padded", unhex(ip("0028", "06"), "9c40 01f6 00000001 00000002 50 11 1000 0000 0000", "000000000000"),
			"tcp 192.0.2.1:40000>192.0.2.2:502 seq 1 ack 2 flags 11 window 4096 []"},
		{"TCP data offset 4", unhex(ip("002c", "06"), "9c40 01f6 00000001 00000002 40 18 1000 0000 0000", data),
			"ip 6 192.0.2.1>192.0.2.2 ttl 64 [9c4001f600000001000000024018100000000000cafebabe] odd frame-bad-length"},
		{"TCP data offset beyond the packet", unhex(ip("002c", "06"), "9c40 01f6 00000001 00000002 f0 18 1000 0000 0000", data),
			"ip 6 192.0.2.1>192.0.2.2 ttl 64 [9c4001f60000000100000002f018100000000000cafebabe] odd frame-bad-length cut 0"},
		{"TCP of 19 bytes", unhex(ip("0027", "06"), "9c40 01f6 00000001 00000002 50 18 1000 0000 00"),
			"ip 6 192.0.2.1>192.0.2.2 ttl 64 [9c4001f6000000010000000250181000000000] odd frame-short cut 0"},
		{"TCP port 0", unhex(ip("0028", "06"), "9c40 0000 00000001 00000000 50 02 1000 0000 0000"),
			"tcp 192.0.2.1:40000>192.0.2.2:0 seq 1 ack 0 flags 02 window 4096 [] odd port-zero"},

		{"UDP", unhex(ip("0020", "11"), udp12, data), "udp 192.0.2.1:50000>192.0.2.2:44818 [cafebabe]"},
		{"UDP without data", unhex(ip("001c", "11"), "c350 af12 0008 0000"), "udp 192.0.2.1:50000>192.0.2.2:44818 []"},
		{"UDP shorter than the packet", unhex(ip("0022", "11"), udp12, data, "0102"), "udp 192.0.2.1:50000>192.0.2.2:44818 [cafebabe]"},
		{"UDP longer than the packet", unhex(ip("0020", "11"), "c350 af12 0040 0000", data), "udp 192.0.2.1:50000>192.0.2.2:44818 [cafebabe] odd frame-bad-length cut 0"},
		{"UDP length 7", unhex(ip("0020", "11"), "c350 af12 0007 0000", data), "ip 17 192.0.2.1>192.0.2.2 ttl 64 [c350af1200070000cafebabe] odd frame-bad-length"},
		{"UDP length 0", unhex(ip("0020", "11"), "c350 af12 0000 0000", data), "ip 17 192.0.2.1>192.0.2.2 ttl 64 [c350af1200000000cafebabe] odd frame-bad-length"},
		{"UDP of 7 bytes", unhex(ip("001b", "11"), "c350 af12 0008 00"), "ip 17 192.0.2.1>192.0.2.2 ttl 64 [c350af12000800] odd frame-short cut 0"},
		{"UDP port 0", unhex(ip("001c", "11"), "0000 af12 0008 0000"), "udp 192.0.2.1:0>192.0.2.2:44818 [] odd port-zero"},

		{"ICMP: port unreachable", unhex(ip("0020", "01"), "03 03 0000 00000000", data), "icmp 3/3 192.0.2.1>192.0.2.2 [cafebabe]"},
		{"ICMP of 7 bytes", unhex(ip("001b", "01"), "03 03 0000 000000"), "ip 1 192.0.2.1>192.0.2.2 ttl 64 [03030000000000] odd frame-short cut 0"},
	})
	check(t, capture.LinkEthernet, []row{
		{"UDP length 0 of a jumbogram", unhex(plain6, "60000000 0000 11 40", src6, dst6, "c350 af12 0000 0000", data), cyclic6},
	})
}

// A snap length cuts frames at any byte. What is left is never odd, keeps what
// its headers say, and counts the payload bytes that are gone.
func TestSnapLength(t *testing.T) {
	// total length 48, TCP with 4 bytes of options and 4 of data, then padding
	full := unhex(plain4, "45 00 0030 1234 4000 40 06 0000 c0000201 c0000202",
		"9c40 01f6 00000001 00000002 60 18 1000 0000 0000", "01010101", data, "0000")
	for n := range full {
		var v View
		Decode(&v, &capture.Packet{Data: full[:n:n], WireLen: len(full), Link: capture.LinkEthernet})
		if v.Odd != 0 {
			t.Errorf("%d bytes: odd %v", n, v.Odd)
		}
		switch {
		case n < 14:
			if v.Layer != None || !v.Cut {
				t.Errorf("%d bytes: %s", n, tell(&v))
			}
		case n < 34:
			if v.Layer != LinkOnly || !v.Cut {
				t.Errorf("%d bytes: %s", n, tell(&v))
			}
		case n < 54:
			if v.Layer != IP || !v.Cut {
				t.Errorf("%d bytes: %s", n, tell(&v))
			}
		default:
			held := max(0, min(n-58, 4))
			if v.Layer != TCP || v.DstPort != 502 || len(v.Payload) != held || v.CutBytes != 4-held || v.Cut != (n < 62) {
				t.Errorf("%d bytes: %s", n, tell(&v))
			}
		}
	}
}

// A segment of options alone loses nothing but options.
func TestSnapLengthOptions(t *testing.T) {
	full := unhex(plain4, "45 00 002c 1234 4000 40 06 0000 c0000201 c0000202",
		"9c40 01f6 00000001 00000000 60 02 1000 0000 0000", "020405b4")
	var v View
	Decode(&v, &capture.Packet{Data: full[:56], WireLen: len(full), Link: capture.LinkEthernet})
	if got, want := tell(&v), "tcp 192.0.2.1:40000>192.0.2.2:502 seq 1 ack 0 flags 02 window 4096 [] cut 0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSnapLengthUDP(t *testing.T) {
	full := unhex(plain6, "60000000 0014 00 40", src6, dst6, "11 00 0104 00000000", udp12, data)
	var v View
	Decode(&v, &capture.Packet{Data: full[:len(full)-1], WireLen: len(full), Link: capture.LinkEthernet})
	if got, want := tell(&v), "udp 2001:db8::1:50000>2001:db8::2:44818 [cafeba] cut 1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A view is reused for frame after frame: nothing of the last one stays.
func TestViewIsFilledAnew(t *testing.T) {
	odd := unhex(macs, "8100 0001 0800", "45 00 0040 1234 2000 40 11 0000 e0000001 c0000202")
	good := unhex(plain4, ip44, tcp, data)
	var used, fresh View
	Decode(&used, &capture.Packet{Data: odd, WireLen: 90, Link: capture.LinkEthernet, HasVLAN: true, VLAN: 7})
	Decode(&used, &capture.Packet{Data: good, WireLen: len(good), Link: capture.LinkEthernet})
	Decode(&fresh, &capture.Packet{Data: good, WireLen: len(good), Link: capture.LinkEthernet})
	if tell(&used) != tell(&fresh) || used.IPID != fresh.IPID || used.HeaderLen != fresh.HeaderLen {
		t.Errorf("%s after another frame, %s alone", tell(&used), tell(&fresh))
	}
}
