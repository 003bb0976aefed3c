package tpkt

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// What Transaction.Arg holds. Bits marked present tell 0 from absent.
const (
	argSrcRef  = iota // reference of the asking side
	argDstRef         // reference of the answering side
	argClass          // class << 4 | options
	argSize           // TPDU size agreed, or asked for: bytes
	argDstTSAP        // two-byte called TSAP, | present
	argSrcTSAP        // two-byte calling TSAP, | present
	argCause          // cause of a refusal, disconnect or error, | present
	argRole           // role of the called TSAP
)

const present = 1 << 16

// onlyConnection is the key of all connection requests: a TCP connection
// carries one transport connection, whatever references its ends use.
const onlyConnection = 0

// connection takes every TPDU but data; b is what follows the type.
func (s *Stream) connection(dir ot.Dir, kind byte, b []byte, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.COTP, Code: uint32(kind), Op: ot.OpSession, Status: ot.OneWay, Latency: -1}
	t.Asked, t.AskedAt = out.Frame, out.Time
	c := protocols.Read(b)
	dst := c.U16()
	switch kind {
	case typeCR, typeCC:
		s.connect(dir, &t, dst, b, out)
	case typeDR, typeDC, typeER:
		s.disconnect(dir, &t, dst, &c, out)
	case typeED, typeEA, typeRJ, typeAK:
		t.Arg[argDstRef] = uint32(dst)
		out.Did(&t)
	default:
		out.OddIn(ot.ReservedCode, dir, &t)
	}
}

// connect takes a connection request or its confirm, X.224 §13.3 and §13.4.
func (s *Stream) connect(dir ot.Dir, t *ot.Transaction, dst uint16, b []byte, out *protocols.Emit) {
	c := protocols.Read(b)
	c.Skip(2)
	src := c.U16()
	class := c.U8()
	p := parameters(&c)
	if c.Short() {
		out.OddIn(ot.Malformed, dir, t)
		return
	}
	t.Arg[argClass], t.Arg[argSize] = uint32(class), p.size
	t.Name, t.Value = appendTSAP(s.called[:0], p.called), appendTSAP(s.calling[:0], p.calling)
	t.Arg[argDstTSAP], t.Arg[argSrcTSAP] = pair(p.called), pair(p.calling)
	t.Arg[argRole], t.Unit = role(p.called), unit(p.called)
	if t.Code == typeCC {
		t.Arg[argSrcRef], t.Arg[argDstRef] = uint32(dst), uint32(src)
		s.confirm(dir, t, b, out)
		return
	}
	t.Arg[argSrcRef], t.Arg[argDstRef] = uint32(src), uint32(dst)
	if dir == ot.ToClient {
		out.OddIn(ot.WrongDirection, dir, t)
	}
	s.unit = t.Unit
	t.Status = ot.OK
	s.open.Ask(onlyConnection, ot.COTP, out).Add(t, out)
}

// confirm joins a connect confirm with its request.
func (s *Stream) confirm(dir ot.Dir, got *ot.Transaction, b []byte, out *protocols.Emit) {
	r, verdict := s.open.Take(onlyConnection, b, out)
	switch verdict {
	case protocols.Fits:
		for i := range r.Txns {
			t := &r.Txns[i]
			if got.Arg[argSrcRef] != t.Arg[argSrcRef] {
				out.OddIn(ot.Mismatched, dir, got)
			}
			t.Arg[argDstRef], t.Arg[argClass] = got.Arg[argDstRef], got.Arg[argClass]
			if got.Arg[argSize] != 0 {
				t.Arg[argSize] = got.Arg[argSize]
			}
			out.Did(t)
		}
	case protocols.NoMatch:
		got.Asked, got.AskedAt, got.Answered, got.Status = 0, 0, out.Frame, ot.Unasked
		if s.unit == 0 {
			s.unit = got.Unit
		}
		if out.BothWays && out.Quality&(ot.Midstream|ot.Lossy|ot.OneSided) == 0 {
			out.OddIn(ot.Unmatched, dir, got)
		}
		out.Did(got)
	case protocols.Other:
		out.OddIn(ot.Doubled, dir, got)
	}
}

// disconnect takes a TPDU that ends or refuses a connection, or reports an
// error, X.224 §13.5, §13.6 and §13.12. While a connection request waits for
// its answer, it is that answer.
func (s *Stream) disconnect(dir ot.Dir, t *ot.Transaction, dst uint16, c *protocols.Cursor, out *protocols.Emit) {
	t.Arg[argDstRef] = uint32(dst)
	if t.Code != typeER {
		t.Arg[argSrcRef] = uint32(c.U16())
	} else {
		t.Op = ot.OpError
	}
	if t.Code != typeDC {
		t.Arg[argCause] = uint32(c.U8()) | present
	}
	if c.Short() {
		out.OddIn(ot.Malformed, dir, t)
		return
	}
	t.Unit = s.unit
	if dir == ot.ToServer || t.Code == typeDC || s.open.Peek(onlyConnection) == nil {
		out.Did(t)
		return
	}
	r, _ := s.open.Take(onlyConnection, nil, out)
	for i := range r.Txns {
		asked := &r.Txns[i]
		asked.Status, asked.StatusCode = ot.Refused, t.Code<<8|t.Arg[argCause]&0xff
		asked.Arg[argDstRef], asked.Arg[argCause] = t.Arg[argSrcRef], t.Arg[argCause]
		out.Did(asked)
	}
}

// params is what the variable part of a connection TPDU says.
type params struct {
	called, calling []byte
	size            uint32
}

// parameters reads code, length, value triples up to the end, X.224 §13.3.4.
func parameters(c *protocols.Cursor) (p params) {
	for c.Left() > 0 {
		code, n := c.U8(), int(c.U8())
		v := c.Bytes(n)
		switch {
		case code == 0xC0 && len(v) == 1 && v[0] >= 7 && v[0] <= 13:
			p.size = 1 << v[0]
		case code == 0xC1:
			p.calling = v
		case code == 0xC2:
			p.called = v
		case code == 0xF0 && len(v) == 2 && p.size == 0:
			p.size = uint32(binary.BigEndian.Uint16(v)) * 128 // preferred maximum, RFC 2126 §4
		}
	}
	return p
}
