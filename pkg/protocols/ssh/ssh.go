// Package ssh reads of SSH what is in clear: who speaks which version.
//
// RFC 4253 §4.2 (version exchange). What follows is encrypted, so a log-on that
// fails looks like one that does not; how often somebody begins is what tells.
//
// Transaction conventions:
//
//	Code   1, the exchange of versions
//	Name   what stays of the client's software
//	Value  the client's version, the server's version
package ssh

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const exchange = 1

var codes = []protocols.Code{{Number: exchange, Name: "version_exchange", Op: ot.OpSession}}

var fields = []protocols.Field{
	{Name: "ssh.message", Doc: "1, the exchange of versions with which a session begins", Names: protocols.NameTable(codes), Num: protocols.CodeField},
	{Name: "ssh.client", Doc: "version and software of the client", Text: protocols.PartField(0)},
	{Name: "ssh.server", Doc: "version and software of the server", Text: protocols.PartField(1)},
}

// longest is a version's length, with its end, RFC 4253 §4.2.
const longest = 255

// greetings is how much a server may say before its version.
const greetings = 4096

const mark = "SSH-"

// Protocol is the row of SSH.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoSSH,
		Title: "SSH",
		Spec:  "RFC 4253",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 22}},
		Probe: probe,
		New:   func(*ot.Conv) protocols.Decoder { return &decoder{} },
		Limit: longest,

		Codes:  codes,
		Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte {
			if server := protocols.Part(t.Value, 1); server != nil {
				return append(dst, server...)
			}
			return append(dst, "a session"...)
		},
	}
}

func probe(b []byte) protocols.Answer {
	if have := min(len(b), len(mark)); string(b[:have]) != mark[:have] {
		return protocols.No
	}
	if len(b) < len(mark)+1 {
		return protocols.More
	}
	if b[len(mark)] != '1' && b[len(mark)] != '2' {
		return protocols.No
	}
	return protocols.Either
}

// decoder follows one conversation up to its versions.
type decoder struct {
	half [2]struct {
		done    bool
		said    int // bytes before the version
		version [ot.NameCap]byte
		n       int
		frame   uint64
		at      int64
	}
	told bool
	text [2*ot.NameCap + 1]byte
	gist [ot.NameCap]byte
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	h := &d.half[dir]
	for used < len(b) && !h.done {
		line, n := protocols.Line(b[used:], longest)
		if n == 0 {
			return used
		}
		used += n
		if h.said += n; !bytes.HasPrefix(line, []byte(mark)) {
			h.done = h.said > greetings
			continue
		}
		h.done = true
		h.n = len(ot.Clean(h.version[:0], line, ot.NameCap))
		h.frame, h.at = out.Frame, out.Time
		d.identify(dir, h.version[:h.n], out)
		d.deliver(out)
	}
	return len(b)
}

// identify tells the software of a host.
func (d *decoder) identify(dir ot.Dir, version []byte, out *protocols.Emit) {
	id := ot.Identity{Of: out.Conv.Server.Host(), Source: "SSH server"}
	if dir == ot.ToServer {
		id.Of, id.Source = out.Conv.Client.Host(), "SSH client"
	}
	id.Facts[ot.FactProduct] = string(software(version))
	out.Identified(id)
}

// software is a version without its protocol version. A part of a clean text may begin with a blank.
func software(version []byte) []byte {
	if i := bytes.IndexByte(version[min(len(mark), len(version)):], '-'); i >= 0 {
		version = version[len(mark)+i+1:]
	}
	return bytes.TrimLeft(version, " ")
}

// deliver hands over the exchange when both have spoken.
func (d *decoder) deliver(out *protocols.Emit) {
	c, s := &d.half[ot.ToServer], &d.half[ot.ToClient]
	if c.n == 0 || s.n == 0 || d.told {
		return
	}
	first, last := s, c
	if c.frame <= s.frame {
		first, last = c, s
	}
	t := d.begun()
	t.Asked, t.AskedAt, t.Answered = first.frame, first.at, last.frame
	t.Latency = int32(min(max((last.at-first.at)/1000, 0), 1<<31-1))
	out.Did(&t)
}

func (d *decoder) begun() ot.Transaction {
	d.told = true
	c, s := &d.half[ot.ToServer], &d.half[ot.ToClient]
	v := append(append(append(d.text[:0], c.version[:c.n]...), 0), s.version[:s.n]...)
	return ot.Transaction{Proto: ot.ProtoSSH, Code: exchange, Op: ot.OpSession, Value: v, Latency: -1,
		Name: protocols.Gist(d.gist[:0], software(c.version[:c.n]))}
}

func (d *decoder) Lost(dir ot.Dir, _ *protocols.Emit) { d.half[dir].done = true }

// Tick hands over at the end what only one side said.
func (d *decoder) Tick(now int64, out *protocols.Emit) {
	c, s := &d.half[ot.ToServer], &d.half[ot.ToClient]
	if now != protocols.EndOfTime || d.told || c.n+s.n == 0 {
		return
	}
	t := d.begun()
	t.Status, t.Asked, t.AskedAt = ot.OneWay, c.frame, c.at
	if c.n == 0 {
		t.Status, t.Answered = ot.Unasked, s.frame
	}
	out.Did(&t)
}
