package enip

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/cip"
)

// messages takes the CIP message of Send RR Data or Send Unit Data (Volume 2,
// 2-4.7 and 2-4.8): an address item, then a data item.
func (d *decoder) messages(dir ot.Dir, h *header, body []byte, t *ot.Transaction, out *protocols.Emit) {
	if len(body) < cipPrefix {
		return // said by measure
	}
	if u32(body) != 0 {
		out.OddIn(ot.BadValue, dir, t) // interface handles other than CIP are not defined
	}
	via := cip.Via{Command: h.command, Session: h.session, Context: h.context, Group: group(body[cipPrefix:])}
	p := readItems(body[cipPrefix:])
	for it, ok := p.next(); ok; it, ok = p.next() {
		switch {
		case it.kind == itemConnAddress && len(it.data) >= 4:
			via.Connected, via.Conn = true, u32(it.data)
		case it.kind == itemConnData && len(it.data) >= 2:
			d.fits(dir, h, sendUnitData, t, out)
			via.Seq = u16(it.data)
			if msg := it.data[2:]; len(msg) > 0 {
				d.cip.Message(dir, via, msg, out)
			}
		case it.kind == itemUnconnData:
			d.fits(dir, h, sendRRData, t, out)
			via.Connected = false
			d.cip.Message(dir, via, it.data, out)
		}
	}
}

// group is the address that the target of a connection sends to, as its answer
// to the opening says behind the message; 0 where it says none.
func group(b []byte) uint32 {
	p := readItems(b)
	if p.count <= 2 { // address and message, as nearly always
		return 0
	}
	for it, ok := p.next(); ok; it, ok = p.next() {
		if it.kind == itemSockT2O && len(it.data) >= 8 {
			return binary.BigEndian.Uint32(it.data[4:])
		}
	}
	return 0
}

// fits says so when a data item came with the other command.
func (d *decoder) fits(dir ot.Dir, h *header, command uint16, t *ot.Transaction, out *protocols.Emit) {
	if h.command != command {
		out.OddIn(ot.BadValue, dir, t)
	}
}

// refused takes an encapsulation error in place of a CIP message.
func (d *decoder) refused(dir ot.Dir, h *header, t *ot.Transaction, out *protocols.Emit) {
	if dir == ot.ToServer {
		return // said by pdu
	}
	t.Status, t.StatusCode = ot.Refused, h.status
	t.Answered, t.Latency = out.Frame, -1
	out.Did(t)
	if h.command == sendRRData { // connected messages have no context to find theirs by
		d.cip.Failed(cip.Via{Context: h.context}, h.status, out)
	}
}
