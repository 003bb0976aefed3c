// Package dnp3 decodes DNP3 over TCP and UDP: link frames, transport segments, and the application header with its objects.
//
// IEEE 1815-2012: clause 9 (data link), 8 (transport function), 4 (application
// layer), 11 (object headers) and annex A (object library).
//
// Transaction conventions:
//
//	Code       the application function; LinkFlag | function for a link service
//	           that carries no application data
//	Unit       the link address of the outstation
//	Object     Area group << 8 | variation, Addr the first index, Len how many
//	           (0 for all of the group); a request with several object headers and
//	           no object data gives one transaction a header
//	Value      what a control carries: the control code of a relay block, or the
//	           number of an analog output
//	StatusCode the internal indications of a refusing answer; ControlFlag | status
//	           where the echoed control object says so; LinkFlag | function of a
//	           refusing link answer
package dnp3

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Flags of Code and StatusCode.
const (
	LinkFlag    uint32 = 0x100
	ControlFlag uint32 = 0x10000
)

// The indices of Transaction.Arg.
const (
	argMaster     = iota // link address of the master
	argSequence          // of the application fragment
	argIIN               // internal indications of the answer, with present
	argQualifier         // of the object header, with present
	argControl           // control code of a relay block, with present
	argLinkAnswer        // function of the link answer, with present
)

// present marks an Arg that may be zero and there.
const present = 1 << 31

// limit holds the longest link frame, and a segment that came as one large receive.
const limit = 16 << 10

// Protocol is the row of DNP3.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoDNP3,
		Title: "DNP3",
		Spec:  "IEEE 1815-2012",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 20000}, {Transport: ot.UDP, Number: 20000}},
		Probe: probe,
		New:   newDecoder,
		Limit: limit,

		Codes:    codes(),
		Fields:   fields,
		Describe: describe,
	}
}

// probe tells DNP3 by the check bytes of the link header. The direction bit
// says who is master; the master is the client save where an outstation calls.
func probe(head []byte) protocols.Answer {
	n, _ := measure(head)
	switch {
	case n < 0:
		return protocols.More
	case n == 0:
		return protocols.No
	}
	return protocols.Either
}

// decoder follows one conversation.
type decoder struct {
	cut      protocols.Cutter
	open     protocols.Open
	fragment [2]fragment
}

func newDecoder(c *ot.Conv) protocols.Decoder {
	return &decoder{cut: protocols.Cutter{Proto: ot.ProtoDNP3, Measure: measure, Datagrams: c.Transport == ot.UDP}}
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	return d.cut.Each(dir, b, out, d.frame)
}

func (d *decoder) Lost(dir ot.Dir, _ *protocols.Emit) {
	d.cut.Lost(dir)
	d.fragment[dir].drop()
	d.open.Lost()
}

func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }
