package cip

import "otsensor/pkg/protocols"

// Requests wait under a key. A connected message is known by its connection
// and sequence count; an unconnected one by its sender context, which many
// clients leave zero, so that its service is part of the key.
const connectedKey = 1 << 63

func connKey(conn uint32, seq uint16) uint64 {
	return connectedKey | uint64(conn)<<16 | uint64(seq)
}

func contextKey(context uint64, service uint8) uint64 {
	h := (context ^ context>>32) * 0x9E3779B97F4A7C15
	return h&^(connectedKey|0x7F) | uint64(service&^replyBit)
}

func (v *Via) key(service uint8) uint64 {
	if v.Connected {
		return connKey(v.Conn, v.Seq)
	}
	return contextKey(v.Context, service)
}

// keyOf finds the key of the request that an answer with this service belongs
// to. It is false when none fits; the key then serves to find a repeated answer.
func (c *Conversation) keyOf(via *Via, service uint8, out *protocols.Emit) (key uint64, found bool) {
	if via.Connected {
		return c.connectedKeyOf(via, service)
	}
	key = contextKey(via.Context, service)
	plain := c.open.Peek(key)
	fits := func(r *protocols.Request) bool { return answersTo(r, service) && !earlier(plain, r) }
	if routed := c.open.Answering(contextKey(via.Context, 0x52), fits, out); routed != nil {
		return routed.Key, true
	}
	if service == 0x52 {
		return key, false
	}
	return key, plain != nil
}

// connectedKeyOf finds a request by the answer's connection id, which is not
// the request's: each direction has its own. Where the Forward Open was not
// seen, a fitting sequence count and service pairs the two.
func (c *Conversation) connectedKeyOf(via *Via, service uint8) (key uint64, found bool) {
	if conn := c.conns.answering(via.Conn); conn != nil {
		key = connKey(conn.o2t, via.Seq)
		if answersTo(c.open.Peek(key), service) {
			return key, true
		}
	}
	for i := range c.conns.all {
		conn := &c.conns.all[i]
		if r := c.open.Peek(connKey(conn.o2t, via.Seq)); !conn.opened && answersTo(r, service) {
			c.conns.pair(i, via.Conn)
			return r.Key, true
		}
	}
	return key, false
}

// answersTo reports whether an answer with this service may belong to a request.
func answersTo(r *protocols.Request, service uint8) bool {
	if r == nil {
		return false
	}
	if len(r.Txns) == 0 { // nothing was kept of it for want of memory
		return true
	}
	t := &r.Txns[0]
	return fits(t, service) || service == 0x0A && depthOf(t) > 0
}

func earlier(a, b *protocols.Request) bool {
	return a != nil && (b == nil || a.Time < b.Time || a.Time == b.Time && a.Frame < b.Frame)
}

// oldestOf finds the oldest request with a sender context, whatever its service.
func (c *Conversation) oldestOf(via *Via) (key uint64, found bool) {
	var oldest *protocols.Request
	for service := range uint8(replyBit) {
		if r := c.open.Peek(contextKey(via.Context, service)); r != nil && !earlier(oldest, r) {
			oldest, key = r, r.Key
		}
	}
	return key, oldest != nil
}
