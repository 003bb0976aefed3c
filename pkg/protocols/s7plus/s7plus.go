// Package s7plus decodes S7comm-plus, the protocol of SIMATIC S7-1200/1500 with their panels and engineering stations.
//
// There is no public specification; the decoder follows the public record: the
// number tables of the open dissector and client of Th. Wiens, and captures of
// S7-1200 (firmware 2, 3, 4) and S7-1500 (firmware 1). It is carried by ISO
// transport on TCP 102, where the decoder of S7comm hands over what begins with
// 0x72; with newer firmware only the first request is in clear, and TLS records
// follow in the data units.
//
// A controller is a tree of objects. An object has a relation id (RID), a class,
// and attributes; classes, attributes and the objects every controller has are
// numbered in one space. What a request means lies in those numbers, not in its
// function: setting attribute 2167 of object 52 stops the CPU.
//
// Code of a transaction is the function. What has no function is numbered above
// them: 0x330000 notification, 0xFE0000 system event, 0xFF0000 keep-alive,
// 0x150000 TLS alert, 0x160000 | type for TLS handshake messages. StatusCode is
// the amount of the return value's error number: 100 is -100, access denied.
//
// Object of a variable: Area is 0x50 … 0x54 (inputs, outputs, flags, counters,
// timers) or 0x8A0E, a data block with Block = its number; Addr is the checksum
// of the symbol, or else its two last local ids, 16 bits each; Name is the path of
// local ids. What is named by ids has Area 0x10000, Block = RID and Addr =
// attribute | member << 16; RIDs of a session are given out anew every time, so there Block is 0.
package s7plus

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Protocol is the row of S7comm-plus, which the decoder of TCP 102 carries along.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto:    ot.S7Plus,
		Title:    "S7comm-plus",
		Spec:     "Siemens S7comm-plus over RFC 1006 (no public specification)",
		Codes:    codes,
		Fields:   fields,
		Describe: describe,
	}
}
