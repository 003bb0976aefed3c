package packet

import (
	"testing"
	"unsafe"

	"otsensor/pkg/capture"
)

// FuzzDecode decodes any bytes as any link type.
func FuzzDecode(f *testing.F) {
	for _, o := range ordinary {
		f.Add(uint16(capture.LinkEthernet), 0, o.frame)
	}
	ether := uint16(capture.LinkEthernet)
	f.Add(ether, 0, unhex(outer("006a", "2f"), "b000 22eb 00000000 00000007 00000001", "2017 0401 00000000 0000 0001", "0000000000000000", inner))
	f.Add(ether, 3, unhex(outer("005e", "11"), "c000 12b5 004a 0000", "08000000 00000700", macs, "8926 80010002 8847 0001 00 40 0001 01 40 00000001", inner))
	f.Add(ether, 0, unhex(macs, "8864 11 00 0001 004a 0057", "60000000 0048 29 40", src6, dst6, "60000000 0020 04 40", src6, dst6, ip44))
	f.Add(ether, 0, unhex(macs, "88a8 0064 8100 00c8 0025", "aa aa 03 000000 0800", ip44, tcp, data))
	f.Add(ether, 0, unhex(plain6, "60000000 0034 00 40", src6, dst6, "2b 00 0104 00000000", "33 00 00 00 00000000", "2c 01 0000 00000000",
		"00000000", "3c 00 0001 0000abcd", "11 00 0104 00000000", udp12, data))
	f.Add(ether, 20, unhex(plain4, "46 00 0000 1234 4000 40 06 0000 c0000201 c0000202 01010000", "9c40 01f6 00000001 00000002 60 18 1000"))
	f.Add(ether, 0, unhex(plain4, "45 00 001c 1234 2000 40 11 0000 c0000201 c0000202", udp12))
	f.Add(uint16(capture.LinkNull), 0, unhex("1e000000", "60000000 000c 3a 40", src6, dst6, "80000000 00000000", data))
	f.Add(uint16(capture.LinkRaw), 0, unhex(ip44, tcp, data))
	f.Add(uint16(capture.LinkSLL), 0, unhex("0000 0001 0006 0200000000010000 0004", "42 42 03 0000"))
	f.Add(uint16(capture.LinkSLL2), 0, unhex("0800 0000 00000002 0001 00 06 0200000000010000", ip44, tcp, data))

	f.Fuzz(func(t *testing.T, link uint16, missing int, frame []byte) {
		p := capture.Packet{Data: frame, WireLen: len(frame) + missing, Link: capture.LinkType(link)}
		missing = max(0, missing)
		if p.WireLen < len(frame) {
			missing = 0
		}
		var v View
		Decode(&v, &p)
		if v.Tunnels > 0 {
			missing += maxTunnels * 0xffff // a mirror says so itself
		}
		within(t, "payload", v.Payload, frame)
		within(t, "datagram", v.Datagram, frame)
		if v.CutBytes < 0 || v.CutBytes > missing || v.CutBytes > 0 && !v.Cut {
			t.Errorf("%d bytes cut of %d: %s", v.CutBytes, missing, tell(&v))
		}
		if v.Layer == None && v.Odd == 0 && !v.Cut {
			t.Errorf("not read and nobody knows why: %s", tell(&v))
		}
		v.BadChecksum()

		back := v
		back.SrcIP, back.DstIP, back.SrcMAC, back.DstMAC = v.DstIP, v.SrcIP, v.DstMAC, v.SrcMAC
		if v.HostHash() != back.HostHash() {
			t.Errorf("hash %08x there, %08x back", v.HostHash(), back.HostHash())
		}
		if v.Fragment() && v.Layer >= IP {
			var whole View
			NewDefrag(1, 1<<20).Add(&v, 0, &whole, func(n int) []byte { return make([]byte, n) })
		}
	})
}

// within demands that a view is part of the frame, or empty.
func within(t *testing.T, name string, b, frame []byte) {
	if len(b) == 0 {
		return
	}
	from := uintptr(unsafe.Pointer(&b[0])) - uintptr(unsafe.Pointer(&frame[0]))
	if from > uintptr(len(frame)) || from+uintptr(len(b)) > uintptr(len(frame)) {
		t.Errorf("%s is not in the frame: %d bytes at %d of %d", name, len(b), from, len(frame))
	}
}
