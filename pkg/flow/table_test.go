package flow

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
)

// Every frame twice, as a mirror port shows them that mirrors both ways, two
// VLANs, or both sides of a router: every record once, no MAC that comes and goes.
func TestEveryFrameTwice(t *testing.T) {
	for _, tc := range []struct {
		name  string
		again []option
		said  []string
	}{
		{"the same", nil, []string{"tried", "opened", "spoke", "did Q0", "did A0", "did Q1", "did A1", "closed"}},
		{"in another VLAN", []option{vlan(7)}, []string{"tried", "opened", "spoke", "did Q0", "did A0", "did Q1", "did A1", "closed"}},
		{"behind a router", []option{mac(0x99)}, []string{"tried", "claimed 0.2 by frame of :99", "opened", "claimed 0.1 by frame of :99",
			"spoke", "did Q0", "did A0", "did Q1", "did A1", "closed"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWire(t)
			twice := func(d ot.Dir, pos int, data string, opts ...option) {
				w.send(d, pos, data, opts...)
				w.send(d, pos, data, append(slices.Clone(opts), tc.again...)...)
			}
			twice(client, -1, "", flags(packet.SYN))
			twice(server, -1, "", flags(packet.SYN|packet.ACK))
			twice(client, 0, "")
			for i := range 2 {
				twice(client, 3*i, fmt.Sprintf("Q%d\n", i))
				twice(server, 3*i, fmt.Sprintf("A%d\n", i))
			}
			twice(client, 6, "", plus(packet.FIN))
			twice(server, 6, "", plus(packet.FIN))
			w.end()
			w.expect(tc.said...)
			if n := w.shard.Counts(); n.Opened != 1 || n.Decoded[ot.Modbus] != 4 || n.Gaps != 0 {
				t.Errorf("counts %+v", n)
			}
		})
	}
}

func TestRefusalTwice(t *testing.T) {
	w := newWire(t)
	w.send(client, -1, "", flags(packet.SYN))
	w.send(server, -1, "", flags(packet.RST|packet.ACK), numbered(0), ack(0))
	w.send(client, -1, "", flags(packet.SYN))
	w.send(server, -1, "", flags(packet.RST|packet.ACK), numbered(0), ack(0))
	w.expect("tried", "rejected")
}

func TestDatagramTwice(t *testing.T) {
	w := newWire(t)
	w.datagram(client, "Qone\n", id(5))
	w.datagram(client, "Qone\n", id(5), vlan(3))
	w.datagram(client, "Qone\n", id(6)) // the same request again is another datagram
	w.wait(2 * mirrorDelay)
	w.datagram(client, "Qone\n", id(5))
	w.expect("tried", "spoke", "did Qone", "did Qone", "did Qone")
	if n := w.shard.Counts(); n.Retransmitted != 1 {
		t.Errorf("%d copies", n.Retransmitted)
	}
}

// VLAN tags do not divide a conversation: one side tagged, both, twice.
func TestTagsOfOneDirection(t *testing.T) {
	w := newWire(t)
	w.send(client, -1, "", flags(packet.SYN), vlan(10))
	w.send(server, -1, "", flags(packet.SYN|packet.ACK))
	w.send(client, 0, "Qone\n", vlan(10, 20))
	w.send(server, 0, "Aone\n")
	w.expect("tried", "opened", "spoke", "did Qone", "did Aone")
	if w.convs[0].VLAN != 10 {
		t.Errorf("VLAN %d", w.convs[0].VLAN)
	}
}

func TestChangedMAC(t *testing.T) {
	w := open(t)
	for i := range 6 {
		w.send(client, 3, "", mac(byte(0x50+i%2)))
	}
	w.expect("claimed 0.2 by frame of :50", "claimed 0.2 by frame of :51")
}

// A conversation without a seen handshake whose ports tell nothing: the first
// recognised bytes say who asks, and the sums of both readings are those of the wire.
func TestTurnedRound(t *testing.T) {
	table := []protocols.Protocol{toy()}
	table[0].Ports = append(table[0].Ports, protocols.Port{Transport: ot.TCP, Number: 50000})
	for _, tc := range []struct {
		name string
		play func(w *wire)
		want []string
	}{
		{"by the answer", func(w *wire) {
			w.send(server, 0, "Aone\nAtw")
			w.send(client, 0, "Qone\n")
			w.send(server, 8, "o\n")
		}, []string{"did Aone", "did Qone", "did Atwo"}},
		{"by an answer in pieces", func(w *wire) {
			w.send(server, 0, "A")
			w.send(server, 1, "one\n")
			w.send(client, 0, "Qone\n")
		}, []string{"did Aone", "did Qone"}},
		{"with segments of both sides waiting", func(w *wire) {
			w.send(client, 0, "Q")
			w.send(client, 4, "Qtwo\n", ack(0))
			w.send(server, 0, "A")
			w.send(server, 3, "Atwo\n", ack(1))
			w.send(server, 1, "1\n", ack(1))
			w.send(client, 1, "on\n", ack(8))
		}, []string{"did Qon", "did Qtwo", "did A1", "did Atwo"}},
		{"by an answer with FIN", func(w *wire) {
			w.send(server, 0, "Aone\n", plus(packet.FIN))
			w.send(client, 0, "Qone\n", ack(6))
			w.send(client, 5, "Qtwo\n", ack(6))
		}, []string{"did Aone", "did Qone", "did Qtwo"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWire(t)
			w.shard = NewShard(NewRows(table))
			w.port = [2]uint16{7000, 50000} // the higher port is guessed to be the client's: it is the server's
			tc.play(w)
			var did []string
			for _, s := range w.log {
				if strings.HasPrefix(s, "did") {
					did = append(did, s)
				}
			}
			slices.Sort(did)
			want := slices.Clone(tc.want)
			slices.Sort(want)
			if !slices.Equal(did, want) || w.heard("odd data-after-close") != 0 {
				t.Errorf("said %q", w.log)
			}
			last := w.convs[len(w.convs)-1]
			if last.Client.Port != 7000 || last.Guessed {
				t.Errorf("conversation %+v", last)
			}
			w.wait(11 * second)
			w.end()
			sums(t, w)
		})
	}
}

// sums holds what Closed reports in all against the packets on the wire, and
// what Moved reports in parts against Closed.
func sums(t *testing.T, w *wire) {
	t.Helper()
	var closed, opened uint64
	for _, o := range w.obs {
		switch o.Kind {
		case ot.Closed:
			closed += uint64(o.Traffic.Packets[0]) + uint64(o.Traffic.Packets[1])
			opened--
		case ot.Tried:
			opened++
		}
	}
	if n := w.shard.Counts().Packets; closed != n || opened != 0 {
		t.Errorf("closed conversations carried %d of %d packets; %d more began than closed", closed, n, int64(opened))
	}
}

func TestMovedAddsUp(t *testing.T) {
	w := newWire(t)
	w.handshake()
	for i := range 500 {
		w.send(client, 3*i, "Qx\n")
		w.send(server, 3*i, "Ax\n")
		w.wait(second / 10)
	}
	w.wait(20 * second)
	w.end()
	var moved, closed ot.Traffic
	for _, o := range w.obs {
		if o.Kind == ot.Moved {
			for d := range 2 {
				moved.Packets[d] += o.Traffic.Packets[d]
				moved.Bytes[d] += o.Traffic.Bytes[d]
			}
		}
		if o.Kind == ot.Closed {
			closed = o.Traffic
		}
	}
	if moved.Packets != closed.Packets || moved.Bytes != closed.Bytes || closed.Bytes != [2]uint64{1500, 1500} {
		t.Errorf("moved %+v, closed %+v", moved, closed)
	}
	sums(t, w)
}

// One side only: it is decoded, and marked.
func TestOneSided(t *testing.T) {
	w := newWire(t)
	w.send(client, -1, "", flags(packet.SYN))
	for i := range 5 {
		w.send(client, 3*i, fmt.Sprintf("Q%d\n", i))
	}
	last := w.obs[len(w.obs)-1]
	if len(w.records()) != 5 || last.Quality&ot.OneSided == 0 {
		t.Errorf("said %q, quality of the last %b", w.log, last.Quality)
	}
	w.wait(second)
	if n := w.shard.Counts().OneSided; n != 1 {
		t.Errorf("gauge %d", n)
	}
	w.send(server, 0, "A0\n")
	w.send(client, 15, "Q5\n")
	if last := w.obs[len(w.obs)-1]; last.Quality&ot.OneSided != 0 {
		t.Error("still one-sided")
	}
}

func TestIdleConversationsEnd(t *testing.T) {
	for _, tc := range []struct {
		name  string
		begin func(w *wire)
		idle  int64
	}{
		{"unanswered", func(w *wire) { w.send(client, -1, "", flags(packet.SYN)) }, triedIdle},
		{"established", func(w *wire) { w.handshake() }, liveIdle},
		{"datagrams", func(w *wire) { w.datagram(client, "Q1\n"); w.datagram(server, "A1\n") }, datagramIdle},
		{"reset", func(w *wire) { w.handshake(); w.send(server, 0, "", flags(packet.RST)) }, endedLinger},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWire(t)
			tc.begin(w)
			w.wait(tc.idle - second)
			if w.heard("closed") != 0 {
				t.Error("closed early")
			}
			w.wait(3 * second)
			if w.heard("closed") != 1 || w.shard.conns.n != 0 {
				t.Errorf("said %q", w.log)
			}
		})
	}
}

func TestEqualPorts(t *testing.T) {
	for _, first := range []ot.Dir{client, server} {
		w := newWire(t)
		w.port = [2]uint16{2222, 2222}
		w.datagram(first, "xxxx")
		w.datagram(first.Other(), "xxxx")
		if c := w.convs[0]; !c.Guessed || c.Client.IP[15] != 1 || w.shard.Counts().Opened != 1 {
			t.Errorf("who begins must not matter: %+v", c)
		}
	}
}

// What goes to many is its sender's, whatever the ports say.
func TestGroups(t *testing.T) {
	for _, tc := range []struct {
		name string
		ip   [4]byte
		mac  [6]byte
	}{
		{"multicast", [4]byte{239, 192, 1, 2}, [6]byte{1, 0, 0x5e, 0x40, 1, 2}},
		{"broadcast", [4]byte{255, 255, 255, 255}, [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
		{"broadcast of a subnet", [4]byte{10, 0, 0, 255}, [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWire(t)
			w.port, w.ip[server] = [2]uint16{7000, 50000}, tc.ip
			w.datagram(client, "Qone\n", to(tc.mac))
			if c := w.convs[0]; c.Client.Port != 7000 || c.Guessed {
				t.Errorf("conversation %+v", c)
			}
		})
	}
}

// quoted is the beginning of a client's datagram or segment, as an ICMP error carries it.
func (w *wire) quoted(proto byte) []byte {
	b := []byte{0x45, 0, 0, 40, 0, 1, 0, 0, 64, proto, 0, 0}
	b = append(b, w.ip[client][:]...)
	b = append(b, w.ip[server][:]...)
	b = binary.BigEndian.AppendUint16(b, w.port[client])
	b = binary.BigEndian.AppendUint16(b, w.port[server])
	return append(b, 0, 0, 0, 0)
}

func TestUnreachable(t *testing.T) {
	for _, tc := range []struct {
		name       string
		kind, code byte
		quote      func(w *wire) []byte
		rejected   bool
	}{
		{"port", 3, 3, func(w *wire) []byte { return w.quoted(17) }, true},
		{"host", 3, 1, func(w *wire) []byte { return w.quoted(17) }, true},
		{"fragmentation needed is no refusal", 3, 4, func(w *wire) []byte { return w.quoted(17) }, false},
		{"echo", 8, 0, func(w *wire) []byte { return w.quoted(17) }, false},
		{"cut short", 3, 3, func(w *wire) []byte { return w.quoted(17)[:23] }, false},
		{"header longer than the packet", 3, 3, func(w *wire) []byte { b := w.quoted(17); b[0] = 0x4f; return b }, false},
		{"header shorter than any", 3, 3, func(w *wire) []byte { b := w.quoted(17); b[0] = 0x41; return b }, false},
		{"of another transport", 3, 3, func(w *wire) []byte { return w.quoted(6) }, false},
		{"told to somebody else", 3, 3, func(w *wire) []byte { b := w.quoted(17); b[15]++; return b }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWire(t)
			w.datagram(client, "Qone\n")
			w.icmp(server, tc.kind, tc.code, tc.quote(w))
			if got := w.heard("rejected") == 1; got != tc.rejected {
				t.Errorf("said %q", w.log)
			}
		})
	}
}

// A server that comes up later answers on the same ports.
func TestAnswerAfterUnreachable(t *testing.T) {
	w := newWire(t)
	w.datagram(client, "Qone\n")
	w.icmp(server, 3, 3, w.quoted(17))
	w.datagram(client, "Qtwo\n")
	w.datagram(server, "Atwo\n")
	w.expect("tried", "spoke", "did Qone", "tried", "rejected", "did Qtwo", "opened", "did Atwo")
}

// arp puts one ARP packet on the wire.
func (w *wire) arp(op byte, sender, target [4]byte, mac byte) {
	b := []byte{0, 1, 8, 0, 6, 4, 0, op} // Ethernet, IPv4, operation
	b = append(b, 2, 0, 0, 0, 0, mac)
	b = append(b, sender[:]...)
	b = append(b, 0, 0, 0, 0, 0, 0)
	b = append(b, target[:]...)
	w.ethernet(client, 0x0806, b, &frame{mac: mac})
}

func TestARP(t *testing.T) {
	a, b := [4]byte{10, 0, 0, 2}, [4]byte{10, 0, 0, 1}
	w := newWire(t)
	w.arp(2, b, a, 1)
	w.expect("claimed 0.1 by arp reply of :01 unasked")
	w.arp(1, a, b, 2)
	w.arp(2, b, a, 1)
	w.arp(2, b, a, 1) // twice is not unasked
	w.expect("asked 0.1 by arp request of :02", "claimed 0.1 by arp reply of :01", "claimed 0.1 by arp reply of :01")
	w.wait(askedFor + 2*second)
	w.arp(2, b, a, 1)
	w.expect("claimed 0.1 by arp reply of :01 unasked")
	w.arp(1, a, a, 2)
	w.arp(2, a, a, 2)
	w.arp(1, [4]byte{}, a, 2) // a probe before an address is taken
	w.expect("claimed 0.2 by gratuitous arp of :02", "claimed 0.2 by gratuitous arp of :02 unasked", "asked 0.2 by arp request of :02")
}

// The table of requests is bounded, and says so once; then replies count as asked for.
func TestARPFlood(t *testing.T) {
	w := newWire(t)
	for i := range 3 * maxAsked {
		w.arp(1, [4]byte{10, 0, 0, 2}, [4]byte{11, 0, byte(i >> 8), byte(i)}, 2)
	}
	if n := w.heard("odd table-full"); n != 1 || len(w.shard.asked.at) != maxAsked {
		t.Errorf("said so %d times, %d entries", n, len(w.shard.asked.at))
	}
	w.log = nil
	w.arp(2, [4]byte{10, 0, 0, 1}, [4]byte{10, 0, 0, 2}, 1)
	w.expect("claimed 0.1 by arp reply of :01")
	w.wait(askedFor + 2*second)
	w.log = nil
	w.arp(2, [4]byte{10, 0, 0, 1}, [4]byte{10, 0, 0, 2}, 1)
	w.expect("claimed 0.1 by arp reply of :01 unasked")
}

// Link-layer protocols: one conversation for a sender and a group, named at once.
func TestLinkLayer(t *testing.T) {
	w := newWire(t)
	for range 2 {
		w.ethernet(client, 0x88cc, []byte("chassis"), &frame{mac: 2, dstMAC: [6]byte{1, 0x80, 0xc2, 0, 0, 0x0e}})
	}
	w.expect("tried", "spoke")
	if c := w.convs[0]; c.Transport != ot.Link || c.Client.MAC != [6]byte{2, 0, 0, 0, 0, 2} || c.Server.Port != 0x88cc {
		t.Errorf("conversation %+v", c)
	}
}

// fragment puts one IPv4 fragment on the wire; off in bytes.
func (w *wire) fragment(ipID uint16, off int, more bool, payload string) {
	b := []byte{0x45, 0}
	b = binary.BigEndian.AppendUint16(b, uint16(20+len(payload)))
	b = binary.BigEndian.AppendUint16(b, ipID)
	field := uint16(off / 8)
	if more {
		field |= 0x2000
	}
	b = binary.BigEndian.AppendUint16(b, field)
	b = append(b, 64, 17, 0, 0)
	b = append(b, w.ip[client][:]...)
	b = append(b, w.ip[server][:]...)
	w.ethernet(client, 0x0800, append(b, payload...), &frame{mac: 2})
}

// udpText is a UDP datagram of the wire's ports.
func (w *wire) udpText(data string) string {
	b := binary.BigEndian.AppendUint16(nil, w.port[client])
	b = binary.BigEndian.AppendUint16(b, w.port[server])
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(data)))
	return string(append(b, 0, 0)) + data
}

func TestFragments(t *testing.T) {
	w := newWire(t)
	text := w.udpText("Qin fragments\n")
	w.fragment(1, 16, false, text[16:])
	w.fragment(1, 0, true, text[:16])
	w.expect("tried", "spoke", "did Qin fragments")

	w.fragment(2, 65528, false, "too far out") // beyond any datagram
	w.expect("odd fragment-bad")
}

// First fragments alone fill a bounded table, which says so; a datagram that is
// whole in time is still decoded, and nothing of one file reaches the next.
func TestFragmentFlood(t *testing.T) {
	w := newWire(t)
	text := w.udpText("Qin fragments\n")
	for i := range 5 * MaxFragments {
		w.fragment(uint16(i), 0, true, text[:16])
	}
	n := w.shard.Counts()
	if n.Incomplete != MaxFragments || n.FragEvicted != 4*MaxFragments || w.heard("odd fragments-evicted") != 4*MaxFragments {
		t.Errorf("incomplete %d, evicted %d, said %d", n.Incomplete, n.FragEvicted, w.heard("odd fragments-evicted"))
	}
	w.fragment(uint16(5*MaxFragments-1), 16, false, text[16:])
	if got := w.records(); len(got) != 1 {
		t.Errorf("records %q", got)
	}
	w.end()
	w.log = nil
	w.fragment(uint16(5*MaxFragments-2), 16, false, text[16:])
	w.expect()
}
