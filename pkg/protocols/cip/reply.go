package cip

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// General status codes the decoder asks about.
const (
	statusPartial  = 0x06
	statusEmbedded = 0x1E
)

// reply is a message router reply as it stands (Volume 1, 2-4.2).
type reply struct {
	service  uint8 // without the reply bit
	status   uint8
	has      bool   // an extended status
	extended uint16 // its first word
	data     []byte
	bad      bool
}

// split needs one byte.
func (r *reply) split(msg []byte) {
	r.service = msg[0] &^ replyBit
	if len(msg) < 4 {
		r.bad = true
		if len(msg) > 2 {
			r.status = msg[2]
		}
		return
	}
	end := 4 + 2*int(msg[3])
	if r.status, r.bad = msg[2], end > len(msg); !r.bad {
		r.data = msg[end:]
		if end > 4 {
			r.has, r.extended = true, binary.LittleEndian.Uint16(msg[4:])
		}
	}
}

func (c *Conversation) reply(via *Via, msg []byte, out *protocols.Emit) {
	var m reply
	m.split(msg)
	key, found := c.keyOf(via, m.service, out)
	if !found && c.open.Peek(key) != nil {
		t := c.glance(via, msg)
		out.OddIn(ot.Mismatched, ot.ToClient, &t)
		return
	}
	r, verdict := c.open.Take(key, msg, out)
	switch {
	case verdict == protocols.Again:
		return
	case verdict == protocols.Other:
		t := c.glance(via, msg)
		out.OddIn(ot.Doubled, ot.ToClient, &t)
		return
	case verdict == protocols.NoMatch:
		c.unasked(via, msg, 0, out)
		return
	}
	if r.Doubt && via.Connected && !c.conns.knows(r.Key) {
		defer func(q ot.Quality) { out.Quality = q }(out.Quality)
		out.Quality |= ot.Lossy
	}
	if m.bad {
		t := c.glance(via, msg)
		out.OddIn(ot.Malformed, ot.ToClient, &t)
	}
	if len(r.Txns) > 0 && kindOf(&r.Txns[0]) == opening && via.Group != 0 && r.Txns[0].Arg[argExtra] == 0 {
		r.Txns[0].Arg[argExtra] = via.Group
	}
	a := answers{c: c, txns: r.Txns, out: out}
	a.apply(msg, 0)
	a.rest(&m, 0)
}

// unasked hands over an answer whose request was not seen.
func (c *Conversation) unasked(via *Via, msg []byte, depth int, out *protocols.Emit) {
	var m reply
	m.split(msg)
	if depth == 0 && out.Quality&(ot.Midstream|ot.Lossy|ot.OneSided) == 0 && out.BothWays {
		out.OddIn(ot.Unmatched, ot.ToClient, &ot.Transaction{Proto: ot.CIP, Code: CodeOf(AnyClass, m.service)})
	}
	if m.service == 0x0A && depth < maxDepth {
		offsets, _ := offsetsIn(m.data)
		for i := 0; i < min(len(offsets), mostOffsets); i += 2 {
			if msg := messageAt(i, offsets, m.data); len(msg) >= 2 {
				c.unasked(via, msg, depth+1, out)
			}
		}
		if len(offsets) > 0 {
			return
		}
	}
	c.path.parse(nil, true)
	var t ot.Transaction
	begin(&t, via, m.service, &c.path, depth)
	t.Status, t.Latency, t.Answered = ot.Unasked, -1, out.Frame
	setStatus(&t, &m)
	t.Value = m.data
	if kindOf(&t) == tag {
		c.answerTag(&t, m.data)
	}
	out.Did(&t)
}

// setStatus notes how the request ended, without judging it.
func setStatus(t *ot.Transaction, m *reply) {
	t.StatusCode = uint32(m.status)
	if m.has {
		mark(t, hasExt)
		t.Arg[argSeq] = t.Arg[argSeq]&0xFFFF | uint32(m.extended)<<16
	}
}

// answers deals a reply out to the transactions of its request, in their order.
type answers struct {
	c    *Conversation
	txns []ot.Transaction
	out  *protocols.Emit
	next int
}

// apply answers the next transaction with a message, or the next ones with a
// multiple service reply. A service that does not fit leaves the rest unanswered.
func (a *answers) apply(msg []byte, depth int) {
	if a.next >= len(a.txns) {
		return
	}
	var m reply
	m.split(msg)
	switch t := &a.txns[a.next]; {
	case m.service == 0x0A && depthOf(t) > depth:
		if !a.applyEach(m.data, depth+1) && m.status != 0 {
			a.refuse(&m, depth)
		}
		return
	case !fits(t, m.service):
		a.out.OddIn(ot.Mismatched, ot.ToClient, t)
		a.unanswered()
		return
	default:
		a.next++
		a.c.finish(t, &m, a.out)
	}
	for ; a.next < len(a.txns) && marksOf(&a.txns[a.next])&(inMultiple|firstMultiple) == inMultiple; a.next++ {
		a.c.finish(&a.txns[a.next], &m, a.out)
	}
}

// applyEach does so with every message of a multiple service reply; false where there is none.
func (a *answers) applyEach(body []byte, depth int) bool {
	offsets, _ := offsetsIn(body)
	for i := 0; i < min(len(offsets), mostOffsets); i += 2 {
		if msg := messageAt(i, offsets, body); len(msg) >= 2 {
			a.apply(msg, depth)
		}
	}
	return len(offsets) > 0
}

// fits reports whether a reply's service belongs to a request. A route that
// could not be followed answers as the unconnected send itself.
func fits(t *ot.Transaction, service uint8) bool {
	return service == serviceOf(t) || service == 0x52 && has(t, isRouted)
}

// refuse ends all transactions that a refused multiple service packet held.
func (a *answers) refuse(m *reply, depth int) {
	for a.next < len(a.txns) && depthOf(&a.txns[a.next]) > depth {
		t := &a.txns[a.next]
		a.next++
		a.c.finish(t, &reply{service: serviceOf(t), status: m.status, has: m.has, extended: m.extended}, a.out)
	}
}

// rest ends what a reply did not mention.
func (a *answers) rest(m *reply, depth int) {
	if a.next >= len(a.txns) {
		return
	}
	if m.status != 0 && m.status != statusEmbedded {
		a.refuse(m, depth-1)
		return
	}
	a.out.OddIn(ot.Mismatched, ot.ToClient, &a.txns[a.next])
	a.unanswered()
}

func (a *answers) unanswered() {
	for ; a.next < len(a.txns); a.next++ {
		t := &a.txns[a.next]
		t.Status, t.Answered, t.Latency = ot.Unanswered, 0, -1
		a.out.Did(t)
	}
}

// finish completes one transaction with its answer and hands it over.
func (c *Conversation) finish(t *ot.Transaction, m *reply, out *protocols.Emit) {
	setStatus(t, m)
	if m.status != 0 && m.status != statusPartial {
		t.Status = ot.Refused
	}
	k, moves := kindOf(t), meaningOf(classOf(t), serviceOf(t)).moves != wholly
	var behind []byte // the value
	switch {
	case k == tag:
		c.answerTag(t, m.data)
	case k == pccc:
		c.answerCommand(t, m, out)
	case moves || k >= opening:
		t.Value = c.join(t.Value, m.data[:min(len(m.data), ot.ValueCap)])
	default:
		behind = m.data
	}
	if moves && t.Status == ot.OK {
		c.value = c.moves.follow(t, m, c.value, out)
	}
	out.DidWith(t, behind)
	if (k >= opening || t.Object.Block == 1) && t.Status == ot.OK {
		c.learn(t, m.data, out)
	}
}

func (c *Conversation) answerCommand(t *ot.Transaction, m *reply, out *protocols.Emit) {
	if t.Status != ot.OK {
		return
	}
	read, ok := answerPCCC(t, m.data)
	if len(read) > 0 && !has(t, inMultiple) {
		t.Value = read
	}
	if !ok {
		out.OddIn(ot.Mismatched, ot.ToClient, t)
	}
}

// join puts what was asked and what was answered together, to go on with.
func (c *Conversation) join(asked, answered []byte) []byte {
	switch {
	case len(asked) == 0:
		return answered
	case len(answered) == 0:
		return asked
	}
	c.value = append(append(c.value[:0], asked...), answered...)
	return c.value
}

// learn takes from an accepted service what later messages need: connections
// and identities.
func (c *Conversation) learn(t *ot.Transaction, data []byte, out *protocols.Emit) {
	switch kindOf(t) {
	case opening:
		c.conns.opened(t, out.Clock)
	case closing:
		c.conns.close(t)
	case plain, list:
		if t.Object.Block != 1 {
			return // objects that say who a device is are the first of their class
		}
		if id, ok := identify(t, data); ok {
			c.Identified(id, out)
		}
	}
}

// Failed ends the oldest request with a sender context: the encapsulation
// answered with an error before any object saw it.
func (c *Conversation) Failed(via Via, status uint32, out *protocols.Emit) {
	key, found := c.oldestOf(&via)
	if !found {
		return
	}
	r, _ := c.open.Take(key, nil, out)
	for i := range r.Txns {
		t := &r.Txns[i]
		t.Status, t.StatusCode = ot.Refused, EncapStatus+min(status, 0xFF)
		out.Did(t)
	}
}
