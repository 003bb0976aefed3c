// Package snmp decodes the Simple Network Management Protocol, versions 1, 2c and 3.
//
// RFC 1157, RFC 3416 (PDUs), RFC 3412 and RFC 3414 (version 3, user-based security),
// RFC 3418 (system group).
//
// Transaction conventions:
//
//	Code       PDU type 0-8; Encrypted for a PDU of version 3 that is not in clear
//	Object     Len the variables
//	Name       the first eight numbers of the first object identifier
//	Value      the first object identifier whole, then the user of version 3
//	StatusCode the error status of a refusal
//
// A community is compared with the two that everybody knows and forgotten.
package snmp

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Encrypted is the Code of a PDU that is not in clear.
const Encrypted uint32 = 0x10

// The PDU types, RFC 3416 §3.
const (
	getRequest = 0
	getNext    = 1
	response   = 2
	setRequest = 3
	trap1      = 4
	getBulk    = 5
	inform     = 6
	trap2      = 7
	report     = 8
)

var codes = []protocols.Code{
	{Number: getRequest, Name: "get_request", Op: ot.OpDiagnostic},
	{Number: getNext, Name: "get_next_request", Op: ot.OpDiagnostic},
	{Number: response, Name: "response", Op: ot.OpDiagnostic},
	{Number: setRequest, Name: "set_request", Op: ot.OpConfigWrite},
	{Number: trap1, Name: "trap", Op: ot.OpAlarm},
	{Number: getBulk, Name: "get_bulk_request", Op: ot.OpDiagnostic},
	{Number: inform, Name: "inform_request", Op: ot.OpAlarm, Unverified: true},
	{Number: trap2, Name: "trap_v2", Op: ot.OpAlarm},
	{Number: report, Name: "report", Op: ot.OpDiagnostic, Unverified: true},
	{Number: Encrypted, Name: "encrypted", Op: ot.OpUnknown},
}

// The indices of Transaction.Arg.
const (
	argVersion = iota // 0, 1 or 3, with protocols.Present, as all
	argFlags
)

// The bits of argFlags.
const (
	flagDefault = 1 << iota // the community is public or private
	flagClear               // no community or user is checked by a secret that stays one
)

var versions = []protocols.Code{{Number: 0, Name: "v1"}, {Number: 1, Name: "v2c"}, {Number: 3, Name: "v3"}}

// errorStates: RFC 3416 §3.
var errorStates = []protocols.Code{
	{Number: 1, Name: "too_big"}, {Number: 2, Name: "no_such_name"}, {Number: 3, Name: "bad_value"}, {Number: 4, Name: "read_only"}, {Number: 5, Name: "general_error"},
	{Number: 6, Name: "no_access"}, {Number: 7, Name: "wrong_type"}, {Number: 8, Name: "wrong_length"}, {Number: 9, Name: "wrong_encoding"}, {Number: 10, Name: "wrong_value"},
	{Number: 11, Name: "no_creation"}, {Number: 12, Name: "inconsistent_value"}, {Number: 13, Name: "resource_unavailable"}, {Number: 14, Name: "commit_failed"},
	{Number: 15, Name: "undo_failed"}, {Number: 16, Name: "authorisation_error"}, {Number: 17, Name: "not_writable"}, {Number: 18, Name: "inconsistent_name"},
	{Number: errorReport, Name: "report"},
}

// errorReport is the StatusCode of a request answered by a report.
const errorReport = 255

var fields = []protocols.Field{
	{Name: "snmp.pdu", Doc: "PDU type; 16 for one that is encrypted", Names: protocols.NameTable(codes), Num: protocols.CodeField},
	{Name: "snmp.version", Doc: "version", Names: protocols.NameTable(versions), Num: protocols.Marked(argVersion, 3)},
	{Name: "snmp.oid", Doc: "first object identifier, whole; the field name holds its first eight numbers", Text: protocols.PartField(0)},
	{Name: "snmp.user", Doc: "user of version 3", Text: protocols.PartField(1)},
	{Name: "snmp.variables", Doc: "how many variables", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Object.Len), t.Object.Len > 0 }},
	{Name: "snmp.default_community", Doc: "1 when the community is public or private; no other is told", Num: protocols.Flag(argFlags, flagDefault)},
	{Name: "snmp.clear_community", Doc: "1 when a community in clear stands for a password (versions 1 and 2c)", Num: protocols.Flag(argFlags, flagClear)},
	{Name: "snmp.error", Doc: "error status of a refusal; 255 a report of version 3", Names: protocols.NameTable(errorStates), Num: protocols.StatusField},
}

// Protocol is the row of SNMP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoSNMP,
		Title: "SNMP",
		Spec:  "RFC 1157, RFC 3416, RFC 3412, RFC 3414",
		Ports: []protocols.Port{{Transport: ot.UDP, Number: 161}, {Transport: ot.UDP, Number: 162}},
		Probe: probe,
		New:   func(*ot.Conv) protocols.Decoder { return &decoder{} },
		Limit: 1,

		Codes:    codes,
		Fields:   fields,
		Describe: describe,
	}
}

// describe says what was touched: "1.3.6.1.2.1.1.5.0".
func describe(t *ot.Transaction, dst []byte) []byte {
	if oid := protocols.Part(t.Value, 0); oid != nil {
		return append(dst, oid...)
	}
	return append(dst, "management data"...)
}
