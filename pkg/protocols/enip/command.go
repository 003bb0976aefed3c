package enip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Places in Transaction.Arg.
const (
	argSession  = iota
	argLength   // items << 16 | length of the data
	argContext  // sender context, low half
	argContext2 // high half
	argItems    // type of the second item << 16 | type of the first
	argSecurity // present << 31 | ports << 26 | profiles << 16 | CIP state << 8 | EtherNet/IP state
	argDetail   // register: options << 16 | version; services: flags << 16 | version; identity: product code << 16 | vendor
	argDetail2  // identity: state << 16 | device type
)

func begin(h *header) ot.Transaction {
	t := ot.Transaction{Proto: ot.ENIP, Code: uint32(h.command)}
	if c := listedCommands.find(t.Code); c != nil {
		t.Op = c.Op
	}
	t.Arg[argSession], t.Arg[argLength] = h.session, uint32(h.length)
	t.Arg[argContext], t.Arg[argContext2] = uint32(h.context), uint32(h.context>>32)
	return t
}

// oddIn hands over an oddity of a PDU.
func oddIn(a ot.Anomaly, dir ot.Dir, h *header, out *protocols.Emit) {
	t := begin(h)
	out.OddIn(a, dir, &t)
}

// key joins a command with its answer: the sender context is echoed, but many
// leave it zero.
func (h *header) key() uint64 {
	return h.context*0x9E3779B97F4A7C15&^0xFFFF | uint64(h.command)
}

// command takes a request that is not a CIP message.
func (d *decoder) command(h *header, body []byte, out *protocols.Emit) {
	t := begin(h)
	if h.command == registerSession {
		d.registered(body, &t, ot.ToServer, out)
	}
	switch h.command {
	case nop, unregisterSession: // no answer is due
		t.Status, t.Asked, t.AskedAt, t.Latency = ot.OneWay, out.Frame, out.Time, -1
		out.Did(&t)
	default:
		d.open.Ask(h.key(), ot.ENIP, out).Add(&t, out)
	}
}

// answer takes an answer that is not a CIP message.
func (d *decoder) answer(h *header, body []byte, out *protocols.Emit) {
	if h.command == nop || h.command == unregisterSession { // the target may send them too
		d.command(h, body, out)
		return
	}
	t := begin(h)
	t.Answered, t.Latency = out.Frame, -1
	r, verdict := d.open.Take(h.key(), body, out)
	switch {
	case verdict == protocols.Again && !d.datagram:
		return
	case verdict == protocols.Other && !d.datagram:
		out.OddIn(ot.Doubled, ot.ToClient, &t)
		return
	case r == nil:
		d.unasked(&t, out)
	case len(r.Txns) > 0:
		asked := &r.Txns[0]
		t.Asked, t.AskedAt, t.Latency = asked.Asked, asked.AskedAt, asked.Latency
	}
	t.StatusCode = h.status
	if h.status != 0 && t.Status == ot.OK {
		t.Status = ot.Refused
	}
	d.contents(h, body, &t, out)
	out.Did(&t)
	d.announce(h, body, out)
}

// unasked notes an answer without a request. A broadcast asks in another
// conversation, so on UDP it says nothing.
func (d *decoder) unasked(t *ot.Transaction, out *protocols.Emit) {
	t.Status = ot.Unasked
	if !d.datagram && out.BothWays && out.Quality&(ot.Midstream|ot.Lossy|ot.OneSided) == 0 {
		out.OddIn(ot.Unmatched, ot.ToClient, t)
	}
}

// registered reads the data of Register Session: version 1, no options.
func (d *decoder) registered(body []byte, t *ot.Transaction, dir ot.Dir, out *protocols.Emit) {
	c := protocols.Read(body)
	version, options := c.U16LE(), c.U16LE()
	if c.Short() {
		out.OddIn(ot.Malformed, dir, t)
		return
	}
	t.Arg[argDetail] = uint32(options)<<16 | uint32(version)
	if version != 1 || options != 0 {
		out.OddIn(ot.BadValue, dir, t)
	}
}
