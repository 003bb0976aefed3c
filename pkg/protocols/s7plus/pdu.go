package s7plus

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// ProtocolID begins every PDU.
const ProtocolID = 0x72

// The versions, which tell how a PDU is laid out.
const (
	version1    = 1    // connecting; all of S7-1200 before firmware 2
	version2    = 2    // integrity part behind the data, S7-1500 only
	version3    = 3    // integrity part before the data
	systemEvent = 0xFE // header and data, no trailer
	keepAlive   = 0xFF // header only; its third byte is a number
)

const (
	headerLen  = 4  // id, version, length
	trailerLen = 4  // id, version, length 0; absent where the next PDU goes on
	digestLen  = 32 // HMAC-SHA-256
)

// The opcodes.
const (
	opRequest      = 0x31
	opResponse     = 0x32
	opResponse2    = 0x02
	opNotification = 0x33
)

// Fits reports whether a message is S7comm-plus beyond doubt: a known version,
// and a length that fits exactly.
func Fits(b []byte) bool {
	if len(b) < headerLen || b[0] != ProtocolID {
		return false
	}
	if b[1] == keepAlive {
		return len(b) == headerLen
	}
	n := headerLen + int(binary.BigEndian.Uint16(b[2:]))
	switch b[1] {
	case version1, version2, version3:
		return n > headerLen && (n == len(b) || n+trailerLen == len(b) && isTrailer(b[n:]))
	case systemEvent:
		return n > headerLen && n == len(b)
	}
	return false
}

// Length is how long the PDU at the start of b says it is, with the trailer when
// one is there; 0 when there is none. It lets the transport mend lengths of its own.
func Length(b []byte) int {
	if len(b) < headerLen || b[0] != ProtocolID {
		return 0
	}
	n := headerLen + int(binary.BigEndian.Uint16(b[2:]))
	switch {
	case b[1] == keepAlive:
		return headerLen
	case b[1] != systemEvent && (b[1] < version1 || b[1] > version3):
		return 0
	case len(b) > n && isTrailer(b[n:]):
		return n + trailerLen
	}
	return n
}

func isTrailer(b []byte) bool {
	return len(b) >= trailerLen && b[0] == ProtocolID && b[1] >= version1 && b[1] <= version3 && b[2] == 0 && b[3] == 0
}

// pdu is one PDU with all its fragments; body is a view.
type pdu struct {
	dir      ot.Dir
	version  byte
	opcode   byte
	function uint32
	seq      uint16
	session  uint32 // requests only
	flags    byte   // transport flags
	digest   bool   // it has an integrity part
	cut      bool   // its end was not kept
	size     int    // bytes of data, integrity part apart
	whole    []byte
	body     []byte // what follows the header of the function
}

// parse reads the head of a PDU's data; it reports false when there is none.
func (p *pdu) parse(b []byte) bool {
	p.whole = b
	c := protocols.Read(b)
	p.opcode = c.U8()
	switch p.opcode {
	case opNotification:
		p.function = codeNotification
	case opRequest, opResponse, opResponse2:
		c.Skip(2)
		p.function = uint32(c.U16())
		c.Skip(2)
		p.seq = c.U16()
		if p.opcode == opRequest {
			p.session = c.U32()
		}
		p.flags = c.U8()
	default:
		return false
	}
	p.body = c.Rest()
	return !c.Short()
}

// unsealed is data without the integrity part behind it: an id, a length and the
// digest. Data that have none end in zeros.
func (p *pdu) unsealed(b []byte) []byte {
	at := len(b) - 1 - digestLen
	if at < 1 || b[at] != digestLen || b[at-1] >= 0x80 || binary.BigEndian.Uint32(b[len(b)-4:]) == 0 {
		return b
	}
	p.digest = true
	return b[:at]
}

// begins reports whether data is the first of a PDU, which fragments do not tell.
func begins(b []byte) bool {
	if len(b) < 8 {
		return false
	}
	switch b[0] {
	case opRequest, opResponse, opResponse2:
		_, known := listed(uint32(b[3])<<8 | uint32(b[4]))
		return known && b[1]|b[2]|b[5]|b[6] == 0
	case opNotification:
		session := b[1]&0x70 == 0x70 && b[5] <= 0x10 && b[6] == 0                // a RID of the session
		return session || len(b) > 9 && b[1] == 0x10 && b[2]|b[6]|b[7]|b[8] == 0 // as the simulated S7-1200 gives them
	}
	return false
}
