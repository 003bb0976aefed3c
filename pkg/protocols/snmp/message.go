package snmp

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// decoder follows one conversation.
type decoder struct {
	open  protocols.Open
	value [ot.ValueCap]byte
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	t := ot.Transaction{Proto: ot.ProtoSNMP, Code: Encrypted, Latency: -1}
	if probe(b) != protocols.Either {
		out.Odd(ot.Malformed, dir, ot.ProtoSNMP)
		return len(b)
	}
	c := protocols.Read(b)
	_, body := protocols.Element(&c)
	if c.Short() {
		out.Odd(ot.BadLength, dir, ot.ProtoSNMP)
		return len(b)
	}
	if c.Left() > 0 {
		out.Odd(ot.TrailingBytes, dir, ot.ProtoSNMP)
	}
	if m := protocols.Read(body); !d.message(dir, &m, b, &t, out) {
		out.OddIn(ot.Malformed, dir, &t)
	}
	return len(b)
}

func (d *decoder) Lost(ot.Dir, *protocols.Emit)        { d.open.Lost() }
func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }

// message takes one message up to its PDU.
func (d *decoder) message(dir ot.Dir, c *protocols.Cursor, whole []byte, t *ot.Transaction, out *protocols.Emit) bool {
	_, version := protocols.Element(c)
	t.Arg[argVersion] = protocols.ElementNumber(version) | protocols.Present
	if protocols.ElementNumber(version) == 3 {
		return d.secured(dir, c, whole, t, out)
	}
	tag, community := protocols.Element(c)
	if tag != tagOctets {
		return false
	}
	t.Arg[argFlags] = protocols.Present | flagClear
	if c := community; bytes.EqualFold(c, []byte("public")) || bytes.EqualFold(c, []byte("private")) {
		t.Arg[argFlags] |= flagDefault
	}
	return d.pdu(dir, c, 0, nil, whole, t, out)
}

// secured takes a message of version 3, RFC 3412 §6.
func (d *decoder) secured(dir ot.Dir, c *protocols.Cursor, whole []byte, t *ot.Transaction, out *protocols.Emit) bool {
	tag, header := protocols.Element(c)
	h := protocols.Read(header)
	_, id := protocols.Element(&h)
	tag2, security := protocols.Element(c)
	if tag != tagSequence || tag2 != tagOctets || h.Short() {
		return false
	}
	key := uint64(protocols.ElementNumber(id)) | 1<<40
	s := protocols.Read(security)
	_, usm := protocols.Element(&s)
	u := protocols.Read(usm)
	protocols.Element(&u) // engine, boots, time
	protocols.Element(&u)
	protocols.Element(&u)
	_, user := protocols.Element(&u)
	ahead := *c
	switch tag, scoped := protocols.Element(&ahead); tag {
	case tagSequence:
		s := protocols.Read(scoped)
		protocols.Element(&s) // context engine and name
		protocols.Element(&s)
		return d.pdu(dir, &s, key, user, whole, t, out)
	case tagOctets:
		t.Value = d.texts(nil, user)
		if dir == ot.ToServer {
			d.open.Ask(key, ot.ProtoSNMP, out).Add(t, out)
		} else {
			d.answered(key, 0, whole, t, out)
		}
		return true
	}
	return false
}

// texts is Value: the object identifier and the user.
func (d *decoder) texts(oid, user []byte) []byte {
	v := append(append(d.value[:0], oid...), 0)
	return ot.Clean(v, user, 64)
}

// pdu takes one PDU, RFC 3416 §3. Its key is the request's unless the message gave one.
func (d *decoder) pdu(dir ot.Dir, c *protocols.Cursor, key uint64, user, whole []byte, t *ot.Transaction, out *protocols.Emit) bool {
	tag, body := protocols.Element(c)
	if tag < tagPDU || tag > tagPDU+report {
		return false
	}
	t.Code = uint32(tag - tagPDU)
	t.Op = codes[t.Code].Op
	p := protocols.Read(body)
	if t.Code == trap1 {
		_, enterprise := protocols.Element(&p)
		text, eight := oid(d.value[:0], enterprise)
		t.Name, t.Value = text[:eight], ot.Clean(append(text, 0), user, 64)
		oneWay(t, out)
		return !p.Short()
	}
	_, id := protocols.Element(&p)
	_, failed := protocols.Element(&p)
	protocols.Element(&p)
	_, list := protocols.Element(&p)
	if p.Short() {
		return false
	}
	if key == 0 {
		key = uint64(protocols.ElementNumber(id))
	}
	first := d.variables(list, protocols.ElementNumber(failed) == 0, t, out)
	text, eight := oid(d.value[:0], first)
	t.Name, t.Value = text[:eight], ot.Clean(append(text, 0), user, 64)
	if system(first) && t.Op == ot.OpDiagnostic {
		t.Op = ot.OpIdentify
	}
	switch t.Code {
	case response, report:
		why := protocols.ElementNumber(failed)
		if t.Code == report {
			why = errorReport
		}
		d.answered(key, why, whole, t, out)
	case trap2:
		oneWay(t, out)
	default:
		d.open.Ask(key, ot.ProtoSNMP, out).Add(t, out)
	}
	return true
}

func oneWay(t *ot.Transaction, out *protocols.Emit) {
	t.Status, t.Asked, t.AskedAt = ot.OneWay, out.Frame, out.Time
	out.Did(t)
}

// answered joins a response to its request.
func (d *decoder) answered(key uint64, why uint32, whole []byte, t *ot.Transaction, out *protocols.Emit) {
	r, verdict := d.open.Take(key, whole, out)
	switch {
	case verdict == protocols.Again:
		return
	case verdict != protocols.Fits || len(r.Txns) == 0:
		t.Status, t.StatusCode, t.Answered = ot.Unasked, why, out.Frame
		out.Did(t)
		return
	}
	a := &r.Txns[0]
	if why != 0 {
		a.Status, a.StatusCode = ot.Refused, why
	}
	out.Did(a)
}

// mostVariables is how many variables of a PDU are looked at.
const mostVariables = 128

// variables counts the variables, gives the first one's object identifier, and
// tells what a response says of the device. One that refuses repeats what was
// asked: it says nothing.
func (d *decoder) variables(list []byte, well bool, t *ot.Transaction, out *protocols.Emit) (first []byte) {
	var who told
	l := protocols.Read(list)
	for l.Left() > 0 && t.Object.Len < mostVariables {
		_, variable := protocols.Element(&l)
		v := protocols.Read(variable)
		tag, name := protocols.Element(&v)
		kind, text := protocols.Element(&v)
		if l.Short() || tag != tagOID {
			break
		}
		if t.Object.Len++; first == nil {
			first = name
		}
		if t.Code == response && well && len(text) > 0 {
			who.take(kind, name, text, out)
		}
	}
	who.tell(out)
	return first
}
