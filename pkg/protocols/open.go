package protocols

import "otsensor/pkg/ot"

// Limits of the open requests of one conversation.
const (
	OpenMax       = 64                    // requests waiting for an answer
	OpenTxns      = 64                    // transactions one request may ask for
	AnswerTimeout = int64(10_000_000_000) // nanoseconds until a request counts as unanswered
	answeredKept  = 8                     // answered requests remembered, to tell a second answer
)

// Request is one request that waits for its answer: the transactions it asks for.
type Request struct {
	Key   uint64
	Txns  []ot.Transaction
	Frame uint64
	Time  int64
	Clock int64
	Doubt bool // bytes were lost shortly before or since: its answer may have been among them

	bytes  scratch
	taken  int    // bytes taken from the budget
	closed uint64 // sequence of the packet that closed it
	holds  int    // bytes of memory while it waits to be lent again

	budget *Budget           // of whom it was lent, may be nil
	first  [1]ot.Transaction // where Txns begins: most requests ask for one thing
}

// Add puts a transaction into the request; its Name and Value are copied.
// Transactions beyond OpenTxns are not kept.
func (r *Request) Add(t *ot.Transaction, out *Emit) {
	*r.Room() = *t
	r.Commit(out)
}

// Draft is a blank transaction in the request's own memory, to be filled in
// place; Commit adds it as Add does. It is valid until the next Draft.
func (r *Request) Draft() *ot.Transaction {
	t := r.Room()
	*t = ot.Transaction{}
	return t
}

// Room is Draft with what was there before.
func (r *Request) Room() *ot.Transaction {
	n := len(r.Txns)
	if n == cap(r.Txns) {
		r.budget.widen(r)
	}
	return &r.Txns[:n+1][n]
}

// Commit adds the latest Draft.
func (r *Request) Commit(out *Emit) {
	n := len(r.Txns)
	t := &r.Txns[:n+1][n]
	cost := 256 + len(t.Name) + len(t.Value)
	if n >= OpenTxns {
		return
	}
	if b := out.Budget; b != nil {
		if b.Left < cost {
			return
		}
		b.Left -= cost
		r.taken += cost
	}
	if t.Name != nil {
		t.Name = r.bytes.keep(t.Name)
	}
	t.Value = r.bytes.keep(t.Value[:min(len(t.Value), ot.ValueCap)])
	t.Asked, t.AskedAt, t.Latency = r.Frame, r.Time, -1
	r.Txns = r.Txns[:n+1]
}

// Answer marks every transaction as answered by the present packet.
func (r *Request) Answer(out *Emit) {
	after := int32(min(max((out.Time-r.Time)/1000, 0), 1<<31-1))
	for i := range r.Txns {
		t := &r.Txns[i]
		t.Answered, t.Latency = out.Frame, after
	}
}

// Verdict is how an answer fits the open requests.
type Verdict uint8

// The verdicts.
const (
	Fits    Verdict = iota // the oldest open request with this key
	NoMatch                // no open request has this key
	Again                  // the request was answered before, with the same bytes
	Other                  // the request was answered before, with other bytes
)

// Open holds the requests of one conversation that wait for an answer, oldest first.
// Keys need not be unique: an answer takes the oldest.
type Open struct {
	reqs     []*Request
	answered [answeredKept]uint64 // the keys of the requests answered last
	sums     [answeredKept]uint64 // of their answers; 0 where the key is asked anew
	next     uint8
	met      bool // a request was answered
	full     bool // the limit was hit and said so; cleared when the queue is empty
}

// Len is how many requests wait.
func (o *Open) Len() int { return len(o.reqs) }

// Before reports whether an answer that fits no request may belong to one from
// before the capture, as in a conversation that began earlier and in which no
// answer has met its request yet.
func (o *Open) Before(out *Emit) bool { return !o.met && out.Quality&ot.Midstream != 0 }

// Ask opens a request. When too many wait, the oldest is let go as unanswered
// and TooManyOpen is counted once.
// The request is valid until it is closed.
func (o *Open) Ask(key uint64, proto ot.Proto, out *Emit) *Request {
	if len(o.reqs) >= OpenMax {
		if !o.full {
			out.Odd(ot.TooManyOpen, ot.ToServer, proto)
			o.full = true
		}
		o.letGo(0, out)
	}
	o.forget(key)
	r := out.Budget.lend(out.Seq)
	o.reqs = append(o.reqs, r)
	r.Key, r.Frame, r.Time, r.Clock, r.Doubt = key, out.Frame, out.Time, out.Clock, out.Quality&ot.Lossy != 0
	out.Wake(r.Clock + AnswerTimeout)
	return r
}

// forget says that a key's next answer is none that was seen before: most keys are none of those kept.
func (o *Open) forget(key uint64) {
	k := &o.answered
	if k[0] != key && k[1] != key && k[2] != key && k[3] != key && k[4] != key && k[5] != key && k[6] != key && k[7] != key {
		return
	}
	for i := range k {
		if k[i] == key {
			o.sums[i] = 0
		}
	}
}

// Take gives the oldest request with this key and closes it; answer is the
// answer's bytes, to tell a repeated answer from a different one. The request
// is valid until the next packet.
func (o *Open) Take(key uint64, answer []byte, out *Emit) (*Request, Verdict) {
	for i := range o.reqs {
		if o.reqs[i].Key == key {
			r := o.remove(i, out)
			o.met = true
			at := o.next % answeredKept
			o.answered[at], o.sums[at] = key, Digest(answer)
			o.next++
			r.Answer(out)
			return r, Fits
		}
	}
	for i, sum := range o.sums {
		if sum != 0 && o.answered[i] == key {
			if sum == Digest(answer) {
				return nil, Again
			}
			return nil, Other
		}
	}
	return nil, NoMatch
}

// Peek gives the oldest request with this key without closing it.
func (o *Open) Peek(key uint64) *Request {
	for i := range o.reqs {
		if o.reqs[i].Key == key {
			return o.reqs[i]
		}
	}
	return nil
}

// Answering gives the oldest request with this key that fits. Those before it
// with the same key were passed over, and are let go: their answers did not come.
// Where none fits it gives nil, and lets none go.
func (o *Open) Answering(key uint64, fits func(*Request) bool, out *Emit) *Request {
	at := -1
	for i := range o.reqs {
		if o.reqs[i].Key == key && fits(o.reqs[i]) {
			at = i
			break
		}
	}
	for i := 0; i < at; {
		if o.reqs[i].Key == key {
			o.letGo(i, out)
			at--
			continue
		}
		i++
	}
	if at < 0 {
		return nil
	}
	return o.reqs[at]
}

// Lost marks all open requests: their answers may be among the missing bytes.
func (o *Open) Lost() {
	for i := range o.reqs {
		o.reqs[i].Doubt = true
	}
}

// Expire lets go of what has waited longer than AnswerTimeout.
func (o *Open) Expire(now int64, out *Emit) {
	for len(o.reqs) > 0 && (now == EndOfTime || now-o.reqs[0].Clock > AnswerTimeout) {
		o.letGo(0, out)
	}
	if len(o.reqs) > 0 {
		out.Wake(o.reqs[0].Clock + AnswerTimeout)
	}
}

// letGo reports a request that got no answer. It is Unanswered only where the
// capture could have shown the answer; else it is OneWay.
func (o *Open) letGo(i int, out *Emit) {
	r := o.remove(i, out)
	status := ot.Unanswered
	if r.Doubt || !out.BothWays || out.Quality&(ot.Lossy|ot.OneSided) != 0 {
		status = ot.OneWay
	}
	sure := out.Quality
	if r.Doubt {
		out.Quality |= ot.Lossy
	}
	for i := range r.Txns {
		r.Txns[i].Status = status
		out.Did(&r.Txns[i])
	}
	out.Quality = sure
}

// remove closes request i and gives it, valid until the next packet.
func (o *Open) remove(i int, out *Emit) *Request {
	r, last := o.reqs[i], len(o.reqs)-1
	if i < last {
		copy(o.reqs[i:], o.reqs[i+1:])
	}
	o.reqs[last] = nil
	if o.reqs = o.reqs[:last]; last == 0 {
		o.full = false
	}
	out.Budget.settle(r, out.Seq)
	return r
}
