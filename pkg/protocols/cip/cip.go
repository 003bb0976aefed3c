// Package cip decodes the Common Industrial Protocol: explicit messages, connections, Logix tags, PCCC and cyclic I/O.
package cip

import (
	"slices"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Protocol is CIP's row of the table. EtherNet/IP carries it, so it has
// neither ports nor a probe nor a decoder of its own.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto:    ot.CIP,
		Title:    "CIP",
		Spec:     "ODVA Volume 1 (CIP), Rockwell 1756-PM020 (Logix data access), 1770-6.5.16 (PCCC)",
		Codes:    services,
		Fields:   slices.Concat(fields, stateFields),
		Describe: Describe,
		Join:     newPlant,
	}
}

// AnyClass is the class part of Transaction.Code where the path names no class:
// symbolic paths, answers without a request, and I/O. In the code table it
// marks services that mean the same for every class.
const AnyClass = 0xFFFF

// CodeOf is Transaction.Code of a service of a class.
func CodeOf(class uint32, service uint8) uint32 {
	return min(class, AnyClass)<<8 | uint32(service&^replyBit)
}

// IOData is Transaction.Code of cyclic I/O, which has no service.
const IOData = AnyClass << 8

// What Transaction.StatusCode adds to a status that is not a CIP general status.
const (
	EncapStatus = 0x100 // the encapsulation refused the message before a CIP object saw it
	PCCCStatus  = 0x200 // the CIP service was accepted, the PCCC command inside was not
)

const replyBit = 0x80

// Limits of multiple service packets.
const (
	maxDepth    = 8
	maxServices = protocols.OpenTxns
)
