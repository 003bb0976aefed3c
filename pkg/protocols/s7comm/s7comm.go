// Package s7comm decodes S7 communication, the protocol of SIMATIC S7-300/400 and of the open services of S7-1200/1500.
//
// There is no public specification; the decoder follows what Siemens' system
// manuals say of the services (A5E02789967 "System Software for S7-300/400
// System and Standard Functions" for SZL, errors and diagnostics; 6FC5297 for
// NC services), and the long public record of captures. Carrier: ISO transport
// on TCP (package tpkt).
//
// Code of a transaction is the function code of a job (0x04 read, 0x29 stop,
// 0x28 any program-invocation service, which Name tells apart), and
// 0x700000 | group << 8 | sub-function for user data. StatusCode is error class
// << 8 | error of an answer's header, or the parameter error of user data, or
// the return code of an item; 0xFF, "good", gives 0. Unit is rack << 8 | slot
// of the TSAP the conversation called.
//
// Object of a variable: Area is the area code (0x84 data block, 0x83 flags …),
// Block the DB number, Addr byte × 8 + bit, Len bits; for timers and counters
// Addr is the number and Len how many. Areas of other addressing syntaxes are
// syntax << 16 | area: NCK variables have Block = column, Addr = line, Len =
// lines; drive parameters Block = parameter, Addr = index; symbols Block = DB,
// Addr = checksum of the name. Blocks of the program have the two ASCII digits
// of their type as Area (0x3041 "0A" data block) and Block = number. System
// status lists have Area 0x10000, Block = list, Addr = index.
//
// Value of an item is its data; Shape follows the transport size of the
// request. Byte arrays stay bytes, two or four of them as well, for nothing
// says that they are one number.
package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/tpkt"
)

// Protocol is the row of S7comm.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto:    ot.S7comm,
		Title:    "S7comm",
		Spec:     "Siemens S7 communication over RFC 1006 (no public specification)",
		Ports:    []protocols.Port{{Transport: ot.TCP, Number: 102}},
		Probe:    probe,
		New:      func(*ot.Conv) protocols.Decoder { return newDecoder() },
		Tells:    true,
		Limit:    tpkt.MaxLen,
		Codes:    codes,
		Fields:   fields,
		Describe: describe,
	}
}

// probe accepts the transport where S7comm may follow: a connection TPDU with
// TSAPs, for who connects has not yet said what for, and data of S7comm or of
// another user that the decoder can name.
func probe(head []byte) protocols.Answer {
	answer := tpkt.Recognise(head)
	if answer != protocols.Either {
		return answer
	}
	switch kind, data := head[5], head[7:]; {
	case kind == 0xE0 && len(head) < 12:
		return protocols.More
	case kind == 0xE0 && (head[11] < 0xC0 || head[11] > 0xC2):
		return protocols.No // no TPDU size or TSAP: remote desktop connects that way
	case kind == 0xE0:
		return protocols.FromClient
	case kind == 0xD0:
		return protocols.FromServer
	case kind == 0xF0:
		return probeData(data, int(head[2])<<8|int(head[3])-7)
	}
	return protocols.Either
}

// probeData looks at user data that may be cut short; room is what the TPKT has for it.
func probeData(b []byte, room int) protocols.Answer {
	switch {
	case room == 0:
		return protocols.Either // an empty data TPDU, as controllers send to keep alive
	case len(b) < min(room, jobHeader+1):
		return protocols.More
	case b[0] != protocolID && serviceOf(b[:min(len(b), room)]) == ot.NoService:
		return protocols.No
	case b[0] != protocolID:
		return protocols.Either
	case room < jobHeader || headerLens[b[1]] == 0:
		return protocols.No
	case b[1] == rosctrJob && room > jobHeader && clientJob(b[jobHeader]):
		return protocols.FromClient
	}
	return protocols.Either
}
