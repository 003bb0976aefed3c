package main

import (
	"fmt"
	"testing"

	"otsensor/pkg/packet"
)

// What one direction only of a host or of a VLAN is seen of is named; an attempt
// that nobody answers is no sign of a mirror.
func TestSidesOfAMirror(t *testing.T) {
	host := func(n byte) (a [16]byte) {
		copy(a[10:], []byte{0xff, 0xff, 10, 0, 0, n})
		return a
	}
	say := func(s sides, from, to byte, vlan uint16, flags uint8, n int) {
		v := packet.View{Layer: packet.TCP, SrcIP: host(from), DstIP: host(to), Flags: flags}
		if vlan > 0 {
			v.Tags, v.VLAN[0] = 1, vlan
		}
		for range n {
			s.see(&v)
		}
	}
	for name, c := range map[string]struct {
		play         func(s sides)
		hosts, vlans string
		half         int
	}{
		"both ways": {func(s sides) { say(s, 1, 2, 0, packet.ACK, 9); say(s, 2, 1, 0, packet.ACK, 9) }, "[]", "[]", 0},
		"one host is mute": {func(s sides) {
			say(s, 1, 2, 0, packet.ACK, 9)
			say(s, 1, 3, 0, packet.ACK, 9)
			say(s, 3, 1, 0, packet.ACK, 1)
		}, "[10.0.0.2]", "[]", 0},
		"unanswered":   {func(s sides) { say(s, 1, 2, 0, packet.SYN, 9) }, "[]", "[]", 0},
		"tags one way": {func(s sides) { say(s, 1, 2, 7, packet.ACK, 9); say(s, 2, 1, 0, packet.ACK, 9) }, "[]", "[]", 1},
		"a VLAN one way": {func(s sides) {
			say(s, 1, 2, 7, packet.ACK, 9)
			say(s, 2, 3, 8, packet.ACK, 9)
			say(s, 3, 2, 8, packet.ACK, 9)
		}, "[]", "[7]", 0},
		"to a group": {func(s sides) {
			v := packet.View{Layer: packet.TCP, DstMAC: [6]byte{1}, Flags: packet.ACK}
			s.see(&v)
			s.see(&v)
			s.see(&v)
		}, "[]", "[]", 0},
		"not TCP":         {func(s sides) { v := packet.View{Layer: packet.UDP, SrcIP: host(1)}; s.see(&v); s.see(&v); s.see(&v) }, "[]", "[]", 0},
		"too few to tell": {func(s sides) { say(s, 1, 2, 0, packet.ACK, enough-1) }, "[]", "[]", 0},
		"tags mixed": {func(s sides) {
			say(s, 1, 2, 7, packet.ACK, 9)
			say(s, 1, 2, 0, packet.ACK, 9)
			say(s, 2, 1, 0, packet.ACK, 9)
		}, "[]", "[]", 0},
		"another direction": {func(s sides) { say(s, 2, 1, 0, packet.ACK, 9) }, "[10.0.0.1]", "[]", 0},
	} {
		s := sides{}
		c.play(s)
		hosts, vlans := s.silent()
		if fmt.Sprint(hosts) != c.hosts || fmt.Sprint(vlans) != c.vlans || s.halfTagged() != c.half {
			t.Errorf("%s: hosts %v, VLANs %v, %d half tagged", name, hosts, vlans, s.halfTagged())
		}
	}
	full := sides{}
	for i := range 3 * mostPairs {
		v := packet.View{Layer: packet.TCP, SrcIP: [16]byte{15: byte(i), 14: byte(i >> 8)}}
		full.see(&v)
	}
	if len(full) != mostPairs {
		t.Errorf("%d pairs are kept", len(full))
	}
}
