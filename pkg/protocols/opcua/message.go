package opcua

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const (
	headerLen  = 8    // message type, chunk type, size (OPC 10000-6 §7.1.2.2)
	helloMax   = 4128 // a hello with the longest endpoint address
	ackLen     = 28
	maskedMsg  = 16 // channel, token and the beginning of what is encrypted
	keyHello   = 1 << 40
	keyChannel = 2 << 40
)

// kinds are the messages: their shortest and longest sizes.
var kinds = []struct {
	name     string
	min, max uint32
}{
	{"MSG", headerLen + maskedMsg, limit},
	{"OPN", headerLen + 16, limit},
	{"CLO", headerLen + maskedMsg, limit},
	{"HEL", headerLen + 24, helloMax},
	{"ACK", ackLen, ackLen},
	{"ERR", headerLen + 8, helloMax},
	{"RHE", headerLen + 8, 2 * helloMax},
}

// measure is the size of a chunk.
func measure(b []byte) (n int, certain bool) {
	for i := range kinds {
		k := &kinds[i]
		if have := min(len(b), 3); string(b[:have]) != k.name[:have] {
			continue
		}
		if len(b) < headerLen {
			return -1, false
		}
		size := binary.LittleEndian.Uint32(b[4:])
		if size < k.min || size > k.max || b[3] != 'F' && (i != 0 || b[3] != 'C' && b[3] != 'A') {
			return 0, false
		}
		return int(size), true
	}
	return 0, false
}

// message takes one chunk.
func (d *decoder) message(dir ot.Dir, b []byte, out *protocols.Emit) {
	if len(b) < headerLen {
		return // a chunk that another one cut off
	}
	c := protocols.Read(b)
	c.Skip(headerLen)
	switch string(b[:3]) {
	case "HEL":
		d.hello(&c, out)
	case "ACK":
		d.conclude(dir, keyHello, 0, &c, out)
	case "ERR":
		d.failed(dir, &c, out)
	case "RHE":
		t := ot.Transaction{Proto: ot.ProtoOPCUA, Code: codeReverse, Op: ot.OpSession, Name: d.clean(text(&c))}
		d.alone(ot.OneWay, &t, out)
	case "OPN":
		d.channel(dir, &c, out)
	default:
		d.chunk(dir, b, &c, out)
	}
}

// hello opens the connection: version, buffer sizes, and the address of who is wanted.
func (d *decoder) hello(c *protocols.Cursor, out *protocols.Emit) {
	c.Skip(20)
	t := ot.Transaction{Proto: ot.ProtoOPCUA, Code: codeHello, Op: ot.OpSession, Name: d.clean(text(c)), Latency: -1}
	d.open.Ask(keyHello, ot.ProtoOPCUA, out).Add(&t, out)
}

// failed is the error that ends a connection: it refuses the hello, or belongs to no request.
func (d *decoder) failed(dir ot.Dir, c *protocols.Cursor, out *protocols.Emit) {
	code := c.U32LE()
	if d.open.Peek(keyHello) != nil {
		d.conclude(dir, keyHello, code, c, out)
		return
	}
	t := ot.Transaction{Proto: ot.ProtoOPCUA, Code: codeError, Op: ot.OpError, StatusCode: code, Name: d.clean(text(c))}
	d.alone(ot.Unasked, &t, out)
}

// channel opens or renews a secure channel: policy, certificates, and a service that a policy hides.
func (d *decoder) channel(dir ot.Dir, c *protocols.Cursor, out *protocols.Emit) {
	id := c.U32LE()
	policy := text(c)
	certificate := text(c)
	text(c) // receiver's thumbprint
	if c.Short() {
		out.Odd(ot.Malformed, dir, ot.ProtoOPCUA)
		return
	}
	d.certificate(dir, certificate, out)
	d.secured = !ends(policy, "#None")
	if d.secured {
		d.hidden(dir, id, out)
		return
	}
	c.Skip(4) // sequence number
	request := c.U32LE()
	d.service(dir, id, request, c, out)
}

// hidden is a channel opened under a policy: only that it happened can be seen.
func (d *decoder) hidden(dir ot.Dir, id uint32, out *protocols.Emit) {
	if dir == ot.ToClient {
		d.conclude(dir, keyChannel, 0, &protocols.Cursor{}, out)
		return
	}
	t := ot.Transaction{Proto: ot.ProtoOPCUA, Code: codeOpenChannel, Op: ot.OpSession, Latency: -1}
	t.Arg[argChannel], t.Arg[argPolicy] = id, 1
	d.open.Ask(keyChannel, ot.ProtoOPCUA, out).Add(&t, out)
}

// chunk is a part of a service message, or the end of the channel.
func (d *decoder) chunk(dir ot.Dir, b []byte, c *protocols.Cursor, out *protocols.Emit) {
	id := c.U32LE()
	c.Skip(8) // token, sequence number
	request := c.U32LE()
	ahead := *c
	if _, _, known := serviceOf(&ahead); !known && d.secured {
		t := ot.Transaction{Proto: ot.ProtoOPCUA, Code: codeSecured, Op: ot.OpSession}
		t.Arg[argChannel], t.Arg[argPolicy] = id, 1
		d.alone(ot.OneWay, &t, out)
		return
	}
	going := d.more[dir] == request|inChunks
	d.more[dir] = 0
	if b[3] == 'C' {
		d.more[dir] = request | inChunks
	}
	if !going && b[3] != 'A' {
		d.service(dir, id, request, c, out)
	}
}

// inChunks marks a request id in decoder.more; ids that large are not told apart from smaller ones.
const inChunks = 1 << 31

// alone hands over what joins nothing.
func (d *decoder) alone(status ot.Status, t *ot.Transaction, out *protocols.Emit) {
	t.Status, t.Latency = status, -1
	if status == ot.OneWay {
		t.Asked, t.AskedAt = out.Frame, out.Time
	} else {
		t.Answered = out.Frame
	}
	out.Did(t)
}

// conclude closes what has no service: hello, and a channel under a policy.
func (d *decoder) conclude(dir ot.Dir, key uint64, code uint32, c *protocols.Cursor, out *protocols.Emit) {
	r, verdict := d.open.Take(key, c.Rest(), out)
	if verdict != protocols.Fits {
		out.Odd(ot.Unmatched, dir, ot.ProtoOPCUA)
		return
	}
	for i := range r.Txns {
		if code != 0 {
			r.Txns[i].Status, r.Txns[i].StatusCode = ot.Refused, code
		}
		out.Did(&r.Txns[i])
	}
}

func (d *decoder) clean(b []byte) []byte { return ot.Clean(d.text[:0], b, ot.NameCap) }

func ends(b []byte, with string) bool {
	return len(b) >= len(with) && string(b[len(b)-len(with):]) == with
}
