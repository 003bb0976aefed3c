package profinet

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The kinds of a connectionless call, C706 §12.5.2.2.
const (
	packetRequest  = 0
	packetResponse = 2
	packetFault    = 3
	packetReject   = 6
	packetMost     = 10
)

const (
	callHeader  = 80
	callVersion = 4
	fragmented  = 0x04 // in the first flags
)

// The interfaces of connection management differ in the second to fourth byte
// only; they are held in the order of numbers that come most significant first.
var (
	interfaceHead = [3]byte{0xde, 0xa0, 0x00}
	interfaceTail = [12]byte{0x6c, 0x97, 0x11, 0xd1, 0x82, 0x71, 0x00, 0xa0, 0x24, 0x42, 0xdf, 0x7d}
)

// call is the header of a connectionless call.
type call struct {
	kind, flags uint8
	order       binary.ByteOrder
	ours        bool // the interface is one of connection management
	key         uint64
	operation   uint16
	fragment    uint16
	body        []byte
}

// probeCall tells connection management by the header and its interface.
func probeCall(head []byte) protocols.Answer {
	if len(head) < callHeader {
		return protocols.More
	}
	switch h, _ := readCall(head); {
	case !h.ours:
		return protocols.No
	case h.kind == packetRequest:
		return protocols.FromClient
	case h.kind == packetResponse:
		return protocols.FromServer
	}
	return protocols.Either
}

// readCall reads the header; ok where the body is there, too.
func readCall(b []byte) (h call, ok bool) {
	if len(b) < callHeader || b[0] != callVersion {
		return h, false
	}
	h.kind, h.flags, h.order = b[1]&0x1f, b[2], order(b[4])
	h.ours = isOurs(b[24:40], h.order)
	h.key = protocols.Digest(b[40:56]) ^ uint64(h.order.Uint32(b[64:]))
	h.operation = h.order.Uint16(b[68:])
	n := int(h.order.Uint16(b[74:]))
	h.fragment = h.order.Uint16(b[76:])
	if n > len(b)-callHeader {
		return h, false
	}
	h.body = b[callHeader : callHeader+n]
	return h, true
}

// order is the byte order a call's data representation names.
func order(drep byte) binary.ByteOrder {
	if drep&0x10 != 0 {
		return binary.LittleEndian
	}
	return binary.BigEndian
}

// isOurs compares an interface: a 32-bit and two 16-bit numbers, then bytes.
func isOurs(b []byte, o binary.ByteOrder) bool {
	var u [16]byte
	binary.BigEndian.PutUint32(u[:], o.Uint32(b))
	binary.BigEndian.PutUint16(u[4:], o.Uint16(b[4:]))
	binary.BigEndian.PutUint16(u[6:], o.Uint16(b[6:]))
	copy(u[8:], b[8:])
	return [3]byte(u[:3]) == interfaceHead && u[3] >= 1 && u[3] <= 4 && [12]byte(u[4:]) == interfaceTail
}

// call takes one datagram of connection management.
func (d *decoder) call(dir ot.Dir, b []byte, out *protocols.Emit) {
	h, ok := readCall(b)
	t := ot.Transaction{Proto: ot.Profinet, Code: Call | uint32(h.operation), Latency: -1}
	switch {
	case !ok:
		out.Odd(ot.Malformed, dir, ot.Profinet)
	case !h.ours && h.kind == packetRequest, h.flags&fragmented != 0 && h.fragment > 0:
	case h.kind == packetRequest:
		d.request(dir, &h, &t, out)
	case h.kind == packetResponse, h.kind == packetFault, h.kind == packetReject:
		d.answer(dir, &h, &t, out)
	}
}

const arrayHeader = 20 // of a request: most, length, and the counts of an array; of an answer the status instead of the first

// request opens a request: one transaction, or one a record of a write of many.
func (d *decoder) request(dir ot.Dir, h *call, t *ot.Transaction, out *protocols.Emit) {
	if row := find(calls, uint32(h.operation)); row != nil {
		t.Op = row.op
	} else {
		out.OddIn(ot.ReservedCode, dir, t)
	}
	r := d.open.Ask(h.key, ot.Profinet, out)
	if len(h.body) < arrayHeader {
		out.OddIn(ot.Malformed, dir, t)
		r.Add(t, out)
		return
	}
	d.blocks(h.body[arrayHeader:], t, r, out)
}

// answer closes a request.
func (d *decoder) answer(dir ot.Dir, h *call, t *ot.Transaction, out *protocols.Emit) {
	r, verdict := d.open.Take(h.key, h.body, out)
	status, body := uint32(1), []byte(nil)
	if len(h.body) >= 4 {
		status = h.order.Uint32(h.body)
	}
	if len(h.body) >= arrayHeader && h.kind == packetResponse {
		body = h.body[arrayHeader:]
		said(dir, body, out)
	}
	switch verdict {
	case protocols.Again:
		return
	case protocols.Fits:
	default:
		if row := find(calls, uint32(h.operation)); row != nil && h.kind == packetResponse {
			t.Op, t.StatusCode = row.op, status
			alone(ot.Unasked, t, out)
		}
		return
	}
	for i := range r.Txns {
		a := &r.Txns[i]
		if a.StatusCode = status; status == 0 {
			a.StatusCode = writeError(body, a)
		}
		if a.StatusCode != 0 {
			a.Status = ot.Refused
		}
		out.Did(a)
	}
}
