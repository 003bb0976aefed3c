// Package ntp decodes the Network Time Protocol and SNTP.
//
// RFC 5905 §7.3 (packet), §7.4 (kiss codes); RFC 9327 (control messages); mode 7
// as the reference implementation uses it.
//
// Transaction conventions:
//
//	Code       mode; Control | operation; Private | request code
//	Value      reference of the server, as text
//	StatusCode Kiss when the server tells the client to stay away; the error of a control message
package ntp

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Control and Private mark a Code.
const (
	Control uint32 = 0x100
	Private uint32 = 0x200
)

const readVariables = Control | 2

// Kiss is the StatusCode of an answer that gives no time.
const Kiss = 1

// The modes, RFC 5905 figure 10.
const (
	modeActive    = 1
	modePassive   = 2
	modeClient    = 3
	modeServer    = 4
	modeBroadcast = 5
	modeControl   = 6
	modePrivate   = 7
)

// codes: RFC 5905 figure 10, RFC 9327 §2, the requests of mode 7 that change something or tell much.
var codes = []protocols.Code{
	{Number: modeActive, Name: "symmetric_active", Op: ot.OpReadData},
	{Number: modePassive, Name: "symmetric_passive", Op: ot.OpReadData},
	{Number: modeClient, Name: "client", Op: ot.OpReadData},
	{Number: modeServer, Name: "server", Op: ot.OpReadData},
	{Number: modeBroadcast, Name: "broadcast", Op: ot.OpReadData, Unverified: true},
	{Number: Control | 1, Name: "read_status", Op: ot.OpDiagnostic},
	{Number: readVariables, Name: "read_variables", Op: ot.OpDiagnostic},
	{Number: Control | 3, Name: "write_variables", Op: ot.OpConfigWrite, Unverified: true},
	{Number: Control | 4, Name: "read_clock", Op: ot.OpDiagnostic, Unverified: true},
	{Number: Control | 5, Name: "write_clock", Op: ot.OpTimeSet, Unverified: true},
	{Number: Control | 6, Name: "set_trap", Op: ot.OpConfigWrite, Unverified: true},
	{Number: Control | 7, Name: "trap", Op: ot.OpAlarm, Unverified: true},
	{Number: Control | 8, Name: "configure", Op: ot.OpConfigWrite, Unverified: true},
	{Number: Control | 9, Name: "save_configuration", Op: ot.OpConfigWrite, Unverified: true},
	{Number: Control | 10, Name: "read_clients", Op: ot.OpDiagnostic, Unverified: true},
	{Number: Control | 11, Name: "read_list", Op: ot.OpDiagnostic, Unverified: true},
	{Number: Control | 12, Name: "request_nonce", Op: ot.OpSession, Unverified: true},
	{Number: Control | 31, Name: "unset_trap", Op: ot.OpConfigWrite, Unverified: true},
	{Number: Private, Name: "private_peer_list", Op: ot.OpDiagnostic, Unverified: true},
	{Number: Private | 42, Name: "private_monitor_list", Op: ot.OpDiagnostic},
}

// The indices of Transaction.Arg.
const (
	argVersion = iota // with protocols.Present, as all
	argStratum
	argLeap
	argOffset // distance of the server's time from the packet's, milliseconds
)

var leaps = []protocols.Code{{Number: 0, Name: "none"}, {Number: 1, Name: "61_seconds"}, {Number: 2, Name: "59_seconds"}, {Number: 3, Name: "unsynchronised"}}

var fields = []protocols.Field{
	{Name: "ntp.mode", Doc: "mode; 256 + operation of a control message, 512 + request of mode 7", Names: protocols.NameTable(codes), Num: protocols.CodeField},
	{Name: "ntp.version", Doc: "version, 1-4", Num: protocols.Marked(argVersion, 7)},
	{Name: "ntp.stratum", Doc: "stratum of the server: 1 a clock, 16 or leap unsynchronised: no time", Num: protocols.Marked(argStratum, 0xff)},
	{Name: "ntp.leap", Doc: "leap indicator of the server", Names: protocols.NameTable(leaps), Num: protocols.Marked(argLeap, 3)},
	{Name: "ntp.reference", Doc: "what the server takes its time from: an address, or the name of a clock", Text: protocols.PartField(0)},
	{Name: "ntp.offset_ms", Doc: "how far the server's time is from the packet's time, to either side, ms", Num: protocols.Marked(argOffset, protocols.Present-1)},
	{Name: "ntp.error", Doc: "1 when the server gives no time and wants to be left alone; error of a control message", Num: protocols.StatusField},
}

// Protocol is the row of NTP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoNTP,
		Title: "NTP",
		Spec:  "RFC 5905, RFC 9327",
		Ports: []protocols.Port{{Transport: ot.UDP, Number: 123}},
		Probe: probe,
		New:   func(c *ot.Conv) protocols.Decoder { return &decoder{group: c.Group()} },
		Limit: 1,

		Codes:    codes,
		Fields:   fields,
		Describe: describe,
	}
}

// describe says whose time it is: "time of stratum 2".
func describe(t *ot.Transaction, dst []byte) []byte {
	if stratum, ok := protocols.Marked(argStratum, 0xff)(t); ok && t.Code < Control {
		dst = append(dst, "time of stratum "...)
		if stratum >= 10 {
			dst = append(dst, byte('0'+stratum/100), byte('0'+stratum/10%10))
		}
		return append(dst, byte('0'+stratum%10))
	}
	if t.Code < Control {
		return append(dst, "time"...)
	}
	return append(dst, "time service"...)
}
