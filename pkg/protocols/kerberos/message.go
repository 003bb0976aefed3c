package kerberos

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// decoder follows one conversation.
type decoder struct {
	cut  protocols.Cutter
	open protocols.Open
	text [3*ot.NameCap + 2]byte
	name [ot.NameCap]byte
	gist [ot.NameCap]byte
}

func newDecoder(*ot.Conv) protocols.Decoder {
	return &decoder{cut: protocols.Cutter{Proto: ot.ProtoKerberos, Measure: measure, Inside: true}}
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	if out.Conv.Transport == ot.UDP {
		if n := whole(b); n <= 0 || n > len(b) {
			out.Odd(ot.Malformed, dir, ot.ProtoKerberos)
			return len(b)
		}
		d.message(dir, b, out)
		return len(b)
	}
	return d.cut.Each(dir, b, out, func(dir ot.Dir, pdu []byte, out *protocols.Emit) {
		if len(pdu) > prefix {
			d.message(dir, pdu[prefix:], out)
		}
	})
}

func (d *decoder) Lost(dir ot.Dir, _ *protocols.Emit) {
	d.cut.Lost(dir)
	d.open.Lost()
}

func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }

// field is a numbered field of a sequence: the tag and value that stand in it.
func field(sequence []byte, number uint8) (tag uint8, body []byte) {
	for c := protocols.Read(sequence); c.Left() > 0; {
		switch at, value := protocols.Element(&c); {
		case at == 0:
			return 0, nil
		case at == 0xa0|number:
			inner := protocols.Read(value)
			return protocols.Element(&inner)
		}
	}
	return 0, nil
}

// principal is a name of parts, as in host/filler (RFC 4120 §5.2.2).
func (d *decoder) principal(sequence []byte) []byte {
	dst := d.name[:0]
	_, parts := field(sequence, 1)
	for c := protocols.Read(parts); c.Left() > 0 && len(dst) < ot.NameCap; {
		tag, part := protocols.Element(&c)
		if tag == 0 {
			break
		}
		if len(dst) > 0 {
			dst = append(dst, '/')
		}
		dst = append(dst, part[:min(len(part), ot.NameCap-len(dst))]...)
	}
	return dst
}

// message takes one message.
func (d *decoder) message(dir ot.Dir, b []byte, out *protocols.Emit) {
	c := protocols.Read(b)
	tag, body := protocols.Element(&c)
	c = protocols.Read(body)
	_, sequence := protocols.Element(&c)
	switch kind := uint32(tag &^ 0x60); {
	case kind == failure:
		d.failed(dir, sequence, b, out)
	case dir == ot.ToServer && (kind == asRequest || kind == tgsRequest):
		d.request(kind, sequence, out)
	case dir == ot.ToClient && (kind == asReply || kind == tgsReply):
		d.reply(dir, kind, sequence, b, out)
	default:
		out.Odd(ot.Malformed, dir, ot.ProtoKerberos)
	}
}

// request takes who asks for what, once though it be sent again.
func (d *decoder) request(kind uint32, sequence []byte, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.ProtoKerberos, Code: kind, Op: protocols.OpOf(codes, kind), Latency: -1}
	_, asked := field(sequence, 4)
	_, client := field(asked, 1)
	_, realm := field(asked, 2)
	_, service := field(asked, 3)
	d.names(&t, client, realm, service)
	if r := d.open.Peek(0); r != nil && out.Conv.Transport == ot.UDP && len(r.Txns) > 0 && r.Txns[0].Code == kind && bytes.Equal(r.Txns[0].Value, t.Value) {
		return
	}
	d.open.Ask(0, ot.ProtoKerberos, out).Add(&t, out)
}

// names puts client, realm and service into a transaction.
func (d *decoder) names(t *ot.Transaction, client, realm, service []byte) {
	v := ot.Clean(d.text[:0], d.principal(client), ot.NameCap)
	who := len(v)
	v = ot.Clean(append(v, 0), realm, ot.NameCap)
	v = append(v, 0)
	what := len(v)
	v = ot.Clean(v, d.principal(service), ot.NameCap)
	t.Value = v
	if t.Name = protocols.Gist(d.gist[:0], v[:who]); t.Code == tgsRequest {
		t.Name = protocols.Gist(d.gist[:0], v[what:])
	}
}

// reply joins what is handed over; its part for the client is encrypted in one way or another.
func (d *decoder) reply(dir ot.Dir, kind uint32, sequence, whole []byte, out *protocols.Emit) {
	_, hidden := field(sequence, 6)
	tag, encryption := field(hidden, 0)
	r, verdict := d.open.Take(0, whole, out)
	if verdict != protocols.Fits {
		if verdict != protocols.Again {
			out.Odd(ot.Unmatched, dir, ot.ProtoKerberos)
		}
		return
	}
	for i := range r.Txns {
		a := &r.Txns[i]
		if a.Code != kind-1 {
			out.OddIn(ot.Mismatched, dir, a)
		}
		if tag != 0 {
			a.Arg[argEncryption] = protocols.ElementNumber(encryption)&0xff | protocols.Present
		}
		out.Did(a)
	}
}

// failed takes an error: a refusal, or a step of the log-on.
func (d *decoder) failed(dir ot.Dir, sequence, whole []byte, out *protocols.Emit) {
	tag, number := field(sequence, 6)
	why := protocols.ElementNumber(number) & 0xffff
	if tag == 0 {
		out.Odd(ot.Malformed, dir, ot.ProtoKerberos)
		return
	}
	alone := ot.Transaction{Proto: ot.ProtoKerberos, Code: failure, Op: ot.OpError, Status: ot.Unasked, StatusCode: why, Answered: out.Frame, Latency: -1}
	alone.Arg[argError] = why | protocols.Present
	if dir == ot.ToServer {
		out.Did(&alone)
		return
	}
	r, verdict := d.open.Take(0, whole, out)
	switch verdict {
	case protocols.Again:
		return
	case protocols.Fits:
	default:
		out.Did(&alone)
		return
	}
	for i := range r.Txns {
		a := &r.Txns[i]
		if a.Arg[argError] = why | protocols.Present; why != preauthRequired && why != tooBig && why != morePreauth {
			a.Status, a.StatusCode = ot.Refused, why
		}
		out.Did(a)
	}
}
