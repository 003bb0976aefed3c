package dns

import (
	"net/netip"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The types and classes that more than the table knows.
const (
	typeA      = 1
	typeCNAME  = 5
	typePTR    = 12
	typeAAAA   = 28
	typeNB     = 32 // RFC 1002 §4.2.1.3
	typeNBSTAT = 33

	ofNetBIOS = 1 << 16 // the same number is another type in DNS
)

// message takes one message.
func (d *decoder) message(dir ot.Dir, b []byte, out *protocols.Emit) {
	d.tell(out)
	c := protocols.Read(b)
	h := readHeader(&c)
	t := ot.Transaction{Proto: ot.ProtoDNS, Code: h.opcode, Latency: -1}
	if d.form == formNetBIOS {
		t.Code |= NetBIOS
	}
	if h.answer && d.group {
		t.Code |= Answer
	}
	t.Op = protocols.OpOf(codes, t.Code)
	t.Arg[argForm] = d.form
	asked, answer := &d.text[0], &d.text[1]
	*answer = text{}
	if h.question > 0 {
		if !name(b, &c, asked) {
			out.OddIn(ot.Malformed, dir, &t)
			return
		}
		t.Arg[argType] = uint32(c.U16()) | protocols.Present
		if d.form == formNetBIOS {
			t.Arg[argType] |= ofNetBIOS
		}
		c.Skip(2)
	} else {
		*asked = text{}
	}
	for range h.question - 1 {
		if !name(b, &c, answer) {
			break
		}
		c.Skip(4)
	}
	*answer = text{}
	if d.form == formNetBIOS {
		asked.unfold()
	}
	if d.records(&h, b, &c, out); c.Short() {
		out.OddIn(ot.Malformed, dir, &t)
	}
	d.deliver(dir, &h, &t, b, out)
}

// records reads the first answers.
func (d *decoder) records(h *header, b []byte, c *protocols.Cursor, out *protocols.Emit) {
	asked, answer := &d.text[0], &d.text[1]
	var owner text
	n := h.answers
	if !h.answer {
		n += h.rest // a registration names its address in the last section
	}
	for range n {
		if !name(b, c, &owner) {
			return
		}
		kind := c.U16()
		c.Skip(6) // class, time to live
		at := c.At() + 2
		body := c.Bytes(int(c.U16()))
		if c.Short() {
			return
		}
		if asked.n == 0 {
			*asked = owner
			if d.form == formNetBIOS {
				asked.unfold()
			}
		}
		d.record(h, kind, b[:at+len(body)], body, &owner, answer, out)
	}
}

// record reads one resource record: its text if it is the first that says one,
// and the name of a host where the record tells it.
func (d *decoder) record(h *header, kind uint16, msg, body []byte, owner, answer *text, out *protocols.Emit) {
	switch {
	case kind == typeA && len(body) == 4, kind == typeAAAA && len(body) == 16:
		addr, _ := netip.AddrFromSlice(body)
		if answer.n == 0 {
			answer.n = len(addr.AppendTo(answer.b[:0]))
		}
		if d.form != formDNS {
			d.named(addr, owner.bytes(), "multicast name", out)
		}
	case kind == typeNB && len(body) >= 6:
		addr := netip.AddrFrom4([4]byte(body[2:6]))
		if answer.n == 0 {
			answer.n = len(addr.AppendTo(answer.b[:0]))
		}
		if owner.unfold(); body[0]&0x80 == 0 { // no group name
			d.named(addr, owner.bytes(), "NetBIOS name", out)
		}
	case kind == typeNBSTAT && h.answer:
		d.status(body, answer, out)
	case (kind == typeCNAME || kind == typePTR) && answer.n == 0:
		c := protocols.Read(msg)
		c.Skip(len(msg) - len(body))
		name(msg, &c, answer)
	}
}

// status reads the names a NetBIOS node holds, RFC 1002 §4.2.18; the first one that is no group's is its name.
func (d *decoder) status(body []byte, answer *text, out *protocols.Emit) {
	c := protocols.Read(body)
	for range c.U8() {
		letters, suffix, flags := c.Bytes(15), c.U8(), c.U16()
		if c.Short() {
			return
		}
		if flags&0x8000 == 0 {
			answer.plain(letters, suffix)
			d.named(out.Conv.Server.Addr(), answer.bytes(), "NetBIOS name", out)
			return
		}
	}
}

// named tells a host's name when the host itself says it.
func (d *decoder) named(addr netip.Addr, name []byte, source string, out *protocols.Emit) {
	if suffixed(name) {
		if suffix := string(name[len(name)-suffixLen:]); suffix != "<00>" && suffix != "<20>" {
			return // of a service, not of the host
		}
		name = name[:len(name)-suffixLen]
	}
	for _, end := range [...]*ot.Endpoint{&out.Conv.Client, &out.Conv.Server} {
		if end.Addr() != addr || !end.IsHost() || len(name) == 0 {
			continue
		}
		id := ot.Identity{Of: end.Host(), Source: source}
		id.Facts[ot.FactName] = ot.CleanString(name, ot.NameCap)
		out.Identified(id)
		return
	}
}

// suffixLen is the length of a NetBIOS name's suffix as text: "<20>".
const suffixLen = 4

func suffixed(name []byte) bool {
	return len(name) >= suffixLen && name[len(name)-1] == '>' && name[len(name)-suffixLen] == '<'
}

// deliver joins an answer to its request, or hands over what stands alone.
func (d *decoder) deliver(dir ot.Dir, h *header, t *ot.Transaction, b []byte, out *protocols.Emit) {
	asked, answer := &d.text[0], &d.text[1]
	t.Name = protocols.Gist(d.gist[:0], asked.bytes())
	if asked.whole > 0 {
		t.Arg[argShape] = uint32(min(asked.longest, 255)<<16|min(asked.whole, 0xffff)) | protocols.Present
	}
	asked.put(0)
	asked.put(answer.bytes()...)
	t.Value = asked.bytes()
	if h.answer {
		t.Arg[argAnswers] = uint32(h.answers) | protocols.Present
	}
	switch {
	case d.group || h.opcode == opWait && h.answer:
		t.Status, t.Asked, t.AskedAt = ot.OneWay, out.Frame, out.Time
		out.Did(t)
	case !h.answer:
		d.open.Ask(uint64(h.id), ot.ProtoDNS, out).Add(t, out)
	default:
		d.answered(h, t, b, out)
	}
}

func (d *decoder) answered(h *header, t *ot.Transaction, b []byte, out *protocols.Emit) {
	r, verdict := d.open.Take(uint64(h.id), b, out)
	if verdict == protocols.Again {
		return
	}
	t.Status, t.Answered = ot.Unasked, out.Frame
	if verdict == protocols.Fits && len(r.Txns) > 0 {
		a := &r.Txns[0]
		t.Asked, t.AskedAt, t.Latency, t.Status = a.Asked, a.AskedAt, a.Latency, ot.OK
		if t.Arg[argType] == 0 {
			t.Arg[argType] = a.Arg[argType]
		}
		if len(t.Name) == 0 {
			t.Name, t.Arg[argShape] = a.Name, a.Arg[argShape]
		}
	}
	if t.StatusCode = h.rcode; h.rcode != 0 && t.Status == ot.OK {
		t.Status = ot.Refused
	}
	out.Did(t)
}
