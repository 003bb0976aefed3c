package tpkt

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Limits of a message that comes in several data TPDUs.
const (
	chainMax   = 16 << 10 // bytes; S7comm agrees on 960 at most
	chainParts = 8        // TPDUs until the chain is called odd
	chainKept  = 2 << 10  // bytes of buffer kept from one message to the next
)

// chain joins data TPDUs until one carries the end mark.
type chain struct {
	buf   []byte
	parts int
	taken int  // bytes taken from the budget
	over  bool // too long: the rest up to the end mark is passed over
	done  bool // buf was given out
}

func (c *chain) empty() bool { return c.done || c.parts == 0 }

// add takes the data of one TPDU and gives the message it completes. A message
// that is as long as it says is complete without the mark: some stacks send
// the mark in an empty TPDU.
func (c *chain) add(dir ot.Dir, data []byte, last bool, measure func([]byte) int, out *protocols.Emit) []byte {
	if c.done {
		c.drop(out)
	}
	if c.parts == 0 && (last || len(data) == 0 || measure(data) == len(data)) {
		return data
	}
	c.append(dir, data, out)
	switch {
	case c.over && last:
		c.drop(out)
	case !c.over && (last || measure(c.buf) == len(c.buf)):
		c.done = true
		c.release(out)
		return c.buf
	}
	return nil
}

func (c *chain) append(dir ot.Dir, data []byte, out *protocols.Emit) {
	c.parts++
	if c.parts == chainParts+1 {
		out.Odd(ot.TooDeep, dir, ot.COTP)
	}
	if c.over {
		return
	}
	if len(c.buf)+len(data) > chainMax || out.Budget != nil && out.Budget.Left < len(data) {
		out.Odd(ot.Oversize, dir, ot.COTP)
		c.over = true
		return
	}
	if out.Budget != nil {
		out.Budget.Left -= len(data)
		c.taken += len(data)
	}
	c.buf = append(c.buf, data...)
}

func (c *chain) release(out *protocols.Emit) {
	if out.Budget != nil {
		out.Budget.Left += c.taken
	}
	c.taken = 0
}

// drop forgets what was joined so far.
func (c *chain) drop(out *protocols.Emit) {
	c.release(out)
	buf := c.buf[:0]
	if cap(buf) > chainKept {
		buf = nil
	}
	*c = chain{buf: buf}
}
