package cip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Conversation follows the explicit messages of one conversation: requests
// that wait for their answer, and the connections opened in it.
type Conversation struct {
	open  protocols.Open
	conns connections
	said  announced
	moves transfers
	blind bool // bytes are missing: a connection may have been opened there

	path  Path   // scratch: the path last read
	value []byte // scratch: request data and reply data put together
}

// Message takes one message router message and tells requests from answers by
// the reply bit. Both must come from the side that sends them.
func (c *Conversation) Message(dir ot.Dir, via Via, msg []byte, out *protocols.Emit) {
	switch {
	case len(msg) < 2:
		out.Odd(ot.Malformed, dir, ot.CIP)
	case dir == ot.ToServer && msg[0]&replyBit == 0:
		c.request(&via, msg, out)
	case dir == ot.ToClient && msg[0]&replyBit != 0:
		c.reply(&via, msg, out)
	default:
		t := c.glance(&via, msg)
		out.OddIn(ot.WrongDirection, dir, &t)
	}
}

// glance is what a message says of itself when it fits no conversation.
func (c *Conversation) glance(via *Via, msg []byte) (t ot.Transaction) {
	c.path.parse(nil, true)
	if msg[0]&replyBit == 0 {
		path, _, _ := splitRequest(msg)
		c.path.parse(path, true)
	}
	begin(&t, via, msg[0], &c.path, 0)
	t.Asked, t.Latency = 0, -1
	return t
}

// Lost says that bytes are missing: answers may have been among them.
func (c *Conversation) Lost() {
	c.blind = true
	c.open.Lost()
}

// Tick lets go of requests that were not answered, and of transfers that do not go on.
func (c *Conversation) Tick(now int64, out *protocols.Emit) {
	c.open.Expire(now, out)
	c.moves.expire(now, out)
}

// splitRequest splits a message router request (Volume 1, 2-4.1) into path and
// data. It needs the two bytes of service and path length; bad is a path that
// is longer than the message.
func splitRequest(msg []byte) (path, body []byte, bad bool) {
	end := 2 + 2*int(msg[1])
	if end > len(msg) {
		return nil, nil, true
	}
	return msg[2:end:end], msg[end:], false
}

func (c *Conversation) request(via *Via, msg []byte, out *protocols.Emit) {
	if via.Connected {
		if c.conns.over(via.Conn, out.Clock) && out.Quality&(ot.Lossy|ot.OneSided) == 0 {
			t := c.glance(via, msg)
			out.OddIn(ot.BadSession, ot.ToServer, &t)
		}
		conn := c.conns.heard(via.Conn)
		via.unit, via.route, via.routed = conn.unit, conn.route, conn.routed
	}
	r := c.open.Ask(via.key(msg[0]), ot.CIP, out)
	r.Doubt = r.Doubt || via.Connected && c.blind && !c.conns.knows(r.Key) // its opening is among what is missing: where it leads is not known
	c.ask(r, via, msg, 0, out)
}

// ask adds what a request asks for to r: itself, or the services it carries.
func (c *Conversation) ask(r *protocols.Request, via *Via, msg []byte, depth int, out *protocols.Emit) {
	service := msg[0]
	path, body, bad := splitRequest(msg)
	c.path.parse(path, true)
	bad = bad || c.path.Bad
	switch carries := service == 0x0A || service == 0x52 && c.path.Class == classConnectionManager; {
	case carries && (service == 0x0A && c.askEach(r, via, body, depth, out) || service == 0x52 && c.askRouted(r, *via, body, depth, out)):
		return
	case carries:
		c.path.parse(path, true) // it held another meanwhile
	}
	if c.path.Class == classPCCC && service == 0x4B && c.askCommands(r, via, body, depth, out) {
		return
	}
	t := r.Draft()
	means := begin(t, via, service, &c.path, depth)
	if bad || !c.fill(t, means, body) {
		out.OddIn(ot.Malformed, ot.ToServer, t)
	}
	r.Commit(out)
}

// askEach asks for every service of a multiple service packet (Volume 1,
// appendix ). It is false where the packet holds none that can be read.
func (c *Conversation) askEach(r *protocols.Request, via *Via, body []byte, depth int, out *protocols.Emit) (had bool) {
	p := readMultiple(body)
	switch {
	case depth >= maxDepth:
		oddMultiple(ot.TooDeep, via, out)
		return false
	case p.bad:
		oddMultiple(ot.Malformed, via, out)
	case p.count > maxServices:
		oddMultiple(ot.Oversize, via, out)
	}
	for range min(p.count, maxServices) {
		if msg := p.next(); len(msg) >= 2 {
			c.ask(r, via, msg, depth+1, out)
			had = true
		}
	}
	return had
}

func oddMultiple(a ot.Anomaly, via *Via, out *protocols.Emit) {
	out.OddIn(a, ot.ToServer, &ot.Transaction{Proto: ot.CIP, Code: classMessageRouter<<8 | 0x0A, Unit: via.unit})
}

// askRouted asks for the message inside an unconnected send (Volume 1,
// 3-5.5.4), which goes to the module the route path leads to.
func (c *Conversation) askRouted(r *protocols.Request, via Via, body []byte, depth int, out *protocols.Emit) bool {
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
	case via.unwrapped:
		out.OddIn(ot.TooDeep, ot.ToServer, &t)
		return false
	}
	c.path.parse(route, true)
	via.unwrapped, via.routed, via.timeout = true, true, uint16(tick&0x0F)<<8|uint16(ticks)
	if c.path.Hops > 0 {
		via.unit, via.route = c.path.Link+1, c.path.Route
	}
	if b.Short() || c.path.Bad {
		out.OddIn(ot.Malformed, ot.ToServer, &t)
	}
	c.ask(r, &via, msg, depth, out)
	return true
}

// fillOpening keeps a Forward Open as it stands, and takes where its path
// leads: to a module, or to a tag by name.
func (c *Conversation) fillOpening(t *ot.Transaction, body []byte) {
	setData(t, body)
	c.path.parse(openPath(t, body), true)
	t.Name = c.path.Name
	if c.path.Hops > 0 {
		mark(t, isRouted)
		t.Unit, t.Arg[argRoute] = c.path.Link+1, c.path.Route
	}
}

// setData keeps a request's data; the answer's is put behind it.
func setData(t *ot.Transaction, body []byte) {
	t.Value = body[:min(len(body), ot.ValueCap)]
	t.Arg[argB] = uint32(len(t.Value))
}

// fill reads a request's data into the transaction, as its meaning has it.
func (c *Conversation) fill(t *ot.Transaction, means *meaning, body []byte) (ok bool) {
	switch means.kind {
	case tag:
		ok = askTag(t, body)
		setPiece(t, t.Value)
		return ok
	case pccc:
		t.Value, ok = c.askPCCC(t, body, c.path.Name[:0])
		c.path.Name = t.Name // keeps the memory
		return ok
	case list:
		b := protocols.Read(body)
		t.Arg[argA] = uint32(b.U16LE())
		if n := b.U16LE(); !b.Short() {
			mark(t, hasAttribute)
			t.Object.Addr, t.Object.Len = uint32(n), 1
		}
	case opening:
		c.fillOpening(t, body)
		return !c.path.Bad && openWhole(t, body)
	}
	setData(t, body)
	if means.moves != wholly {
		setPiece(t, body)
	}
	if isModbus(t) {
		setModbus(t, body)
	}
	return true
}
