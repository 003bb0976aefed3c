// Package bacnet decodes BACnet/IP: the virtual link, the network header, and the services inside.
//
// ANSI/ASHRAE 135-2020 annex J (BACnet/IP), clause 6 (network layer), clauses
// 13 to 17 (services), clause 20 (their encoding).
//
// Transaction conventions:
//
//	Code       the confirmed service; Unconfirmed, Link or Network | number for an
//	           unconfirmed service, a function of the virtual link, a network message
//	Unit       the remote network behind a router, 0 for the local one
//	Object     Area the object type, Block its instance, Addr the property, Len 1
//	Name       the object's name, where a service carries it
//	Value      the primitive value read or written
//	StatusCode class << 16 | code of an error; Reject or Abort | reason; Result | code of the virtual link
//
// Devices ask each other from the same port: where the conversation's server
// asks, bacnet.reversed says so. Of segmented messages the first segment is read.
package bacnet

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// What Code is a number of.
const (
	Unconfirmed uint32 = 0x100
	Link        uint32 = 0x200
	Network     uint32 = 0x300
)

// What StatusCode is a number of, where it is no error class and code.
const (
	Reject uint32 = 0x1000000
	Abort  uint32 = 0x2000000
	Result uint32 = 0x3000000
)

// The indices of Transaction.Arg.
const (
	argInvoke   = iota // invoke id, with present
	argReversed        // 1 where the server of the conversation asks
	argState           // state asked for by reinitialise or communication control, with present
	argPriority        // of a write, 1 to 16, 0 where none
	argDevice          // instance a device claims, with present
	argVendor          // vendor id a device claims, with present
	argHasProp         // present where Object has a property
)

const present = 1 << 31

// limit is of no use to datagrams; it is the longest one.
const limit = 64 << 10

// Protocol is the row of BACnet/IP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoBACnet,
		Title: "BACnet/IP",
		Spec:  "ANSI/ASHRAE 135-2020",
		Ports: []protocols.Port{{Transport: ot.UDP, Number: 47808}},
		Probe: probe,
		New:   func(*ot.Conv) protocols.Decoder { return &decoder{} },
		Limit: limit,

		Codes:    codes(),
		Fields:   fields,
		Describe: describe,
	}
}

// probe tells BACnet/IP by the header of the virtual link and the version behind it.
func probe(head []byte) protocols.Answer {
	switch {
	case len(head) > 0 && head[0] != linkType, len(head) > 1 && find(linkFunctions, uint32(head[1])) == nil:
		return protocols.No
	case len(head) < linkHeader:
		return protocols.More
	}
	length := int(head[2])<<8 | int(head[3])
	at := npduAt(head[1])
	switch {
	case length < linkHeader || at == 0 && !fixedLength(head[1], length) || at > 0 && length < at+2:
		return protocols.No
	case len(head) < length:
		return protocols.More
	case at > 0 && head[at] != 1:
		return protocols.No
	}
	return protocols.Either
}

// decoder follows one pair of ports.
type decoder struct {
	open protocols.Open
	text [ot.NameCap]byte
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	d.datagram(dir, b, out)
	return len(b)
}

func (d *decoder) Lost(ot.Dir, *protocols.Emit) { d.open.Lost() }

func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }
