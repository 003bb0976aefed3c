package iec104

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// asdu takes one numbered APDU.
func (d *decoder) asdu(dir ot.Dir, b []byte, out *protocols.Emit) {
	c := protocols.Read(b)
	c.Skip(2)
	number := c.U16LE() >> 1
	c.Skip(2)
	kind, structure, cause := c.U8(), c.U8(), c.U8()
	t := ot.Transaction{Proto: ot.ProtoIEC104, Code: uint32(kind), Latency: -1}
	t.Arg[argCause], t.Arg[argOriginator], t.Arg[argTest] = uint32(cause&causeBits), uint32(c.U8()), uint32(cause>>7)
	t.Arg[argNumber], t.Unit = uint32(number)|present, uint32(c.U16LE())
	t.Object = ot.Object{Area: uint32(kind), Addr: uint32(c.U16LE()), Len: uint32(structure & 0x7f)}
	t.Object.Addr |= uint32(c.U8()) << 16
	row := find(kind)
	if row != nil {
		t.Op = row.op
		value(&c, row, &t)
	} else {
		out.OddIn(ot.ReservedCode, dir, &t)
	}
	if _, certain := measure(b); !certain || len(b) != int(b[1])+2 || c.Short() {
		out.OddIn(ot.Malformed, dir, &t)
	}
	d.join(dir, cause, row, &t, b[apciLen:], out)
}

// join makes a request and its answer one transaction, by the cause of transmission.
func (d *decoder) join(dir ot.Dir, cause uint8, row *row, t *ot.Transaction, b []byte, out *protocols.Emit) {
	switch reason := cause & causeBits; {
	case row != nil && row.command && reason == causeRequest, row.calls(dir, reason),
		reason == causeActivation, reason == causeDeactivation:
		d.open.Ask(key(t.Code, t), ot.ProtoIEC104, out).Add(t, out)
		return
	case reason == causeActivationCon, reason == causeDeactivationCon, reason >= causeUnknownType && reason <= causeUnknownObject:
		if r, verdict := d.open.Take(key(t.Code, t), b, out); verdict == protocols.Fits {
			refused := cause&negative != 0 || reason >= causeUnknownType
			confirm(r, reason, refused, out)
			return
		}
	case reason == causeTermination:
		t.Op = ot.OpSession // the end of what was confirmed before
	case dir == ot.ToClient && (reason == causeRequest || reason == causeFile):
		if d.answer(row, reason, t, b, out) {
			return
		}
	}
	t.Status, t.Answered = ot.Unasked, out.Frame
	out.Did(t)
}

// key is what a request of a type has in common with its answer.
func key(code uint32, t *ot.Transaction) uint64 {
	return uint64(code)<<40 | uint64(t.Unit)<<24 | uint64(t.Object.Addr)
}

// confirm closes a request by the station's word about it.
func confirm(r *protocols.Request, reason uint8, refused bool, out *protocols.Emit) {
	for i := range r.Txns {
		a := &r.Txns[i]
		a.Arg[argConfirm] = uint32(reason)
		if refused {
			a.Status, a.StatusCode = ot.Refused, uint32(reason)
		}
		out.Did(a)
	}
}

// answer closes the request that an ASDU of another type answers: a read by
// the object's value, a call by what is next of the file.
func (d *decoder) answer(row *row, reason uint8, t *ot.Transaction, b []byte, out *protocols.Emit) bool {
	for _, code := range row.answers(reason) {
		if r, verdict := d.open.Take(key(uint32(code), t), b, out); verdict == protocols.Fits {
			for i := range r.Txns {
				r.Txns[i].Shape, r.Txns[i].Value = t.Shape, t.Value
			}
			confirm(r, reason, false, out)
			return true
		}
	}
	return false
}

// value reads the first object.
func value(c *protocols.Cursor, row *row, t *ot.Transaction) {
	if row.shape != ot.Opaque {
		t.Shape, t.Value = row.shape, c.Bytes(max(row.shape.Size(), 1))
		if row.shape == ot.Bit {
			t.Object.Len, t.Arg[argQualifier] = min(t.Object.Len, 1), 0
		}
	}
	switch {
	case row.qualifier == inValue && len(t.Value) == 1:
		t.Arg[argQualifier] = uint32(t.Value[0]) | present
	case row.qualifier == behindValue:
		t.Arg[argQualifier] = uint32(c.U8()) | present
	}
}
