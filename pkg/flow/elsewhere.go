package flow

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// elsewhere finds the conversation a datagram belongs to whose server answers from
// another port of its own than the one it was asked at, where a row says that
// it does so. The port it first answers from is the one that counts.
func (s *Shard) elsewhere(v *packet.View, fromA bool) *conn {
	var k key
	s.rows.keyOf(v, &k)
	if k.ipA == k.ipB {
		return nil
	}
	for _, port := range s.rows.moving {
		for _, serverA := range [...]bool{true, false} {
			asked := k
			from := &asked.portB
			if serverA {
				from = &asked.portA
			}
			now := *from
			*from = port
			c := s.conns.find(&asked)
			if c == nil || c.aClient == serverA || c.row == nil || !c.row.Moves {
				continue
			}
			if c.elsewhere == 0 && fromA == serverA {
				c.elsewhere = now
			}
			if c.elsewhere == now {
				return c
			}
		}
	}
	return nil
}

// expected gives a new conversation to the decoder that another conversation of
// the same hosts agreed on.
func (s *Shard) expected(c *conn) {
	proto, dec := s.expect.Take(c.conv, c.last)
	if dec == nil {
		return
	}
	for _, row := range s.rows.all {
		if row.Proto == proto {
			c.row, c.dec, c.probe.done = row, dec, true
			s.emit.Conv = c.conv
			s.emit.Spoke(ot.FTPData)
			return
		}
	}
}
