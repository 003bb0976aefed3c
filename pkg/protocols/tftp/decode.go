package tftp

import (
	"bytes"
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// standardBlock is the size of a block where none was agreed on, RFC 1350 §2.
const standardBlock = 512

// decoder follows one client: its requests one after the other, and the transfer of the latest.
type decoder struct {
	open protocols.Open
	now  transfer
	file protocols.File // of the transfer, while every block of it was seen in turn
	text [ot.NameCap + 16]byte
	gist [ot.NameCap]byte
}

// transfer is what is known of the transfer that goes on.
type transfer struct {
	going  bool
	writes bool   // the client sends
	last   bool   // the last block was seen
	next   uint16 // block that is due
	size   int    // of a whole block
	blocks uint32
	bytes  uint64
	clock  int64 // of the latest datagram

	asked          uint64 // frames of request and latest datagram, time of the request
	askedAt        int64
	answered       uint64
	name, value    [ot.NameCap + 16]byte
	nameAt, textAt int
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	if probe(b) != protocols.Either {
		out.Odd(ot.Malformed, dir, ot.ProtoTFTP)
		return len(b)
	}
	operation := uint32(b[1])
	if operation <= writeRequest {
		d.request(operation, b, out)
		return len(b)
	}
	if dir == ot.ToClient && d.open.Len() > 0 {
		d.first(operation, b, out)
	} else if operation == failure && !d.now.going {
		out.Did(&ot.Transaction{Proto: ot.ProtoTFTP, Code: failure, Op: ot.OpError, Status: ot.Unasked, StatusCode: why(b), Answered: out.Frame, Latency: -1})
	}
	if d.now.going {
		d.step(dir, operation, b, out)
	}
	return len(b)
}

func why(b []byte) uint32 {
	if code := uint32(binary.BigEndian.Uint16(b[2:])); code != 0 {
		return code
	}
	return undefined
}

// request takes a request, once though it be sent again; a transfer that went on is over.
func (d *decoder) request(operation uint32, b []byte, out *protocols.Emit) {
	if d.now.going {
		d.over(out)
	}
	t := ot.Transaction{Proto: ot.ProtoTFTP, Code: operation, Op: ot.OpFile, Latency: -1}
	name, mode, _ := texts(b[2:])
	whole := ot.Clean(d.text[:0], name, ot.NameCap)
	t.Name = protocols.Gist(d.gist[:0], whole)
	t.Value = ot.Clean(append(whole, 0), mode, 8)
	if r := d.open.Peek(0); r != nil && len(r.Txns) > 0 && r.Txns[0].Code == t.Code && bytes.Equal(r.Txns[0].Value, t.Value) {
		return
	}
	d.open.Ask(0, ot.ProtoTFTP, out).Add(&t, out)
}

// first joins the first answer to the request, and begins the transfer where it is no error.
func (d *decoder) first(operation uint32, b []byte, out *protocols.Emit) {
	r, _ := d.open.Take(0, b, out)
	for i := range r.Txns {
		a := &r.Txns[i]
		if operation == failure {
			a.Status, a.StatusCode = ot.Refused, why(b)
		} else {
			d.now.begin(a)
			d.begin(a, out)
		}
		out.Did(a)
	}
}

func (x *transfer) begin(t *ot.Transaction) {
	*x = transfer{going: true, writes: t.Code == writeRequest, next: 1, size: standardBlock, asked: t.Asked, askedAt: t.AskedAt}
	x.nameAt, x.textAt = copy(x.name[:], t.Name), copy(x.value[:], t.Value)
}

// step takes one datagram of the transfer.
func (d *decoder) step(dir ot.Dir, operation uint32, b []byte, out *protocols.Emit) {
	x := &d.now
	x.clock, x.answered = out.Clock, out.Frame
	out.Wake(x.clock + protocols.AnswerTimeout)
	toTarget := ot.ToClient // where the file goes
	if x.writes {
		toTarget = ot.ToServer
	}
	switch {
	case operation == failure:
		d.finish(aborted, why(b), out)
	case operation == options && dir == ot.ToClient:
		x.agree(b[2:])
	case operation == data && dir == toTarget:
		d.block(binary.BigEndian.Uint16(b[2:]), b[4:], out)
	case operation == acknowledge && dir != toTarget && x.last && binary.BigEndian.Uint16(b[2:]) == x.next-1:
		d.finish(done, 0, out)
	}
}

// begin starts to sum the file up, unless its lines are turned on the way.
func (d *decoder) begin(t *ot.Transaction, out *protocols.Emit) {
	name, mode := protocols.Part(t.Value, 0), protocols.Part(t.Value, 1)
	if d.file.Drop(out); bytes.EqualFold(mode, []byte("octet")) {
		d.file.Begin(name, out)
	}
}

// block counts a block, unless it came before. After one that is missing the file is not whole.
func (d *decoder) block(number uint16, b []byte, out *protocols.Emit) {
	x := &d.now
	if int16(number-x.next) < 0 {
		return
	}
	if number != x.next {
		d.file.Drop(out)
	}
	x.next = number + 1
	x.blocks++
	x.bytes += uint64(len(b))
	d.file.Add(b, out)
	x.last = len(b) < x.size
}

// agree reads the size of a block among the options, RFC 2348.
func (x *transfer) agree(b []byte) {
	for {
		option, value, ok := texts(b)
		if !ok {
			return
		}
		if bytes.EqualFold(option, []byte("blksize")) {
			size := 0
			for _, c := range value[:min(len(value), 5)] {
				size = size*10 + int(c-'0')%10
			}
			if size >= 8 && size <= 65464 {
				x.size = size
			}
		}
		b = b[len(option)+len(value)+2:]
	}
}

// finish hands over a transfer that is over.
func (d *decoder) finish(how uint32, failed uint32, out *protocols.Emit) {
	x := &d.now
	x.going = false
	d.whole(how, out)
	t := ot.Transaction{Proto: ot.ProtoTFTP, Code: data, Op: ot.OpFile, StatusCode: failed, Asked: x.asked, AskedAt: x.askedAt, Answered: x.answered, Latency: -1}
	t.Name, t.Value = x.name[:x.nameAt], x.value[:x.textAt]
	t.Arg[argBlocks], t.Arg[argBytes], t.Arg[argMore] = x.blocks, uint32(x.bytes), uint32(x.bytes>>32)
	t.Arg[argOutcome] = how | protocols.Present
	if x.writes {
		t.Arg[argWrites] = 1
	}
	switch how {
	case aborted:
		t.Status = ot.Refused
	case stalled:
		t.Status = ot.OneWay
	}
	out.Did(&t)
}

// whole tells of the file where all of it crossed.
func (d *decoder) whole(how uint32, out *protocols.Emit) {
	if how != done {
		d.file.Drop(out)
		return
	}
	dir := ot.ToClient
	if d.now.writes {
		dir = ot.ToServer
	}
	d.file.End(dir, ot.ProtoTFTP, out)
}

// over ends a transfer in which nothing moves any more: done where its last block was seen.
func (d *decoder) over(out *protocols.Emit) {
	if d.now.last {
		d.finish(done, 0, out)
		return
	}
	d.finish(stalled, 0, out)
}

func (d *decoder) Lost(ot.Dir, *protocols.Emit) { d.open.Lost() }

func (d *decoder) Tick(now int64, out *protocols.Emit) {
	d.open.Expire(now, out)
	switch x := &d.now; {
	case !x.going:
	case now != protocols.EndOfTime && now-x.clock <= protocols.AnswerTimeout:
		out.Wake(x.clock + protocols.AnswerTimeout)
	default:
		d.over(out)
	}
}
