package flow

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
)

const toyEther = 0x88b5 // the first ethertype for local experiments

// linked is a wire on which the toy protocol stands right behind the Ethernet
// header too. Its records that begin in lower case are a channel of their own.
func linked(t testing.TB) *wire {
	w := newWire(t)
	row := toy()
	row.Ports = append(row.Ports, protocols.Port{Transport: ot.Link, Number: toyEther})
	row.Channel = func(head []byte) uint16 { return uint16(head[1] & 0x20) }
	w.shard = NewShard(NewRows([]protocols.Protocol{row}))
	return w
}

func (w *wire) link(d ot.Dir, data string) {
	w.ethernet(d, toyEther, []byte(data), &frame{mac: w.mac(d)})
}

// Requests and answers without IP are one conversation of two MACs, and what is
// said tells who asks, whoever is heard first.
func TestLinkRequestAndAnswer(t *testing.T) {
	for _, first := range []ot.Dir{client, server} {
		w := linked(t)
		for _, d := range []ot.Dir{first, first.Other(), first} {
			w.link(d, [...]string{"QREAD\n", "AREAD\n"}[d])
			w.wait(2 * mirrorDelay)
		}
		if n := w.shard.Counts(); n.Opened != 1 || len(w.records()) != 3 {
			t.Errorf("%d conversations, %q", n.Opened, w.log)
		}
		if c := w.convs[0]; c.Client.MAC[5] != w.mac(client) || c.Server.MAC[5] != w.mac(server) || c.Server.Port != toyEther || c.Client.Port != 0 || c.Guessed {
			t.Errorf("conversation %+v", c)
		}
		w.end()
	}
}

// A channel is a conversation of its own, in which the other side may ask.
func TestLinkChannels(t *testing.T) {
	w := linked(t)
	w.link(client, "QREAD\n")
	w.link(server, "Qread\n")
	w.expect("tried", "spoke", "did QREAD", "tried", "spoke", "did Qread")
	if c := w.convs[len(w.convs)-1]; c.Client.MAC[5] != w.mac(server) {
		t.Errorf("conversation %+v", c)
	}
}

// What goes to a group is a conversation of its sender and the group.
func TestLinkGroup(t *testing.T) {
	w := linked(t)
	for _, d := range []ot.Dir{client, server} {
		w.ethernet(d, toyEther, []byte("QWHO\n"), &frame{mac: w.mac(d), dstMAC: [6]byte{1, 0, 0x5e, 0, 0, 1}})
	}
	w.expect("tried", "spoke", "did QWHO", "tried", "spoke", "did QWHO")
	if n := w.shard.Counts(); n.Opened != 2 {
		t.Errorf("%d conversations", n.Opened)
	}
}

// A frame that a mirror shows twice is one frame; what is not the protocol is said so.
func TestLinkCopiesAndOthers(t *testing.T) {
	w := linked(t)
	w.link(client, "QREAD\n")
	w.link(client, "QREAD\n")
	w.expect("tried", "spoke", "did QREAD")

	w = linked(t)
	for range 2 * probeSegments {
		w.link(client, "other")
		w.wait(2 * mirrorDelay)
	}
	w.expect("tried", "odd wrong-protocol", "spoke")
}

// Frames without IP allocate nothing once their conversation stands.
func TestLinkAllocatesNothing(t *testing.T) {
	w := linked(t)
	v := packet.View{Layer: packet.LinkOnly, Ether: toyEther, SrcMAC: [6]byte{2, 1}, DstMAC: [6]byte{2, 2}, Payload: []byte("QREAD\n")}
	send := func() {
		w.at.Clock += mirrorDelay + 1
		w.at.Time = w.at.Clock
		w.shard.Packet(&v, &w.at, &w.out)
		w.out.Reset()
	}
	send()
	if n := testing.AllocsPerRun(100, send); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
