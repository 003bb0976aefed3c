// Package modbus decodes Modbus over TCP and UDP, and its serial forms RTU and ASCII carried over TCP.
//
// It follows MODBUS Application Protocol Specification V1.1b3 ("AP"), MODBUS
// Messaging on TCP/IP Implementation Guide V1.0b ("TCP"), MODBUS over Serial
// Line V1.02 ("SL"), and for function 90 (UMAS, not published) what captures show.
//
// Transaction conventions:
//
//	Code       the function code; for functions with a sub-code (8 diagnostics,
//	           43 encapsulated interface, 90 UMAS) SubFlag | sub<<8 | function,
//	           so that sub-code 0 differs from a sub-code that is not known
//	Unit       the unit id
//	Object     Area is one of the Area constants; Block the file number of a file
//	           record; Addr zero-based address or record; Len the quantity
//	Value      registers (U16BE) or bits (Bit): what was read, or what was to be written;
//	           Opaque bytes where the specification gives no points
//	StatusCode the exception code; 0xFD where UMAS refused
//
// Function 23 gives a read and a write; functions 20 and 21 one transaction a record.
package modbus

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The areas of Transaction.Object.
const (
	AreaNone     uint32 = iota
	AreaCoil            // bits, read and write
	AreaDiscrete        // bits, read only
	AreaInput           // registers, read only
	AreaHolding         // registers, read and write
	AreaFile            // records of a file: Block is the file, Addr the record, Len its registers
	AreaFIFO            // queue of registers: Addr is its pointer register
	AreaIdentity        // objects of the device identification: Addr is the object
	AreaCANopen         // objects of a CANopen dictionary: Block is the node, Addr index << 8 | sub-index
	AreaMemory          // memory of a controller, by UMAS: Block is the block, Addr the byte, Len its bytes
)

// SubFlag marks a Code that carries a sub-code.
const SubFlag uint32 = 1 << 24

// The indices of Transaction.Arg. argA and argB mean what the function makes of them.
const (
	argTransaction = iota // MBAP transaction id
	argFraming            // one of the framing constants
	argA
	argB
	argC
)

// framing is how PDUs are wrapped. It is chosen once a conversation, by content.
type framing uint8

const (
	unknown framing = iota
	mbap            // TCP §3.1.3
	rtu             // SL §2.5.1, without its silent intervals
	ascii           // SL §2.5.2
)

// limit is the most a decoder may leave unused. It needs the longest ADU and the
// header behind it; the rest is never reached.
const limit = 64 << 10

// Protocol is the row of Modbus.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.Modbus,
		Title: "Modbus",
		Spec:  "MODBUS Application Protocol V1.1b3; MODBUS Messaging on TCP/IP V1.0b; MODBUS over Serial Line V1.02",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 502}, {Transport: ot.UDP, Number: 502}},
		Probe: probe,
		New:   func(c *ot.Conv) protocols.Decoder { return &decoder{conv: c} },
		Limit: limit,

		Codes:    codes(),
		Fields:   fields(),
		Describe: describe,
	}
}

// probe tells Modbus by its first bytes. A frame whose form fits a request
// alone comes from the client; many fit both.
func probe(head []byte) protocols.Answer {
	switch asciiStart(head) {
	case fits:
		return protocols.Either
	case undecided:
		if len(head) < asciiSure {
			return protocols.More
		}
		return protocols.Either
	}
	if len(head) < headerLen+1 {
		return protocols.More
	}
	if h := readHeader(head); h.fault() == ot.NoAnomaly && !serialTwin(ot.ToServer, head) && !serialTwin(ot.ToClient, head) {
		return probeTCP(head, h)
	}
	request, answer := rtuGrade(ot.ToServer, head), rtuGrade(ot.ToClient, head)
	switch {
	case request == fits || answer == fits:
		return asker(request, answer)
	case request == undecided || answer == undecided:
		return protocols.More
	}
	return protocols.No
}

// probeTCP judges bytes that begin with a valid MBAP header. Where the function
// does not vouch for the length, what stands behind the ADU must: other
// protocols have zeros and a small number in these places too.
func probeTCP(head []byte, h header) protocols.Answer {
	request, answer := grade(ot.ToServer, head), grade(ot.ToClient, head)
	if behind := head[min(prefixLen+h.length, len(head)):]; request != fits && answer != fits && !mayBegin(behind) {
		return protocols.No
	}
	return asker(request, answer)
}

// mayBegin reports whether b is an ADU's header, or as much of one as came.
func mayBegin(b []byte) bool {
	if len(b) > headerLen {
		return readHeader(b).fault() == ot.NoAnomaly
	}
	protocol := b[min(len(b), 2):min(len(b), 4)]
	return len(bytes.Trim(protocol, "\x00")) == 0
}

// asker tells who sent bytes by how well they fit a request and an answer. What
// fits neither is malformed, or a function that is not defined: Modbus all the same.
func asker(request, answer fit) protocols.Answer {
	switch {
	case request > misfit && answer <= misfit:
		return protocols.FromClient
	case answer > misfit && request <= misfit:
		return protocols.FromServer
	}
	return protocols.Either
}
