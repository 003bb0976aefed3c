package cip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// asking adds to a request what its message asks for, one transaction after the other.
type asking struct {
	c   *Conversation
	r   *protocols.Request
	via *Via
	out *protocols.Emit
}

// ask adds a message: itself, or the services it carries.
func (a *asking) ask(msg []byte, depth int) {
	c, service := a.c, msg[0]
	path, body, bad := splitRequest(msg)
	c.path.parse(path, true)
	switch {
	case service == 0x0A && a.each(body, depth):
		return
	case service == 0x52 && c.path.Class == classConnectionManager && a.routed(body, depth):
		return
	case service == 0x4B && c.path.Class == classPCCC && a.commands(body, depth):
		return
	}
	t := a.r.Draft()
	means := begin(t, a.via, service, &c.path, depth)
	if bad || c.path.Bad || !c.fill(t, means, body) {
		a.out.OddIn(ot.Malformed, ot.ToServer, t)
	}
	a.r.Commit(a.out)
}

// each asks for every service of a multiple service packet (Volume 1, appendix
// It is false where the packet holds none that can be read.
func (a *asking) each(body []byte, depth int) (had bool) {
	offsets, bad := offsetsIn(body)
	switch {
	case depth >= maxDepth:
		a.oddMultiple(ot.TooDeep)
		return false
	case bad:
		a.oddMultiple(ot.Malformed)
	case len(offsets) > 2*maxServices:
		a.oddMultiple(ot.Oversize)
	}
	for msg := range messages(offsets, body) {
		a.ask(msg, depth+1)
		had = true
	}
	return had
}

func (a *asking) oddMultiple(odd ot.Anomaly) {
	a.out.OddIn(odd, ot.ToServer, &ot.Transaction{Proto: ot.CIP, Code: classMessageRouter<<8 | 0x0A, Unit: a.via.unit})
}

// routed asks for the message inside an unconnected send (Volume 1, 3-5.5.4),
// which goes to the module the route path leads to.
func (a *asking) routed(body []byte, depth int) bool {
	b := protocols.Read(body)
	tick, ticks := b.U8(), b.U8()
	size := int(b.U16LE())
	msg := b.Bytes(size)
	b.Skip(size % 2)
	words := int(b.U8())
	b.Skip(1)
	route := b.Bytes(2 * words)
	t := ot.Transaction{Proto: ot.CIP, Code: classConnectionManager<<8 | 0x52}
	switch {
	case len(msg) < 2:
		return false
	case a.via.unwrapped:
		a.out.OddIn(ot.TooDeep, ot.ToServer, &t)
		return false
	}
	p, was := &a.c.path, *a.via
	p.parse(route, true)
	a.via.unwrapped, a.via.marks = true, a.via.marks|isRouted
	if !a.via.Connected {
		a.via.Seq = uint16(tick&0x0F)<<8 | uint16(ticks)
	}
	if p.Hops > 0 {
		a.via.unit, a.via.route = p.Link+1, p.Route
	}
	if b.Short() || p.Bad {
		a.out.OddIn(ot.Malformed, ot.ToServer, &t)
	}
	a.ask(msg, depth)
	*a.via = was
	return true
}
