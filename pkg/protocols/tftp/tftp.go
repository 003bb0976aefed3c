// Package tftp decodes the requests of the Trivial File Transfer Protocol.
//
// RFC 1350, RFC 2347 (options). A server answers from a port of its own; that
// the transfer went well is seen only where it answers from the registered one.
//
// Transaction conventions:
//
//	Code   operation
//	Name   what stays of the file's name
//	Value  the file's name whole, the mode
package tftp

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The operations, RFC 1350 §5.
const (
	readRequest  = 1
	writeRequest = 2
	failure      = 5
)

var codes = []protocols.Code{
	{Number: readRequest, Name: "read_request", Op: ot.OpFile},
	{Number: writeRequest, Name: "write_request", Op: ot.OpFile},
	{Number: failure, Name: "error", Op: ot.OpError, Unverified: true},
}

var failures = []protocols.Code{
	{Number: 1, Name: "file_not_found"}, {Number: 2, Name: "access_violation"}, {Number: 3, Name: "disk_full"}, {Number: 4, Name: "illegal_operation"},
	{Number: 5, Name: "unknown_transfer"}, {Number: 6, Name: "file_exists"}, {Number: 7, Name: "no_such_user"}, {Number: 8, Name: "options_refused"},
	{Number: undefined, Name: "undefined"},
}

// undefined stands for error 0, for a StatusCode of 0 would say that all went well.
const undefined = 0x100

var fields = []protocols.Field{
	{Name: "tftp.operation", Doc: "operation", Names: protocols.NameTable(codes), Num: protocols.CodeField},
	{Name: "tftp.file", Doc: "name of the file, whole; the field name holds what stays of it", Text: protocols.PartField(0)},
	{Name: "tftp.mode", Doc: "octet, netascii or mail", Text: protocols.PartField(1)},
	{Name: "tftp.error", Doc: "error of a refusal", Names: protocols.NameTable(failures), Num: protocols.StatusField},
}

// Protocol is the row of TFTP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoTFTP,
		Title: "TFTP",
		Spec:  "RFC 1350",
		Ports: []protocols.Port{{Transport: ot.UDP, Number: 69}},
		Probe: probe,
		New:   func(*ot.Conv) protocols.Decoder { return &decoder{} },
		Limit: 1,

		Codes:  codes,
		Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte {
			if len(t.Name) == 0 {
				return append(dst, "a file"...)
			}
			return append(append(dst, "file "...), t.Name...)
		},
	}
}

// probe accepts an operation and, for a request, a name and a mode that end.
func probe(b []byte) protocols.Answer {
	if len(b) > 0 && b[0] != 0 || len(b) > 1 && (b[1] == 0 || b[1] > 6) {
		return protocols.No
	}
	if len(b) < 4 {
		return protocols.More
	}
	if b[1] > writeRequest {
		return protocols.Either
	}
	name, mode, ok := texts(b[2:])
	switch {
	case !ok:
		return protocols.More
	case len(name) == 0 || !known(mode):
		return protocols.No
	}
	return protocols.Either
}

// texts are the two texts of a request.
func texts(b []byte) (name, mode []byte, ok bool) {
	var at [2]int
	n := 0
	for i, c := range b {
		if c == 0 {
			if at[n] = i; n == 1 {
				return b[:at[0]], b[at[0]+1 : i], true
			}
			n++
		}
	}
	return nil, nil, false
}

func known(mode []byte) bool {
	var low [9]byte
	m := low[:copy(low[:], mode)]
	for i := range m {
		m[i] |= 0x20
	}
	return string(m) == "octet" || string(m) == "netascii" || string(m) == "mail"
}

type decoder struct {
	open protocols.Open
	text [ot.NameCap + 16]byte
	gist [ot.NameCap]byte
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	if probe(b) != protocols.Either {
		out.Odd(ot.Malformed, dir, ot.ProtoTFTP)
		return len(b)
	}
	if operation := uint32(b[1]); operation == readRequest || operation == writeRequest {
		t := ot.Transaction{Proto: ot.ProtoTFTP, Code: operation, Op: ot.OpFile, Latency: -1}
		name, mode, _ := texts(b[2:])
		whole := ot.Clean(d.text[:0], name, ot.NameCap)
		t.Name = protocols.Gist(d.gist[:0], whole)
		t.Value = ot.Clean(append(whole, 0), mode, 8)
		d.open.Ask(0, ot.ProtoTFTP, out).Add(&t, out)
	} else {
		d.answer(b, out)
	}
	return len(b)
}

// answer joins the first answer to the request.
func (d *decoder) answer(b []byte, out *protocols.Emit) {
	failed := b[1] == failure
	why := uint32(b[2])<<8 | uint32(b[3])
	if why == 0 {
		why = undefined
	}
	if d.open.Len() > 0 {
		r, _ := d.open.Take(0, b, out)
		for i := range r.Txns {
			if a := &r.Txns[i]; failed {
				a.Status, a.StatusCode = ot.Refused, why
			}
			out.Did(&r.Txns[i])
		}
		return
	}
	if failed {
		out.Did(&ot.Transaction{Proto: ot.ProtoTFTP, Code: failure, Op: ot.OpError, Status: ot.Unasked, StatusCode: why, Answered: out.Frame, Latency: -1})
	}
}

func (d *decoder) Lost(ot.Dir, *protocols.Emit)        { d.open.Lost() }
func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }
