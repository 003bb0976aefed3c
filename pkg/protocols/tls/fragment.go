package tls

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// spansMost is how many separate parts of a message may be at hand: datagrams
// seldom come far out of order.
const spansMost = 8

type span struct{ from, to int }

// assembly puts the fragments of one handshake message together, RFC 6347 §4.2.3.
type assembly struct {
	kind  uint8
	seq   uint16
	spans [spansMost]span // what is at hand, none touching another
	n     int
}

// join takes a fragment, and gives the message once it is whole. Only one
// message a direction is put together, and only of the kinds that are read.
func (d *datagrams) join(dir ot.Dir, f assembly, total, at int, body []byte, out *protocols.Emit) (whole []byte) {
	h, a := &d.half[dir], &d.parts[dir]
	if total > messageMax || at+len(body) > total || f.kind != Certificate && f.kind != ClientHello && f.kind != ServerHello {
		return nil
	}
	if a.kind != f.kind || a.seq != f.seq || len(h.buf) != total {
		h.drop(out)
		if *a = f; !h.room(total, out) {
			return nil
		}
	}
	copy(h.buf[at:], body)
	a.add(span{at, at + len(body)})
	if a.n == 1 && a.spans[0] == (span{0, total}) {
		return h.buf
	}
	return nil
}

// room makes a buffer of n bytes, if the budget has them.
func (h *half) room(n int, out *protocols.Emit) bool {
	if out.Budget != nil {
		if out.Budget.Left < n {
			return false
		}
		out.Budget.Left -= n
		h.taken = n
	}
	h.buf = make([]byte, n)
	return true
}

// add joins a span to those it touches; one too many is forgotten, and what it
// brought comes again with the flight.
func (a *assembly) add(s span) {
	kept := 0
	for _, other := range a.spans[:a.n] {
		if other.to < s.from || s.to < other.from {
			a.spans[kept] = other
			kept++
			continue
		}
		s = span{min(s.from, other.from), max(s.to, other.to)}
	}
	if a.n = kept; kept < spansMost {
		a.spans[kept] = s
		a.n++
	}
}
