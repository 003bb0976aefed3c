package cip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// lifeState is where a connection stands after a transaction (Volume 1, 3-5.5).
type lifeState uint8

const (
	lifeNone      lifeState = iota
	lifeRequested           // asked for; no answer was seen
	lifeOpen                // accepted
	lifeAgain               // accepted although it had not been closed, nor had timed out
	lifeNull                // accepted, and connects nothing
	lifeRefused
	lifeActive   // data flow
	lifeTimedOut // silent for longer than it lives
	lifeClosed
	lifeNotOpen // closed without an open in sight
)

var lifeStates = []protocols.Code{
	{Number: uint32(lifeRequested), Name: "requested"},
	{Number: uint32(lifeOpen), Name: "open"},
	{Number: uint32(lifeAgain), Name: "open_again"},
	{Number: uint32(lifeNull), Name: "null"},
	{Number: uint32(lifeRefused), Name: "refused"},
	{Number: uint32(lifeActive), Name: "active"},
	{Number: uint32(lifeTimedOut), Name: "timed_out"},
	{Number: uint32(lifeClosed), Name: "closed"},
	{Number: uint32(lifeNotOpen), Name: "not_open"},
}

// life is one connection, by the triad its originator gave it.
type life struct {
	timeout int64 // nanoseconds of silence after which it is over; 0 where not known
	heard   int64 // sensor clock of what was last heard of it
}

func (p *plant) alive(id triad, now int64) bool {
	l, known := p.lives[id]
	return known && (l.timeout == 0 || now-l.heard <= l.timeout)
}

// born notes what became of a Forward Open.
func (p *plant) born(t *ot.Transaction, now int64) lifeState {
	id := triadOf(t)
	switch {
	case t.Status == ot.Refused:
		return lifeRefused
	case t.Status != ot.OK:
		return lifeRequested
	case isNull(t):
		return lifeNull
	}
	was := p.lives[id].timeout > 0 && p.alive(id, now)
	if _, known := p.lives[id]; !known {
		p.living = forget(p.lives, p.living, id)
	}
	p.lives[id] = life{timeout: lifetime(t), heard: now}
	if was {
		return lifeAgain
	}
	return lifeOpen
}

// died notes what became of a Forward Close.
func (p *plant) died(t *ot.Transaction, now int64) lifeState {
	id := triadOf(t)
	was := p.alive(id, now)
	_, known := p.lives[id]
	switch {
	case t.Status == ot.Refused:
		return lifeRefused
	case t.Status != ot.OK:
		return lifeRequested
	}
	delete(p.lives, id)
	switch {
	case was:
		return lifeClosed
	case known:
		return lifeTimedOut
	}
	return lifeNotOpen
}

// lifetime is how long an I/O connection lives without a packet: the longer one
// of its intervals, as often as its multiplier says. Of connections for messages
// the conversation knows more.
func lifetime(t *ot.Transaction) int64 {
	if class, _ := transport(0, 0x0F)(t); class > 1 {
		return 0
	}
	return silenceOf(t)
}

func silenceOf(t *ot.Transaction) int64 {
	o2t, _ := u32(replyData(t), openedO2TAPI)
	t2o, ok := u32(replyData(t), openedT2OAPI)
	if b := requestData(t); ok && len(b) > openMultiplier {
		return int64(max(o2t, t2o)) * 1000 * (4 << min(b[openMultiplier], 7))
	}
	return 0
}

// The state stands in argA of an open or close, and in argB's top bits of I/O.
const ioLife = 28

func lifeOf(t *ot.Transaction) lifeState {
	switch kindOf(t) {
	case opening, closing:
		return lifeState(t.Arg[argA])
	case cyclic:
		return lifeState(t.Arg[argB] >> ioLife)
	}
	return lifeNone
}
