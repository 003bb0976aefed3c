// Package opcua decodes OPC UA over TCP in its binary encoding: connection, secure channel, and the services inside it.
//
// OPC 10000-6 §5.2 (encoding), §6.7 (secure conversation), §7.1 (connection
// protocol); OPC 10000-4 §5 (services) and §7 (their parameters).
//
// Transaction conventions:
//
//	Code       the numeric id of the request's encoding; MessageFlag | kind for a
//	           message without a service, and for one that is encrypted
//	Object     Area the namespace of the first node, Addr its numeric id, Block the
//	           attribute, Len how many items the request has; reading and writing
//	           give one transaction a node, Len 1
//	Name       the node's id where it is text; the application asked for; the user who logs on
//	Value      the scalar read or written
//	StatusCode the OPC UA status code of a refusal
//
// Of a message in several chunks the first one is read.
package opcua

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// MessageFlag marks a Code without a service.
const MessageFlag uint32 = 0x10000

// The indices of Transaction.Arg.
const (
	argChannel = iota // secure channel id
	argRequest        // request id, unique among open requests
	argToken          // kind of user identity token
	argNode           // present where the transaction names a node
	argPolicy         // 1 where the channel is secured
)

const present = 1 << 31

// limit is the longest chunk taken. Stacks agree on 64 KiB unless told otherwise.
const limit = 256 << 10

// Protocol is the row of OPC UA.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoOPCUA,
		Title: "OPC UA",
		Spec:  "OPC 10000-4 and OPC 10000-6, release 1.05",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 4840}},
		Probe: probe,
		New:   newDecoder,
		Limit: limit,

		Codes:    codes(),
		Fields:   fields,
		Describe: describe,
	}
}

func probe(head []byte) protocols.Answer {
	n, _ := measure(head)
	switch {
	case n < 0:
		return protocols.More
	case n == 0:
		return protocols.No
	}
	switch string(head[:3]) {
	case "HEL":
		return protocols.FromClient
	case "ACK":
		return protocols.FromServer
	}
	return protocols.Either
}

// decoder follows one connection.
type decoder struct {
	cut     protocols.Cutter
	open    protocols.Open
	more    [2]uint32 // request id whose chunks go on, with inChunks
	secured bool      // the channel was opened with a security policy
	certs   [2]uint64 // digests of the certificates that were told
	said    said
	text    [ot.NameCap]byte

	plates    []plate // none before the first
	nextPlate int
}

func newDecoder(*ot.Conv) protocols.Decoder {
	return &decoder{cut: protocols.Cutter{Proto: ot.ProtoOPCUA, Measure: measure, Inside: true}}
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	return d.cut.Each(dir, b, out, d.message)
}

func (d *decoder) Lost(dir ot.Dir, _ *protocols.Emit) {
	d.cut.Lost(dir)
	d.open.Lost()
}

func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }
