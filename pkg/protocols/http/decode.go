package http

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// state is where one direction stands.
type state uint8

const (
	idle state = iota // a message is due
	headers
	body     // so many bytes
	size     // the length of a chunk is due
	trailers // behind the last chunk
	rest     // up to the end of the connection
)

// half is one direction.
type half struct {
	state   state
	skip    uint64 // bytes of a body that are left
	chunked bool
	length  uint64
	sized   bool
	long    bool // within a line that is too long
	odd     bool
	file    protocols.File
}

// reset makes a half begin anew; a file under way is not whole.
func (h *half) reset(to half, out *protocols.Emit) {
	h.file.Drop(out)
	h.state, h.skip, h.chunked, h.length, h.sized, h.long, h.odd = to.state, to.skip, to.chunked, to.length, to.sized, to.long, to.odd
}

// decoder follows one conversation.
type decoder struct {
	half   [2]half
	open   protocols.Open
	tunnel bool // another protocol from here on

	code   uint32
	status uint32
	flags  uint32
	text   [partCount][ot.NameCap]byte
	n      [partCount]int
	told   [2]uint64 // digest of the software told of each side
	value  [partCount * (ot.NameCap + 1)]byte
	gist   [ot.NameCap]byte
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	h := &d.half[dir]
	for used < len(b) {
		switch {
		case d.tunnel || h.state == rest:
			h.file.Add(b[used:], out)
			return len(b)
		case h.state == body:
			n := min(h.skip, uint64(len(b)-used))
			h.file.Add(b[used:used+int(n)], out)
			used += int(n)
			if h.skip -= n; h.skip > 0 {
				continue
			}
			if h.chunked {
				h.state = size
				continue
			}
			h.state = idle
			h.file.End(dir, ot.ProtoHTTP, out)
			continue
		}
		line, n := cutLine(b[used:])
		if n == 0 {
			return used
		}
		used += n
		whole := b[used-1] == '\n'
		if !h.long {
			d.line(dir, h, line, out)
		}
		h.long = !whole
	}
	return used
}

// cutLine gives the next line, or the beginning of one that is too long; 0 bytes when it is not whole.
func cutLine(b []byte) (line []byte, used int) {
	i := bytes.IndexByte(b[:min(len(b), lineMost)], '\n')
	switch {
	case i >= 0:
		used = i + 1
	case len(b) >= lineMost:
		i, used = lineMost, lineMost
	default:
		return nil, 0
	}
	line = b[:i]
	for len(line) > 0 && (line[0] <= ' ' || line[0] >= 0x7f) {
		line = line[1:]
	}
	for len(line) > 0 && (line[len(line)-1] <= ' ' || line[len(line)-1] >= 0x7f) {
		line = line[:len(line)-1]
	}
	return line, used
}

// line takes one line. One that begins a message does so wherever it stands.
func (d *decoder) line(dir ot.Dir, h *half, line []byte, out *protocols.Emit) {
	if dir == ot.ToServer && asks(line) || dir == ot.ToClient && bytes.HasPrefix(line, []byte(version)) {
		d.start(h, line, dir == ot.ToServer, out)
		return
	}
	switch h.state {
	case idle:
		if len(line) > 0 && !h.odd {
			h.odd = true
			out.Odd(ot.LostSync, dir, ot.ProtoHTTP)
		}
	case headers:
		if len(line) > 0 {
			d.header(h, line)
			return
		}
		d.end(dir, h, out)
	case size:
		d.chunk(h, line)
	case trailers:
		if len(line) == 0 {
			h.state = idle
			h.file.End(dir, ot.ProtoHTTP, out)
		}
	}
}

// asks reports whether a line asks: a method in capitals, a target, the version.
func asks(line []byte) bool {
	method, more := protocols.Word(line)
	for _, c := range method {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	target, last := protocols.Word(more)
	return len(method) > 0 && len(target) > 0 && bytes.HasPrefix(last, []byte(version))
}

// start takes the first line of a message.
func (d *decoder) start(h *half, line []byte, request bool, out *protocols.Emit) {
	h.reset(half{state: headers}, out)
	word, more := protocols.Word(line)
	d.n, d.flags = [partCount]int{}, 0
	if !request {
		d.status = number(more, 3)
		return
	}
	d.code = methodOf(word)
	target, _ := protocols.Word(more)
	if i := bytes.IndexByte(target, '?'); i >= 0 {
		target, d.flags = target[:i], flagQuery
	}
	if i := bytes.Index(target, []byte("://")); i >= 0 { // as a proxy is asked
		if target = target[i+3:]; bytes.IndexByte(target, '/') >= 0 {
			target = target[bytes.IndexByte(target, '/'):]
		}
	}
	d.put(partPath, target)
}

func (d *decoder) put(i int, b []byte) { d.n[i] = len(ot.Clean(d.text[i][:0], b, ot.NameCap-1)) }

func (d *decoder) get(i int) []byte { return d.text[i][:d.n[i]] }

// number reads decimal digits at the beginning.
func number(b []byte, most int) (n uint32) {
	for i, c := range b {
		if i == most || c < '0' || c > '9' {
			break
		}
		n = n*10 + uint32(c-'0')
	}
	return n
}

// header takes one field, RFC 9112 §5.
func (d *decoder) header(h *half, line []byte) {
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok {
		return
	}
	value = bytes.TrimSpace(value)
	switch {
	case is(name, "host"):
		d.put(partHost, value)
	case is(name, "user-agent"):
		d.put(partAgent, value)
	case is(name, "server"):
		d.put(partServer, value)
	case is(name, "content-length"):
		h.length, h.sized = uint64(number(value, 9)), true
	case is(name, "transfer-encoding"):
		h.chunked = len(value) >= 7 && is(value[len(value)-7:], "chunked")
	case is(name, "authorization"), is(name, "proxy-authorization"):
		d.flags |= flagAuth
		if scheme, _ := protocols.Word(value); is(scheme, "basic") {
			d.flags = d.flags&^flagAuth | flagBasic
		}
	}
}

// is compares without regard to case; word is in lower case.
func is(b []byte, word string) bool {
	if len(b) != len(word) {
		return false
	}
	for i := range word {
		c := b[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// chunk takes the length of a chunk, RFC 9112 §7.1.
func (d *decoder) chunk(h *half, line []byte) {
	if len(line) == 0 {
		return // the end of the chunk before
	}
	n := uint64(0)
	for i, c := range line {
		x := bytes.IndexByte([]byte("0123456789abcdef"), c|0x20)
		if c < 'A' {
			x = bytes.IndexByte([]byte("0123456789"), c)
		}
		if x < 0 || i == 8 {
			break
		}
		n = n<<4 | uint64(x)
	}
	if h.state, h.skip = body, n; n == 0 {
		h.state = trailers
	}
}

func (d *decoder) Lost(dir ot.Dir, out *protocols.Emit) {
	d.half[dir].reset(half{odd: true}, out) // what comes next may begin anywhere
	d.open.Lost()
}

func (d *decoder) Tick(now int64, out *protocols.Emit) {
	d.open.Expire(now, out)
	if now != protocols.EndOfTime {
		return
	}
	if h := &d.half[ot.ToClient]; h.state == rest && !d.tunnel {
		h.file.End(ot.ToClient, ot.ProtoHTTP, out)
	}
	d.half[ot.ToServer].file.Drop(out)
	d.half[ot.ToClient].file.Drop(out)
}
