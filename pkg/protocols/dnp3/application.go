package dnp3

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Bits of the application control byte, §4.2.2.1.
const (
	fragmentFirst = 0x80
	sequenceBits  = 0x0f
)

// refusing are the internal indications that say no: function not supported,
// object unknown, parameter error, already executing (§4.4.3).
const refusing = 0x0017

// headersMax is how many object headers of one fragment are followed.
const headersMax = 16

// application takes one whole fragment.
func (d *decoder) application(dir ot.Dir, l *link, b []byte, out *protocols.Emit) {
	c := protocols.Read(b)
	control, function := c.U8(), c.U8()
	if c.Short() {
		out.Odd(ot.Malformed, dir, ot.ProtoDNP3)
		return
	}
	master, outstation := l.ends()
	t := ot.Transaction{Proto: ot.ProtoDNP3, Code: uint32(function), Unit: uint32(outstation), Latency: -1}
	t.Arg[argMaster], t.Arg[argSequence] = uint32(master), uint32(control&sequenceBits)
	f, listed := find(functions, function)
	if listed {
		t.Op = f.op
	} else {
		out.OddIn(ot.ReservedCode, dir, &t)
	}
	key := uint64(l.src)<<24 | uint64(l.dst)<<8 | uint64(control&sequenceBits)
	if function >= funResponse {
		key = uint64(l.dst)<<24 | uint64(l.src)<<8 | uint64(control&sequenceBits)
		d.answer(dir, key, control, &t, &c, out)
		return
	}
	d.request(dir, key, &t, f, &c, out)
}

// request opens a request, one transaction an object header.
func (d *decoder) request(dir ot.Dir, key uint64, t *ot.Transaction, f *row, c *protocols.Cursor, out *protocols.Emit) {
	if f != nil && f.silent {
		objects(c, t)
		t.Status, t.Asked, t.AskedAt = ot.OneWay, out.Frame, out.Time
		out.Did(t)
		return
	}
	r := d.open.Ask(key, ot.ProtoDNP3, out)
	for n := 0; n == 0 || n < headersMax && c.Left() > 0 && f != nil && f.bare; n++ {
		one := *t
		if c.Left() > 0 && !objects(c, &one) {
			out.OddIn(ot.Malformed, dir, &one)
		}
		if g := group(&one); f != nil && f.bare {
			c.Skip(int(min(one.Object.Len, 4096)) * prefixLen(&one))
			one.Op = verb(f, g)
		} else if f != nil {
			one.Op = verb(f, g)
			value(c, &one)
		}
		r.Add(&one, out)
		if c.Short() {
			break
		}
	}
}

// answer closes a request. Only the first fragment of an answer does; the rest is more of the same.
func (d *decoder) answer(dir ot.Dir, key uint64, control uint8, t *ot.Transaction, c *protocols.Cursor, out *protocols.Emit) {
	digest := c.Left()
	iin := uint32(c.U16())
	if c.Short() {
		out.OddIn(ot.Malformed, dir, t)
		return
	}
	rest := *c
	identify(&rest, t, dir, out)
	if control&fragmentFirst == 0 {
		return
	}
	if t.Code != funUnsolicited {
		body := *c
		if r, verdict := d.open.Take(key, body.Rest(), out); verdict == protocols.Fits {
			for i := range r.Txns {
				conclude(&r.Txns[i], iin, *c)
				out.Did(&r.Txns[i])
			}
			return
		} else if verdict == protocols.Again && digest > 0 {
			return
		}
	}
	objects(c, t)
	t.Status, t.Answered, t.Arg[argIIN] = ot.Unasked, out.Frame, iin|present
	out.Did(t)
}

// conclude gives a transaction its end: by the indications, or by the status an echoed control carries.
func conclude(t *ot.Transaction, iin uint32, body protocols.Cursor) {
	t.Arg[argIIN] = iin | present
	if iin&refusing != 0 {
		t.Status, t.StatusCode = ot.Refused, iin
		return
	}
	var echo ot.Transaction
	if t.Arg[argQualifier] == 0 || !objects(&body, &echo) || echo.Object != t.Object || controlLen(&echo) == 0 {
		return
	}
	body.Skip(prefixLen(&echo) + controlLen(&echo) - 1)
	if status := body.U8(); !body.Short() && status&0x7f != 0 {
		t.Status, t.StatusCode = ot.Refused, ControlFlag|uint32(status&0x7f)
	}
}

// verb is the plant verb of a function on an object group.
func verb(f *row, group uint8) ot.Op {
	if f.number != funRead && f.number != funWrite {
		return f.op
	}
	for _, g := range groupOps {
		switch {
		case g.group != group:
		case f.number == funRead:
			return g.read
		default:
			return g.write
		}
	}
	return f.op
}
