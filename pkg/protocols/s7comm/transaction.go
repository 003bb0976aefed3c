package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// What Transaction.Arg holds. The last four mean another thing for each kind
// of transaction.
const (
	argRef     = iota // PDU reference | ROSCTR << 16 | fromServer
	argOutcome        // error | return code << 16 | hasError | hasReturn
	argItem           // items: item count | syntax << 8 | transport size << 16 | transport size of the data << 24
	argUser           // user data: sequence | type << 8 | data unit reference << 16 | parts << 24
	argA
	argB
	argC
	argD
)

// The same places in transactions of a block: of jobs, services and block information.
const (
	argFile   = argItem // destination | file identifier << 8 | function status << 16 | blocks of the service << 24
	argUpload = argUser // jobs only: upload id
	argLoad   = argA    // length in load memory, bytes
	argCode   = argB    // length of the code, bytes
	argMoved  = argC    // bytes moved in the whole transfer
	argHash   = argD    // FNV-1a, 32 bits, over them; 0 when bytes are missing
)

// argCount is how many elements an item has.
const argCount = argD

const (
	fromServer = 1 << 24 // the server asked: a controller fetching a block, or an active partner
	hasError   = 1 << 24
	hasReturn  = 1 << 25
)

// The codes of user data begin here: userdataCode | group << 8 | sub-function.
const userdataCode = 0x700000

// begin puts into a blank transaction what a PDU tells of it.
func (d *decoder) begin(t *ot.Transaction, p *pdu, code uint32) {
	t.Proto, t.Code, t.Op, t.Unit, t.Latency = ot.S7comm, code, opOf(code), d.carrier.Unit(), -1
	t.Arg[argRef] = uint32(p.ref) | uint32(p.rosctr)<<16
	if p.dir == ot.ToClient && p.rosctr != rosctrAck && p.rosctr != rosctrAckData {
		t.Arg[argRef] |= fromServer
	}
}

// key is what a request and its answer have in common.
func key(p *pdu, asker ot.Dir) uint64 {
	k := uint64(p.ref) | uint64(asker)<<16
	if p.rosctr == rosctrUserdata {
		k |= 1 << 17
	}
	return k
}

// ask opens the request of a PDU. Clients use few references again and again.
// Where one is used anew while bytes are missing, the old job's answer was
// missed: kept open it would take the new job's answer, and every answer after
// that would be one job late.
func (d *decoder) ask(p *pdu, out *protocols.Emit) asking {
	k := key(p, p.dir)
	if old := d.open.Peek(k); old != nil && (old.Doubt || out.Quality&ot.Lossy != 0) {
		d.letGo(k, out)
	}
	d.asked = true
	return asking{req: d.open.Ask(k, ot.S7comm, out), out: out}
}

// letGo hands over the oldest request with a key as not answered.
func (d *decoder) letGo(k uint64, out *protocols.Emit) {
	r, _ := d.open.Take(k, nil, out)
	status := ot.Unanswered
	if r.Doubt || !out.BothWays || out.Quality&(ot.Lossy|ot.OneSided) != 0 {
		status = ot.OneWay
	}
	for i := range r.Txns {
		t := &r.Txns[i]
		t.Status, t.Answered, t.Latency = status, 0, -1
		out.Did(t)
	}
}

// asking collects the transactions of one request.
type asking struct {
	req *protocols.Request
	out *protocols.Emit
	n   int
}

// add puts one transaction to the request. What the request cannot hold is
// handed over at once, without its answer.
func (a *asking) add(t *ot.Transaction) { a.commit(a.draft(t)) }

// draft is the request's next transaction, which begins as a copy of t; commit adds it.
func (a *asking) draft(t *ot.Transaction) *ot.Transaction {
	draft := a.req.Room()
	*draft = *t
	return draft
}

func (a *asking) commit(t *ot.Transaction) {
	a.n++
	kept := len(a.req.Txns)
	if a.req.Commit(a.out); len(a.req.Txns) == kept {
		oneWay(t, a.out)
	}
}

// oneWay hands over what waits for no answer.
func oneWay(t *ot.Transaction, out *protocols.Emit) {
	t.Status, t.Asked, t.AskedAt = ot.OneWay, out.Frame, out.Time
	out.Did(t)
}

// unasked hands over an answer whose request was not seen. That is odd only
// where requests are seen.
func (d *decoder) unasked(t *ot.Transaction, dir ot.Dir, out *protocols.Emit) {
	t.Answered = out.Frame
	if d.asked && !d.open.Before(out) {
		misfit(ot.Unmatched, t, dir, out)
	}
	t.Status = ot.Unasked
	out.Did(t)
}

// misfit says that an answer does not fit what was asked, unless missing bytes explain it.
func misfit(a ot.Anomaly, t *ot.Transaction, dir ot.Dir, out *protocols.Emit) {
	if out.BothWays && out.Quality&(ot.Lossy|ot.OneSided) == 0 {
		out.OddIn(a, dir, t)
	}
}

// fail notes the error of an answer's header or parameters.
func fail(t *ot.Transaction, err uint16) {
	t.Arg[argOutcome] |= uint32(err) | hasError
	if err != 0 {
		t.Status, t.StatusCode = ot.Refused, uint32(err)
	}
}

// returned notes the return code of an item.
func returned(t *ot.Transaction, code byte) {
	t.Arg[argOutcome] |= uint32(code)<<16 | hasReturn
	if code != returnGood && t.StatusCode == 0 {
		t.Status, t.StatusCode = ot.Refused, uint32(code)
	}
}

const returnGood = 0xFF
