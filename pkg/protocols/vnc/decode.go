package vnc

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// stage is what comes next of a session, whoever sends it.
type stage uint8

const (
	versions  stage = iota // each side's, the server's first
	offers                 // server: kinds of security
	choice                 // client
	challenge              // server
	response               // client
	result                 // server
	reason                 // server: why not
	clientInit
	serverInit
	venServer  // VeNCrypt: each side's version, the server's first
	venClient  //
	venAgreed  // server
	venOffers  // server: subtypes
	venChoice  // client
	venGranted // server
	inTLS      // what follows is TLS
	over       // what follows is not read
)

const challengeSize = 16

// decoder follows one conversation up to its desktop.
type decoder struct {
	at       stage
	said     [2]bool
	version  [2][ot.NameCap]byte
	n        [2]int
	minor    byte
	security uint32
	subtype  uint32
	tls      protocols.Decoder
	shared   uint32
	frame    uint64 // and time, of what is asked
	time     int64
	text     [3 * ot.NameCap]byte
	gist     [ot.NameCap]byte
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	for used < len(b) && d.at != over {
		if d.at == inTLS {
			return used + d.tls.Feed(dir, b[used:], out)
		}
		n := d.next(dir, b[used:], out)
		if n == 0 && d.at != over {
			return used
		}
		used += n
	}
	return len(b)
}

// speaks tells whose turn a stage is.
func (s stage) speaks() ot.Dir {
	if s == choice || s == response || s == clientInit || s == venClient || s == venChoice {
		return ot.ToServer
	}
	return ot.ToClient
}

// next takes one message; 0 asks for more.
func (d *decoder) next(dir ot.Dir, b []byte, out *protocols.Emit) int {
	if !d.said[dir] {
		return d.greet(dir, b, out)
	}
	if d.at == versions || d.at.speaks() != dir {
		if len(b) > reasonMost {
			d.end(dir, out)
		}
		return 0 // the other side's turn
	}
	c := protocols.Read(b)
	if d.message(&c, out); c.Short() {
		return 0 // it comes: no message is waited for beyond its bound, whatever length it says
	}
	return c.At()
}

// greet takes a version, §7.1.1.
func (d *decoder) greet(dir ot.Dir, b []byte, out *protocols.Emit) int {
	switch probe(b) {
	case protocols.More:
		return 0
	case protocols.No:
		d.end(dir, out)
		return len(b)
	}
	d.said[dir] = true
	d.n[dir] = len(ot.Clean(d.version[dir][:0], b[:greeting-1], ot.NameCap))
	if dir == ot.ToServer {
		d.minor, d.frame, d.time = b[10]-'0', out.Frame, out.Time
	}
	if d.said[dir.Other()] && d.at == versions {
		d.at = offers
	}
	return greeting
}

// end says once that what comes is not what is due.
func (d *decoder) end(dir ot.Dir, out *protocols.Emit) {
	d.at = over
	out.Odd(ot.LostSync, dir, ot.ProtoVNC)
}

// message takes what is due.
func (d *decoder) message(c *protocols.Cursor, out *protocols.Emit) {
	switch d.at {
	case offers:
		d.offers(c)
	case choice:
		if kind := c.U8(); !c.Short() {
			d.chosen(uint32(kind), out)
		}
	case challenge, response:
		if c.Skip(challengeSize); !c.Short() {
			d.at++
		}
	case result:
		if verdict := c.U32(); !c.Short() {
			d.outcome(verdict, out)
		}
	case reason:
		if text := c.Bytes(int(min(c.U32(), reasonMost))); !c.Short() {
			d.told(ot.Refused, text, out)
		}
	case clientInit:
		if d.shared = uint32(c.U8()); !c.Short() {
			d.at, d.frame, d.time = serverInit, out.Frame, out.Time
		}
	case serverInit:
		d.opened(c, out)
	default:
		d.vencrypt(c, out)
	}
}

// offers reads the kinds of security: one chosen by the server in the oldest
// version, a list in others, §7.1.2. Nothing offered is a refusal with a reason.
func (d *decoder) offers(c *protocols.Cursor) {
	if d.minor >= 7 {
		n := c.U8()
		if c.Skip(int(n)); c.Short() {
			return
		}
		if d.at = choice; n == 0 {
			d.at = reason
		}
		return
	}
	kind := c.U32()
	if c.Short() {
		return
	}
	switch d.security = kind&0xff | protocols.Present; kind {
	case invalid:
		d.at = reason
	case none:
		d.at = clientInit
	case vncAuth:
		d.at = challenge
	default:
		d.at = over
	}
}

// chosen takes the client's choice: without log-on the outcome follows in the
// newest version only.
func (d *decoder) chosen(kind uint32, out *protocols.Emit) {
	d.security = kind | protocols.Present
	switch {
	case kind == none && d.minor >= 8:
		d.at = result
	case kind == none:
		d.told(ot.OK, nil, out)
		d.at = clientInit
	case kind == vncAuth:
		d.at = challenge
	case kind == vencrypt:
		d.at = venServer
	case kind == overTLS:
		d.told(ot.OneWay, nil, out)
		d.at = inTLS
	default: // of others only that they were chosen is read
		d.told(ot.OneWay, nil, out)
		d.at = over
	}
}

func (d *decoder) outcome(verdict uint32, out *protocols.Emit) {
	switch {
	case verdict == 0:
		d.told(ot.OK, nil, out)
		d.at = clientInit
	case d.minor >= 8:
		d.at = reason
	default:
		d.told(ot.Refused, nil, out)
	}
}

// told hands over how a log-on ended.
func (d *decoder) told(status ot.Status, why []byte, out *protocols.Emit) {
	t := d.begin(logOn, status, out)
	v := append(append(d.text[:0], d.version[ot.ToServer][:d.n[ot.ToServer]]...), 0)
	v = append(append(v, d.version[ot.ToClient][:d.n[ot.ToClient]]...), 0)
	t.Value = ot.Clean(v, why, ot.NameCap)
	if status == ot.Refused {
		t.StatusCode, d.at = 1, over
	}
	out.Did(&t)
}

func (d *decoder) begin(code uint32, status ot.Status, out *protocols.Emit) ot.Transaction {
	t := ot.Transaction{Proto: ot.ProtoVNC, Code: code, Op: protocols.OpOf(codes, code), Status: status, Asked: d.frame, AskedAt: d.time, Latency: -1}
	t.Arg[argSecurity], t.Arg[argVersion], t.Arg[argSubtype] = d.security, uint32(d.minor)|protocols.Present, d.subtype
	if status == ot.OneWay {
		return t
	}
	t.Answered = out.Frame
	t.Latency = int32(min(max((out.Time-d.time)/1000, 0), 1<<31-1))
	return t
}

// opened reads the server's initialisation, §7.3.2: size, form of pixels, name.
func (d *decoder) opened(c *protocols.Cursor, out *protocols.Emit) {
	width, height := c.U16(), c.U16()
	c.Skip(challengeSize) // form of pixels
	size := c.U32()
	name := c.Bytes(int(min(size, reasonMost)))
	if c.Short() {
		return
	}
	d.at = over
	t := d.begin(desktop, ot.OK, out)
	t.Arg[argSize] = uint32(width)<<16 | uint32(height)
	t.Arg[argShared] = d.shared&1 | protocols.Present
	t.Value = ot.Clean(d.text[:0], name, ot.NameCap)
	t.Name = protocols.Gist(d.gist[:0], t.Value)
	out.Did(&t)
	if len(t.Value) > 0 {
		id := ot.Identity{Of: out.Conv.Server.Host(), Source: "VNC desktop"}
		id.Facts[ot.FactName] = string(t.Value)
		out.Identified(id)
	}
}

// Lost: where the session begins is over then.
func (d *decoder) Lost(dir ot.Dir, out *protocols.Emit) {
	if d.at == inTLS {
		d.tls.Lost(dir, out)
		return
	}
	d.at = over
}

// Tick hands over at the end a log-on that got no answer.
func (d *decoder) Tick(now int64, out *protocols.Emit) {
	d.tls.Tick(now, out)
	waits := d.at >= challenge && d.at <= reason || d.at >= venServer && d.at <= venGranted
	if now != protocols.EndOfTime || !waits {
		return
	}
	d.at = over
	t := d.begin(logOn, ot.OneWay, out)
	if out.BothWays && out.Quality == 0 {
		t.Status = ot.Unanswered
	}
	out.Did(&t)
}
