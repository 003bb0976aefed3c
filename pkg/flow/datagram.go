package flow

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
)

// datagram takes one packet of a conversation without ordered bytes.
func (s *Shard) datagram(v *packet.View, at *At) {
	c, d := s.exchange(v, at)
	h, _ := c.sides(d)
	s.seen(c, h, d, v)
	if d == ot.ToClient {
		s.opened(c)
	}
	switch {
	case v.Layer == packet.ICMP:
		s.unreachable(v)
	case h.sound.damaged(v):
		s.emit.Odd(ot.BadChecksum, d, ot.NoProto)
	case v.Cut:
		c.quality |= ot.Truncated
	case len(v.Payload) > 0 && (v.Layer == packet.UDP || !c.probe.done || c.dec != nil):
		if h.copied(v.IPID, v.Payload, at.Clock) {
			s.count.Retransmitted++
			break
		}
		s.deliver(c, d, v.Payload)
	}
	s.dgram.touch(c)
}

// exchange finds or makes the conversation of a datagram, and says which way it goes.
func (s *Shard) exchange(v *packet.View, at *At) (c *conn, d ot.Dir) {
	var fromA bool
	if v.Layer == packet.UDP {
		c, fromA = s.conns.lately(v, ot.UDP)
	}
	if c == nil {
		c, fromA = s.find(v)
	}
	switch {
	case c == nil && v.Layer == packet.UDP:
		c = s.elsewhere(v, fromA)
	case c != nil && c.elsewhere != 0 && c.dir(fromA) == ot.ToServer:
		c.elsewhere = 0 // it asks anew
	}
	if c == nil {
		c = s.open(v, at, s.datagramRole(v))
		s.nameAtOnce(c)
	}
	return c, c.dir(fromA)
}

// nameAtOnce names a protocol without ports that no row is for: there is nothing to look at.
func (s *Shard) nameAtOnce(c *conn) {
	t, port := c.conv.Transport, c.conv.Server.Port
	if (t == ot.Link || t == ot.OtherIP) && len(s.rows.byPort[protocols.Port{Transport: t, Number: port}]) == 0 {
		c.probe.done = true
		s.emit.Spoke(serviceOfPort(t, port))
	}
}

// unreachable marks the conversation an ICMP error is about as rejected, when it
// was not answered. It finds those of the host pair the error itself belongs
// to: what a router says about others is its own conversation's.
func (s *Shard) unreachable(v *packet.View) {
	inner, ok := aboutWhat(v)
	if !ok || inner.SrcIP != v.DstIP {
		return
	}
	c, fromA := s.find(&inner)
	if c == nil || c.phase != tried || c.dir(fromA) != ot.ToServer {
		return
	}
	outer := s.emit
	s.on(c)
	s.emit.Add(ot.Rejected)
	s.emit = outer
	c.phase = ended
}

// aboutWhat reads the addresses and ports of the packet that could not be
// delivered: its IP header and at least 64 bits more (RFC 792, RFC 4443 §3.1).
// "Fragmentation needed" is no refusal.
func aboutWhat(v *packet.View) (inner packet.View, ok bool) {
	const needsFragments = 4
	b, header, proto := v.Payload, 40, 0
	switch {
	case len(b) < 28:
		return inner, false
	case v.IPv6 && v.ICMPType == 1 && b[0]>>4 == 6 && len(b) >= header+4:
		proto = int(b[6])
		copy(inner.SrcIP[:], b[8:24])
		copy(inner.DstIP[:], b[24:40])
	case !v.IPv6 && v.ICMPType == 3 && v.ICMPCode != needsFragments && b[0]>>4 == 4:
		header, proto = int(b[0]&15)*4, int(b[9])
		inner.SrcIP, inner.DstIP = mapped(b[12:16]), mapped(b[16:20])
	default:
		return inner, false
	}
	if header < 20 || len(b) < header+4 {
		return inner, false
	}
	inner.SrcPort, inner.DstPort = binary.BigEndian.Uint16(b[header:]), binary.BigEndian.Uint16(b[header+2:])
	switch proto {
	case 6:
		inner.Layer = packet.TCP
	case 17:
		inner.Layer = packet.UDP
	default:
		return inner, false
	}
	return inner, true
}

// mapped is an IPv4 address in 16-byte form.
func mapped(b []byte) (ip [16]byte) {
	ip[10], ip[11] = 0xff, 0xff
	copy(ip[12:], b)
	return ip
}
