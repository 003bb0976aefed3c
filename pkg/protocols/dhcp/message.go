package dhcp

import (
	"net/netip"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The fixed part of a message, RFC 2131 §2.
const (
	bootRequest = 1
	bootReply   = 2
	fixedLen    = 240 // with the cookie
	cookie      = 0x63825363
)

// The texts of Value.
const (
	factHost = iota
	factVendor
	factRequested
	factGiven
	factServer
	factMAC
	factCount
)

// facts are the texts of one message, in memory of the decoder's own.
type facts struct {
	text  [factCount][64]byte
	n     [factCount]int
	value [factCount * 65]byte
}

func (f *facts) get(i int) []byte { return f.text[i][:f.n[i]] }

func (f *facts) put(i int, b []byte) {
	f.n[i] = len(ot.Clean(f.text[i][:0], b, len(f.text[i])))
}

func (f *facts) addr(i int, b []byte) {
	if a, ok := netip.AddrFromSlice(b); ok && !a.IsUnspecified() {
		f.n[i] = len(a.AppendTo(f.text[i][:0]))
	}
}

// join is the texts as Value; what is empty is taken from another message's.
func (f *facts) join(other []byte) []byte {
	v := f.value[:0]
	for i := range f.text {
		if i > 0 {
			v = append(v, 0)
		}
		if f.n[i] == 0 {
			v = append(v, protocols.Part(other, i)...)
		}
		v = append(v, f.get(i)...)
	}
	return v
}

// probe accepts the fixed part: operation, hardware, the cookie of options.
func probe(b []byte) protocols.Answer {
	for i, good := range [...]func(x byte) bool{
		func(x byte) bool { return x == bootRequest || x == bootReply },
		func(x byte) bool { return x > 0 && x < 64 },
		func(x byte) bool { return x <= 16 },
		func(x byte) bool { return x <= 16 }, // relays
	} {
		if i < len(b) && !good(b[i]) {
			return protocols.No
		}
	}
	for i, x := range [...]byte{0x63, 0x82, 0x53, 0x63} {
		if at := fixedLen - 4 + i; at < len(b) && b[at] != x {
			return protocols.No
		}
	}
	if len(b) < fixedLen {
		return protocols.More
	}
	return protocols.Either
}

// The options read, RFC 2132.
const (
	optPad       = 0
	optHost      = 12
	optRequested = 50
	optType      = 53
	optServer    = 54
	optVendor    = 60
	optFQDN      = 81
	optEnd       = 255
)

// message takes one message.
func (d *decoder) message(dir ot.Dir, b []byte, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.ProtoDHCP, Op: ot.OpSession, Latency: -1}
	f := &d.facts
	f.n = [factCount]int{}
	c := protocols.Read(b)
	operation := c.U8()
	c.Skip(1)
	hardware := int(c.U8())
	c.Skip(1)
	id := c.U32()
	c.Skip(4)
	now, given := c.Bytes(4), c.Bytes(4)
	c.Skip(8)
	mac := c.Bytes(16)
	f.addr(factRequested, now)
	f.addr(factGiven, given)
	if hardware == 6 {
		f.n[factMAC] = putMAC(f.text[factMAC][:0], mac[:6])
	}
	c.Skip(fixedLen - c.At())
	t.Code = d.options(&c)
	if t.Code == 0 {
		t.Code = Bootp | uint32(operation)
	}
	if c.Short() {
		out.OddIn(ot.Malformed, dir, &t)
	}
	if i := t.Code - 1; t.Code >= Bootp || i >= uint32(len(codes)) || codes[i].Number != t.Code {
		if t.Code < Bootp {
			t.Op = ot.OpUnknown
			out.OddIn(ot.ReservedCode, dir, &t)
		}
	} else {
		t.Op = codes[i].Op
	}
	t.Name = protocols.Gist(d.gist[:0], f.get(factHost))
	d.identify(operation, now, &t, out)
	d.deliver(operation == bootReply, uint64(id), b, &t, out)
}

// options reads what follows the cookie and gives the message type.
func (d *decoder) options(c *protocols.Cursor) (kind uint32) {
	for c.Left() > 0 {
		option := c.U8()
		if option == optPad {
			continue
		}
		if option == optEnd {
			return kind
		}
		b := c.Bytes(int(c.U8()))
		switch {
		case option == optType && len(b) == 1:
			kind = uint32(b[0])
		case option == optHost:
			d.facts.put(factHost, b)
		case option == optFQDN && len(b) > 3 && d.facts.n[factHost] == 0 && b[0]&4 == 0: // in plain letters
			d.facts.put(factHost, b[3:])
		case option == optVendor:
			d.facts.put(factVendor, b)
		case option == optRequested && len(b) == 4:
			d.facts.addr(factRequested, b)
		case option == optServer && len(b) == 4:
			d.facts.addr(factServer, b)
		}
	}
	return kind
}

// identify tells the client's name, where the address it has is certain: it
// uses it, or a server offered it and it takes it.
func (d *decoder) identify(operation uint8, now []byte, t *ot.Transaction, out *protocols.Emit) {
	f := &d.facts
	owns := out.Conv.Client.Addr().AsSlice()
	takes := t.Code == request && f.n[factServer] > 0
	if operation != bootRequest || f.n[factHost]+f.n[factVendor] == 0 || !takes && string(now) != string(owns) {
		return
	}
	addr, err := netip.ParseAddr(string(f.get(factRequested)))
	if err != nil {
		return
	}
	id := ot.Identity{Of: ot.EndpointOf(addr, 0), Source: "DHCP"}
	id.Facts[ot.FactName], id.Facts[ot.FactType] = string(f.get(factHost)), string(f.get(factVendor))
	out.Identified(id)
}

// deliver joins an answer to its request, or hands over what stands alone.
func (d *decoder) deliver(answer bool, id uint64, b []byte, t *ot.Transaction, out *protocols.Emit) {
	switch {
	case d.group:
		t.Value, t.Status, t.Asked, t.AskedAt = d.facts.join(nil), ot.OneWay, out.Frame, out.Time
		out.Did(t)
		return
	case !answer:
		t.Value = d.facts.join(nil)
		d.open.Ask(id, ot.ProtoDHCP, out).Add(t, out)
		return
	}
	r, verdict := d.open.Take(id, b, out)
	switch {
	case verdict == protocols.Again:
	case verdict == protocols.Fits && len(r.Txns) > 0:
		a := &r.Txns[0]
		a.Value = d.facts.join(a.Value)
		if t.Code == nak {
			a.Status, a.StatusCode = ot.Refused, nak
		}
		out.Did(a)
	default:
		t.Value, t.Status, t.Answered = d.facts.join(nil), ot.Unasked, out.Frame
		out.Did(t)
	}
}

func putMAC(dst, mac []byte) int {
	const hex = "0123456789abcdef"
	for i, x := range mac {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = append(dst, hex[x>>4], hex[x&15])
	}
	return len(dst)
}
