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
	via.begin()
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
		conn, over := c.conns.asked(via.Conn, out.Clock)
		if over && out.Quality&(ot.Lossy|ot.OneSided) == 0 {
			t := c.glance(via, msg)
			out.OddIn(ot.BadSession, ot.ToServer, &t)
		}
		via.unit, via.route = conn.unit, conn.route
		if conn.routed {
			via.marks |= isRouted
		}
	}
	r := c.open.Ask(via.key(msg[0]), ot.CIP, out)
	r.Doubt = r.Doubt || via.Connected && c.blind && !c.conns.knows(r.Key) // its opening is among what is missing: where it leads is not known
	a := asking{c, r, via, out}
	a.ask(msg, 0)
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
		t.Value, ok = c.askPCCC(t, body)
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
