package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// take finds the request an answer belongs to. Without one, the answer itself
// is handed over, as far as it speaks for itself.
func (d *decoder) take(p *pdu, code uint32, known bool, out *protocols.Emit) *protocols.Request {
	k := key(p, p.dir.Other())
	open := d.open.Peek(k)
	if known && open != nil && len(open.Txns) > 0 && open.Txns[0].Code != code {
		var t ot.Transaction
		d.begin(&t, p, code)
		misfit(ot.Mismatched, &t, p.dir, out)
		return d.alone(p, code, out)
	}
	for ; open != nil && !p.answers(open); open = d.open.Peek(k) {
		d.letGo(k, out)
	}
	r, verdict := d.open.Take(k, p.whole, out)
	switch verdict {
	case protocols.NoMatch:
		return d.alone(p, code, out)
	case protocols.Other:
		var t ot.Transaction
		d.begin(&t, p, code)
		misfit(ot.Doubled, &t, p.dir, out)
	}
	return r
}

// answers reports whether the PDU can be the answer to a request: an accepted
// read or write has as many items as were asked for.
func (p *pdu) answers(r *protocols.Request) bool {
	if len(r.Txns) == 0 || p.rosctr != rosctrAckData || p.err != 0 || len(p.param) < 2 {
		return true
	}
	t := &r.Txns[0]
	return t.Code != funcRead && t.Code != funcWrite || t.Arg[argItem]&0xff == uint32(p.param[1])
}

// alone hands over an answer without a request.
func (d *decoder) alone(p *pdu, code uint32, out *protocols.Emit) *protocols.Request {
	var t ot.Transaction
	d.begin(&t, p, code)
	if p.rosctr != rosctrUserdata {
		fail(&t, p.err)
	}
	d.unasked(&t, p.dir, out)
	return nil
}

// answer takes the answer to a job.
func (d *decoder) answer(p *pdu, out *protocols.Emit) {
	code, known := p.function()
	r := d.take(p, code, known, out)
	if r == nil {
		return
	}
	for i := range r.Txns {
		fail(&r.Txns[i], p.err)
	}
	if len(r.Txns) > 0 && p.err == 0 && known {
		c := protocols.Read(p.param[1:])
		d.result(p, r.Txns, &c, out)
		if c.Short() {
			out.OddIn(ot.Malformed, p.dir, &r.Txns[0])
		}
	}
	for i := range r.Txns {
		out.Did(&r.Txns[i])
	}
}

// result reads what an accepted job gave back.
func (d *decoder) result(p *pdu, txns []ot.Transaction, c *protocols.Cursor, out *protocols.Emit) {
	t := &txns[0]
	switch t.Code {
	case funcRead, funcWrite:
		values := protocols.Read(p.data)
		results(p, txns, &values, out)
	case funcSetup:
		c.Skip(1)
		t.Arg[argC], t.Arg[argD] = c.U32(), uint32(c.U16())
		d.agreed = uint16(t.Arg[argD])
	case funcStartUpload, funcUpload, funcDownloadBlock:
		d.blockAnswer(p, t, c, out)
	}
}

// results reads the return code of each item, and for read its value.
func results(p *pdu, txns []ot.Transaction, c *protocols.Cursor, out *protocols.Emit) {
	for i := range txns {
		t := &txns[i]
		if c.Left() == 0 {
			misfit(ot.Mismatched, t, p.dir, out)
			return
		}
		if t.Code == funcWrite {
			returned(t, c.U8())
			continue
		}
		v := readValue(c)
		returned(t, v.code)
		v.into(t)
		if v.code == returnGood && !v.fits(t) {
			misfit(ot.Mismatched, t, p.dir, out)
		}
	}
	if c.Short() {
		out.OddIn(ot.BadLength, p.dir, &txns[0])
	}
}
