package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Limits of answers that come in parts.
const (
	heldMax   = 4        // of them at once in a conversation
	heldBytes = 16 << 10 // of one
	heldKept  = 2 << 10  // bytes of buffer kept from one to the next
)

// held is an answer of which parts are missing.
type held struct {
	used  bool
	over  bool
	code  uint32
	seq   byte
	dir   ot.Dir
	clock int64
	taken int
	t     ot.Transaction
	buf   []byte
}

// heldBy finds the answer a part belongs to.
func (d *decoder) heldBy(h *userHead) *held {
	for i := range d.held {
		if k := &d.held[i]; k.used && k.code == h.code() && k.seq == h.seq {
			return k
		}
	}
	return nil
}

// hold keeps a transaction until the last part of its answer is there.
func (d *decoder) hold(h *userHead, t *ot.Transaction, v *value, dir ot.Dir, out *protocols.Emit) {
	k := &d.held[0]
	for i := range d.held {
		if !d.held[i].used {
			k = &d.held[i]
			break
		}
	}
	if k.used {
		out.Odd(ot.TooManyOpen, dir, ot.S7comm)
		d.finish(k, out)
	}
	k.used, k.code, k.seq, k.dir, k.t = true, h.code(), h.seq, dir, *t
	k.t.Name, k.t.Value = nil, nil
	k.add(h, v, dir, out)
}

// add takes one part.
func (k *held) add(h *userHead, v *value, dir ot.Dir, out *protocols.Emit) {
	k.clock = out.Clock
	out.Wake(k.clock + protocols.AnswerTimeout)
	k.t.Arg[argUser] += 1 << 24
	fail(&k.t, h.err)
	k.t.Answered = out.Frame
	k.t.Latency = int32(min(max((out.Time-k.t.AskedAt)/1000, 0), 1<<31-1))
	if k.over || len(k.buf)+len(v.bytes) > heldBytes || out.Budget != nil && out.Budget.Left < len(v.bytes) {
		if !k.over {
			out.OddIn(ot.Oversize, dir, &k.t)
		}
		k.over = true
		return
	}
	if out.Budget != nil {
		out.Budget.Left -= len(v.bytes)
		k.taken += len(v.bytes)
	}
	k.buf = append(k.buf, v.bytes...)
}

// finish hands over what was held, as far as it came.
func (d *decoder) finish(k *held, out *protocols.Emit) {
	one := [1]ot.Transaction{k.t}
	d.userResult(one[:], k.buf, k.dir, out)
	out.Did(&one[0])
	if out.Budget != nil {
		out.Budget.Left += k.taken
	}
	buf := k.buf[:0]
	if cap(buf) > heldKept {
		buf = nil
	}
	*k = held{buf: buf}
}

// expireHeld lets go of answers whose next part does not come.
func (d *decoder) expireHeld(now int64, out *protocols.Emit) {
	for i := range d.held {
		k := &d.held[i]
		if k.used && (now == protocols.EndOfTime || now-k.clock > protocols.AnswerTimeout) {
			d.finish(k, out)
		}
		if k.used {
			out.Wake(k.clock + protocols.AnswerTimeout)
		}
	}
}
