package packet

import (
	"testing"

	"otsensor/pkg/capture"
)

// A frame that comes again is a copy when only the way through the mirror can
// tell the two apart, and when it comes soon.
func TestCopies(t *testing.T) {
	const ms = 1_000_000
	first := unhex(plain4, ip44, tcp, data)
	change := func(at int, to byte) []byte {
		b := append([]byte(nil), first...)
		b[at] = to
		return b
	}
	udp := unhex(plain4, "45 00 0020 1234 0000 40 11 0000 c0000201 c0000202 c350 af12 000c 0000", data)
	other := append(append([]byte(nil), udp[:len(udp)-1]...), 0x55)
	for _, c := range []struct {
		name          string
		first, second []byte
		after         int64
		want          bool
	}{
		{"the same", first, first, ms / 5, true},
		{"another MAC", first, change(0, 6), ms / 5, true},
		{"another time to live", first, change(14+8, 9), ms / 5, true},
		{"another IP checksum", first, change(14+10, 9), ms / 5, true},
		{"in a VLAN", first, unhex(macs, "8100 0064 0800", ip44, tcp, data), ms / 5, true},
		{"in a tunnel", first, unhex(outer("0052", "2f"), "0000 88be", inner), ms / 5, true},
		{"later", first, first, 20 * ms, false},
		{"another identification: a retransmission", first, change(14+5, 9), ms / 5, false},
		{"another number", first, change(14+20+7, 9), ms / 5, false},
		{"another acknowledgement", first, change(14+20+11, 9), ms / 5, false},
		{"another TCP checksum: other bytes", first, change(14+20+16, 9), ms / 5, false},
		{"the other way", first, unhex(plain4, "45 00 002c 1234 4000 40 06 0000 c0000202 c0000201 01f6 9c40 00000001 00000002 50 18 1000 0000 0000", data), ms / 5, false},
		{"a datagram", udp, udp, ms / 5, true},
		{"other bytes in a datagram", udp, other, ms / 5, false},
	} {
		var copies Copies
		see := func(frame []byte, clock int64) bool {
			var v View
			Decode(&v, &capture.Packet{Data: frame, WireLen: len(frame), Link: capture.LinkEthernet})
			return copies.Seen(&v, v.HostHash(), clock)
		}
		if see(c.first, 1e9) {
			t.Errorf("%s: the first is a copy", c.name)
		}
		if got := see(c.second, 1e9+c.after); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// Somebody who says the same again and again is heard; a slow port is learned.
func TestCopiesAreBounded(t *testing.T) {
	var copies Copies
	var v View
	frame := unhex(plain4, ip44, tcp, data)
	Decode(&v, &capture.Packet{Data: frame, WireLen: len(frame), Link: capture.LinkEthernet})
	heard := 0
	for i := range int64(400) {
		if !copies.Seen(&v, v.HostHash(), i*1000) {
			heard++
		}
	}
	if heard != 100 {
		t.Errorf("%d of 400 are heard, want one in %d", heard, maxCopies+1)
	}
	copies, heard = Copies{}, 0
	for i := range uint32(1000) {
		v.Seq = i
		copies.Seen(&v, v.HostHash(), int64(i)*1e8)
		if copies.Seen(&v, v.HostHash(), int64(i)*1e8+5e6) {
			heard++
		}
	}
	if heard != 1000-copyLate+1 && heard != 1000-copyLate {
		t.Errorf("%d copies of 1000 that come 5 ms late are known", heard)
	}
	if n := testing.AllocsPerRun(100, func() { copies.Seen(&v, v.HostHash(), 1) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCopies(b *testing.B) {
	var copies Copies
	var v View
	frame := unhex(plain4, ip44, tcp, data)
	Decode(&v, &capture.Packet{Data: frame, WireLen: len(frame), Link: capture.LinkEthernet})
	hash := v.HostHash()
	for i := range b.N {
		v.Seq = uint32(i)
		copies.Seen(&v, hash, int64(i)*1000)
	}
}
