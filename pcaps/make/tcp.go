package main

import (
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// side is one end of a TCP connection.
type side struct {
	host
	port uint16
	next uint32 // next sequence number to send
	mute bool   // its frames are not captured
}

// conn is a TCP connection on tape.
type conn struct {
	t              *tape
	client, server side
	thinks         time.Duration                                                         // before an answer
	wrap           func(below []gopacket.SerializableLayer) []gopacket.SerializableLayer // nil for plain Ethernet
}

// dial prepares a connection; initial sequence numbers follow from the port.
func (t *tape) dial(client, server host, port uint16) *conn {
	local := t.port()
	return &conn{t: t, client: side{host: client, port: local, next: uint32(local) << 12}, server: side{host: server, port: port, next: uint32(local)<<12 + 0x5000_0000}}
}

// open is dial with a complete handshake.
func (t *tape) open(client, server host, port uint16) *conn {
	c := t.dial(client, server, port)
	c.shake()
	return c
}

func (c *conn) shake() {
	c.send(&c.client, &c.server, layers.TCP{SYN: true}, nil)
	c.client.next++
	c.send(&c.server, &c.client, layers.TCP{SYN: true, ACK: true}, nil)
	c.server.next++
	c.send(&c.client, &c.server, layers.TCP{ACK: true}, nil)
}

// send records one segment and moves the sender's sequence number over its payload.
func (c *conn) send(from, to *side, flags layers.TCP, payload []byte) {
	if !from.mute {
		c.t.put(c.segment(from, to, flags, payload))
	}
	from.next += uint32(len(payload))
}

func (c *conn) segment(from, to *side, flags layers.TCP, payload []byte) []byte {
	h := flags
	h.SrcPort, h.DstPort, h.Seq, h.Window = layers.TCPPort(from.port), layers.TCPPort(to.port), from.next, 64240
	if h.ACK {
		h.Ack = to.next
	}
	if h.SYN {
		h.Options = []layers.TCPOption{{OptionType: layers.TCPOptionKindMSS, OptionLength: 4, OptionData: []byte{0x05, 0xB4}}}
	}
	below := c.t.below(from.host, to.host, layers.IPProtocolTCP)
	h.SetNetworkLayerForChecksum(below[1].(gopacket.NetworkLayer))
	if c.wrap != nil {
		below = c.wrap(below)
	}
	return layered(append(below, &h, gopacket.Payload(payload))...)
}

var push = layers.TCP{PSH: true, ACK: true}

// ask sends from the client, answer from the server; each lets a little time pass.
func (c *conn) ask(payload []byte) {
	c.send(&c.client, &c.server, push, payload)
	c.t.wait(time.Millisecond)
}

func (c *conn) answer(payload []byte) {
	c.send(&c.server, &c.client, push, payload)
	c.t.wait(time.Millisecond)
}

// ack is the bare acknowledgement of who heard last.
func (c *conn) ack()       { c.send(&c.client, &c.server, layers.TCP{ACK: true}, nil) }
func (c *conn) serverAck() { c.send(&c.server, &c.client, layers.TCP{ACK: true}, nil) }

// exchange is a request, its answer, and the client's acknowledgement.
func (c *conn) exchange(request, answer []byte) {
	c.ask(request)
	c.t.wait(c.thinks)
	c.answer(answer)
	c.ack()
}

// close is an orderly end from the client.
func (c *conn) close() {
	fin := layers.TCP{FIN: true, ACK: true}
	c.send(&c.client, &c.server, fin, nil)
	c.client.next++
	c.send(&c.server, &c.client, fin, nil)
	c.server.next++
	c.ack()
}

// refuse is a SYN that is reset at once.
func (t *tape) refused(client, server host, port uint16) {
	c := t.dial(client, server, port)
	c.send(&c.client, &c.server, layers.TCP{SYN: true}, nil)
	c.client.next++
	c.server.next = 0
	c.send(&c.server, &c.client, layers.TCP{RST: true, ACK: true}, nil)
}

// ignored is a SYN that nobody answers.
func (t *tape) ignored(client, server host, port uint16) {
	c := t.dial(client, server, port)
	c.send(&c.client, &c.server, layers.TCP{SYN: true}, nil)
}
