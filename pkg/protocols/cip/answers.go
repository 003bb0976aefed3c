package cip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

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
	service, m := msg[0]&^replyBit, splitReply(msg)
	switch t := &a.txns[a.next]; {
	case service == 0x0A && depthOf(t) > depth:
		if !a.applyEach(m.data, depth+1) && m.status != 0 {
			a.refuse(m, depth)
		}
	case !fits(t, service):
		a.out.OddIn(ot.Mismatched, ot.ToClient, t)
		a.unanswered()
	default:
		a.next++
		a.c.finish(t, m, a.out)
		if kindOf(t) == pccc {
			a.applyCommands(m)
		}
	}
}

// applyCommands answers what else came in the same message.
func (a *answers) applyCommands(m reply) {
	for ; a.next < len(a.txns) && marksOf(&a.txns[a.next])&(inMultiple|firstMultiple) == inMultiple; a.next++ {
		a.c.finish(&a.txns[a.next], m, a.out)
	}
}

// applyEach does so with every message of a multiple service reply; false where there is none.
func (a *answers) applyEach(body []byte, depth int) bool {
	offsets, _ := offsetsIn(body)
	for msg := range messages(offsets, body) {
		a.apply(msg, depth)
	}
	return len(offsets) > 0
}

// fits reports whether a reply's service belongs to a request. A route that
// could not be followed answers as the unconnected send itself.
func fits(t *ot.Transaction, service uint8) bool {
	return service == serviceOf(t) || service == 0x52 && has(t, isRouted)
}

// refuse ends all transactions that a refused multiple service packet held.
func (a *answers) refuse(m reply, depth int) {
	for a.next < len(a.txns) && depthOf(&a.txns[a.next]) > depth {
		t := &a.txns[a.next]
		a.next++
		a.c.finish(t, reply{status: m.status, extended: m.extended}, a.out)
	}
}

// rest ends what a reply did not mention.
func (a *answers) rest(m reply, depth int) {
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
func (c *Conversation) finish(t *ot.Transaction, m reply, out *protocols.Emit) {
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
	if (k >= opening || t.Object.Block == 1) && t.Status == ot.OK { // objects that say who a device is are the first of their class
		c.learn(t, m.data, out)
	}
}

// answerCommand reads the answer of a PCCC command.
func (c *Conversation) answerCommand(t *ot.Transaction, m reply, out *protocols.Emit) {
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
		if id, ok := identify(t, data); ok {
			c.Identified(id, out)
		}
	}
}
