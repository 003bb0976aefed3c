// Package ads decodes Beckhoff ADS, carried by AMS over TCP, and the services of the AMS routers over UDP.
//
// Beckhoff Information System, "TwinCAT ADS Specification": AMS/TCP header, AMS
// header, ADS commands, index groups and return codes. The routers' datagrams
// are not specified in public: as captures and open implementations show them.
//
// Transaction conventions:
//
//	Code       the command id; RouterFlag | service of a router
//	Unit       the AMS port asked: 851 is the first PLC runtime, 10000 the system service
//	Object     Area the index group, Addr the index offset, Len the bytes read or written
//	Name       the symbol, where a service names one; the route that is added
//	Value      the bytes written or read; who adds a route. A password is never kept: that there was one is
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
	argSecret            // 1 where a password came in clear
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
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 48898}, {Transport: ot.UDP, Number: 48899}},
		Probe: probe,
		New:   newDecoder,
		Limit: limit,

		Codes:    allCodes,
		Fields:   fields,
		Describe: describe,
	}
}

func probe(head []byte) protocols.Answer {
	if len(head) == 0 || head[0] == cookie&0xff {
		return isRouter(head)
	}
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

func newDecoder(c *ot.Conv) protocols.Decoder {
	if c.Transport == ot.UDP {
		return &router{}
	}
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
