package packet

import (
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"otsensor/pkg/capture"
)

// ordinary are the frames a plant's mirror port is full of.
var ordinary = []struct {
	name  string
	frame []byte
	layer Layer
}{
	{"TCP", unhex(plain4, ip44, tcp, data), TCP},
	{"VLAN", unhex(macs, "8100 0064 0800", ip44, tcp, data), TCP},
	{"UDP6", unhex(plain6, "60000000 000c 11 40", src6, dst6, udp12, data), UDP},
	{"ARP", unhex(macs, "0806", "0001 0800 06 04 0001", "020000000001 c0000201", "000000000000 c0000202"), ARP},
	{"ERSPAN", unhex(outer("005e", "2f"), "1000 88be 00000001", "1017 0001 00000000", inner), TCP},
	{"Link", unhex(macs, "8892", "8000 00000000"), LinkOnly},
}

func TestNothingIsAllocated(t *testing.T) {
	for _, o := range ordinary {
		var v View
		p := capture.Packet{Data: o.frame, WireLen: len(o.frame), Link: capture.LinkEthernet}
		hash := uint32(0)
		n := testing.AllocsPerRun(100, func() {
			Decode(&v, &p)
			hash ^= v.HostHash()
		})
		if n != 0 || v.Layer != o.layer {
			t.Errorf("%s: %v allocations, layer %d", o.name, n, v.Layer)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, o := range ordinary {
		b.Run(o.name, func(b *testing.B) {
			var v View
			p := capture.Packet{Data: o.frame, WireLen: len(o.frame), Link: capture.LinkEthernet}
			b.ReportAllocs()
			for b.Loop() {
				Decode(&v, &p)
			}
		})
	}
}

// BenchmarkGopacket is the same with the layer parser of gopacket, for measure.
func BenchmarkGopacket(b *testing.B) {
	var eth layers.Ethernet
	var tag layers.Dot1Q
	var arp layers.ARP
	var ip4 layers.IPv4
	var ip6 layers.IPv6
	var gre layers.GRE
	var erspan layers.ERSPANII
	var tcp layers.TCP
	var udp layers.UDP
	parser := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &eth, &tag, &arp, &ip4, &ip6, &gre, &erspan, &tcp, &udp)
	parser.IgnoreUnsupported = true
	var found []gopacket.LayerType
	for _, o := range ordinary {
		b.Run(o.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := parser.DecodeLayers(o.frame, &found); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkHostHash(b *testing.B) {
	var v View
	p := capture.Packet{Data: ordinary[0].frame, WireLen: len(ordinary[0].frame), Link: capture.LinkEthernet}
	Decode(&v, &p)
	for b.Loop() {
		v.HostHash()
	}
}
