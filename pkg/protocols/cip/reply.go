package cip

import (
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
	data     []byte
	extended uint32 // first word of the extended status and hasWord, 0 where there is none
	status   uint8
	bad      bool
}

const hasWord = 1 << 16

// splitReply splits what follows the service.
func splitReply(msg []byte) (m reply) {
	if len(msg) < 4 {
		m.bad = true
		if len(msg) > 2 {
			m.status = msg[2]
		}
		return m
	}
	end := 4 + 2*int(msg[3])
	if m.status, m.bad = msg[2], end > len(msg); m.bad {
		return m
	}
	if end > 4 {
		m.extended = hasWord | uint32(msg[5])<<8 | uint32(msg[4])
	}
	m.data = msg[end:]
	return m
}

func (c *Conversation) reply(via *Via, msg []byte, out *protocols.Emit) {
	service, m := msg[0]&^replyBit, splitReply(msg)
	key, found := c.keyOf(via, service, out)
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
	a.rest(m, 0)
}

// unasked hands over an answer whose request was not seen.
func (c *Conversation) unasked(via *Via, msg []byte, depth int, out *protocols.Emit) {
	service, m := msg[0]&^replyBit, splitReply(msg)
	if depth == 0 && out.Quality&(ot.Midstream|ot.Lossy|ot.OneSided) == 0 && out.BothWays {
		out.OddIn(ot.Unmatched, ot.ToClient, &ot.Transaction{Proto: ot.CIP, Code: CodeOf(AnyClass, service)})
	}
	if service == 0x0A && depth < maxDepth {
		offsets, _ := offsetsIn(m.data)
		for msg := range messages(offsets, m.data) {
			c.unasked(via, msg, depth+1, out)
		}
		if len(offsets) > 0 {
			return
		}
	}
	c.path.parse(nil, true)
	var t ot.Transaction
	begin(&t, via, service, &c.path, depth)
	t.Status, t.Latency, t.Answered = ot.Unasked, -1, out.Frame
	setStatus(&t, m)
	t.Value = m.data
	if kindOf(&t) == tag {
		c.answerTag(&t, m.data)
	}
	out.Did(&t)
}

// setStatus notes how the request ended, without judging it.
func setStatus(t *ot.Transaction, m reply) {
	t.StatusCode = uint32(m.status)
	if m.extended&hasWord != 0 {
		mark(t, hasExt)
		t.Arg[argSeq] = t.Arg[argSeq]&0xFFFF | m.extended<<16
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
