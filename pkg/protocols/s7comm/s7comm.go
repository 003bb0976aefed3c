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
		Limit:    tpkt.MaxLen,
		Codes:    codes,
		Fields:   fields,
		Describe: describe,
	}
}

// probe accepts a TPKT with a connection TPDU, for who connects has not yet
// said what for, and else only one with an S7 PDU.
func probe(head []byte) protocols.Answer {
	if answer := tpkt.Recognise(head); answer != protocols.Either {
		return answer
	}
	switch head[5] {
	case 0xE0:
		return protocols.FromClient
	case 0xD0:
		return protocols.FromServer
	case 0xF0:
		return probePDU(head[7:], int(head[2])<<8|int(head[3])-7)
	}
	return protocols.Either
}

// probePDU looks at an S7 header that may be cut short; room is what the TPKT has for it.
func probePDU(b []byte, room int) protocols.Answer {
	switch {
	case room == 0:
		return protocols.Either // an empty data TPDU, as controllers send to keep alive
	case len(b) == 0:
		return protocols.More
	case b[0] != protocolID:
		return protocols.No
	case len(b) < 2:
		return protocols.More
	case headerLen(b[1]) == 0:
		return protocols.No
	case len(b) < jobHeader:
		return protocols.More
	case length(b) > room:
		return protocols.Either // the first of several data TPDUs
	}
	switch b[1] {
	case rosctrJob:
		return clientJob(b)
	case rosctrUserdata:
		return protocols.Either
	}
	return protocols.Either
}
