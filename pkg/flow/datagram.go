package flow

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// datagram takes one packet of a conversation without ordered bytes.
func (s *Shard) datagram(v *packet.View, at At) {
	k, fromA, _ := keyOf(v)
	c := s.conns[k]
	if c == nil {
		c = s.open(k, v, at, s.datagramRole(k.transport, v))
		s.nameAtOnce(c)
	}
	d := c.dir(fromA)
	s.on(c, at)
	s.seen(c, d, v, at)
	if d == ot.ToClient {
		s.opened(c)
	}
	switch {
	case v.Layer == packet.ICMP:
		s.unreachable(v)
	case v.Cut:
		c.quality |= ot.Truncated
	case v.Layer == packet.UDP && len(v.Payload) > 0:
		s.deliver(c, d, v.Payload)
	}
	c.touch(&s.dgram)
}

// nameAtOnce names what carries no bytes to look at.
func (s *Shard) nameAtOnce(c *conn) {
	if t := c.conv.Transport; t == ot.Link || t == ot.OtherIP {
		c.probe.done = true
		s.emit.Spoke(serviceOfPort(t, c.conv.Server.Port))
	}
}

// unreachable reads the packet an ICMP error is about and marks its conversation as rejected
// (RFC 792: the IP header and 64 bits of the original datagram).
func (s *Shard) unreachable(v *packet.View) {
	b := v.Payload
	if v.IPv6 || v.ICMPType != 3 || len(b) < 28 || b[0]>>4 != 4 {
		return
	}
	header := int(b[0]&15) * 4
	if header < 20 || len(b) < header+4 {
		return
	}
	inner := packet.View{Layer: packet.UDP, SrcPort: binary.BigEndian.Uint16(b[header:]), DstPort: binary.BigEndian.Uint16(b[header+2:])}
	if b[9] == 6 {
		inner.Layer = packet.TCP
	} else if b[9] != 17 {
		return
	}
	inner.SrcIP, inner.DstIP = mapped(b[12:16]), mapped(b[16:20])
	k, fromA, _ := keyOf(&inner)
	if c := s.conns[k]; c != nil && c.phase == tried && c.dir(fromA) == ot.ToServer {
		outer := s.emit.Conv
		s.emit.Conv = c.conv
		s.emit.Add(ot.Rejected)
		s.emit.Conv = outer
		c.phase = ended
	}
}

// mapped is an IPv4 address in 16-byte form.
func mapped(b []byte) (ip [16]byte) {
	ip[10], ip[11] = 0xff, 0xff
	copy(ip[12:], b)
	return ip
}
