package s7plus

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// What Transaction.Arg holds.
const (
	argPDU     = iota // sequence number | version << 16 | transport flags << 24
	argSession        // session id; of a notification the subscription
	argRID            // object named; of a created one its parent until the answer gives its own
	argClass          // class of the object
	argAttr           // attribute
	argKind           // type | flags << 8 of the value | items or objects << 16
	argResult         // error amount or notice | generic error << 16 | the marks below
	argExtra          // by what the transaction is about, see below
)

// Marks in argResult.
const (
	refused    = 1 << 24 // the error number is below zero
	answered   = 1 << 25
	hasDigest  = 1 << 26
	wasCut     = 1 << 27
	bySymbol   = 1 << 28 // Object.Addr is the checksum of a symbol
	fromServer = 1 << 29
	bySecond   = 1 << 30 // answered by the other kind of response
)

// What argExtra holds: the role of a session; number << 16 | language of a block;
// line | source << 16 | flags << 24 of a refusal; credit << 24 | sequence number of a notification; bytes confirmed by an event;
// cipher suite << 16 | version of TLS, or its alert, or the shape of what it carries.

// begin starts the transaction of a PDU.
func (s *Stream) begin(p *pdu) ot.Transaction {
	op, _ := listed(p.function)
	t := ot.Transaction{Proto: ot.S7Plus, Code: p.function, Op: op, Latency: -1}
	t.Arg[argPDU] = uint32(p.seq) | uint32(p.version)<<16 | uint32(p.flags)<<24
	t.Arg[argSession] = p.session
	t.Arg[argResult] = mark(p.opcode == opResponse2, bySecond) | mark(p.digest, hasDigest) | mark(p.cut, wasCut) |
		mark(p.dir == ot.ToClient && p.opcode != opResponse && p.opcode != opResponse2, fromServer)
	return t
}

func mark(is bool, bit uint32) uint32 {
	if is {
		return bit
	}
	return 0
}

// key is what a request and its answer have in common.
func key(p *pdu, asker ot.Dir) uint64 { return uint64(p.seq) | uint64(asker)<<16 }

// keyTLS is the key of a TLS handshake.
const keyTLS = 1 << 32

// touched says which attribute is read or set, and what that means. What is
// named by ids is no process value, unless the attribute says so.
func (s *Stream) touched(t *ot.Transaction, rid, attr uint32, set bool) {
	s.named(t, rid, attr)
	otherwise := ot.OpConfigRead
	if set {
		otherwise = ot.OpConfigWrite
	}
	t.Op = s.verb(rid, attr, set, otherwise)
}

// named says which object and attribute a transaction is about.
func (s *Stream) named(t *ot.Transaction, rid, attr uint32) {
	t.Arg[argRID], t.Arg[argAttr] = rid, attr
	if t.Arg[argClass] == 0 {
		t.Arg[argClass] = s.classOf(rid)
	}
	t.Object = ot.Object{Area: areaByID, Addr: attr, Len: 1}
	if rid < ridNative || kindOf(rid) != ot.OpUnknown {
		t.Object.Block = rid
	}
}

// asking collects the transactions of one request.
type asking struct {
	req *protocols.Request
	out *protocols.Emit
}

// ask opens the request of a PDU.
func (s *Stream) ask(p *pdu, out *protocols.Emit) asking {
	s.asked = true
	return asking{s.open.Ask(key(p, p.dir), ot.S7Plus, out), out}
}

// add puts one transaction to the request. What the request cannot hold is
// handed over at once, without its answer.
func (a *asking) add(t *ot.Transaction) {
	kept := len(a.req.Txns)
	if a.req.Add(t, a.out); len(a.req.Txns) == kept {
		oneWay(t, a.out)
	}
}

// oneWay hands over what waits for no answer.
func oneWay(t *ot.Transaction, out *protocols.Emit) {
	t.Status, t.Asked, t.AskedAt = ot.OneWay, out.Frame, out.Time
	out.Did(t)
}

// misfit says that an answer does not fit what was asked, unless missing bytes explain it.
func misfit(a ot.Anomaly, t *ot.Transaction, dir ot.Dir, out *protocols.Emit) {
	if out.BothWays && out.Quality&(ot.Lossy|ot.OneSided) == 0 {
		out.OddIn(a, dir, t)
	}
}

// returned notes a return value.
func returned(t *ot.Transaction, v uint64) {
	e := int32(int16(v))
	t.Arg[argResult] |= answered | uint32(v>>40&0x7f)<<16
	if e >= 0 {
		t.Arg[argResult] |= uint32(e)
		return
	}
	t.Arg[argResult] |= refused | uint32(-e)&0xffff
	if t.Code != funcCreateObject {
		t.Arg[argExtra] = uint32(v>>16)&0xffff | uint32(v>>32)&0xff<<16 | uint32(v>>47)&1<<24 | uint32(v>>62)<<25
	}
	t.Status, t.StatusCode = ot.Refused, uint32(-e)
}

// give gives a value to a transaction, unless it is a secret. Each of a
// request's transactions has a place of its own for a number.
func (s *Stream) give(t *ot.Transaction, v *value, place int) {
	v.into(t, s.text[8*place:8*place:8*place+8])
	if m := meanings[t.Arg[argAttr]]; m != nil && m.secret && t.Object.Area == areaByID {
		t.Value, t.Shape = nil, ot.Opaque
	}
}

// call gives a transaction its name, cleaned.
func (s *Stream) call(t *ot.Transaction, text []byte) {
	t.Name = ot.Clean(s.name[:0], text, ot.NameCap)
}
