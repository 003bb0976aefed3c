package enip

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/cip"
)

// PLC-5 and SLC 5/05 controllers speak PCCC over TCP 2222 without EtherNet/IP
// (AB/TCP, or CSP: not published by its vendor; as open clients of it have it):
// a header of 28 bytes, four or fifteen bytes of addresses, the command.
const (
	cspHead    = 28
	cspLocal   = 4  // bytes of addresses to the controller itself
	cspRouted  = 15 // and to another through it
	cspLeast   = cspLocal + 4
	cspMost    = 512
	cspConnect = 1
	cspPCCC    = 7

	cspVersion = 4 // what a client that connects asks for

	cspCode = 0x10000 // what Transaction.Code of a function adds: beyond the encapsulation commands
)

// cspHeader is the header, big-endian.
type cspHeader struct {
	mode, function     uint8 // 1 asks, 2 answers
	length             int
	connection, status uint32
	version            uint16
	addresses          int // bytes of them, 0 where not known yet
}

// readCSP needs cspHead bytes.
func readCSP(b []byte) cspHeader {
	h := cspHeader{mode: b[0], function: b[1], length: int(binary.BigEndian.Uint16(b[2:])),
		connection: binary.BigEndian.Uint32(b[4:]), status: binary.BigEndian.Uint32(b[8:]), version: binary.BigEndian.Uint16(b[12:])}
	if len(b) > cspHead+3 {
		if h.addresses = cspLocal; b[cspHead+3] != 0 {
			h.addresses = cspRouted
		}
	}
	return h
}

// credible reports what may be a header where one is expected.
func (h *cspHeader) credible() bool {
	switch {
	case h.mode != 1 && h.mode != 2 || h.mode == 1 && h.status != 0:
		return false
	case h.function == cspConnect:
		return h.length == 0
	}
	return h.function == cspPCCC && (h.length >= cspLeast && h.length <= cspMost || h.length == 0 && h.status != 0)
}

// isCSP is certain of a whole header, with the command behind it: certain is
// false and more true while too little of it is there.
func isCSP(b []byte) (certain, more bool) {
	if len(b) < 2 || (b[0] != 1 && b[0] != 2) || b[1] != cspConnect && b[1] != cspPCCC {
		return false, len(b) == 0 || len(b) == 1 && (b[0] == 1 || b[0] == 2)
	}
	if len(b) < cspHead {
		return false, true
	}
	h := readCSP(b)
	switch {
	case !h.credible():
		return false, false
	case h.function == cspConnect:
		return h.mode == 1 && h.connection == 0 && h.version == cspVersion || h.mode == 2 && h.connection != 0, false
	case h.length == 0:
		return h.connection != 0, false
	case len(b) < cspHead+cspRouted+2:
		if len(b) < cspHead+cspLocal+2 || b[cspHead+3] != 0 {
			return false, len(b) < cspHead+h.length
		}
	}
	at := cspHead + h.addresses
	if at+2 > len(b) || at+2 > cspHead+h.length {
		return false, false
	}
	command := b[at]
	return h.connection != 0 && command&^0x4F == 0 && (command&0x40 != 0) == (h.mode == 2) && (h.mode == 2 || b[at+1] == 0), false
}

// cspAt is where such a header begins behind the first byte, or may begin when more comes,
// while it is not known what is spoken; else far away.
func (d *decoder) cspAt(b []byte) int {
	if d.sync[0].spoke || d.sync[1].spoke {
		return len(b) + 1
	}
	for at := 1; at < len(b); at++ {
		if certain, more := isCSP(b[at:]); certain || more {
			return at
		}
	}
	return len(b) + 1
}

// cspSender is who sends a header.
func cspSender(b []byte) protocols.Answer { return side(b[0] == 2) }

// nextCSP takes one PDU, or skips bytes that belong to none; 0 asks for more.
func (d *decoder) nextCSP(dir ot.Dir, b []byte, out *protocols.Emit) int {
	s := &d.sync[dir]
	if s.lost {
		for at := range b {
			if certain, more := isCSP(b[at:]); certain || more {
				if certain {
					s.lost = false
				}
				if at > 0 || !certain {
					return at
				}
				break
			}
		}
		if s.lost {
			return len(b)
		}
	}
	if len(b) < cspHead {
		return 0
	}
	h := readCSP(b)
	if !h.credible() {
		s.lost = true
		out.Odd(s.excuse(out), dir, ot.ENIP)
		return 1
	}
	if len(b) < cspHead+h.length {
		return 0
	}
	s.spoke = true
	d.csp(dir, &h, b[cspHead:cspHead+h.length], out)
	return cspHead + h.length
}

func (d *decoder) csp(dir ot.Dir, h *cspHeader, body []byte, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.ENIP, Code: cspCode | uint32(h.function), Op: ot.OpSession}
	t.Arg[argSession] = h.connection
	switch {
	case (h.mode == 1) != (dir == ot.ToServer):
		out.OddIn(ot.WrongDirection, dir, &t)
	case h.function == cspPCCC && h.length > 0:
		d.cspMessage(dir, h, body, &t, out)
	case h.function == cspPCCC: // the command was refused before the controller saw it; which one, it does not say
		t.Status, t.StatusCode, t.Answered, t.Latency = ot.Refused, h.status, out.Frame, -1
		out.Did(&t)
	case h.mode == 1:
		d.open.Ask(uint64(t.Code), ot.ENIP, out).Add(&t, out)
	default:
		d.cspAnswer(h, &t, out)
	}
}

// cspAnswer takes what answers a connect.
func (d *decoder) cspAnswer(h *cspHeader, t *ot.Transaction, out *protocols.Emit) {
	t.Answered, t.Latency = out.Frame, -1
	r, _ := d.open.Take(uint64(t.Code), nil, out)
	switch {
	case r == nil:
		d.unasked(t, out)
	case len(r.Txns) > 0:
		asked := &r.Txns[0]
		t.Asked, t.AskedAt, t.Latency = asked.Asked, asked.AskedAt, asked.Latency
	}
	if t.StatusCode = h.status; h.status != 0 && t.Status == ot.OK {
		t.Status = ot.Refused
	}
	out.Did(t)
}

// cspMessage hands the command over as CIP's PCCC object has it, with a
// requestor that is nothing but its length.
func (d *decoder) cspMessage(dir ot.Dir, h *cspHeader, body []byte, t *ot.Transaction, out *protocols.Emit) {
	addresses := cspLocal
	if body[cspLocal-1] != 0 {
		addresses = cspRouted
	}
	if len(body) < addresses+4 {
		out.OddIn(ot.Malformed, dir, t)
		return
	}
	command := body[addresses:]
	via := cip.Via{Session: h.connection, Context: uint64(binary.LittleEndian.Uint16(command[2:]))}
	d.pccc = append(d.pccc[:0], 0x4B, 2, 0x20, 0x67, 0x24, 0x01, 1)
	if dir == ot.ToClient {
		d.pccc = append(d.pccc[:0], 0xCB, 0, 0, 0, 1)
	}
	d.pccc = append(d.pccc, command...)
	d.cip.Message(dir, via, d.pccc, out)
}
