package packet

import (
	"testing"

	"otsensor/pkg/capture"
)

// pair is a view of a packet between two addresses that end in these bytes.
func pair(a, b byte) *View {
	v := &View{Layer: TCP}
	mapTo(&v.SrcIP, 10|uint32(a)<<24)
	mapTo(&v.DstIP, 10|uint32(b)<<24)
	return v
}

func TestHostHashIsTheSameForBothDirections(t *testing.T) {
	there, back := unhex(plain4, ip44, tcp, data), unhex("020000000001 020000000002 0800",
		"45 00 0028 1234 4000 40 06 0000 c0000202 c0000201", "01f6 9c40 00000002 00000005 50 10 1000 0000 0000")
	var a, b View
	Decode(&a, &capture.Packet{Data: there, WireLen: len(there), Link: capture.LinkEthernet})
	Decode(&b, &capture.Packet{Data: back, WireLen: len(back), Link: capture.LinkEthernet, VLAN: 5, HasVLAN: true})
	if a.HostHash() != b.HostHash() {
		t.Errorf("%08x there, %08x back", a.HostHash(), b.HostHash())
	}
	a = View{Layer: LinkOnly, SrcMAC: [6]byte{2, 0, 0, 0, 0, 1}, DstMAC: [6]byte{2, 0, 0, 0, 0, 2}}
	b = View{Layer: LinkOnly, SrcMAC: a.DstMAC, DstMAC: a.SrcMAC}
	if a.HostHash() != b.HostHash() {
		t.Errorf("MACs: %08x there, %08x back", a.HostHash(), b.HostHash())
	}
}

// A run that is repeated must shard as before, on any machine.
func TestHostHashNeverChanges(t *testing.T) {
	if got := pair(1, 2).HostHash(); got != 0xdd07e832 {
		t.Errorf("got %08x", got)
	}
}

// The pairs of one subnet spread over the shards: none is idle, none has much
// more than its share.
func TestHostHashSpreads(t *testing.T) {
	const shards = 16
	spread := func(name string, view func(a, b byte) *View) {
		var count [shards]int
		n := 0
		for a := byte(1); a < 100; a++ {
			for b := a + 1; b < 100; b++ {
				count[view(a, b).HostHash()%shards]++
				n++
			}
		}
		for i, c := range count {
			if share := n / shards; c < share*8/10 || c > share*12/10 {
				t.Errorf("%s: shard %d has %d of %d pairs", name, i, c, n)
			}
		}
	}
	spread("addresses", pair)
	spread("MACs", func(a, b byte) *View {
		return &View{Layer: LinkOnly, SrcMAC: [6]byte{0, 0x80, 0xa3, 0, 0, a}, DstMAC: [6]byte{1, 0x0e, 0xcf, 0, 0, b}}
	})
}
