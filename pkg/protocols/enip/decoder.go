package enip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/cip"
)

// decoder follows one conversation: a TCP session, datagrams of discovery, or
// cyclic I/O.
type decoder struct {
	datagram bool
	sync     [2]sync
	session  session
	open     protocols.Open // commands other than CIP messages
	cip      cip.Conversation
	io       cip.IO

	saidTCPOnly bool
	name        []byte // scratch: product or service name

	isCSP bool   // PCCC without encapsulation
	pccc  []byte // scratch: a command of it as CIP has it
}

// sync is where one direction stands in the bytes.
type sync struct {
	spoke bool // something was recognised
	doubt bool // the next header must be certain
	lost  bool // skipping until one is

	session uint32 // of the latest message
}

func newDecoder(c *ot.Conv) protocols.Decoder {
	return &decoder{datagram: c.Transport == ot.UDP}
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	if d.datagram {
		d.feedDatagram(dir, b, out)
		return len(b)
	}
	for used < len(b) {
		if wait := d.decide(b[used:]); wait {
			return used
		}
		n := 0
		if d.isCSP {
			n = d.nextCSP(dir, b[used:], out)
		} else {
			n = d.next(dir, b[used:], out)
		}
		if n == 0 {
			return used
		}
		used += n
	}
	return used
}

// decide tells PCCC without encapsulation by the first header that was
// recognised; wait asks for more of what may be one.
func (d *decoder) decide(b []byte) (wait bool) {
	if d.isCSP || d.sync[0].spoke || d.sync[1].spoke {
		return false
	}
	d.isCSP, wait = isCSP(b)
	return wait
}

// next takes one PDU, or skips bytes that belong to none; 0 asks for more.
func (d *decoder) next(dir ot.Dir, b []byte, out *protocols.Emit) int {
	if len(b) < headerSize {
		return 0
	}
	s := &d.sync[dir]
	h := readHeader(b)
	if !s.lost && (!h.credible() || !s.spoke && h.blank() || s.doubt && !h.from(dir, s.session)) {
		s.lost = true
		out.Odd(s.excuse(out), dir, ot.ENIP)
	}
	if s.lost {
		if at := min(certainAt(dir, s.session, b), d.cspAt(b)); at > 0 {
			return at
		}
		s.lost = false
	}
	e := measure(&h, b, dir)
	if !e.whole {
		return 0
	}
	s.spoke, s.doubt = true, e.odd != ot.NoAnomaly
	if h.carriesCIP() {
		s.session = h.session
	}
	d.pdu(dir, &h, b[headerSize:e.size:e.size], e.odd, out)
	return e.size
}

// excuse names why bytes are skipped: lost, or never spoken.
func (s *sync) excuse(out *protocols.Emit) ot.Anomaly {
	if !s.spoke && out.Quality&ot.Midstream == 0 {
		return ot.WrongProtocol
	}
	return ot.LostSync
}

// certainAt is where the first certain header begins, or may begin when more comes.
func certainAt(dir ot.Dir, session uint32, b []byte) int {
	for at := range len(b) - headerSize + 1 {
		if h := readHeader(b[at:]); h.from(dir, session) {
			return at
		}
	}
	return len(b) - headerSize + 1
}

func (d *decoder) Lost(dir ot.Dir, _ *protocols.Emit) {
	d.sync[dir].lost = true
	d.session.blind = true
	d.open.Lost()
	d.cip.Lost()
}

func (d *decoder) Tick(now int64, out *protocols.Emit) {
	d.open.Expire(now, out)
	d.cip.Tick(now, out)
	d.io.Tick(now, out)
}

// pdu takes one whole PDU.
func (d *decoder) pdu(dir ot.Dir, h *header, body []byte, odd ot.Anomaly, out *protocols.Emit) {
	if odd != ot.NoAnomaly {
		oddIn(odd, dir, h, out)
	}
	if h.options != 0 || dir == ot.ToServer && h.status != 0 {
		oddIn(ot.BadValue, dir, h, out)
	}
	d.session.check(dir, h, out)
	switch {
	case h.carriesCIP() && h.status == 0:
		d.messages(dir, h, body, out)
	case h.carriesCIP():
		d.refused(dir, h, out)
	case dir == ot.ToServer:
		d.command(h, body, out)
	default:
		d.answer(h, body, out)
	}
}
