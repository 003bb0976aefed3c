// Package dns decodes names on the wire: DNS over UDP and TCP, and what has its
// message format: multicast DNS, LLMNR and the NetBIOS name service.
//
// RFC 1035 §4 (messages, compression), RFC 2136 (update), RFC 6762 (multicast DNS),
// RFC 4795 (LLMNR), RFC 1002 §4.2 (NetBIOS names, status), IANA DNS parameters.
//
// Transaction conventions:
//
//	Code       opcode; Answer | opcode for an answer sent to a group; NetBIOS | opcode for NetBIOS names
//	Name       what stays of the first name asked for (protocols.Gist)
//	Value      the first name whole, then the first answer as text
//	StatusCode the response code of a refusal
package dns

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Answer and NetBIOS mark a Code.
const (
	Answer  uint32 = 0x40
	NetBIOS uint32 = 0x100
)

// The forms, by port.
const (
	formDNS = iota
	formMDNS
	formLLMNR
	formNetBIOS
)

var forms = []protocols.Code{{Number: formDNS, Name: "dns"}, {Number: formMDNS, Name: "mdns"}, {Number: formLLMNR, Name: "llmnr"}, {Number: formNetBIOS, Name: "netbios"}}

var (
	portForms = map[uint16]uint32{5353: formMDNS, 5355: formLLMNR, 137: formNetBIOS}
	services  = [...]ot.Service{formDNS: ot.DNS, formMDNS: ot.MDNS, formLLMNR: ot.LLMNR, formNetBIOS: ot.NetBIOS}
)

// The indices of Transaction.Arg.
const (
	argForm    = iota // which of the forms
	argType           // type asked for, with Present
	argAnswers        // answers, with Present
	argShape          // longest label << 16 | length of the whole name, with Present
)

// Protocol is the row of names.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoDNS,
		Title: "DNS",
		Spec:  "RFC 1035, RFC 2136; multicast DNS RFC 6762; LLMNR RFC 4795; NetBIOS names RFC 1002 §4.2",
		Ports: []protocols.Port{{Transport: ot.UDP, Number: 53}, {Transport: ot.TCP, Number: 53}, {Transport: ot.UDP, Number: 5353},
			{Transport: ot.UDP, Number: 5355}, {Transport: ot.TCP, Number: 5355}, {Transport: ot.UDP, Number: 137}},
		Probe: probe,
		New:   newDecoder,
		Tells: true,
		Limit: 64<<10 + 2,

		Codes:    codes,
		Fields:   fields,
		Describe: describe,
	}
}

// probe accepts the header and the first question of a message, as a datagram
// or behind its length.
func probe(head []byte) protocols.Answer {
	verdict := plausible(head)
	if verdict != protocols.Either && len(head) >= prefix {
		if v := plausible(head[prefix:]); v == protocols.Either && headed(head) || verdict == protocols.No {
			verdict = v
		}
	} else if len(head) < prefix {
		return protocols.More
	}
	return verdict
}

// decoder follows one conversation.
type decoder struct {
	form  uint32
	told  bool
	group bool
	cut   protocols.Cutter
	open  protocols.Open
	text  [2]text
	gist  [ot.NameCap]byte
}

func newDecoder(c *ot.Conv) protocols.Decoder {
	return &decoder{
		form: portForms[c.Server.Port], group: c.Group(),
		cut: protocols.Cutter{Proto: ot.ProtoDNS, Measure: measure, Inside: true},
	}
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	if out.Conv.Transport == ot.UDP {
		if plausible(b) != protocols.Either {
			out.Odd(ot.Malformed, dir, ot.ProtoDNS)
			return len(b)
		}
		d.message(dir, b, out)
		return len(b)
	}
	for {
		pdu, n := d.cut.Next(dir, b[used:], out)
		used += n
		if pdu == nil {
			return used
		}
		if len(pdu) >= prefix+headerLen { // else its length was broken, and another one begins
			d.message(dir, pdu[prefix:], out)
		}
	}
}

func (d *decoder) Lost(dir ot.Dir, _ *protocols.Emit) {
	d.cut.Lost(dir)
	d.open.Lost()
}

func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }

// tell says once what is spoken.
func (d *decoder) tell(out *protocols.Emit) {
	if !d.told {
		d.told = true
		o := out.Add(ot.Spoke)
		o.Did.Proto, o.Service = ot.ProtoDNS, services[d.form]
	}
}
