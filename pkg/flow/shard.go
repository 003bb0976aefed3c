package flow

import (
	"bytes"
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
)

// Shard owns the conversations of some host pairs. It is used by one goroutine.
type Shard struct {
	rows   *Rows
	conns  table
	places places
	tried  list
	live   list
	dgram  list
	ended  list
	wheel  wheel
	kept   int // bytes in tails and disorder

	sided    uint64 // live TCP conversations of which one direction is not seen
	reported int64  // clock of the latest Moved

	emergency bool // the table is nearly full

	defrag *packet.Defrag
	whole  packet.View // of a reassembled datagram
	asked  asked
	budget protocols.Budget
	expect protocols.Expecting
	emit   protocols.Emit
	count  Counts
}

// NewShard makes an empty shard that knows these protocols.
func NewShard(rows *Rows) *Shard {
	s := &Shard{
		rows:   rows,
		conns:  newTable(),
		places: newPlaces(),
		defrag: packet.NewDefrag(MaxFragments, MaxFragBytes),
		budget: protocols.Budget{Left: MaxOpenBytes},
	}
	p := &s.places
	s.tried, s.live, s.dgram, s.ended = p.list(endsOfTried), p.list(endsOfLive), p.list(endsOfDatagrams), p.list(endsOfEnded)
	s.wheel.of = p
	s.emit.Budget, s.emit.Expecting = &s.budget, &s.expect
	return s
}

// Counts is what the shard did so far.
func (s *Shard) Counts() Counts {
	c := s.count
	c.Decoded = s.emit.Dids
	c.Convs, c.Kept, c.Incomplete = uint64(s.conns.n), uint64(s.kept), uint64(s.defrag.Len())
	c.FragBytes, c.OpenBytes = uint64(s.defrag.Bytes()), uint64(MaxOpenBytes-s.budget.Left)
	if s.emergency {
		c.Emergency = 1
	}
	return c
}

// stand sets where the shard is in the input and where its observations go.
func (s *Shard) stand(at *At, out *protocols.Output) {
	e := &s.emit
	e.Seq, e.Frame, e.Time, e.Clock = at.Seq, at.Frame, at.Time, at.Clock
	if e.Batch != out {
		e.Batch = out
	}
}

// Packet takes one packet of the shard's host pairs.
func (s *Shard) Packet(v *packet.View, at *At, out *protocols.Output) {
	s.stand(at, out)
	if v.Layer == packet.IP && v.Fragment() {
		s.off()
		s.count.Fragments++
		if !s.reassemble(v) {
			return
		}
		v = &s.whole
	}
	switch v.Layer {
	case packet.TCP:
		s.tcp(v, at)
	case packet.UDP, packet.ICMP, packet.IP, packet.LinkOnly:
		s.datagram(v, at)
	case packet.ARP:
		s.off()
		s.arp(v)
	default:
		s.off()
	}
	if v.Odd != ot.NoAnomaly {
		s.odd(v)
	}
}

// odd tells what is odd about a packet, in its conversation when it has one.
func (s *Shard) odd(v *packet.View) {
	s.emit.Conv = nil
	if c, _ := s.find(v); c != nil {
		s.emit.Conv = c.conv
	}
	s.emit.Odd(v.Odd, ot.ToServer, ot.NoProto)
}

// find finds the conversation of a packet, nil when there is none.
func (s *Shard) find(v *packet.View) (c *conn, fromA bool) {
	var k key
	fromA, ok := s.rows.keyOf(v, &k)
	if !ok {
		return nil, false
	}
	return s.conns.find(&k), fromA
}

// keyOf makes the conversation key in k, which is blank; fromA says that the packet's source is the key's first end.
func (r *Rows) keyOf(v *packet.View, k *key) (fromA, ok bool) {
	switch v.Layer {
	case packet.TCP:
		k.transport = ot.TCP
	case packet.UDP:
		k.transport = ot.UDP
	case packet.ICMP:
		k.transport = ot.ICMP
	case packet.IP:
		k.transport, k.portB = ot.OtherIP, uint16(v.IPProto)
	case packet.LinkOnly:
		return r.linkKey(v, k), true
	default:
		return false, false
	}
	src, dst := v.SrcPort, v.DstPort
	if k.transport != ot.TCP && k.transport != ot.UDP {
		src, dst = 0, 0
	}
	order := bytes.Compare(v.SrcIP[:], v.DstIP[:])
	if order < 0 || order == 0 && src <= dst {
		k.ipA, k.ipB, fromA = v.SrcIP, v.DstIP, true
		if k.transport != ot.OtherIP {
			k.portA, k.portB = src, dst
		}
	} else {
		k.ipA, k.ipB = v.DstIP, v.SrcIP
		if k.transport != ot.OtherIP {
			k.portA, k.portB = dst, src
		}
	}
	return fromA, true
}

// linkKey is the key of a frame without IP. What goes to a group is a conversation
// of its own: sender and group.
func (r *Rows) linkKey(v *packet.View, k *key) (fromA bool) {
	k.transport, k.portB = ot.Link, linkPort(v)
	for i := range r.channels {
		if c := &r.channels[i]; c.port == k.portB {
			k.portA = c.of(v.Payload)
		}
	}
	src, dst := number(&v.SrcMAC), number(&v.DstMAC)
	fromA = group(v) || src <= dst
	if !fromA {
		src, dst = dst, src
	}
	binary.BigEndian.PutUint64(k.ipA[8:], src)
	binary.BigEndian.PutUint64(k.ipB[8:], dst)
	return fromA
}

// number is a MAC as the number it is.
func number(m *[6]byte) uint64 {
	return uint64(binary.BigEndian.Uint32(m[:4]))<<16 | uint64(binary.BigEndian.Uint16(m[4:]))
}

// linkPort stands for the port of a frame without IP: its ethertype, or the
// service access points of an IEEE 802.3 frame.
func linkPort(v *packet.View) uint16 {
	if v.Ether < 0x0600 {
		return v.LLC
	}
	return v.Ether
}

// dir is the direction of a packet in a conversation.
func (c *conn) dir(fromA bool) ot.Dir {
	if fromA == c.aClient {
		return ot.ToServer
	}
	return ot.ToClient
}

// sides are the direction of a packet and the other one.
func (c *conn) sides(d ot.Dir) (h, other *half) {
	if d == ot.ToServer {
		return &c.half[ot.ToServer], &c.half[ot.ToClient]
	}
	return &c.half[ot.ToClient], &c.half[ot.ToServer]
}

// open makes a conversation for its first packet.
func (s *Shard) open(v *packet.View, at *At, role role) *conn {
	if s.conns.n >= MaxConvs {
		s.evict(*at)
	}
	var k key
	fromA, _ := s.rows.keyOf(v, &k)
	conv := &ot.Conv{First: at.Seq, VLAN: v.VLAN[0] & 0x0fff, Transport: k.transport, Midstream: role.midstream, Guessed: role.guessed}
	src, dst := ot.Endpoint{IP: v.SrcIP, Port: v.SrcPort}, ot.Endpoint{IP: v.DstIP, Port: v.DstPort}
	switch k.transport {
	case ot.Link:
		src, dst = ot.Endpoint{MAC: v.SrcMAC}, ot.Endpoint{MAC: v.DstMAC, Port: k.portB}
	case ot.ICMP:
		src.Port, dst.Port = 0, 0
	case ot.OtherIP:
		src.Port, dst.Port = 0, uint16(v.IPProto)
	}
	conv.Client, conv.Server, conv.ClientMAC, conv.ServerMAC = src, dst, v.SrcMAC, v.DstMAC
	if !role.srcClient {
		conv.Client, conv.Server, conv.ClientMAC, conv.ServerMAC = dst, src, v.DstMAC, v.SrcMAC
		if k.transport == ot.OtherIP || k.transport == ot.Link {
			conv.Client.Port, conv.Server.Port = 0, dst.Port
		}
	}
	c := &conn{conv: conv, key: k, aClient: fromA == role.srcClient, last: at.Clock}
	c.half[ot.ToServer].knows(conv.ClientMAC)
	c.half[ot.ToClient].knows(conv.ServerMAC)
	c.total.Since, c.told.Since = at.Clock, at.Clock
	if role.midstream {
		c.quality |= ot.Midstream
	}
	s.conns.put(c)
	s.places.add(c)
	s.count.Opened++
	s.on(c)
	s.emit.Add(ot.Tried)
	return c
}

// off points the emitter at no conversation.
func (s *Shard) off() { s.emit.Conv, s.emit.Quality, s.emit.BothWays = nil, 0, false }

// on points the emitter at a conversation.
func (s *Shard) on(c *conn) {
	e := &s.emit
	e.Conv, e.Quality, e.BothWays, e.Due = c.conv, c.quality, c.bothWays(), 0
	if c.rare != nil || c.total.Packets[0] == 0 || c.total.Packets[1] == 0 {
		e.Quality = c.doubts(e.Clock)
	}
}

// opened says that the far side answered. A datagram's may do so after it was unreachable.
func (s *Shard) opened(c *conn) {
	if c.phase == tried || c.phase == ended && c.key.transport != ot.TCP {
		c.phase = live
		s.emit.Add(ot.Opened)
	}
}

// seen turns to the conversation of a packet, counts it there, and reports each
// MAC that is new to it: a mirror port may show the frames before and after a
// router in turn.
func (s *Shard) seen(c *conn, h *half, d ot.Dir, v *packet.View) {
	s.on(c)
	c.last = s.emit.Clock
	if v.Odd == ot.FragmentOverlap { // which of the two the receiver took is not known
		s.mark(c, ot.Conflict)
	}
	if !v.Copy {
		n := uint64(len(v.Payload))
		s.count.Packets++
		s.count.Payload += n
		c.total.Packets[d&1]++
		c.total.Bytes[d&1] += n
	}
	if v.SrcMAC != h.mac && v.SrcMAC != [6]byte{} && !h.knows(v.SrcMAC) {
		s.emit.Add(ot.Claimed).Claim = ot.Claim{IP: v.SrcIP, MAC: v.SrcMAC, VLAN: c.conv.VLAN, How: ot.ByFrame}
	}
}

// reassemble adds a fragment; true when s.whole holds the whole datagram. What
// is odd about a fragment is told with the datagram, or at once when it was refused.
func (s *Shard) reassemble(v *packet.View) bool {
	evicted, refused := s.defrag.Evicted, s.defrag.Refused
	done := s.defrag.Add(v, s.emit.Clock, &s.whole, s.emit.Batch.Space)
	if s.defrag.Evicted > evicted {
		s.count.FragEvicted += s.defrag.Evicted - evicted
		s.emit.Odd(ot.FragmentsEvicted, ot.ToServer, ot.NoProto)
	}
	if s.defrag.Refused > refused && v.Odd != ot.NoAnomaly {
		s.emit.Odd(v.Odd, ot.ToServer, ot.NoProto)
	}
	return done
}
