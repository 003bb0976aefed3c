// Package tftp decodes the Trivial File Transfer Protocol: who reads or writes which file, and how the transfer went.
//
// RFC 1350 §4 and §5; options of RFC 2347 and RFC 2348. The server answers from
// a port of its own, which belongs to the conversation that asked.
//
// Transaction conventions:
//
//	Code       operation: the request, joined with the first answer; transfer, when it is over
//	Name       what stays of the file's name
//	Value      the file's name whole, mode: texts
//	StatusCode the error of a refusal, Undefined where it is 0
package tftp

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The operations, RFC 1350 §5, RFC 2347. Data stands for the transfer it is part of.
const (
	readRequest  = 1
	writeRequest = 2
	data         = 3
	acknowledge  = 4
	failure      = 5
	options      = 6
)

var codes = []protocols.Code{
	{Number: readRequest, Name: "read_request", Op: ot.OpFile},
	{Number: writeRequest, Name: "write_request", Op: ot.OpFile},
	{Number: data, Name: "transfer", Op: ot.OpFile},
	{Number: failure, Name: "error", Op: ot.OpError, Unverified: true},
}

var failures = []protocols.Code{
	{Number: 1, Name: "file_not_found"}, {Number: 2, Name: "access_violation"}, {Number: 3, Name: "disk_full"}, {Number: 4, Name: "illegal_operation"},
	{Number: 5, Name: "unknown_transfer"}, {Number: 6, Name: "file_exists"}, {Number: 7, Name: "no_such_user"}, {Number: 8, Name: "options_refused"},
	{Number: undefined, Name: "undefined"},
}

// undefined stands for error 0, for a StatusCode of 0 would say that all went well.
const undefined = 0x100

// The indices of Transaction.Arg.
const (
	argBlocks  = iota // of a transfer
	argBytes          // of a transfer, with what is above 32 bits in argMore
	argMore           //
	argOutcome        // of a transfer, protocols.Present
	argWrites         // 1 where the client sends the file
)

// How a transfer ended.
const (
	done    = 1
	aborted = 2
	stalled = 3
)

var outcomes = []protocols.Code{{Number: done, Name: "done"}, {Number: aborted, Name: "aborted"}, {Number: stalled, Name: "stalled"}}

// ofTransfer is the getter of what only a transfer has.
func ofTransfer(get func(t *ot.Transaction) uint64) func(t *ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return get(t), t.Code == data }
}

var fields = []protocols.Field{
	{Name: "tftp.operation", Doc: "operation", Names: protocols.NameTable(codes), Num: protocols.CodeField},
	{Name: "tftp.file", Doc: "name of the file, whole; the field name holds what stays of it", Text: protocols.PartField(0)},
	{Name: "tftp.mode", Doc: "octet, netascii or mail", Text: protocols.PartField(1)},
	{Name: "tftp.outcome", Doc: "how a transfer ended: 1 done, 2 aborted by an error, 3 stalled", Names: protocols.NameTable(outcomes), Num: protocols.Marked(argOutcome, 0xff)},
	{Name: "tftp.writes", Doc: "1 where the asking side sends the file, 0 where it gets it", Num: ofTransfer(func(t *ot.Transaction) uint64 { return uint64(t.Arg[argWrites]) })},
	{Name: "tftp.blocks", Doc: "blocks of the file that were seen, each once", Num: ofTransfer(func(t *ot.Transaction) uint64 { return uint64(t.Arg[argBlocks]) })},
	{Name: "tftp.bytes", Doc: "bytes in them", Num: ofTransfer(func(t *ot.Transaction) uint64 { return uint64(t.Arg[argMore])<<32 | uint64(t.Arg[argBytes]) })},
	{Name: "tftp.error", Doc: "error of a refusal", NamedTo: 1 << 9, Names: protocols.NameTable(failures), Num: protocols.StatusField},
}

// Protocol is the row of TFTP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoTFTP,
		Title: "TFTP",
		Spec:  "RFC 1350, RFC 2347, RFC 2348",
		Ports: []protocols.Port{{Transport: ot.UDP, Number: 69}},
		Probe: probe,
		New:   func(*ot.Conv) protocols.Decoder { return &decoder{} },
		Moves: true,
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
	if len(b) > 0 && b[0] != 0 || len(b) > 1 && (b[1] == 0 || b[1] > options) {
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

// texts are the first two texts of a datagram: name and mode of a request, an option and its value.
func texts(b []byte) (first, second []byte, ok bool) {
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
