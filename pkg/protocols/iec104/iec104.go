// Package iec104 decodes IEC 60870-5-104: telecontrol over TCP.
//
// IEC 60870-5-104 §5 (APCI) and §7 (the ASDUs it takes), IEC 60870-5-101 §7
// (their layout), IEC TS 60870-5-7 for the security ASDUs. Cause and common
// address have two bytes, object addresses three, as 104 fixes them.
//
// Transaction conventions:
//
//	Code       the type identification; ControlFlag | first control byte for the
//	           unnumbered functions STARTDT, STOPDT and TESTFR
//	Unit       the common address of the ASDU: the station
//	Object     Area the type identification, Addr the first object address, Len how many
//	Value      the first object's value, where the type has one
//	StatusCode the cause of transmission of a negative confirmation
//
// A command and its activation confirmation are one transaction. What the
// station sends on its own, or because it was interrogated, is Unasked.
package iec104

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// ControlFlag marks a Code that is an unnumbered control function.
const ControlFlag uint32 = 0x100

// The indices of Transaction.Arg.
const (
	argCause      = iota // cause of transmission, without its flags
	argNumber            // send sequence number, with present
	argOriginator        // originator address
	argTest              // 1 where the test bit is set
	argQualifier         // qualifier of a command, with present
	argConfirm           // cause of the confirmation
)

const present = 1 << 31

// limit holds the longest APDU of 255 bytes, and a segment that came as one large receive.
const limit = 16 << 10

// Protocol is the row of IEC 60870-5-104.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoIEC104,
		Title: "IEC 60870-5-104",
		Spec:  "IEC 60870-5-104:2006, IEC 60870-5-101:2003, IEC TS 60870-5-7:2013",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 2404}},
		Probe: probe,
		New:   newDecoder,
		Limit: limit,

		Codes:    codes(),
		Fields:   fields,
		Describe: describe,
	}
}

func probe(head []byte) protocols.Answer {
	n, certain := measure(head)
	switch {
	case n < 0:
		return protocols.More
	case n == 0 || !certain:
		return protocols.No
	}
	for i := range controls {
		if c := &controls[i]; c.act == head[2] {
			return protocols.FromClient
		} else if c.con == head[2] {
			return protocols.FromServer
		}
	}
	return protocols.Either
}

// decoder follows one connection.
type decoder struct {
	cut  protocols.Cutter
	open protocols.Open
}

func newDecoder(*ot.Conv) protocols.Decoder {
	return &decoder{cut: protocols.Cutter{Proto: ot.ProtoIEC104, Measure: measure}}
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	return d.cut.Each(dir, b, out, d.apdu)
}

func (d *decoder) Lost(dir ot.Dir, _ *protocols.Emit) {
	d.cut.Lost(dir)
	d.open.Lost()
}

func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }
