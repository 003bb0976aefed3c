package ftp

import (
	"bytes"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// decoder follows one conversation.
type decoder struct {
	open   protocols.Open
	secret bool      // encrypted from here
	data   *transfer // over the data connection that was agreed on last, nil where there is none
	met    bool      // the greeting was seen
	odd    [2]bool
	user   [64]byte
	n      int
	value  [ot.ValueCap]byte
	gist   [ot.NameCap]byte
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	for used < len(b) {
		if d.secret {
			return len(b)
		}
		line, n := protocols.Line(b[used:], lineMost)
		if n == 0 {
			return used
		}
		used += n
		switch {
		case len(line) == 0:
		case dir == ot.ToServer:
			d.command(line, out)
		default:
			d.reply(line, out)
		}
	}
	return used
}

// command takes one command line. What follows a password's is not looked at.
func (d *decoder) command(line []byte, out *protocols.Emit) {
	verb, argument := protocols.Word(line)
	if !word(verb) {
		d.strange(ot.ToServer, out)
		return
	}
	r := find(verb)
	t := ot.Transaction{Proto: ot.ProtoFTP, Code: r.number, Op: r.op, Latency: -1}
	t.Arg[argFlags] = protocols.Present
	switch {
	case r.number == user:
		d.n = len(ot.Clean(d.user[:0], argument, len(d.user)))
	case r.number == pass:
		t.Arg[argFlags] |= flagPassword
		argument = nil
	case r.number >= firstOf && r.number <= lastOf:
		clean := ot.Clean(d.value[:0], argument, ot.NameCap)
		t.Name = protocols.Gist(d.gist[:0], clean)
	case r.number == other:
		argument = nil // a password may stand there
	}
	v := append(append(d.value[:0], d.user[:d.n]...), 0)
	if r.number != user {
		v = ot.Clean(v, argument, ot.NameCap)
	}
	t.Value = v
	d.waits(r.number, argument, out)
	d.open.Ask(0, ot.ProtoFTP, out).Add(&t, out)
}

// word reports whether a verb is one: letters, three or four.
func word(b []byte) bool {
	for _, c := range b {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return len(b) >= 3 && len(b) <= 4
}

func (d *decoder) strange(dir ot.Dir, out *protocols.Emit) {
	if !d.odd[dir] {
		d.odd[dir] = true
		out.Odd(ot.LostSync, dir, ot.ProtoFTP)
	}
}

// reply takes one line of a reply, RFC 959 §4.2; the last one, with a blank behind its number, ends the command.
func (d *decoder) reply(line []byte, out *protocols.Emit) {
	if len(line) < 3 || line[0] < '1' || line[0] > '5' || line[1] < '0' || line[1] > '9' || line[2] < '0' || line[2] > '9' {
		return // within a reply of several lines
	}
	code := uint32(line[0]-'0')*100 + uint32(line[1]-'0')*10 + uint32(line[2]-'0')
	more := len(line) > 3 && line[3] == '-'
	if (code == 220 || code == 421) && !d.met && d.open.Len() == 0 {
		d.greet(code, line, out)
		return
	}
	if more || code < 200 {
		return
	}
	if d.open.Len() == 0 {
		return // the second reply of a transfer
	}
	r, _ := d.open.Take(0, line, out)
	for i := range r.Txns {
		t := &r.Txns[i]
		t.Arg[argReply] = code | protocols.Present
		if code >= 400 {
			t.Status, t.StatusCode = ot.Refused, code
		}
		d.secret = d.secret || t.Code == auth && code == 234
		switch {
		case t.Code == passive || t.Code == extended:
			d.listens(code, line, out)
		case t.Code >= firstOf && t.Code <= lastOf && d.data != nil && d.data.opened:
			t.Arg[argBytes], t.Arg[argMore] = uint32(d.data.bytes), uint32(d.data.bytes>>32)
			t.Arg[argFlags] |= flagData
			d.data = nil
		}
		out.Did(t)
	}
}

// greet takes the greeting, and the software in it.
func (d *decoder) greet(code uint32, line []byte, out *protocols.Emit) {
	d.met = true
	t := ot.Transaction{Proto: ot.ProtoFTP, Code: greeting, Op: ot.OpSession, Status: ot.Unasked, Answered: out.Frame, Latency: -1}
	t.Arg[argReply] = code | protocols.Present
	if code >= 400 {
		t.StatusCode = code
	}
	t.Value = ot.Clean(append(d.value[:0], 0, 0), bytes.TrimPrefix(line[3:], []byte("-")), ot.NameCap)
	out.Did(&t)
	id := ot.Identity{Of: out.Conv.Server.Host(), Source: "FTP greeting"}
	if id.Facts[ot.FactProduct] = string(protocols.Part(t.Value, partGreeting)); id.Facts[ot.FactProduct] != "" {
		out.Identified(id)
	}
}

func (d *decoder) Lost(ot.Dir, *protocols.Emit) { d.open.Lost() }

func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }
