package rdp

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/tls"
)

var (
	cookie = []byte("Cookie: mstshash=")
	token  = []byte("Cookie: msts=")
)

// decoder follows one conversation: a request and its answer, then TLS or what
// cannot be read.
type decoder struct {
	done [2]bool
	dark bool // neither TLS, nor to be read
	due  bool // the client says its name next
	open protocols.Open
	tls  protocols.Decoder
	name [ot.NameCap]byte
	text [ot.NameCap]byte
}

func newDecoder(c *ot.Conv) protocols.Decoder { return &decoder{tls: tls.Protocol().New(c)} }

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	if !d.done[dir] {
		n := measure(b, kinds[dir])
		if n < 0 || n > len(b) {
			return 0
		}
		if d.done[dir] = true; n == fixed || n > 0 && known(b[fixed:n]) {
			d.tpdu(dir, b[fixed:n], out)
			return n + d.Feed(dir, b[n:], out)
		}
		if b[0] < tls.RecordCipher || b[0] > tls.RecordData {
			d.dark = true
			out.Odd(ot.WrongProtocol, dir, ot.ProtoRDP)
		}
	}
	if d.due && dir == ot.ToServer {
		return d.introduced(b, out)
	}
	if d.dark {
		return len(b)
	}
	return d.tls.Feed(dir, b, out)
}

// tpdu takes the variable part of a request or confirm.
func (d *decoder) tpdu(dir ot.Dir, b []byte, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.ProtoRDP, Code: connect, Op: ot.OpSession, Latency: -1}
	if dir == ot.ToServer {
		b = d.cookie(b, &t)
		if kind, _, bits := negotiated(b); kind == 1 {
			t.Arg[argAsked] = bits&0xffff | protocols.Present
		}
		d.open.Ask(connect, ot.ProtoRDP, out).Add(&t, out)
		return
	}
	d.answer(b, &t, out)
}

// cookie reads the user or token in front of the negotiation, and gives the rest.
func (d *decoder) cookie(b []byte, t *ot.Transaction) []byte {
	line, rest, found := bytes.Cut(b, []byte("\r\n"))
	switch {
	case !found:
		return b
	case bytes.HasPrefix(line, cookie):
		t.Name = ot.Clean(d.name[:0], line[len(cookie):], ot.NameCap)
	case bytes.HasPrefix(line, token):
		t.Value = ot.Clean(d.text[:0], line[len(token):], ot.NameCap)
	default:
		return b
	}
	return rest
}

// negotiated reads type, flags and protocols or failure code.
func negotiated(b []byte) (kind, flags uint8, bits uint32) {
	c := protocols.Read(b)
	kind, flags = c.U8(), c.U8()
	size := c.U16LE()
	bits = c.U32LE()
	if c.Short() || size != negotiation {
		return 0, 0, 0
	}
	return kind, flags, bits
}

// answer joins a confirm to its request: what it chose, or why not.
func (d *decoder) answer(b []byte, t *ot.Transaction, out *protocols.Emit) {
	kind, _, bits := negotiated(b)
	r, verdict := d.open.Take(connect, b, out)
	if verdict == protocols.Again {
		return
	}
	if verdict == protocols.Fits && len(r.Txns) > 0 {
		*t = r.Txns[0]
	} else {
		t.Status, t.Answered = ot.Unasked, out.Frame
	}
	switch kind {
	case 3:
		t.StatusCode = bits
		if t.Status == ot.OK {
			t.Status = ot.Refused
		}
	default: // without an answer to the negotiation the old security is in force
		t.Arg[argChosen] = bits&0xffff | protocols.Present
		d.dark = bits == standard
		d.due = d.dark
	}
	out.Did(t)
}

// Lost: where the session begins is over then.
func (d *decoder) Lost(dir ot.Dir, out *protocols.Emit) {
	d.done[dir], d.due = true, false
	d.open.Lost()
	d.tls.Lost(dir, out)
}

func (d *decoder) Tick(now int64, out *protocols.Emit) {
	d.open.Expire(now, out)
	d.tls.Tick(now, out)
}
