package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/mms"
	"otsensor/pkg/protocols/s7plus"
	"otsensor/pkg/protocols/tpkt"
)

// decoder reads one conversation on ISO transport.
type decoder struct {
	carrier tpkt.Stream
	open    protocols.Open
	held    [heldMax]held
	moving  [2]transfer    // by whether the block is uploaded
	plus    *s7plus.Stream // nil until S7comm-plus was seen
	mms     *mms.Stream    // nil until MMS was seen

	spoken bool   // S7comm was seen
	told   bool   // and what else is spoken was said
	asked  bool   // a request was seen
	agreed uint16 // PDU length agreed, 0 while unknown

	text [ot.NameCap]byte // the name being cleaned
	card [cardLen]byte    // the block header being put together
}

func newDecoder() *decoder { return &decoder{carrier: tpkt.Stream{Measure: measure}} }

// measure is the length of the PDU of either protocol at the start of b, 0 when there is none.
func measure(b []byte) int {
	if len(b) > 0 && b[0] == s7plus.ProtocolID {
		return s7plus.Length(b)
	}
	return length(b)
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	for used < len(b) {
		data, n := d.carrier.Next(dir, b[used:], out)
		used += n
		if data == nil {
			break
		}
		d.message(dir, data, out)
	}
	return used
}

func (d *decoder) Lost(dir ot.Dir, out *protocols.Emit) {
	d.carrier.Lost(dir, out)
	d.open.Lost()
	if d.plus != nil {
		d.plus.Lost(dir, out)
	}
	if d.mms != nil {
		d.mms.Lost()
	}
	d.moving[0].broken, d.moving[1].broken = true, true
}

func (d *decoder) Tick(now int64, out *protocols.Emit) {
	d.carrier.Tick(now, out)
	d.open.Expire(now, out)
	d.expireHeld(now, out)
	if d.plus != nil {
		d.plus.Tick(now, out)
	}
	if d.mms != nil {
		d.mms.Tick(now, out)
	}
}

// message takes one message of the transport's user. S7comm is claimed only by
// a PDU whose lengths fit the message exactly; what is claimed once may
// later be odd.
func (d *decoder) message(dir ot.Dir, b []byte, out *protocols.Emit) {
	n := length(b)
	switch {
	case (d.plus != nil || n != len(b)) && d.isPlus(b):
		d.plus.Message(dir, b, out)
		return
	case n == len(b):
		if !d.spoken {
			d.spoken = true
			out.Add(ot.Spoke).Did.Proto = ot.S7comm
		}
	case d.mms != nil:
		d.mms.Message(dir, b, out)
		return
	case !d.spoken:
		d.foreign(dir, b, out)
		return
	case n == 0 && b[0] != protocolID:
		out.Odd(ot.BadProtocolID, dir, ot.S7comm)
		return
	case n == 0 || n > len(b):
		out.Odd(ot.Malformed, dir, ot.S7comm)
		return
	default:
		out.Odd(ot.TrailingBytes, dir, ot.S7comm)
	}
	var p pdu
	p.parse(dir, b[:n])
	if d.agreed != 0 && n > int(d.agreed) {
		out.Odd(ot.Oversize, dir, ot.S7comm)
	}
	switch p.rosctr {
	case rosctrJob:
		d.job(&p, out)
	case rosctrUserdata:
		d.userdata(&p, out)
	default:
		d.answer(&p, out)
	}
}

// isPlus reports whether a message is S7comm-plus, and has its decoder ready. As
// S7comm, it is claimed only by a message that fits exactly. Behind its log-on,
// TLS records are its own.
func (d *decoder) isPlus(b []byte) bool {
	if d.plus == nil && s7plus.Fits(b) {
		d.plus = &s7plus.Stream{}
	}
	return d.plus != nil && d.plus.Takes(b)
}

// foreign says once who else uses the transport.
func (d *decoder) foreign(dir ot.Dir, b []byte, out *protocols.Emit) {
	if d.told {
		return
	}
	service := serviceOf(b)
	d.told = service != ot.NoService
	switch {
	case service == ot.MMS:
		d.mms = &mms.Stream{}
		spoke := out.Add(ot.Spoke)
		spoke.Service, spoke.Did.Proto = service, ot.ProtoMMS
		d.mms.Message(dir, b, out)
	case d.told:
		out.Spoke(service)
	case b[0] == protocolID:
		out.Odd(ot.Malformed, dir, ot.S7comm)
	default:
		d.told = true
		out.Odd(ot.WrongProtocol, dir, ot.S7comm)
	}
}

// serviceOf recognises the other users of ISO transport by their first bytes.
func serviceOf(b []byte) ot.Service {
	switch {
	case b[0] == 0x72:
		return ot.S7commPlus
	case len(b) > 2 && b[0] >= 0x14 && b[0] <= 0x17 && b[1] == 3:
		return ot.TLS // a record, RFC 8446 §5.1
	case len(b) > 3 && b[0] == 1 && b[1] == 0 && b[2] == 1 && b[3] == 0:
		return ot.MMS // session layer: give tokens, data transfer (X.225 §8.3)
	case len(b) > 2 && (b[0] == 0x0D || b[0] == 0x0E) && (b[2] == 1 || b[2] == 5):
		return ot.MMS // session layer: connect, accept
	case len(b) > 2 && (b[0] == 0xA8 || b[0] == 0xA9) && b[1] >= 2 && b[2] == 0x80:
		return ot.MMS // initiate without a session layer, ISO 9506-2
	}
	return ot.NoService
}
