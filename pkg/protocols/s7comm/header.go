package s7comm

import (
	"encoding/binary"

	"otsensor/pkg/ot"
)

// The header of a PDU.
const (
	protocolID = 0x32
	jobHeader  = 10 // id, ROSCTR, redundancy id, reference, two lengths
	ackHeader  = 12 // and the error
)

// The remote operating service controls: what kind of PDU it is.
const (
	rosctrJob      = 1
	rosctrAck      = 2 // an answer without parameters
	rosctrAckData  = 3
	rosctrUserdata = 7
)

// pdu is one PDU, cut into its parts; all of them views.
type pdu struct {
	dir    ot.Dir
	rosctr byte
	ref    uint16
	err    uint16 // error class << 8 | error
	param  []byte
	data   []byte
	whole  []byte
}

// headerLens are the lengths of the headers of the kinds of PDU, 0 for an unknown kind.
var headerLens = [256]uint8{rosctrJob: jobHeader, rosctrUserdata: jobHeader, rosctrAck: ackHeader, rosctrAckData: ackHeader}

// length is how long the PDU at the start of b says it is, 0 when there is none.
func length(b []byte) int {
	if len(b) < jobHeader || b[0] != protocolID || headerLens[b[1]] == 0 {
		return 0
	}
	return int(headerLens[b[1]]) + int(binary.BigEndian.Uint16(b[6:])) + int(binary.BigEndian.Uint16(b[8:]))
}

// parse cuts a PDU; b holds length(b) bytes, and that is not 0.
func (p *pdu) parse(dir ot.Dir, b []byte) {
	p.dir, p.rosctr, p.whole = dir, b[1], b
	p.ref = binary.BigEndian.Uint16(b[4:])
	head := int(headerLens[b[1]])
	if head == ackHeader {
		p.err = binary.BigEndian.Uint16(b[10:])
	}
	end := head + int(binary.BigEndian.Uint16(b[6:]))
	p.param, p.data = b[head:end], b[end:]
}

// function is the function code of a job or of its answer; ok is false where the PDU has none.
func (p *pdu) function() (code uint32, ok bool) {
	if len(p.param) == 0 {
		return 0, false
	}
	return uint32(p.param[0]), true
}
