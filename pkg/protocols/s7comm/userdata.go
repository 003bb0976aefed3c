package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The kinds of user data. Numeric controls use 3, 7 and 11 for the same.
const (
	userPush     = 0
	userRequest  = 4
	userResponse = 8
)

// userHead is the parameters of user data.
type userHead struct {
	kind       byte // as on the wire: 0, 3, 4, 7, 8, 11
	group, sub byte
	seq        byte   // names a job, or the parts of one answer
	unit       byte   // data unit reference
	more       bool   // more parts follow
	long       bool   // unit, more and err are there
	err        uint16 // parameter error
}

func (h *userHead) code() uint32 { return userdataCode | uint32(h.group)<<8 | uint32(h.sub) }

func readUserHead(b []byte) (h userHead, ok bool) {
	c := protocols.Read(b)
	c.Skip(5) // mark, length, method
	kind := c.U8()
	h.kind, h.group = kind>>4, kind&0x0f
	h.sub, h.seq = c.U8(), c.U8()
	if ok = !c.Short(); c.Left() >= 4 {
		h.long = true
		h.unit, h.more, h.err = c.U8(), c.U8() == 1, c.U16()
	}
	return h, ok
}

// userdata takes a PDU of kind user data.
func (d *decoder) userdata(p *pdu, out *protocols.Emit) {
	h, ok := readUserHead(p.param)
	var t ot.Transaction
	d.begin(&t, p, h.code())
	t.Arg[argUser] = uint32(h.seq) | uint32(h.kind)<<8 | uint32(h.unit)<<16
	c := protocols.Read(p.data)
	var v value
	if c.Left() > 0 {
		v = readValue(&c)
	}
	if !ok || c.Short() {
		out.OddIn(ot.Malformed, p.dir, &t)
	}
	if !ok {
		return
	}
	switch h.kind &^ 3 {
	case userRequest:
		d.userRequest(p, &h, &t, v.bytes, out)
	case userResponse:
		d.userResponse(p, &h, &t, &v, out)
	case userPush:
		d.userPush(&h, &t, v.bytes, out)
	default:
		out.OddIn(ot.BadValue, p.dir, &t)
	}
}

// userRequest takes a request; a request for the next part of an answer is no
// transaction of its own.
func (d *decoder) userRequest(p *pdu, h *userHead, t *ot.Transaction, b []byte, out *protocols.Emit) {
	if h.seq != 0 && d.heldBy(h) != nil {
		return
	}
	a := d.ask(p, out)
	c := protocols.Read(b)
	switch h.group {
	case groupTest:
		testRequest(h, t, &c, &a)
	case groupCyclic:
		cyclicRequest(h, t, &c, &a)
	case groupBlock:
		blockRequest(h, t, b)
	case groupCPU:
		d.cpuRequest(h, t, &c, &a)
	case groupPBC:
		pbc(t, &c)
	case groupTime:
		t.Value = clock(b)
	case groupNC:
		d.ncFile(h, t, b)
	}
	if c.Short() {
		out.OddIn(ot.Malformed, p.dir, t)
	}
	if a.n == 0 {
		a.add(t)
	}
}

// userResponse takes a response, or one part of it.
func (d *decoder) userResponse(p *pdu, h *userHead, t *ot.Transaction, v *value, out *protocols.Emit) {
	if part := d.heldBy(h); part != nil {
		part.add(h, v, p.dir, out)
		if !h.more {
			d.finish(part, out)
		}
		return
	}
	r := d.take(p, t.Code, true, out)
	if r == nil {
		return
	}
	for i := range r.Txns {
		fail(&r.Txns[i], h.err)
		userReturned(&r.Txns[i], v)
		r.Txns[i].Arg[argUser] = r.Txns[i].Arg[argUser]&^0xff00ff | uint32(h.seq) | uint32(h.unit)<<16
	}
	if h.more && len(r.Txns) > 0 && h.err == 0 {
		d.hold(h, &r.Txns[0], v, p.dir, out)
		return
	}
	d.userResult(r.Txns, v.bytes, p.dir, out)
	for i := range r.Txns {
		out.Did(&r.Txns[i])
	}
}

// userReturned notes the return code of a response. "Object does not exist"
// without data is what a response without data says.
func userReturned(t *ot.Transaction, v *value) {
	if v.code == 0x0A && len(v.bytes) == 0 || v.code == 0 && v.size == 0 {
		return
	}
	returned(t, v.code)
}

// userResult reads the data of a whole response.
func (d *decoder) userResult(txns []ot.Transaction, b []byte, dir ot.Dir, out *protocols.Emit) {
	if len(txns) == 0 {
		return
	}
	t := &txns[0]
	if t.Status == ot.Refused || len(b) == 0 {
		return
	}
	switch t.Code >> 8 & 0xff {
	case groupCyclic:
		cyclicResult(txns, b)
	case groupBlock:
		blockResult(t, b)
	case groupCPU:
		d.cpuResult(t, b, dir, out)
	case groupTime:
		t.Value = clock(b)
	case groupNC:
		t.Arg[argMoved] = uint32(len(b))
	}
}

// userPush takes what a controller sends unasked, by its nature.
func (d *decoder) userPush(h *userHead, t *ot.Transaction, b []byte, out *protocols.Emit) {
	c := protocols.Read(b)
	switch h.group {
	case groupTest:
		t.Op = ot.OpDiagnostic
		t.Value = b[:min(len(b), ot.ValueCap)]
	case groupCyclic:
		cyclicPush(t, &c, out)
		return
	case groupCPU:
		cpuPush(h, t, &c)
	case groupPBC:
		pbc(t, &c)
	case groupNC:
		t.Arg[argMoved] = uint32(len(b))
	}
	oneWay(t, out)
}
