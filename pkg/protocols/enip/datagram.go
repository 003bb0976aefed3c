package enip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// isIO reports whether a datagram is cyclic I/O: two items, the first a
// sequenced address of eight bytes (Volume 2, 2-6.3.3). No encapsulation
// command is 2.
func isIO(b []byte) bool {
	return len(b) >= ioHead && u16(b) == 2 &&
		u16(b[2:]) == itemSequenced && u16(b[4:]) == 8
}

const (
	ioHead = 6          // up to the address item's data
	ioData = ioHead + 8 // the data item
	ioBody = ioData + 4 // its data
)

func (d *decoder) feedDatagram(dir ot.Dir, b []byte, out *protocols.Emit) {
	if isIO(b) {
		d.feedIO(dir, b, out)
		return
	}
	s := &d.sync[dir]
	if len(b) < headerSize {
		d.foreign(s, dir, out)
		return
	}
	h := readHeader(b)
	if !h.credible() || !s.spoke && h.blank() {
		d.foreign(s, dir, out)
		return
	}
	if d.tcpOnly(&h) {
		d.overUDP(&h, dir, out)
		return
	}
	s.spoke = true
	e := measure(&h, b, dir)
	if !e.whole {
		oddIn(ot.Malformed, dir, &h, out)
		return
	}
	if e.odd == ot.NoAnomaly && len(b) > e.size {
		e.odd = ot.TrailingBytes
	}
	d.pdu(dir, &h, b[headerSize:e.size:e.size], e.odd, out)
}

// foreign says once a direction that datagrams are not of this protocol.
func (d *decoder) foreign(s *sync, dir ot.Dir, out *protocols.Emit) {
	if !s.lost {
		s.lost = true
		out.Odd(ot.WrongProtocol, dir, ot.ENIP)
	}
}

// tcpOnly: sessions and CIP messages are defined for TCP only (Volume 2, 2-3.2).
func (d *decoder) tcpOnly(h *header) bool {
	return h.carriesCIP() || h.command == registerSession || h.command == unregisterSession
}

// overUDP says once that a command of TCP came in a datagram.
func (d *decoder) overUDP(h *header, dir ot.Dir, out *protocols.Emit) {
	if d.saidTCPOnly {
		return
	}
	d.saidTCPOnly = true
	oddIn(ot.BadValue, dir, h, out)
}

func (d *decoder) feedIO(dir ot.Dir, b []byte, out *protocols.Emit) {
	d.sync[dir].spoke = true
	if len(b) < ioBody || u16(b[ioData:]) != itemConnData {
		out.Odd(ot.Malformed, dir, ot.CIP)
		return
	}
	to := ioBody + int(u16(b[ioData+2:]))
	switch {
	case to > len(b):
		out.Odd(ot.Malformed, dir, ot.CIP)
		return
	case to < len(b):
		out.Odd(ot.TrailingBytes, dir, ot.CIP)
	}
	id, seq := u32(b[ioHead:]), u32(b[ioHead+4:])
	d.io.Data(dir, id, seq, b[ioBody:to], out)
}
