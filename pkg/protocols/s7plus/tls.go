package s7plus

import (
	"crypto/sha256"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/tls"
)

// secured reads the records in the data units up to where they are encrypted.
type secured struct {
	on   bool
	told bool
	half [2]records
	flow shaped
}

// records is one direction.
type records struct {
	buf    []byte
	taken  int
	closed bool // encrypted, or not to be followed
}

func (t *secured) lost(dir ot.Dir, out *protocols.Emit) {
	if t.on {
		t.half[dir].close(out)
	}
}

func (r *records) close(out *protocols.Emit) {
	if out.Budget != nil {
		out.Budget.Left += r.taken
	}
	*r = records{closed: true}
}

// feed takes the next bytes of a direction.
func (t *secured) feed(s *Stream, dir ot.Dir, b []byte, out *protocols.Emit) {
	t.on = true
	if !t.told {
		t.told = true
		out.Spoke(ot.TLS)
	}
	r := &t.half[dir]
	if r.closed {
		t.flow.see(s, dir, len(b), out)
		return
	}
	if len(r.buf) > 0 {
		if !r.keep(b, out) {
			return
		}
		b = r.buf
	}
	n := r.read(s, dir, b, out)
	switch {
	case r.closed:
	case len(r.buf) > 0:
		r.buf = r.buf[:copy(r.buf, r.buf[n:])]
	default:
		r.keep(b[n:], out)
	}
}

// keep holds bytes until their record is whole.
func (r *records) keep(b []byte, out *protocols.Emit) bool {
	if len(r.buf)+len(b) > tls.RecordMax || out.Budget != nil && out.Budget.Left < len(b) {
		r.close(out)
		return false
	}
	if out.Budget != nil {
		out.Budget.Left -= len(b)
		r.taken += len(b)
	}
	r.buf = append(r.buf, b...)
	return true
}

// read takes whole records and gives how many bytes they were.
func (r *records) read(s *Stream, dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	for {
		c := protocols.Read(b[used:])
		kind, version, n := c.U8(), c.U16(), int(c.U16())
		if c.Short() {
			return used
		}
		if version>>8 != 3 || n+tls.RecordHeader > tls.RecordMax {
			r.close(out)
			return used
		}
		body := c.Bytes(n)
		if c.Short() {
			return used
		}
		used += tls.RecordHeader + n
		switch kind {
		case tls.RecordHandshake:
			s.handshake(dir, version, body, out)
		case tls.RecordAlert:
			s.alert(dir, version, body, out)
		default:
			r.close(out)
			return used
		}
	}
}

// handshake takes the messages of one record; one that goes on in the next is passed over.
func (s *Stream) handshake(dir ot.Dir, version uint16, b []byte, out *protocols.Emit) {
	c := protocols.Read(b)
	for c.Left() > 0 {
		kind := c.U8()
		n := int(c.U8())<<16 | int(c.U16())
		body := c.Bytes(n)
		if c.Short() {
			return
		}
		switch kind {
		case tls.ClientHello:
			s.clientHello(dir, version, body, out)
		case tls.ServerHello:
			s.serverHello(dir, body, out)
		case tls.Certificate:
			s.certificate(dir, version, body, out)
		}
	}
}

// begun is the transaction of a message of TLS.
func (s *Stream) begun(dir ot.Dir, code uint32, version uint16) ot.Transaction {
	p := pdu{dir: dir, function: code}
	t := s.begin(&p)
	t.Arg[argExtra] = uint32(version)
	return t
}

// clientHello opens the handshake. Its name is that of the server asked for.
func (s *Stream) clientHello(dir ot.Dir, version uint16, body []byte, out *protocols.Emit) {
	t := s.begun(dir, codeTLSHello, version)
	var h tls.Hello
	if h.Client(body) {
		t.Arg[argExtra] = uint32(h.Version)
		s.call(&t, h.Name)
		t.Value = h.JA4(s.text[:0])
	}
	a := asking{s.open.Ask(keyTLS, ot.S7Plus, out), out}
	a.add(&t)
}

// serverHello says what was agreed.
func (s *Stream) serverHello(dir ot.Dir, body []byte, out *protocols.Emit) {
	var h tls.Hello
	h.Server(body)
	t := s.begun(dir, codeTLSHello, h.Version)
	agreed := uint32(h.Version) | uint32(h.Suite)<<16
	r, verdict := s.open.Take(keyTLS, body, out)
	if verdict != protocols.Fits {
		t.Arg[argExtra], t.Status, t.Answered = agreed, ot.Unasked, out.Frame
		out.Did(&t)
		return
	}
	for i := range r.Txns {
		r.Txns[i].Arg[argExtra] = agreed
		r.Txns[i].Arg[argResult] |= answered
		out.Did(&r.Txns[i])
	}
}

// certificate gives the fingerprint of the first certificate, in clear up to TLS 1.2 (RFC 5246 §7.4.2).
func (s *Stream) certificate(dir ot.Dir, version uint16, body []byte, out *protocols.Emit) {
	der := tls.First(body)
	if len(der) == 0 {
		return
	}
	t := s.begun(dir, codeTLSCertificate, version)
	hash := sha256.Sum256(der)
	t.Value = append(s.text[:0], hash[:]...)
	oneWay(&t, out)
}

// alert hands over an alert in clear, RFC 8446 §6.
func (s *Stream) alert(dir ot.Dir, version uint16, b []byte, out *protocols.Emit) {
	if len(b) != 2 {
		return
	}
	t := s.begun(dir, codeTLSAlert, version)
	t.StatusCode = uint32(b[1])
	oneWay(&t, out)
}
