// Package slmp decodes SLMP, the MC protocol of MELSEC controllers, in its binary frames 3E and 4E.
//
// CLPA SLMP specification BAP-C2006-003; MELSEC Communication Protocol
// Reference Manual SH-080008. The engineering tools speak another framing
// (MELSOFT, not published) to the same ports; it is recognised, cut and joined,
// its functions stay numbers save the one that says who a CPU is.
//
// Transaction conventions:
//
//	Code       the command; Melsoft | function for the engineering tools' framing
//	Unit       network << 8 | station of the module asked
//	Object     Area the device code (0xA8 is D), Addr the first number, Len the points
//	Value      words read or written
//	StatusCode the end code of a refusal
package slmp

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Melsoft marks a Code of the engineering tools' framing.
const Melsoft uint32 = 0x10000

// The indices of Transaction.Arg.
const (
	argSub    = iota // subcommand, with present
	argSerial        // serial number of a 4E frame, or number of a MELSOFT request, with present
	argModule        // module I/O number of the destination, with present
)

const present = 1 << 31

// limit holds the longest frame, and a segment that came as one large receive.
const limit = 32 << 10

// Protocol is the row of SLMP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoSLMP,
		Title: "SLMP",
		Spec:  "SLMP Reference Manual SH-080956, MELSEC Communication Protocol SH-080008; MELSOFT framing as captures show it",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 5007}, {Transport: ot.TCP, Number: 5006},
			{Transport: ot.UDP, Number: 5006}, {Transport: ot.UDP, Number: 5007}},
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
	case head[0]&0x80 != 0:
		return protocols.FromServer
	}
	return protocols.FromClient
}

// decoder follows one conversation.
type decoder struct {
	cut  protocols.Cutter
	open protocols.Open
}

func newDecoder(c *ot.Conv) protocols.Decoder {
	return &decoder{cut: protocols.Cutter{Proto: ot.ProtoSLMP, Measure: measure, Inside: true, Datagrams: c.Transport == ot.UDP}}
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	return d.cut.Each(dir, b, out, d.frame)
}

func (d *decoder) Lost(dir ot.Dir, _ *protocols.Emit) {
	d.cut.Lost(dir)
	d.open.Lost()
}

func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }
