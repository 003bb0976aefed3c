package flow_test

import (
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"otsensor/pkg/capture"
	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/modbus"
)

// polls is a Modbus conversation without end: one request and its answer at a
// time, in frames whose numbers are moved on in place.
type polls struct {
	frames [2]capture.Packet
	tcp    [2][]byte // TCP headers within the frames
	length [2]uint32
	shard  *flow.Shard
	out    protocols.Output
	at     flow.At
	view   packet.View
}

func newPolls(t testing.TB) *polls {
	p := &polls{shard: flow.NewShard(flow.NewRows([]protocols.Protocol{modbus.Protocol()})), at: flow.At{Clock: 1e18, Time: 1e18}}
	request := []byte{0, 1, 0, 0, 0, 6, 17, 3, 0, 107, 0, 3}                   // transaction 1, unit 17, read 3 holding registers from 107
	answer := []byte{0, 1, 0, 0, 0, 9, 17, 3, 6, 0x02, 0x2b, 0x00, 0, 0x00, 1} // six bytes
	for i, payload := range [][]byte{request, answer} {
		data := built(t, i, payload)
		p.frames[i] = capture.Packet{Data: data, WireLen: len(data), Link: capture.LinkEthernet}
		p.tcp[i], p.length[i] = data[14+20:], uint32(len(payload))
	}
	return p
}

// built is a frame of the client (0) or the server (1).
func built(t testing.TB, from int, payload []byte) []byte {
	ips := [2][]byte{{10, 0, 0, 2}, {10, 0, 0, 1}}
	macs := [2][]byte{{2, 0, 0, 0, 0, 2}, {2, 0, 0, 0, 0, 1}}
	ports := [2]layers.TCPPort{50000, 502}
	ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: ips[from], DstIP: ips[1-from]}
	tcp := &layers.TCP{SrcPort: ports[from], DstPort: ports[1-from], ACK: true, PSH: true}
	// Checksums are left out, as by a host whose card makes them: the numbers
	// below change in every frame.
	buf := gopacket.NewSerializeBuffer()
	err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true},
		&layers.Ethernet{SrcMAC: macs[from], DstMAC: macs[1-from], EthernetType: layers.EthernetTypeIPv4}, ip, tcp, gopacket.Payload(payload))
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// exchange sends one request and its answer.
func (p *polls) exchange() {
	for i := range p.frames {
		p.at.Seq, p.at.Frame, p.at.Time, p.at.Clock = p.at.Seq+1, p.at.Frame+1, p.at.Time+50_000, p.at.Clock+50_000
		packet.Decode(&p.view, &p.frames[i])
		p.shard.Packet(&p.view, &p.at, &p.out)
		move(p.tcp[i][4:8], p.length[i])    // sequence number of this side
		move(p.tcp[1-i][8:12], p.length[i]) // acknowledgement by the other
	}
}

// move adds to a 32-bit number in network order.
func move(b []byte, by uint32) {
	n := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	n += by
	b[0], b[1], b[2], b[3] = byte(n>>24), byte(n>>16), byte(n>>8), byte(n)
}

// The steady state of a plant, frame to transaction, allocates nothing.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	p := newPolls(t)
	did := 0
	play := func() {
		for range 100 {
			p.exchange()
		}
		for i := range p.out.Len() {
			if o := p.out.At(i); o.Kind == ot.Did && o.Did.Status == ot.OK {
				did++
			}
		}
		p.at.Seq++
		p.shard.Tick(p.at, p.at.Clock-1e9, &p.out)
		p.out.Reset()
	}
	play()
	if n := testing.AllocsPerRun(100, play); n != 0 {
		t.Errorf("%.2f allocations for 200 packets and a tick", n)
	}
	if did != 102*100 {
		t.Errorf("%d transactions of %d", did, 102*100)
	}
}

// BenchmarkPacket measures one packet from the frame's bytes on: decoded; with
// its conversation followed; and with the transaction of each pair of them told.
func BenchmarkPacket(b *testing.B) {
	b.Run("decode", func(b *testing.B) {
		p := newPolls(b)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			packet.Decode(&p.view, &p.frames[i&1])
		}
	})
	b.Run("decode and flow", func(b *testing.B) {
		p := newPolls(b)
		p.shard = flow.NewShard(flow.NewRows(nil))
		benchmark(b, p)
	})
	b.Run("decode, flow and modbus", func(b *testing.B) { benchmark(b, newPolls(b)) })
}

func benchmark(b *testing.B, p *polls) {
	b.ReportAllocs()
	for i := 0; i < b.N; i += 2 {
		p.exchange()
		if p.out.Len() > 1000 {
			p.out.Reset()
		}
	}
}
