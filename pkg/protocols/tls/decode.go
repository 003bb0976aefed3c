package tls

import (
	"crypto/sha256"
	"time"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// decoder follows one conversation.
type decoder struct {
	half [2]half
	open protocols.Open
	text [ot.ValueCap]byte
	gist [ot.NameCap]byte
	name [ot.NameCap]byte
	h    Hello

	certs [2][sha256.Size]byte // that were told
}

// half is one direction.
type half struct {
	cipher bool // encrypted from here, or not to be followed
	odd    bool
	buf    []byte // a handshake message that goes on in the next record
	taken  int
}

// messageMax is how long a handshake message may be: a chain of certificates.
const messageMax = 32 << 10

func (h *half) drop(out *protocols.Emit) {
	if out.Budget != nil {
		out.Budget.Left += h.taken
	}
	h.buf, h.taken = nil, 0
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	h := &d.half[dir]
	for {
		rest := b[used:]
		if h.cipher {
			return len(b)
		}
		n := d.next(rest)
		switch {
		case n < 0:
			return used
		case n == 0:
			d.skip(dir, out)
			used++
			continue
		}
		h.odd = false
		d.record(dir, rest[:n], out)
		used += n
	}
}

// next is the length of the record that b begins with: 0 when none does, below 0 when it is not whole.
func (d *decoder) next(b []byte) int {
	switch probe(b) {
	case protocols.No:
		return 0
	case protocols.More:
		return -1
	}
	if n := RecordHeader + int(b[3])<<8 + int(b[4]); len(b) >= n {
		return n
	}
	return -1
}

// skip says once that bytes are no record.
func (d *decoder) skip(dir ot.Dir, out *protocols.Emit) {
	if h := &d.half[dir]; !h.odd {
		h.odd = true
		h.drop(out)
		out.Odd(ot.LostSync, dir, ot.ProtoTLS)
	}
}

func (d *decoder) Lost(dir ot.Dir, out *protocols.Emit) {
	d.half[dir].drop(out)
	d.half[dir].odd = true // what comes next may begin anywhere
	d.open.Lost()
}

func (d *decoder) Tick(now int64, out *protocols.Emit) {
	if now == protocols.EndOfTime {
		d.half[0].drop(out)
		d.half[1].drop(out)
	}
	d.open.Expire(now, out)
}

func (d *decoder) record(dir ot.Dir, b []byte, out *protocols.Emit) {
	body := b[RecordHeader:]
	switch b[0] {
	case RecordHandshake:
		d.handshake(dir, body, out)
	case RecordAlert:
		if len(body) == 2 {
			d.alert(dir, body, out)
		}
	default:
		d.half[dir].drop(out)
		d.half[dir].cipher = true
	}
}

// handshake takes the messages of a record; one that goes on in the next is kept.
func (d *decoder) handshake(dir ot.Dir, b []byte, out *protocols.Emit) {
	h := &d.half[dir]
	if len(h.buf) > 0 {
		if !h.keep(b, out) {
			return
		}
		b = h.buf
	}
	c := protocols.Read(b)
	for c.Left() > 0 {
		from := c.At()
		kind := c.U8()
		n := int(c.U8())<<16 | int(c.U16())
		body := c.Bytes(n)
		switch {
		case c.Short() && (n > messageMax || kind > 24):
			h.drop(out) // no message is like that
			return
		case c.Short():
			if rest := b[from:]; len(h.buf) > 0 {
				h.buf = h.buf[:copy(h.buf, rest)]
			} else {
				h.keep(rest, out)
			}
			return
		}
		d.message(dir, kind, body, out)
	}
	h.drop(out)
}

func (h *half) keep(b []byte, out *protocols.Emit) bool {
	if len(h.buf)+len(b) > messageMax || out.Budget != nil && out.Budget.Left < len(b) {
		h.drop(out)
		return false
	}
	if out.Budget != nil {
		out.Budget.Left -= len(b)
		h.taken += len(b)
	}
	h.buf = append(h.buf, b...)
	return true
}

func (d *decoder) message(dir ot.Dir, kind uint8, body []byte, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.ProtoTLS, Code: ClientHello, Op: ot.OpSession, Latency: -1}
	switch kind {
	case ClientHello:
		if !d.h.Client(body) {
			out.OddIn(ot.Malformed, dir, &t)
			return
		}
		d.ask(&t, out)
	case ServerHello:
		if !d.h.Server(body) {
			out.OddIn(ot.Malformed, dir, &t)
			return
		}
		t.Arg[argVersion] = uint32(d.h.Version) | protocols.Present
		t.Arg[argSuite] = uint32(d.h.Suite) | protocols.Present
		d.answer(body, &t, out)
	case Certificate:
		d.certificate(dir, First(body), out)
	}
}

// ask opens a hello.
func (d *decoder) ask(t *ot.Transaction, out *protocols.Emit) {
	name := ot.Clean(d.name[:0], d.h.Name, ot.NameCap)
	t.Arg[argVersion] = uint32(d.h.Version) | protocols.Present
	t.Arg[argAsked] = t.Arg[argVersion]
	t.Name = protocols.Gist(d.gist[:0], name)
	v := append(append(d.text[:0], name...), 0)
	v = append(ot.Clean(v, d.h.ALPN, 32), 0)
	t.Value = d.h.JA4(v)
	d.open.Ask(ClientHello, ot.ProtoTLS, out).Add(t, out)
}

// answer joins a server's hello, or the alert in its place, to the client's.
func (d *decoder) answer(whole []byte, t *ot.Transaction, out *protocols.Emit) {
	r, verdict := d.open.Take(ClientHello, whole, out)
	switch {
	case verdict == protocols.Again:
	case verdict == protocols.Fits && len(r.Txns) > 0:
		a := &r.Txns[0]
		if t.Arg[argVersion] != 0 {
			a.Arg[argVersion], a.Arg[argSuite] = t.Arg[argVersion], t.Arg[argSuite]
		}
		a.Arg[argAlert], a.Status, a.StatusCode = t.Arg[argAlert], t.Status, t.StatusCode
		out.Did(a)
	default:
		t.Status, t.Answered = ot.Unasked, out.Frame
		out.Did(t)
	}
}

// alert, RFC 8446 §6, in clear: it refuses the hello that waits, or stands alone.
func (d *decoder) alert(dir ot.Dir, b []byte, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.ProtoTLS, Code: Alert, Op: ot.OpSession, Latency: -1}
	t.Arg[argAlert] = uint32(b[0])<<8 | uint32(b[1]) | protocols.Present
	if dir == ot.ToClient && d.open.Len() > 0 {
		t.Status, t.StatusCode = ot.Refused, uint32(b[1])
		d.answer(b, &t, out)
		return
	}
	t.Status, t.Asked, t.AskedAt = ot.OneWay, out.Frame, out.Time
	out.Did(&t)
}

// certificate tells the first certificate of a chain.
func (d *decoder) certificate(dir ot.Dir, b []byte, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.ProtoTLS, Code: Certificate, Op: ot.OpIdentify, Status: ot.OneWay, Asked: out.Frame, AskedAt: out.Time, Latency: -1}
	if len(b) == 0 {
		return
	}
	var x leaf
	if !x.parse(b) {
		out.OddIn(ot.Malformed, dir, &t)
	}
	t.Arg[argCert] = protocols.Present
	if dir == ot.ToServer {
		t.Arg[argCert] |= certClient
	}
	if x.self {
		t.Arg[argCert] |= certSelf
	}
	if !x.notAfter.IsZero() && x.notAfter.Before(time.Unix(0, out.Time)) {
		t.Arg[argCert] |= certExpired
	}
	subject := ot.Clean(d.name[:0], x.subject, 64)
	t.Name = protocols.Gist(d.gist[:0], subject)
	sum := sha256.Sum256(b)
	v := append(append(d.text[:0], subject...), 0)
	v = append(ot.Clean(v, x.issuer, 64), 0)
	v = append(digitsOf(v, sum[:]), 0)
	if !x.notAfter.IsZero() {
		v = x.notAfter.AppendFormat(v, "2006-01-02")
	}
	v = ot.Clean(append(v, 0), x.role, 64)
	t.Value = v
	out.Did(&t)
	d.identify(dir, subject, sum, out)
}

// identify tells whom a certificate names, once in a conversation.
func (d *decoder) identify(dir ot.Dir, subject []byte, sum [sha256.Size]byte, out *protocols.Emit) {
	if len(subject) == 0 || d.certs[dir] == sum {
		return
	}
	d.certs[dir] = sum
	id := ot.Identity{Of: out.Conv.Server.Host(), Source: "TLS certificate"}
	if dir == ot.ToServer {
		id.Of = out.Conv.Client.Host()
	}
	id.Facts[ot.FactName] = string(subject)
	out.Identified(id)
}
