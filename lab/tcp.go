package main

import (
	"cmp"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// side is one end of a TCP connection.
type side struct {
	*host
	port uint16
	next uint32 // next sequence number to send
}

// conn is a TCP connection that lives long and is opened again when it broke.
type conn struct {
	client, server side
	opened         time.Time
	free           time.Time     // when its last exchange was over
	open, owed     bool          // owed: the client has not acknowledged the last answer
	middle         *middle       // who sits between, if anybody
	forger         *forger       // who answers before the server does, if anybody
	detour         time.Duration // by which answers come later
	act            *act          // what its frames are labelled with whoever sends them
}

// forger answers in the server's name a little before the server does.
type forger struct {
	act    *act
	change func(answer []byte) []byte
}

// middle is a host that leads a connection through itself and may change what the server says.
type middle struct {
	*host
	act    *act
	change func(answer []byte) []byte
	drop   bool // swallows requests instead
}

func newConn(client, server *host, port uint16) *conn {
	return &conn{client: side{host: client}, server: side{host: server, port: port}}
}

var (
	push = layers.TCP{PSH: true, ACK: true}
	ackn = layers.TCP{ACK: true}
	syn  = layers.TCP{SYN: true}
	fin  = layers.TCP{FIN: true, ACK: true}
	rst  = layers.TCP{RST: true, ACK: true}
)

// segment is the frame of a segment from one side to the other, between two MACs.
func segment(from, to *side, macs [2]*host, flags layers.TCP, payload []byte) []byte {
	h := flags
	h.SrcPort, h.DstPort, h.Seq, h.Window = layers.TCPPort(from.port), layers.TCPPort(to.port), from.next, 64240
	if h.ACK {
		h.Ack = to.next
	}
	if h.SYN {
		h.Options = []layers.TCPOption{{OptionType: layers.TCPOptionKindMSS, OptionLength: 4, OptionData: []byte{0x05, 0xB4}}}
	}
	ip := ip4(from.host, from.ip, to.ip, layers.IPProtocolTCP)
	h.SetNetworkLayerForChecksum(ip)
	return layered(ether(macs[0].mac, macs[1].mac, layers.EthernetTypeIPv4), ip, &h, gopacket.Payload(payload))
}

// send puts one segment on the wire. A lost one is sent again: either the
// mirror saw both, or it was lost before the mirror and is seen late.
func (c *conn) send(s *script, from, to *side, flags layers.TCP, payload []byte) {
	if len(payload) > 0 && s.noise.Float64() < s.fault.loss {
		if s.noise.IntN(2) == 0 {
			c.emit(s, from, to, flags, payload)
		}
		s.pause(250 * time.Millisecond)
	}
	c.emit(s, from, to, flags, payload)
	from.next += uint32(len(payload))
	if flags.SYN || flags.FIN {
		from.next++
	}
	if from == &c.client {
		c.owed = false
	}
}

func (c *conn) emit(s *script, from, to *side, flags layers.TCP, payload []byte) {
	m := c.middle
	if m == nil {
		s.shown(segment(from, to, [2]*host{from.host, to.host}, flags, payload), cmp.Or(s.act, c.act))
		return
	}
	s.shown(segment(from, to, [2]*host{from.host, m.host}, flags, payload), m.act)
	if m.drop {
		return
	}
	if from == &c.server && m.change != nil && len(payload) > 0 {
		payload = m.change(payload)
	}
	s.pause(s.between(150*time.Microsecond, 400*time.Microsecond))
	s.shown(segment(from, to, [2]*host{m.host, to.host}, flags, payload), m.act)
}

// dial opens the connection; false when the server does not answer.
func (c *conn) dial(s *script) bool {
	c.take(s)
	c.client.port = c.client.nextPort()
	c.client.next, c.server.next = s.rng.Uint32(), s.rng.Uint32()
	c.open, c.owed, c.opened = false, false, s.now
	if !c.server.up(s.now) {
		for _, again := range []time.Duration{time.Second, 2 * time.Second, 0} {
			c.emit(s, &c.client, &c.server, syn, nil)
			s.pause(again)
		}
		c.free = s.now
		return false
	}
	c.send(s, &c.client, &c.server, syn, nil)
	s.pause(s.between(100*time.Microsecond, 700*time.Microsecond))
	c.send(s, &c.server, &c.client, layers.TCP{SYN: true, ACK: true}, nil)
	s.pause(s.between(40*time.Microsecond, 90*time.Microsecond))
	c.send(s, &c.client, &c.server, ackn, nil)
	s.pause(100 * time.Microsecond)
	c.open, c.free = true, s.now
	return true
}

// take waits until nobody else uses the connection.
func (c *conn) take(s *script) {
	if s.now.Before(c.free) {
		s.now = c.free.Add(50 * time.Microsecond)
	}
}

// exchange is a request and its answer; false when the connection broke. A nil
// answer is a request that the server takes in silence.
func (c *conn) exchange(s *script, request, answer []byte) bool {
	c.take(s)
	switch {
	case !c.open:
		return false
	case !c.server.up(s.now) || c.middle != nil && c.middle.drop:
		return c.unheard(s, request)
	case c.server.forgot(c.opened, s.now):
		c.emit(s, &c.client, &c.server, push, request)
		s.pause(300 * time.Microsecond)
		c.client.next += uint32(len(request))
		c.emit(s, &c.server, &c.client, rst, nil)
		return c.broken(s)
	}
	c.send(s, &c.client, &c.server, push, request)
	s.pause(s.between(time.Millisecond, 5*time.Millisecond) + c.detour)
	if answer == nil {
		c.send(s, &c.server, &c.client, ackn, nil)
	} else {
		c.forge(s, answer)
		c.send(s, &c.server, &c.client, push, answer)
		c.owed = true
	}
	s.pause(s.between(200*time.Microsecond, 900*time.Microsecond))
	c.free = s.now
	return true
}

func (c *conn) forge(s *script, answer []byte) {
	if c.forger == nil {
		return
	}
	s.shown(segment(&c.server, &c.client, [2]*host{c.server.host, c.client.host}, push, c.forger.change(answer)), c.forger.act)
	s.pause(time.Millisecond)
}

// reset is a reset in the client's name that cuts the connection; the client finds out when it asks next.
func (c *conn) reset(s *script) {
	if !c.open {
		return
	}
	c.take(s)
	c.emit(s, &c.client, &c.server, rst, nil)
	s.pause(time.Millisecond)
	c.emit(s, &c.server, &c.client, rst, nil)
	c.broken(s)
}

// unheard is a request that is sent again until the client gives up.
func (c *conn) unheard(s *script, request []byte) bool {
	for _, again := range []time.Duration{300, 600, 1200, 1900} {
		c.emit(s, &c.client, &c.server, push, request)
		s.pause(again * time.Millisecond)
	}
	c.client.next += uint32(len(request))
	c.emit(s, &c.client, &c.server, rst, nil)
	return c.broken(s)
}

func (c *conn) broken(s *script) bool {
	c.open, c.owed, c.free = false, false, s.now
	return false
}

// settle acknowledges the last answer when nothing more is asked, as a delayed acknowledgement does.
func (c *conn) settle(s *script) {
	if !c.open || !c.owed {
		return
	}
	s.pause(40 * time.Millisecond)
	c.send(s, &c.client, &c.server, ackn, nil)
	c.free = s.now
}

// close is an orderly end from the client.
func (c *conn) close(s *script) {
	if !c.open {
		return
	}
	c.take(s)
	c.send(s, &c.client, &c.server, fin, nil)
	s.pause(400 * time.Microsecond)
	c.send(s, &c.server, &c.client, fin, nil)
	s.pause(60 * time.Microsecond)
	c.send(s, &c.client, &c.server, ackn, nil)
	c.open, c.free = false, s.now
}
