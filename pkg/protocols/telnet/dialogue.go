package telnet

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// stage of a log-on.
type stage uint8

const (
	before   stage = iota // no prompt yet
	asksUser              // the client's line is a user
	asksWord              // the client's line is a password
	waits                 // the server says whether it is right
)

// half is where one direction stands in the commands of RFC 854.
type half struct {
	command uint8 // 0 text, iac a command, will an option, sb a sub-negotiation
	last    byte
}

// decoder follows one conversation, byte by byte.
type decoder struct {
	half  [2]half
	told  bool // negotiation
	stage stage
	word  bool // a password was given
	user  [64]byte
	n     int
	line  [64]byte // the end of the server's line, in lower case
	m     int
	frame uint64
	at    int64
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	h := &d.half[dir]
	for _, c := range b {
		if h.text(c) {
			d.negotiated(h, dir, out)
			if dir == ot.ToServer {
				d.typed(c, out)
			} else {
				d.shown(c, out)
			}
		} else if h.command == iac || h.command == will {
			d.negotiated(h, dir, out)
		}
	}
	return len(b)
}

// text passes over commands; true for a byte of text.
func (h *half) text(c byte) bool {
	switch h.command {
	case iac:
		switch {
		case c == sb:
			h.command = sb
		case c >= will && c <= dont:
			h.command = will
		default:
			h.command = 0
		}
		return false
	case will:
		h.command = 0
		return false
	case sb:
		if h.last == iac && c == se {
			h.command = 0
		}
		h.last = c
		return false
	}
	if c == iac {
		h.command = iac
		return false
	}
	return true
}

// negotiated tells the first option that is negotiated.
func (d *decoder) negotiated(h *half, dir ot.Dir, out *protocols.Emit) {
	if d.told || h.command != will {
		return
	}
	d.told = true
	t := ot.Transaction{Proto: ot.ProtoTelnet, Code: negotiation, Op: ot.OpSession, Status: ot.OneWay, Asked: out.Frame, AskedAt: out.Time, Latency: -1}
	if dir == ot.ToClient {
		t.Status, t.Asked, t.AskedAt, t.Answered = ot.Unasked, 0, 0, out.Frame
	}
	out.Did(&t)
}

// typed takes a character of the client. Of a password nothing is looked at but its end.
func (d *decoder) typed(c byte, out *protocols.Emit) {
	const backspace, del = 8, 127
	ends := c == '\r' || c == '\n' || c == 0
	switch {
	case d.stage == asksUser && ends && d.n > 0:
		d.stage, d.frame, d.at, d.word = waits, out.Frame, out.Time, false
	case d.stage == asksUser && (c == backspace || c == del):
		d.n = max(d.n-1, 0)
	case d.stage == asksUser && !ends && d.n < len(d.user):
		d.user[d.n] = c
		d.n++
	case d.stage == asksWord && ends:
		d.stage, d.frame, d.at, d.word, d.m = waits, out.Frame, out.Time, true, 0
	}
}

// The words servers ask with, and refuse with.
var (
	userPrompts = [][]byte{[]byte("login:"), []byte("username:"), []byte("user name:"), []byte("user:"), []byte("login name:")}
	wordPrompts = [][]byte{[]byte("password:"), []byte("passcode:"), []byte("pass:")}
	noes        = [][]byte{[]byte("incorrect"), []byte("invalid"), []byte("failed"), []byte("denied"), []byte("bad password"), []byte("wrong"), []byte("failure")}
)

// shown takes a character of the server.
func (d *decoder) shown(c byte, out *protocols.Emit) {
	if c == '\n' || c == '\r' || c == 0 {
		d.judged(true, out)
		d.m = 0
		return
	}
	if c >= 'A' && c <= 'Z' {
		c |= 0x20
	}
	if d.m == len(d.line) {
		d.m = copy(d.line[:], d.line[len(d.line)/2:])
	}
	d.line[d.m] = c
	d.m++
	line := bytes.TrimRight(d.line[:d.m], " ")
	switch {
	case c != ':' && c != ' ' && c != '>' && c != '#' && c != '$':
	case ending(line, wordPrompts):
		d.judged(false, out)
		d.stage = asksWord
	case ending(line, userPrompts) && !bytes.HasPrefix(line, []byte("last login")):
		if d.stage == waits && d.word {
			d.end(true, out)
		}
		d.stage, d.n = asksUser, 0
	case c != ':' && c != ' ':
		d.judged(true, out)
	}
}

func ending(line []byte, words [][]byte) bool {
	for _, w := range words {
		if bytes.HasSuffix(line, w) {
			return true
		}
	}
	return false
}

// judged ends a log-on that waits, when the server's line says how it went: a
// refusal in words, or anything else behind a password.
func (d *decoder) judged(whole bool, out *protocols.Emit) {
	line := bytes.TrimSpace(d.line[:d.m])
	if d.stage != waits || !d.word || len(line) == 0 || !whole {
		return
	}
	for _, no := range noes {
		if bytes.Contains(line, no) {
			d.end(true, out)
			return
		}
	}
	d.end(false, out)
}

// end hands over a log-on.
func (d *decoder) end(failed bool, out *protocols.Emit) {
	t := d.begun()
	t.Answered = out.Frame
	t.Latency = int32(min(max((out.Time-d.at)/1000, 0), 1<<31-1))
	if failed {
		t.Status, t.StatusCode = ot.Refused, refused
	}
	out.Did(&t)
	d.stage, d.n, d.word = before, 0, false
}

func (d *decoder) begun() ot.Transaction {
	var name [64]byte
	t := ot.Transaction{Proto: ot.ProtoTelnet, Code: login, Op: ot.OpAuth, Asked: d.frame, AskedAt: d.at, Latency: -1}
	d.n = copy(d.user[:], ot.Clean(name[:0], d.user[:d.n], len(name)))
	t.Name = d.user[:d.n]
	if t.Arg[argFlags] = protocols.Present; d.word {
		t.Arg[argFlags] |= flagPassword
	}
	return t
}

func (d *decoder) Lost(dir ot.Dir, _ *protocols.Emit) {
	d.half[dir] = half{}
	d.stage, d.n, d.m, d.word = before, 0, 0, false
}

// Tick hands over at the end a log-on nobody answered.
func (d *decoder) Tick(now int64, out *protocols.Emit) {
	if now != protocols.EndOfTime || d.stage != waits {
		return
	}
	t := d.begun()
	t.Status = ot.OneWay
	out.Did(&t)
	d.stage = before
}
