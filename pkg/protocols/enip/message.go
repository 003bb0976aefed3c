package enip

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/cip"
)

// messages takes the CIP message of Send RR Data or Send Unit Data (Volume 2,
// 2-4.7 and 2-4.8): an address item, then a data item.
func (d *decoder) messages(dir ot.Dir, h *header, body []byte, out *protocols.Emit) {
	if len(body) < cipPrefix {
		return // said by measure
	}
	if u32(body) != 0 {
		oddIn(ot.BadValue, dir, h, out) // interface handles other than CIP are not defined
	}
	p := readItems(body[cipPrefix:])
	via := cip.Via{Command: h.command, Session: h.session, Context: h.context}
	if p.count > 2 { // more than address and message, as there nearly never is
		via.Group = group(p)
	}
	for p.count > 0 {
		it, ok := p.next()
		switch {
		case !ok:
			return
		case it.kind == itemConnAddress && len(it.data) >= 4:
			via.Connected, via.Conn = true, u32(it.data)
		case it.kind == itemConnData && len(it.data) >= 2:
			fits(dir, h, sendUnitData, out)
			via.Seq = u16(it.data)
			if msg := it.data[2:]; len(msg) > 0 {
				d.cip.Message(dir, via, msg, out)
			}
		case it.kind == itemUnconnData:
			fits(dir, h, sendRRData, out)
			via.Connected = false
			d.cip.Message(dir, via, it.data, out)
		}
	}
}

// group is the address that the target of a connection sends to, as its answer
// to the opening says behind the message; 0 where it says none.
func group(p items) uint32 {
	for it, ok := p.next(); ok; it, ok = p.next() {
		if it.kind == itemSockT2O && len(it.data) >= 8 {
			return binary.BigEndian.Uint32(it.data[4:])
		}
	}
	return 0
}

// fits says so when a data item came with the other command.
func fits(dir ot.Dir, h *header, command uint16, out *protocols.Emit) {
	if h.command != command {
		oddIn(ot.BadValue, dir, h, out)
	}
}

// refused takes an encapsulation error in place of a CIP message.
func (d *decoder) refused(dir ot.Dir, h *header, out *protocols.Emit) {
	if dir == ot.ToServer {
		return // said by pdu
	}
	t := begin(h)
	t.Status, t.StatusCode = ot.Refused, h.status
	t.Answered, t.Latency = out.Frame, -1
	out.Did(&t)
	if h.command == sendRRData { // connected messages have no context to find theirs by
		d.cip.Failed(cip.Via{Context: h.context}, h.status, out)
	}
}
