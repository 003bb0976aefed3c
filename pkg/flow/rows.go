package flow

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
)

// Rows is the protocol table as a conversation looks at it. It is read-only.
type Rows struct {
	all    []*protocols.Protocol // those with a probe
	byPort map[protocols.Port][]*protocols.Protocol
	named  map[ot.Service]*protocols.Protocol // those of a service that first bytes give away
	moving []uint16                           // ports of UDP whose servers answer from another one

	channels []channel
}

// channel tells the conversations of two link-layer hosts apart.
type channel struct {
	port uint16
	of   func(head []byte) uint16
}

// NewRows prepares a protocol table.
func NewRows(table []protocols.Protocol) *Rows {
	r := &Rows{byPort: map[protocols.Port][]*protocols.Protocol{}, named: map[ot.Service]*protocols.Protocol{}}
	for i := range table {
		row := &table[i]
		if row.Probe == nil {
			continue
		}
		r.all = append(r.all, row)
		if s, ok := ot.ServiceNamed(row.Proto.String()); ok {
			r.named[s] = row
		}
		for _, p := range row.Ports {
			r.byPort[p] = append(r.byPort[p], row)
			if row.Moves && p.Transport == ot.UDP {
				r.moving = append(r.moving, p.Number)
			}
			if row.Channel != nil && p.Transport == ot.Link {
				r.channels = append(r.channels, channel{p.Number, row.Channel})
			}
		}
	}
	return r
}

// rank is how sure a port is a server's: a registered protocol, a known service, or neither.
func (r *Rows) rank(t ot.Transport, port uint16) int {
	if len(r.byPort[protocols.Port{Transport: t, Number: port}]) > 0 {
		return 2
	}
	if serviceOfPort(t, port) != ot.NoService {
		return 1
	}
	return 0
}

// role says who of a first packet's ends is the client.
type role struct {
	srcClient bool
	midstream bool
	guessed   bool
}

// tcpRole decides by the handshake, else by the ports, else by a guess that
// the first recognised bytes may correct.
func (s *Shard) tcpRole(v *packet.View) role {
	switch v.Flags & (packet.SYN | packet.ACK) {
	case packet.SYN:
		return role{srcClient: true}
	case packet.SYN | packet.ACK:
		return role{}
	}
	r := s.portRole(ot.TCP, v)
	r.midstream = true
	return r
}

func (s *Shard) portRole(t ot.Transport, v *packet.View) role {
	src, dst := s.rows.rank(t, v.SrcPort), s.rows.rank(t, v.DstPort)
	if src != dst {
		return role{srcClient: dst > src}
	}
	if v.SrcPort != v.DstPort {
		return role{srcClient: v.SrcPort > v.DstPort, guessed: true}
	}
	fromA, _ := s.rows.keyOf(v, new(key))
	return role{srcClient: fromA, guessed: true}
}

// datagramRole decides who asks in a conversation without handshake.
func (s *Shard) datagramRole(v *packet.View) role {
	switch {
	case group(v):
		return role{srcClient: true}
	case v.Layer == packet.UDP:
		return s.portRole(ot.UDP, v)
	case v.Layer == packet.LinkOnly:
		return s.linkRole(v)
	}
	return role{srcClient: true}
}

// linkRole decides by what a frame without IP says: it has no ports.
func (s *Shard) linkRole(v *packet.View) role {
	for _, row := range s.rows.byPort[protocols.Port{Transport: ot.Link, Number: linkPort(v)}] {
		switch row.Probe(v.Payload) {
		case protocols.FromClient:
			return role{srcClient: true}
		case protocols.FromServer:
			return role{}
		}
	}
	return role{srcClient: true, guessed: true}
}

// group reports whether a packet goes to many.
func group(v *packet.View) bool {
	if v.DstMAC[0]&1 != 0 {
		return true
	}
	ip := v.DstIP
	if v.IPv6 {
		return ip[0] == 0xff
	}
	return ip[12] >= 224 && ip[12] < 240 || ip[12] == 255
}
