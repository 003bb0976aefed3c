package main

import (
	"fmt"
	"time"
)

// s7 is an S7 client on ISO transport and the controller it asks.
type s7 struct {
	*conn
	kind uint16 // of connection: 1 programming device, 2 operator panel, 3 other
	ref  uint16
	plc  *controller
}

// controller is what the filler's controller holds.
type controller struct {
	blocks map[uint16][]byte
	status func(now time.Time) // renews the block that shows the process
	halted bool
}

func (l *lab) s7(client, server *host, kind uint16, plc *controller) *s7 {
	return &s7{conn: newConn(client, server, 102), kind: kind, plc: plc}
}

// tpkt wraps a COTP packet (RFC 1006).
func tpkt(b []byte) []byte {
	return append(be.AppendUint16([]byte{3, 0}, uint16(4+len(b))), b...)
}

func cotpData(b []byte) []byte { return tpkt(append([]byte{2, 0xF0, 0x80}, b...)) }

// cotpConnect asks for (0xE0) or confirms (0xD0) a connection between two selectors.
func cotpConnect(code byte, dst, src, from, to uint16) []byte {
	b := []byte{17, code}
	b = be.AppendUint16(b, dst)
	b = be.AppendUint16(b, src)
	b = append(b, 0, 0xC0, 1, 0x0A, 0xC1, 2)
	b = be.AppendUint16(b, from)
	b = append(b, 0xC2, 2)
	return tpkt(be.AppendUint16(b, to))
}

// message is an S7 header with parameters and data; acknowledgements carry two error bytes more.
func message(kind byte, ref uint16, params, data []byte) []byte {
	b := be.AppendUint16([]byte{0x32, kind, 0, 0}, ref)
	b = be.AppendUint16(b, uint16(len(params)))
	b = be.AppendUint16(b, uint16(len(data)))
	if kind == 2 || kind == 3 {
		b = append(b, 0, 0)
	}
	return cotpData(append(append(b, params...), data...))
}

// ready opens transport and S7 connection when there is none.
func (c *s7) ready(s *script) bool {
	if c.open {
		return true
	}
	to := c.kind<<8 | 2
	return c.dial(s) &&
		c.exchange(s, cotpConnect(0xE0, 0, 1, 0x0100, to), cotpConnect(0xD0, 1, 2, 0x0100, to)) &&
		c.job(s, "f0 00 0001 0001 01e0", "", "f0 00 0001 0001 00f0", "")
}

// job is a request and its acknowledgement, both in hex.
func (c *s7) job(s *script, params, data, answerParams, answerData string) bool {
	return c.work(s, octets(params), octets(data), octets(answerParams), octets(answerData))
}

func (c *s7) work(s *script, params, data, answerParams, answerData []byte) bool {
	c.ref++
	return c.exchange(s, message(1, c.ref, params, data), message(3, c.ref, answerParams, answerData))
}

// user is a userdata request of a group and its answer.
func (c *s7) user(s *script, group, sub byte, data string, code uint16, answer string) bool {
	c.ref++
	request := []byte{0, 1, 0x12, 4, 0x11, 0x40 | group, sub, 0}
	confirm := be.AppendUint16([]byte{0, 1, 0x12, 8, 0x12, 0x80 | group, sub, byte(c.ref), 0, 0}, code)
	return c.exchange(s, message(7, c.ref, request, userData(octets(data))), message(7, c.ref, confirm, userData(octets(answer))))
}

// userData is return code, transport size and length before the octets.
func userData(b []byte) []byte {
	if len(b) == 0 {
		return []byte{0x0A, 0, 0, 0}
	}
	return append(be.AppendUint16([]byte{0xFF, 0x09}, uint16(len(b))), b...)
}

// span is a run of bytes of a data block.
type span struct{ block, at, n uint16 }

// item is the any-type address of bytes.
func (a span) item() []byte {
	b := []byte{0x12, 0x0A, 0x10, 2}
	b = be.AppendUint16(b, a.n)
	b = be.AppendUint16(b, a.block)
	return append(b, 0x84, byte(a.at>>13), byte(a.at>>5), byte(a.at<<3))
}

// read reads one or several spans in one job.
func (c *s7) read(s *script, spans ...span) bool {
	if !c.ready(s) {
		return false
	}
	c.plc.status(s.now)
	params := []byte{4, byte(len(spans))}
	var data []byte
	for i, a := range spans {
		params = append(params, a.item()...)
		data = be.AppendUint16(append(data, 0xFF, 4), 8*a.n)
		data = append(data, c.plc.blocks[a.block][a.at:a.at+a.n]...)
		if a.n%2 == 1 && i < len(spans)-1 {
			data = append(data, 0)
		}
	}
	return c.work(s, params, nil, []byte{4, byte(len(spans))}, data)
}

// write writes bytes of one span.
func (c *s7) write(s *script, block, at uint16, v ...byte) bool {
	if !c.ready(s) {
		return false
	}
	a := span{block, at, uint16(len(v))}
	data := append(be.AppendUint16([]byte{0, 4}, 8*a.n), v...)
	ok := c.work(s, append([]byte{5, 1}, a.item()...), data, []byte{5, 1}, []byte{0xFF})
	if ok {
		copy(c.plc.blocks[block][at:], v)
	}
	c.settle(s)
	return ok
}

// list reads a system status list; the answer is one partial list as the real one has it.
func (c *s7) list(s *script, id, index uint16, answer string) bool {
	return c.user(s, 4, 1, fmt.Sprintf("%04x%04x", id, index), 0, answer)
}

// The partial lists of a CPU 315-2 PN/DP: module identification, component identification, mode.
const (
	moduleList    = "0011 0000 001c 0004 0001 36455337203331352d32454831342d3041423020 00c0 0004 0001 0006 36455337203331352d32454831342d3041423020 00c0 0004 0001 0007 2020202020202020202020202020202020202020 00c0 5603 0206 0081 426f6f74204c6f616465722020202020202020 0000 4120 0909"
	componentList = "001c 0000 0022 0001 0001 46494c4c45522d3031000000000000000000000000000000 0000000000000000"
	modeList      = "0424 0000 0014 0001 5144 ff08 00 00 00 00 00 00 00 00 26 03 02 06 00 00 00 00"
)

func (c *s7) stop(s *script) bool {
	c.plc.halted = true
	return c.job(s, "29 0000000000 09 505f50524f4752414d", "", "29", "")
}

func (c *s7) restart(s *script) bool {
	c.plc.halted = false
	return c.job(s, "28 000000000000fd 0000 09 505f50524f4752414d", "", "28", "")
}

// download loads a data block into the controller and activates it: request
// (0x1A), then the controller fetches (0x1B) and ends (0x1C), then _INSE.
func (c *s7) download(s *script, block int, body []byte) bool {
	name := fmt.Sprintf("5f3041%x50", fmt.Sprintf("%05d", block)) // _0A, number, P
	if !c.job(s, "1a 00 0100 00000000 09"+name+"0d 31 303030323030 303030313030", "", "1a", "") {
		return false
	}
	c.settle(s)
	fetch := append(be.AppendUint16(nil, uint16(len(body))), 0x00, 0xFB)
	c.fetched(s, octets("1b 00 0000 00000000 09"+name), []byte{0x1B, 0}, append(fetch, body...))
	c.fetched(s, octets("1c 00 0000 00000000 09"+name), []byte{0x1C}, nil)
	return c.job(s, fmt.Sprintf("28 000000000000fd 000a 01 00 3041 %x 50 05 5f494e5345", fmt.Sprintf("%05d", block)), "", "28", "")
}

// fetched is a job of the controller that the client acknowledges.
func (c *s7) fetched(s *script, params, answer, data []byte) {
	c.ref++
	c.send(s, &c.server, &c.client, push, message(1, c.ref, params, nil))
	s.pause(2 * time.Millisecond)
	c.send(s, &c.client, &c.server, push, message(3, c.ref, answer, data))
	s.pause(2 * time.Millisecond)
}

// upload reads a data block out of the controller: start (0x1D), parts (0x1E), end (0x1F).
func (c *s7) upload(s *script, block, parts int) bool {
	if !c.job(s, fmt.Sprintf("1d 00 0000 00000000 09 5f3041%x41", fmt.Sprintf("%05d", block)), "", "1d 00 0100 00000007 07 30303231353030", "") {
		return false
	}
	for i := range parts {
		more := byte(1)
		if i == parts-1 {
			more = 0
		}
		part := make([]byte, 200)
		for j := range part {
			part[j] = byte(j * block)
		}
		if !c.work(s, octets("1e 00 0000 00000007"), nil, []byte{0x1E, more}, append([]byte{0, 200, 0, 0xFB}, part...)) {
			return false
		}
	}
	return c.job(s, "1f 00 0000 00000007", "", "1f", "")
}
