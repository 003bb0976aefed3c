// Package fins decodes Omron FINS over UDP and over TCP.
//
// Omron Communications Commands Reference Manual W342 (commands, end codes) and
// Ethernet Units Operation Manual W420 §7 (the frame over UDP and TCP).
//
// Transaction conventions:
//
//	Code       command: main code << 8 | sub-code; Frame | command of the TCP frame for node addresses
//	Unit       network << 16 | node << 8 | unit of the destination
//	Object     Area the memory area code (0x82 is DM), Addr the word, Block the bit, Len the items
//	Value      words read or written
//	StatusCode the end code of a refusal
package fins

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Frame marks a Code of the TCP frame itself.
const Frame uint32 = 0x10000

// The indices of Transaction.Arg.
const (
	argSource    = iota // network << 16 | node << 8 | unit of who asks, with present
	argService          // service id, with present
	argMode             // mode asked for, with present
	argParameter        // first byte behind the command
)

const present = 1 << 31

// limit holds the longest frame, and a segment that came as one large receive.
const limit = 32 << 10

// Protocol is the row of FINS.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoFINS,
		Title: "FINS",
		Spec:  "Omron W342 (commands), W420 (FINS over UDP and TCP)",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 9600}, {Transport: ot.UDP, Number: 9600}},
		Probe: probe,
		New:   newDecoder,
		Limit: limit,

		Codes:    codes(),
		Fields:   fields,
		Describe: describe,
	}
}

// probe tells the frame over TCP by its mark, a datagram by its header and a listed command.
func probe(head []byte) protocols.Answer {
	if n, _ := measure(head); n != 0 {
		if n < 0 {
			return protocols.More
		}
		return protocols.Either
	}
	n, certain := datagram(head)
	switch {
	case n < 0:
		return protocols.More
	case n == 0 || !certain:
		return protocols.No
	case head[0]&isAnswer != 0:
		return protocols.FromServer
	}
	return protocols.FromClient
}

// decoder follows one conversation.
type decoder struct {
	udp  bool
	cut  protocols.Cutter
	open protocols.Open
}

func newDecoder(c *ot.Conv) protocols.Decoder {
	return &decoder{udp: c.Transport == ot.UDP, cut: protocols.Cutter{Proto: ot.ProtoFINS, Measure: measure, Inside: true}}
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	if d.udp {
		if n, _ := datagram(b); n <= 0 {
			out.Odd(ot.BadProtocolID, dir, ot.ProtoFINS)
			return len(b)
		}
		d.command(dir, b, out)
		return len(b)
	}
	for {
		pdu, n := d.cut.Next(dir, b[used:], out)
		used += n
		if pdu == nil {
			return used
		}
		d.frame(dir, pdu, out)
	}
}

func (d *decoder) Lost(dir ot.Dir, _ *protocols.Emit) {
	d.cut.Lost(dir)
	d.open.Lost()
}

func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }
