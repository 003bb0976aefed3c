package ntp

import (
	"encoding/binary"
	"net/netip"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const (
	packetLen  = 48 // RFC 5905 §7.3
	controlLen = 12
	privateLen = 8
)

// probe accepts a packet by version, mode, stratum and length.
func probe(b []byte) protocols.Answer {
	if len(b) == 0 {
		return protocols.More
	}
	version, mode := b[0]>>3&7, b[0]&7
	if version == 0 || version > 4 || mode == 0 {
		return protocols.No
	}
	least := packetLen
	switch mode {
	case modeControl:
		least = controlLen
	case modePrivate:
		least = privateLen
	default:
		if len(b) > 1 && b[1] > 16 {
			return protocols.No
		}
	}
	if len(b) < least {
		return protocols.More
	}
	return protocols.Either
}

// decoder follows one conversation.
type decoder struct {
	group bool
	open  protocols.Open
	said  uint64 // digest of what the server said of itself
	text  [64]byte
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	if probe(b) != protocols.Either {
		out.Odd(ot.Malformed, dir, ot.ProtoNTP)
		return len(b)
	}
	t := ot.Transaction{Proto: ot.ProtoNTP, Latency: -1}
	t.Arg[argVersion] = uint32(b[0]>>3&7) | protocols.Present
	switch mode := b[0] & 7; mode {
	case modeControl:
		d.control(dir, b, &t, out)
	case modePrivate:
		d.private(b, &t, out)
	default:
		t.Code = uint32(mode)
		t.Op = protocols.OpOf(codes, t.Code)
		d.packet(b, &t, out)
	}
	return len(b)
}

func (d *decoder) Lost(ot.Dir, *protocols.Emit)        { d.open.Lost() }
func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }

// packet takes one packet of time. An answer names the moment the client sent, so that joins them.
func (d *decoder) packet(b []byte, t *ot.Transaction, out *protocols.Emit) {
	origin, sent := binary.BigEndian.Uint64(b[24:]), binary.BigEndian.Uint64(b[40:])
	switch {
	case t.Code == modeClient && !d.group:
		d.open.Ask(sent, ot.ProtoNTP, out).Add(t, out)
		return
	case t.Code == modeServer && !d.group:
		d.time(b, sent, t, out)
		d.answered(origin, b, t, out)
		return
	}
	if t.Code != modeClient {
		d.time(b, sent, t, out)
	}
	t.Status, t.Asked, t.AskedAt = ot.OneWay, out.Frame, out.Time
	out.Did(t)
}

// time reads what a server says of its clock.
func (d *decoder) time(b []byte, sent uint64, t *ot.Transaction, out *protocols.Emit) {
	t.Arg[argLeap] = uint32(b[0]>>6) | protocols.Present
	t.Arg[argStratum] = uint32(b[1]) | protocols.Present
	reference := b[12:16]
	if b[1] > 1 {
		t.Value = netip.AddrFrom4([4]byte(reference)).AppendTo(d.text[:0])
	} else {
		t.Value = ot.Clean(d.text[:0], reference, len(reference))
	}
	if sent != 0 {
		t.Arg[argOffset] = distance(sent, out.Time) | protocols.Present
	}
}

// distance is how far a timestamp is from a moment, in milliseconds. Its
// seconds run round every 136 years, so the nearest round is meant.
func distance(stamp uint64, now int64) uint32 {
	const second, from1900 = int64(1_000_000_000), 2_208_988_800
	seconds := int64(int32(uint32(stamp>>32) - uint32(now/second+from1900)))
	fraction := int64(stamp&0xffff_ffff) * 1000 >> 32
	ms := seconds*1000 + fraction - now%second/1_000_000
	return uint32(min(max(ms, -ms), protocols.Present-1))
}

// answered joins an answer to its request: the request's mode, the server's time.
func (d *decoder) answered(key uint64, b []byte, t *ot.Transaction, out *protocols.Emit) {
	r, verdict := d.open.Take(key, b, out)
	switch {
	case verdict == protocols.Again:
		return
	case verdict == protocols.Fits && len(r.Txns) > 0:
		a := r.Txns[0]
		t.Code, t.Op, t.Asked, t.AskedAt, t.Answered, t.Latency, t.Status = a.Code, a.Op, a.Asked, a.AskedAt, a.Answered, a.Latency, ot.OK
	default:
		t.Status, t.Answered = ot.Unasked, out.Frame
	}
	if t.Code < Control && t.Arg[argStratum]&0xff == 0 && t.Status == ot.OK {
		t.Status, t.StatusCode = ot.Refused, Kiss
	}
	out.Did(t)
}

// control takes one control message, RFC 9327 §2.
func (d *decoder) control(dir ot.Dir, b []byte, t *ot.Transaction, out *protocols.Emit) {
	const isAnswer, isError, more = 0x80, 0x40, 0x20
	flags := b[1]
	t.Code = Control | uint32(flags&31)
	if t.Op = protocols.OpOf(codes, t.Code); t.Op == ot.OpUnknown {
		out.OddIn(ot.ReservedCode, dir, t)
	}
	key := uint64(binary.BigEndian.Uint16(b[2:])) | 1<<32
	switch {
	case flags&isAnswer == 0:
		d.open.Ask(key, ot.ProtoNTP, out).Add(t, out)
	case flags&more == 0:
		failed := flags&isError != 0
		if t.Code == readVariables && !failed && binary.BigEndian.Uint32(b[6:]) == 0 { // of the system, from its beginning
			d.variables(b, out)
		}
		d.answeredBy(key, b, t, failed, uint32(b[4]), out)
	}
}

// private takes one message of mode 7. An answer may come in many parts: the first one joins.
func (d *decoder) private(b []byte, t *ot.Transaction, out *protocols.Emit) {
	const isAnswer = 0x80
	t.Code = Private | uint32(b[3])
	if t.Op = protocols.OpOf(codes, t.Code); t.Op == ot.OpUnknown {
		t.Op = ot.OpDiagnostic
	}
	key := uint64(b[3]) | 2<<32
	switch {
	case b[0]&isAnswer == 0:
		d.open.Ask(key, ot.ProtoNTP, out).Add(t, out)
	case d.open.Peek(key) != nil || b[1]&0x7f == 0:
		d.answeredBy(key, b, t, b[4]>>4 != 0, uint32(b[4]>>4), out)
	}
}

func (d *decoder) answeredBy(key uint64, b []byte, t *ot.Transaction, failed bool, why uint32, out *protocols.Emit) {
	r, verdict := d.open.Take(key, b, out)
	switch {
	case verdict == protocols.Again:
		return
	case verdict != protocols.Fits || len(r.Txns) == 0:
		t.Status, t.Answered = ot.Unasked, out.Frame
		out.Did(t)
		return
	}
	a := &r.Txns[0]
	if failed {
		a.Status, a.StatusCode = ot.Refused, why
	}
	out.Did(a)
}
