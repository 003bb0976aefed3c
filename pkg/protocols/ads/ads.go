// Package ads decodes Beckhoff ADS, carried by AMS over TCP.
//
// Beckhoff Information System, "TwinCAT ADS Specification": AMS/TCP header, AMS
// header, ADS commands, index groups and return codes.
//
// Transaction conventions:
//
//	Code       the command id
//	Unit       the AMS port asked: 851 is the first PLC runtime, 10000 the system service
//	Object     Area the index group, Addr the index offset, Len the bytes read or written
//	Name       the symbol, where a service names one
//	Value      the bytes written or read
//	StatusCode the ADS return code
package ads

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The indices of Transaction.Arg.
const (
	argInvoke     = iota // invoke id
	argSourcePort        // AMS port of who asks
	argState             // ADS state asked for or told, with present
	argReversed          // 1 where the server of the conversation asks
	argNetHigh           // the first four bytes of the AMS net id asked
	argNetLow            // and the last two
)

const present = 1 << 31

// limit holds the longest frame taken.
const limit = 256 << 10

// Protocol is the row of ADS.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoADS,
		Title: "ADS",
		Spec:  "Beckhoff TwinCAT ADS Specification",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 48898}},
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
	return protocols.Either // routers ask each other on one connection
}

// decoder follows one connection between two routers.
type decoder struct {
	cut  protocols.Cutter
	open protocols.Open
	text [ot.NameCap]byte
}

func newDecoder(*ot.Conv) protocols.Decoder {
	return &decoder{cut: protocols.Cutter{Proto: ot.ProtoADS, Measure: measure}}
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	return d.cut.Each(dir, b, out, d.frame)
}

func (d *decoder) Lost(dir ot.Dir, _ *protocols.Emit) {
	d.cut.Lost(dir)
	d.open.Lost()
}

func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }
