package s7plus

import (
	"crypto/sha256"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The TLS records, RFC 8446 §5.1, and the handshake messages in clear, §4.
const (
	recordCipher    = 20 // change cipher spec: what follows is encrypted
	recordAlert     = 21
	recordHandshake = 22
	recordData      = 23
	recordHeader    = 5
	recordMax       = 1<<14 + 256 + recordHeader

	clientHello = 1
	serverHello = 2
	certificate = 11
)

// tls reads the records in the data units up to where they are encrypted.
type tls struct {
	on   bool
	told bool
	half [2]records
}

// records is one direction.
type records struct {
	buf    []byte
	taken  int
	closed bool // encrypted, or not to be followed
}

// isRecord reports whether a message begins with a TLS record.
func isRecord(b []byte) bool {
	return len(b) > recordHeader && b[0] >= recordCipher && b[0] <= recordData && b[1] == 3 && b[2] <= 4
}

func (t *tls) lost(dir ot.Dir, out *protocols.Emit) {
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
func (t *tls) feed(s *Stream, dir ot.Dir, b []byte, out *protocols.Emit) {
	t.on = true
	if !t.told {
		t.told = true
		out.Spoke(ot.TLS)
	}
	r := &t.half[dir]
	if r.closed {
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
	if len(r.buf)+len(b) > recordMax || out.Budget != nil && out.Budget.Left < len(b) {
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
		if version>>8 != 3 || n+recordHeader > recordMax {
			r.close(out)
			return used
		}
		body := c.Bytes(n)
		if c.Short() {
			return used
		}
		used += recordHeader + n
		switch kind {
		case recordHandshake:
			s.handshake(dir, version, body, out)
		case recordAlert:
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
		m := protocols.Read(body)
		switch kind {
		case clientHello:
			s.clientHello(dir, version, &m, out)
		case serverHello:
			s.serverHello(dir, &m, body, out)
		case certificate:
			s.certificate(dir, version, &m, out)
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

// clientHello, §4.1.2, opens the handshake. Its name is that of the server asked for.
func (s *Stream) clientHello(dir ot.Dir, version uint16, c *protocols.Cursor, out *protocols.Emit) {
	t := s.begun(dir, codeTLSHello, version)
	if v := c.U16(); !c.Short() {
		t.Arg[argExtra] = uint32(v)
	}
	c.Skip(32)
	c.Skip(int(c.U8()))  // session
	c.Skip(int(c.U16())) // cipher suites
	c.Skip(int(c.U8()))  // compression
	s.extensions(&t, c)
	a := asking{s.open.Ask(keyTLS, ot.S7Plus, out), out}
	a.add(&t)
}

// serverHello, §4.1.3, says what was agreed.
func (s *Stream) serverHello(dir ot.Dir, c *protocols.Cursor, whole []byte, out *protocols.Emit) {
	t := s.begun(dir, codeTLSHello, c.U16())
	c.Skip(32)
	c.Skip(int(c.U8()))
	suite := uint32(c.U16())
	c.Skip(1)
	s.extensions(&t, c)
	agreed := t.Arg[argExtra]&0xffff | suite<<16
	r, verdict := s.open.Take(keyTLS, whole, out)
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

// extensions reads the server's name, RFC 6066 §3, and the version meant, RFC 8446 §4.2.1.
func (s *Stream) extensions(t *ot.Transaction, c *protocols.Cursor) {
	const serverName, supportedVersions = 0, 43
	list := protocols.Read(c.Bytes(int(c.U16())))
	for list.Left() >= 4 {
		kind := list.U16()
		b := list.Bytes(int(list.U16()))
		e := protocols.Read(b)
		switch {
		case kind == serverName && len(b) > 5:
			e.Skip(3)
			s.call(t, e.Bytes(int(e.U16())))
		case kind == supportedVersions && len(b) == 2:
			t.Arg[argExtra] = uint32(e.U16())
		case kind == supportedVersions && len(b) > 2:
			e.Skip(1)
			t.Arg[argExtra] = uint32(e.U16()) // the one it likes best
		}
	}
}

// certificate gives the fingerprint of the first certificate, in clear up to TLS 1.2 (RFC 5246 §7.4.2).
func (s *Stream) certificate(dir ot.Dir, version uint16, c *protocols.Cursor, out *protocols.Emit) {
	c.Skip(3)
	der := c.Bytes(int(c.U8())<<16 | int(c.U16()))
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
