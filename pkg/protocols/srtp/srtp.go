// Package srtp decodes GE-SRTP, the service request transport of GE controllers (Series 90, PACSystems).
//
// There is no public specification: numbers and layout are those that published
// analyses of the protocol agree on. No public capture was at hand, so that
// every code is unverified.
//
// Transaction conventions:
//
//	Code       the service request; Connect for the opening
//	Object     of memory: Area the segment selector, Addr the zero-based offset, Len the elements
//	Value      data written, or read
//	StatusCode major << 8 | minor error of a refusal
//
// A controller's answer about its type and id begins with the id as a text of
// eight bytes, then major and minor type; the list of its programs holds texts of
// eight bytes. What does not look like it is not told.
package srtp

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Connect is the Code of the opening, which is no service.
const Connect uint32 = 0x100

// The services that more than the table knows.
const (
	readSystem  = 0x04
	readTask    = 0x05
	readProgram = 0x06
	writeSystem = 0x07
	writeTask   = 0x08
	writeBlock  = 0x09
	setState    = 0x23
	privilege   = 0x21
	programs    = 0x03
	controller  = 0x43
)

// selectors are the areas of memory, by bits, bytes or words.
var selectors = []protocols.Code{
	{Number: 8, Name: "registers"}, {Number: 10, Name: "analog_inputs"}, {Number: 12, Name: "analog_outputs"},
	{Number: 16, Name: "input_bytes"}, {Number: 18, Name: "output_bytes"}, {Number: 20, Name: "temporary_bytes"}, {Number: 22, Name: "internal_bytes"},
	{Number: 24, Name: "system_a_bytes"}, {Number: 26, Name: "system_b_bytes"}, {Number: 28, Name: "system_c_bytes"}, {Number: 30, Name: "system_bytes"},
	{Number: 56, Name: "global_bytes"},
	{Number: 70, Name: "inputs"}, {Number: 72, Name: "outputs"}, {Number: 74, Name: "temporary"}, {Number: 76, Name: "internal"},
	{Number: 78, Name: "system_a"}, {Number: 80, Name: "system_b"}, {Number: 82, Name: "system_c"}, {Number: 84, Name: "system"}, {Number: 86, Name: "global"},
}

// The indices of Transaction.Arg.
const (
	argSequence = iota // Present, number that joins request and answer
	argMailbox         // destination of the request
	argState           // Present, data of a request to set the state or privilege
	argStatus          // Present, privilege << 16 | status word of the controller, behind every answer
)

var (
	name     = protocols.NameTable(codes)
	areaName = protocols.NameTable(selectors)

	stateName = protocols.NameTable(states)
)

func memory(get func(o *ot.Object) uint32) func(t *ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(get(&t.Object)), t.Object.Len > 0 }
}

var fields = []protocols.Field{
	{Name: "srtp.service", Doc: "service request; 256 the opening of the connection", Names: name, Num: protocols.CodeField},
	{Name: "srtp.sequence", Doc: "number that joins request and answer", Num: protocols.Marked(argSequence, 0xff)},
	{Name: "srtp.mailbox", Doc: "where in the rack the request goes", Num: func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argMailbox]), t.Code != Connect && t.Asked != 0
	}},
	{Name: "srtp.area", Doc: "segment of memory", Names: areaName, Num: memory(func(o *ot.Object) uint32 { return o.Area })},
	{Name: "srtp.offset", Doc: "first element, from 0", Num: memory(func(o *ot.Object) uint32 { return o.Addr })},
	{Name: "srtp.count", Doc: "elements", Num: memory(func(o *ot.Object) uint32 { return o.Len })},
	{Name: "srtp.argument", Doc: "first byte of a request to set the run state or change the privilege", Num: protocols.Marked(argState, 0xff)},
	{Name: "srtp.state", Doc: "what the controller says it does, behind every answer", Names: stateName, Num: status(12, 15)},
	{Name: "srtp.faults", Doc: "bits: 1 controller faults, 2 I/O faults", Num: status(4, 3)},
	{Name: "srtp.programmer", Doc: "1 while a programmer is attached, else 0", Num: status(6, 1)},
	{Name: "srtp.privilege", Doc: "privilege the asking side has", Num: status(16, 0xff)},
	{Name: "srtp.error", Doc: "major << 8 | minor error of a refusal", NamedTo: 1 << 16, Names: errorName, Num: protocols.StatusField},
}

// status is the getter of bits behind an answer.
func status(shift int, mask uint32) func(t *ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argStatus] >> shift & mask), t.Arg[argStatus] != 0
	}
}

// Protocol is the row of GE-SRTP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoSRTP, Title: "GE-SRTP", Spec: "published analyses (no public specification)",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 18245}},
		Probe: probe, New: newDecoder, Limit: headerLen + 1<<16,
		Codes: codes, Fields: fields, Describe: describe,
	}
}

// describe says what was touched: "registers 0 to 9".
func describe(t *ot.Transaction, dst []byte) []byte {
	if t.Object.Len == 0 {
		return append(dst, "the controller"...)
	}
	return touched(dst, &t.Object)
}
