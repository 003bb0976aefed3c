package modbus

import (
	"encoding/binary"

	"otsensor/pkg/ot"
)

// The MBAP header, TCP §3.1.3: transaction, protocol, length, unit.
const (
	headerLen = 7
	prefixLen = 6 // what the length field does not count
	lengthMin = 2 // unit and function
	lengthMax = 254

	// umasMax is the longest length field taken from UMAS, which agrees on
	// PDUs beyond the specification's 253 bytes; captures show 1022.
	umasMax = 2048
)

// header is the MBAP header and the function code behind it.
type header struct {
	transaction uint16
	protocol    uint16
	length      int // bytes from the unit id on
	unit        uint8
	function    uint8
}

// readHeader reads headerLen+1 bytes.
func readHeader(b []byte) header {
	return header{
		transaction: binary.BigEndian.Uint16(b),
		protocol:    binary.BigEndian.Uint16(b[2:]),
		length:      int(binary.BigEndian.Uint16(b[4:])),
		unit:        b[6],
		function:    b[7],
	}
}

// fault says what makes it impossible to take the header for one.
func (h header) fault() ot.Anomaly {
	most := lengthMax
	if h.function == umas {
		most = umasMax
	}
	switch {
	case h.protocol != 0:
		return ot.BadProtocolID
	case h.length < lengthMin || h.length > most:
		return ot.BadLength
	}
	return ot.NoAnomaly
}

// fit is how well bytes fit the begin of an ADU.
type fit uint8

const (
	refused   fit = iota
	misfit        // a valid header, but the length contradicts the function
	undecided     // more bytes will tell
	possible      // a valid header, but the function allows any length
	fits          // the length is exactly what the function makes of the body
)

// grade judges the bytes at which an ADU may begin.
func grade(dir ot.Dir, b []byte) fit {
	f, _ := gradeAt(dir, b)
	return f
}

// gradeAt is grade, with how many bytes were needed for the verdict.
func gradeAt(dir ot.Dir, b []byte) (f fit, seen int) {
	if len(b) < headerLen+1 {
		return undecided, len(b)
	}
	h := readHeader(b)
	if h.fault() != ot.NoAnomaly || h.function&^exceptionBit == 0 || dir == ot.ToServer && h.function&exceptionBit != 0 {
		return refused, headerLen + 1
	}
	declared := h.length - 1
	pdu := b[headerLen:min(len(b), headerLen+declared)]
	n, known := pduLength(dir, pdu)
	switch {
	case !known && n <= declared:
		return undecided, len(b)
	case known && n == anyLength:
		return possible, headerLen + 1
	case known && n == declared:
		return fits, headerLen + seenOf(dir, pdu)
	case known:
		return misfit, headerLen + seenOf(dir, pdu)
	}
	return misfit, headerLen + len(pdu)
}

// seenOf is how many bytes of a PDU it takes to know its length.
func seenOf(dir ot.Dir, pdu []byte) int {
	seen := 1
	for {
		n, known := pduLength(dir, pdu[:seen])
		if known {
			return seen
		}
		seen = n
	}
}

// adu is one request or answer out of its wrapping.
type adu struct {
	framing     framing
	transaction uint16
	unit        uint8
	pdu         []byte     // from the function code on
	odd         ot.Anomaly // what is wrong with its length
	swallowed   bool       // its length field covers the next ADU too
}

func (a *adu) function() uint8 { return a.pdu[0] }

func (a *adu) key() uint64 { return keyOf(a.framing, a.transaction, a.unit, a.function()) }

// keyOf finds the request of an answer. Serial framings have no transaction id.
func keyOf(f framing, transaction uint16, unit, function uint8) uint64 {
	return uint64(f)<<32 | uint64(transaction)<<16 | uint64(unit)<<8 | uint64(function&^exceptionBit)
}
