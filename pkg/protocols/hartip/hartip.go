// Package hartip decodes HART-IP: sessions with field devices and multiplexers, and the HART commands inside.
//
// FieldComm HCF_SPEC-085 (network management: the header and its messages),
// HCF_SPEC-081 (token-passing frames), HCF_SPEC-127 and 151 (universal and common
// practice commands).
//
// Transaction conventions:
//
//	Code       the HART command; Session | message for a message of the session
//	Unit       the short address, or the last three bytes of the long one: the device id
//	StatusCode the response code of a command; Session | status of a message
package hartip

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Session marks a Code or StatusCode of the session rather than of a command.
const Session uint32 = 0x10000

// The indices of Transaction.Arg.
const (
	argID     = iota // transaction id
	argStatus        // device status of an answer, with present
)

const present = 1 << 31

const (
	headerLen = 8
	longest   = 4096
	limit     = 16 << 10
)

// The messages of a session.
const (
	initiate  = 0
	closing   = 1
	keepAlive = 2
	command   = 3
)

// The kinds of a message.
const (
	isRequest  = 0
	isResponse = 1
	isPublish  = 2
	isRefusal  = 15
)

// Protocol is the row of HART-IP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoHARTIP, Title: "HART-IP", Spec: "HCF_SPEC-085, 081, 127, 151",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 5094}, {Transport: ot.UDP, Number: 5094}, {Transport: ot.UDP, Number: 5095}},
		Probe: probe, New: newDecoder, Limit: limit,
		Codes: codes(), Fields: fields, Describe: describe,
	}
}

// measure is the length of a message.
func measure(b []byte) (n int, certain bool) {
	switch {
	case b[0] != 1 && b[0] != 2, len(b) > 1 && b[1] > isPublish && b[1] != isRefusal, len(b) > 2 && b[2] > 5 && b[2] < 128:
		return 0, false
	case len(b) < headerLen:
		return -1, false
	}
	n = int(b[6])<<8 | int(b[7])
	if n < headerLen || n > longest {
		return 0, false
	}
	if b[1] != isRequest && b[1] != isResponse || b[2] > command || b[3] != 0 {
		return n, false
	}
	most := [...]int{initiate: headerLen + 1, closing: headerLen, keepAlive: headerLen, command: commandMost}[b[2]]
	if len(b) < min(n, most) {
		return -1, false
	}
	return n, exact(b, n)
}

// commandMost is the most bytes up to the count of a command's data.
const commandMost = headerLen + 1 + 5 + 3 + 2

// exact reports whether the length of a message is what its content needs.
func exact(b []byte, n int) bool {
	switch b[2] {
	case initiate:
		return n == headerLen+5 && b[headerLen] <= 1
	case command:
		if n <= headerLen {
			return false
		}
		at := headerLen + 3 + int(b[headerLen]>>5&3)
		if b[headerLen]&longAddress != 0 {
			at += 4
		}
		return at < n && n == at+int(b[at])+2
	}
	return n == headerLen
}

func probe(head []byte) protocols.Answer {
	if len(head) == 0 {
		return protocols.More
	}
	n, _ := measure(head)
	switch {
	case n < 0:
		return protocols.More
	case n == 0:
		return protocols.No
	case head[1] == isRequest:
		return protocols.FromClient
	}
	return protocols.FromServer
}

type decoder struct {
	cut  protocols.Cutter
	open protocols.Open
}

func newDecoder(c *ot.Conv) protocols.Decoder {
	return &decoder{cut: protocols.Cutter{Proto: ot.ProtoHARTIP, Measure: measure, Inside: true, Datagrams: c.Transport == ot.UDP}}
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	return d.cut.Each(dir, b, out, d.message)
}

func (d *decoder) Lost(dir ot.Dir, _ *protocols.Emit) {
	d.cut.Lost(dir)
	d.open.Lost()
}

func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }

// message takes one message: version, kind, id, status, transaction, length.
func (d *decoder) message(dir ot.Dir, b []byte, out *protocols.Emit) {
	c := protocols.Read(b)
	c.Skip(1)
	kind, id, status := c.U8(), c.U8(), c.U8()
	transaction := c.U16()
	c.Skip(2)
	t := ot.Transaction{Proto: ot.ProtoHARTIP, Op: ot.OpSession, Code: Session | uint32(id), Latency: -1}
	t.Arg[argID] = uint32(transaction)
	var f frame
	if id == command && (kind == isRequest || kind == isResponse || kind == isPublish) {
		if !f.read(&c) {
			out.OddIn(ot.Malformed, dir, &t)
			return
		}
		f.name(&t, dir, out)
	} else if find(Session|uint32(id)) == nil {
		out.OddIn(ot.ReservedCode, dir, &t)
	}
	key := uint64(id)<<16 | uint64(transaction)
	if kind == isRequest {
		t.Value = f.data
		d.open.Ask(key, ot.ProtoHARTIP, out).Add(&t, out)
		return
	}
	d.answer(dir, key, kind, status, &f, b, &t, out)
}

// answer closes a request, or takes what a device publishes.
func (d *decoder) answer(dir ot.Dir, key uint64, kind, status uint8, f *frame, b []byte, t *ot.Transaction, out *protocols.Emit) {
	if f.answer {
		f.identify(dir, out)
	}
	r, verdict := d.open.Take(key, b, out)
	switch verdict {
	case protocols.Again:
		return
	case protocols.Fits:
	default:
		t.Status, t.Answered = ot.Unasked, out.Frame
		f.conclude(t, kind, status)
		out.Did(t)
		return
	}
	for i := range r.Txns {
		a := &r.Txns[i]
		if f.conclude(a, kind, status); a.StatusCode != 0 {
			a.Status = ot.Refused
		}
		if a.Op == ot.OpReadData || a.Op == ot.OpIdentify {
			a.Value = f.data
		}
		out.Did(a)
	}
}

// describe says what was touched: "device 53760".
func describe(t *ot.Transaction, dst []byte) []byte {
	if t.Code >= Session {
		return append(dst, "session"...)
	}
	return strconv.AppendUint(append(dst, "device "...), uint64(t.Unit), 10)
}
