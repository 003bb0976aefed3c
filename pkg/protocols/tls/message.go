package tls

import "otsensor/pkg/protocols"

// The records, RFC 8446 §5.1, and the handshake messages in clear, §4.
const (
	RecordCipher    = 20 // change cipher spec: what follows is encrypted
	RecordAlert     = 21
	RecordHandshake = 22
	RecordData      = 23
	RecordHeader    = 5
	RecordMax       = 1<<14 + 256 + RecordHeader

	ClientHello = 1
	ServerHello = 2
	Certificate = 11
)

// IsRecord reports whether b begins with a record.
func IsRecord(b []byte) bool {
	return len(b) > RecordHeader && b[0] >= RecordCipher && b[0] <= RecordData && b[1] == 3 && b[2] <= 4
}

// Messages of one kind of number a hello may list; what goes beyond is not looked at.
const listMax = 128

// Hello is what a hello says. Its texts are views.
type Hello struct {
	Version uint16 // the one meant, RFC 8446 §4.2.1
	Suite   uint16 // of a server's hello
	Name    []byte // server name asked for
	ALPN    []byte // first one offered

	suites, extensions, signatures list
}

type list struct {
	n  [listMax]uint16
	at int
}

func (l *list) add(n uint16) {
	if l.at < listMax && !grease(n) {
		l.n[l.at] = n
		l.at++
	}
}

// grease are the values that mean nothing, RFC 8701.
func grease(n uint16) bool { return n&0x0f0f == 0x0a0a && n>>8 == n&0xff }

// Client reads a client's hello, RFC 8446 §4.1.2.
func (h *Hello) Client(body []byte) (ok bool) {
	c := protocols.Read(body)
	*h = Hello{Version: c.U16()}
	c.Skip(32)
	c.Skip(int(c.U8())) // session
	if h.Version>>8 == dtlsMajor {
		c.Skip(int(c.U8())) // cookie, RFC 6347 §4.2.1
	}
	suites := protocols.Read(c.Bytes(int(c.U16())))
	c.Skip(int(c.U8())) // compression
	if c.Short() {
		return false
	}
	for suites.Left() >= 2 {
		h.suites.add(suites.U16())
	}
	h.extended(&c)
	return true
}

// Server reads a server's hello, §4.1.3.
func (h *Hello) Server(body []byte) (ok bool) {
	c := protocols.Read(body)
	*h = Hello{Version: c.U16()}
	c.Skip(32)
	c.Skip(int(c.U8()))
	h.Suite = c.U16()
	c.Skip(1)
	if c.Short() {
		return false
	}
	h.extended(&c)
	return true
}

// The extensions read.
const (
	extServerName = 0
	extSignatures = 13
	extALPN       = 16
	extVersions   = 43
)

func (h *Hello) extended(c *protocols.Cursor) {
	if c.Left() < 2 {
		return
	}
	all := protocols.Read(c.Bytes(int(c.U16())))
	for all.Left() >= 4 {
		kind := all.U16()
		body := all.Bytes(int(all.U16()))
		if all.Short() {
			return
		}
		h.extensions.add(kind)
		e := protocols.Read(body)
		switch kind {
		case extServerName:
			e.Skip(3)
			h.Name = e.Bytes(int(e.U16()))
		case extALPN:
			e.Skip(2)
			h.ALPN = e.Bytes(int(e.U8()))
		case extSignatures:
			for e.Skip(2); e.Left() >= 2; {
				h.signatures.add(e.U16())
			}
		case extVersions:
			h.versions(body)
		}
	}
}

// versions takes the one a server chose, or the highest a client offers.
func (h *Hello) versions(body []byte) {
	if len(body) == 2 {
		h.Version = uint16(body[0])<<8 | uint16(body[1])
		return
	}
	e := protocols.Read(body)
	for e.Skip(1); e.Left() >= 2; {
		if v := e.U16(); !grease(v) && newer(v, h.Version) {
			h.Version = v
		}
	}
}

// newer reports a later version: those of datagrams count down.
func newer(v, than uint16) bool {
	if than>>8 == dtlsMajor {
		return v>>8 == dtlsMajor && v < than
	}
	return v>>8 == 3 && v > than
}

// First gives the first certificate of a certificate message, RFC 5246 §7.4.2.
func First(body []byte) []byte {
	c := protocols.Read(body)
	c.Skip(3)
	return c.Bytes(int(c.U8())<<16 | int(c.U16()))
}
