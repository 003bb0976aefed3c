// Package tpkt carries ISO transport on TCP: it cuts TPKTs, joins COTP data TPDUs, and tells of COTP connections.
//
// RFC 1006 and RFC 2126 (TPKT), ISO 8073 / X.224 class 0 (COTP). S7comm,
// S7comm-plus, MMS and ICCP are users of this transport on TCP 102.
//
// A transaction of Proto COTP is one connection TPDU that asks for something:
// a connection request with its confirm or refusal, a disconnect, an error
// report. Code is the TPDU type; StatusCode of a refusal is the type of the
// refusing TPDU << 8 | its cause, so that cause 0 is a refusal too. Unit is
// rack << 8 | slot of the called TSAP where that is a SIMATIC one. Name is the
// called TSAP, Value the calling one, both as text.
package tpkt

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// MaxLen is the longest TPKT taken: the largest TPDU class 0 can agree on (2^13) and the TPKT header.
const MaxLen = 1<<13 + headerLen

const (
	headerLen = 4             // version 3, reserved, length of all
	minLen    = 7             // and the shortest TPDU
	dataLen   = headerLen + 3 // the header of a data TPDU: length indicator, type, end mark
)

// The TPDU types, X.224 §13.
const (
	typeED = 0x1
	typeEA = 0x2
	typeRJ = 0x5
	typeAK = 0x6
	typeER = 0x7
	typeDR = 0x8
	typeDC = 0xC
	typeCC = 0xD
	typeCR = 0xE
	typeDT = 0xF
)

var codes = []protocols.Code{
	{Number: typeED, Name: "expedited_data", Op: ot.OpSession, Unverified: true},
	{Number: typeEA, Name: "expedited_ack", Op: ot.OpSession, Unverified: true},
	{Number: typeRJ, Name: "reject", Op: ot.OpSession, Unverified: true},
	{Number: typeAK, Name: "data_ack", Op: ot.OpSession, Unverified: true},
	{Number: typeER, Name: "error", Op: ot.OpError, Unverified: true},
	{Number: typeDR, Name: "disconnect_request", Op: ot.OpSession},
	{Number: typeDC, Name: "disconnect_confirm", Op: ot.OpSession, Unverified: true},
	{Number: typeCC, Name: "connect_confirm", Op: ot.OpSession},
	{Number: typeCR, Name: "connect_request", Op: ot.OpSession},
	{Number: typeDT, Name: "data", Op: ot.OpSession},
}

// Protocol is the row of COTP, which the decoder of TCP 102 carries along.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto:    ot.COTP,
		Title:    "COTP",
		Spec:     "RFC 1006, RFC 2126, ISO 8073 / ITU-T X.224 class 0",
		Codes:    codes,
		Fields:   fields,
		Describe: describe,
	}
}
