package flow

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// probe is how far the search for a conversation's protocol has come.
type probe struct {
	done   bool // nothing more will be looked at
	wrong  bool // the port's protocol is not what is spoken, and that was said
	missed bool // bytes were lost: a PDU need not begin here
	tries  uint8
}

// recognise looks at the first bytes of a direction until a protocol or a
// service is found, or nothing can be.
func (s *Shard) recognise(c *conn, d ot.Dir, b []byte) ot.Dir {
	h := &c.half[d]
	if c.probe.done || len(b) == 0 {
		return d
	}
	if len(h.tail) > 0 {
		s.keep(h, b)
		b = h.tail
	}
	row, answer := s.rows.match(c, d, b)
	switch {
	case row != nil:
		return s.chosen(c, d, row, answer, b)
	case answer == protocols.More && len(b) < probeBytes:
		if len(h.tail) == 0 && c.key.transport == ot.TCP {
			s.keep(h, b)
		}
	default:
		return s.notFound(c, d, b)
	}
	return d
}

// match asks the rows of the server's port, and where there are none all rows;
// those must be sure of both directions.
func (r *Rows) match(c *conn, d ot.Dir, head []byte) (*protocols.Protocol, protocols.Answer) {
	port := protocols.Port{Transport: c.conv.Transport, Number: c.conv.Server.Port}
	verdict := protocols.No
	rows := r.byPort[port]
	for _, row := range rows {
		switch a := row.Probe(head); a {
		case protocols.No:
		case protocols.More:
			verdict = protocols.More
		default:
			return row, a
		}
	}
	if len(rows) > 0 || c.conv.Transport != ot.TCP {
		return nil, verdict
	}
	other := c.half[d.Other()].tail
	for _, row := range r.all {
		if row.Ports[0].Transport != ot.TCP {
			continue
		}
		a := row.Probe(head)
		if a == protocols.No {
			continue
		}
		verdict = protocols.More
		if a != protocols.More && len(other) > 0 && row.Probe(other) > protocols.More {
			return row, a
		}
	}
	return nil, verdict
}

// chosen gives the conversation its decoder and what was kept for it.
func (s *Shard) chosen(c *conn, d ot.Dir, row *protocols.Protocol, answer protocols.Answer, head []byte) ot.Dir {
	if mayTurn := c.conv.Midstream || c.conv.Guessed; mayTurn &&
		(answer == protocols.FromServer && d == ot.ToServer || answer == protocols.FromClient && d == ot.ToClient) {
		s.turn(c)
		d = d.Other()
	}
	c.row, c.dec = row, row.New(c.conv)
	c.probe.done = true
	if !row.Tells {
		o := s.emit.Add(ot.Spoke)
		o.Did.Proto = row.Proto
		o.Service, _ = ot.ServiceNamed(row.Proto.String())
	}
	s.emit.Conv = c.conv
	if c.probe.missed || c.conv.Midstream {
		c.dec.Lost(ot.ToServer, &s.emit)
		c.dec.Lost(ot.ToClient, &s.emit)
	}
	if early := s.takeTail(&c.half[d.Other()]); len(early) > 0 {
		s.feed(c, d.Other(), early)
	}
	s.takeTail(&c.half[d]) // head is the same bytes
	s.feed(c, d, head)
	return d
}

// takeTail hands over what was kept while the protocol was not known.
func (s *Shard) takeTail(h *half) (b []byte) {
	s.kept -= len(h.tail)
	b, h.tail = h.tail, nil
	return b
}

// turn swaps client and server of a conversation whose direction was guessed.
// The judge gets it as another conversation: the first one closes with what it carried.
func (s *Shard) turn(c *conn) {
	s.emit.Add(ot.Closed).Traffic = c.total
	old := c.conv
	c.conv = &ot.Conv{
		Client: old.Server, Server: old.Client, ClientMAC: old.ServerMAC, ServerMAC: old.ClientMAC,
		First: old.First, VLAN: old.VLAN, Transport: old.Transport, Midstream: old.Midstream,
	}
	c.aClient = !c.aClient
	c.half[0], c.half[1] = c.half[1], c.half[0]
	if r := c.rare; r != nil {
		r.unseen[0], r.unseen[1] = r.unseen[1], r.unseen[0]
	}
	c.total = ot.Traffic{Since: s.emit.Clock}
	c.told = c.total
	s.emit.Conv = c.conv
	s.emit.Add(ot.Tried)
	if c.phase != tried {
		s.emit.Add(ot.Opened)
	}
}

// notFound goes on to the next segment where the start was not seen; else it
// says that the port's protocol is not spoken, and gives the conversation to
// the row of the service that its first bytes give away, or names the service.
func (s *Shard) notFound(c *conn, d ot.Dir, head []byte) ot.Dir {
	p := &c.probe
	p.tries++
	registered := len(s.rows.byPort[protocols.Port{Transport: c.conv.Transport, Number: c.conv.Server.Port}]) > 0
	service := serviceOfBytes(head)
	again := p.tries < probeSegments && service == ot.NoService
	if again && registered && (c.conv.Midstream || p.missed) {
		s.dropTail(&c.half[d])
		return d
	}
	if registered && !p.wrong {
		p.wrong = true
		s.emit.OddIn(ot.WrongProtocol, d, &ot.Transaction{Proto: s.rows.byPort[protocols.Port{Transport: c.conv.Transport, Number: c.conv.Server.Port}][0].Proto})
	}
	if row := s.rows.named[service]; row != nil {
		if a := row.Probe(head); a > protocols.More {
			return s.chosen(c, d, row, a, head)
		}
	}
	if again && service == ot.NoService && !c.bothWays() {
		s.dropTail(&c.half[d]) // the other side may be clearer
		return d
	}
	if service == ot.NoService && !registered {
		service = serviceOfPort(c.conv.Transport, c.conv.Server.Port)
	}
	p.done = true
	s.dropTail(&c.half[ot.ToServer])
	s.dropTail(&c.half[ot.ToClient])
	s.emit.Spoke(service)
	return d
}
