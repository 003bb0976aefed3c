package s7plus

import "otsensor/pkg/protocols"

// Limits of a PDU that comes in several fragments. Programs and texts make PDUs
// of any length; what they begin with tells what they are.
const (
	chainMax  = 32 << 10 // bytes kept of one
	chainKept = 2 << 10  // bytes of buffer kept from one to the next
)

// chain joins the fragments of one direction.
type chain struct {
	buf   []byte
	parts int
	size  int  // bytes of all fragments
	taken int  // bytes taken from the budget
	sure  bool // a PDU begins here; else what comes may be the middle of one
}

func (c *chain) add(b []byte, out *protocols.Emit) {
	c.parts++
	c.size += len(b)
	keep := min(len(b), chainMax-len(c.buf))
	if out.Budget != nil {
		keep = min(keep, out.Budget.Left)
		out.Budget.Left -= keep
		c.taken += keep
	}
	c.buf = append(c.buf, b[:keep]...)
}

// drop forgets what was joined so far.
func (c *chain) drop(out *protocols.Emit) {
	if out.Budget != nil {
		out.Budget.Left += c.taken
	}
	buf := c.buf[:0]
	if cap(buf) > chainKept {
		buf = nil
	}
	*c = chain{buf: buf, sure: c.sure}
}
