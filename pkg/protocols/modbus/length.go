package modbus

import (
	"otsensor/pkg/ot"
)

// extent is how the length of a PDU follows from its function: base bytes, and
// where countAt is set as many more as the byte at that offset says.
type extent struct{ base, countAt uint8 }

// extents by direction and function, AP §6; the function code is byte 0. They are
// not set where the length does not follow from the function so, or not at all.
var extents = [2][256]extent{ot.ToServer: {
	readCoils: {base: 5}, readDiscretes: {base: 5}, readHolding: {base: 5}, readInput: {base: 5},
	writeCoil: {base: 5}, writeRegister: {base: 5}, exceptionStatus: {base: 1},
	eventCounter: {base: 1}, eventLog: {base: 1}, serverID: {base: 1},
	writeCoils: {base: 6, countAt: 5}, writeRegisters: {base: 6, countAt: 5},
	readFile: {base: 2, countAt: 1}, writeFile: {base: 2, countAt: 1},
	maskWrite: {base: 7}, readWriteRegisters: {base: 10, countAt: 9}, readFIFO: {base: 3},
}, ot.ToClient: {
	readCoils: {base: 2, countAt: 1}, readDiscretes: {base: 2, countAt: 1},
	readHolding: {base: 2, countAt: 1}, readInput: {base: 2, countAt: 1},
	writeCoil: {base: 5}, writeRegister: {base: 5}, exceptionStatus: {base: 2},
	eventCounter: {base: 5}, eventLog: {base: 2, countAt: 1}, serverID: {base: 2, countAt: 1},
	writeCoils: {base: 5}, writeRegisters: {base: 5},
	readFile: {base: 2, countAt: 1}, writeFile: {base: 2, countAt: 1},
	maskWrite: {base: 7}, readWriteRegisters: {base: 2, countAt: 1},
}}

// anyLength is the length of a PDU whose function sets none.
const anyLength = -1

// pduLength is how long the PDU that begins with b must be, by its function.
// When b is too short to tell, known is false and n is how many bytes would tell more.
func pduLength(dir ot.Dir, b []byte) (n int, known bool) {
	if len(b) == 0 {
		return 1, false
	}
	switch e := extents[dir][b[0]]; {
	case e.base == 0:
		return oddLength(dir, b)
	case e.countAt == 0:
		return int(e.base), true
	case len(b) <= int(e.countAt):
		return int(e.countAt) + 1, false
	default:
		return int(e.base) + int(b[e.countAt]), true
	}
}

// oddLength is the length of a PDU that has no extent.
func oddLength(dir ot.Dir, b []byte) (n int, known bool) {
	switch function := b[0]; {
	case function&exceptionBit != 0 && dir == ot.ToClient:
		return 2, true
	case function == diagnostics:
		return diagnosticLength(b)
	case function == encapsulated:
		return encapsulatedLength(dir, b)
	case function == readFIFO:
		return fifoLength(b)
	}
	return anyLength, true
}

// diagnosticLength: the query that is echoed may be of any length, all else is one word (AP §6.8).
func diagnosticLength(b []byte) (n int, known bool) {
	if len(b) < 3 {
		return 3, false
	}
	if b[1] == 0 && b[2] == echoQuery {
		return anyLength, true
	}
	return 5, true
}

func fifoLength(b []byte) (n int, known bool) {
	if len(b) < 3 {
		return 3, false
	}
	return 3 + int(b[1])<<8 + int(b[2]), true
}

// encapsulatedLength walks the objects of a device identification (AP §6.21).
func encapsulatedLength(dir ot.Dir, b []byte) (n int, known bool) {
	if len(b) < 2 {
		return 2, false
	}
	if b[1] != meiDevice {
		return anyLength, true
	}
	if dir == ot.ToServer {
		return 4, true
	}
	if len(b) < identityHead {
		return identityHead, false
	}
	n = identityHead
	for range b[identityHead-1] {
		if len(b) < n+2 {
			return n + 2, false
		}
		n += 2 + int(b[n+1])
	}
	return n, true
}
