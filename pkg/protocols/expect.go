package protocols

import "otsensor/pkg/ot"

// expectMax is how many conversations to come a shard remembers: the latest.
const expectMax = 64

// expectFor is how long they are waited for, nanoseconds of the sensor clock.
const expectFor = int64(60_000_000_000)

// Expecting is what decoders heard of conversations that are to come between
// the two hosts of their own: where somebody will be called, and who reads it then.
type Expecting struct {
	list [expectMax]expected
	next int
	n    int // of those that were not taken
}

type expected struct {
	caller, called ot.Endpoint
	proto          ot.Proto
	dec            Decoder
	until          int64
}

// Expect gives the next TCP conversation from one host of the present one to a
// port of the other to a decoder.
func (e *Emit) Expect(caller, called ot.Endpoint, p ot.Proto, d Decoder) {
	x := e.Expecting
	if x == nil {
		return
	}
	slot := &x.list[x.next]
	if slot.dec == nil {
		x.n++
	}
	caller.Port = 0
	*slot = expected{caller, called, p, d, e.Clock + expectFor}
	x.next = (x.next + 1) % expectMax
}

// Take gives the decoder that a new conversation is expected by, once.
func (x *Expecting) Take(c *ot.Conv, clock int64) (ot.Proto, Decoder) {
	if x.n == 0 {
		return ot.NoProto, nil
	}
	for i := range x.list {
		slot := &x.list[i]
		if slot.dec == nil || slot.called.Port != c.Server.Port || slot.called.IP != c.Server.IP || slot.caller.IP != c.Client.IP {
			continue
		}
		found := *slot
		*slot = expected{}
		x.n--
		if clock <= found.until {
			return found.proto, found.dec
		}
	}
	return ot.NoProto, nil
}

// Latest gives the decoder of the conversation that was agreed on last, once: for tests that play it.
func (x *Expecting) Latest() (dec Decoder) {
	slot := &x.list[(x.next+expectMax-1)%expectMax]
	if dec = slot.dec; dec != nil {
		*slot = expected{}
		x.n--
	}
	return dec
}
