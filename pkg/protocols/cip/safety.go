package cip

import (
	"encoding/hex"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// A safety network segment (Volume 5, 3-4.5) says in which format a connection
// carries its data and between which safety nodes. Offsets are of its data,
// which begin with the format.
const (
	safetyConfigCRC  = 2
	safetyConfigTime = 6
	safetyEPI        = 12
	safetyTarget     = 18
	safetyOriginator = 28
	safetyPing       = 38
	safetyCoordinate = 40
	safetyExpect     = 42
	safetyTimeout    = 44
	safetyConsumers  = 45
	safetyNode       = 10 // bytes of a unique node identifier

	safetyParamCRC     = 46 // of the base format
	safetyParamCRCLong = 48 // of the extended format
	safetyFaults       = 46 // likewise
	safetyTimeID       = 50
	safetyTimeIDLong   = 52
)

const (
	safetyBase = iota
	safetyRouter
	safetyExtended
)

var safetyFormats = []protocols.Code{
	{Number: safetyBase, Name: "base"},
	{Number: safetyRouter, Name: "router"},
	{Number: safetyExtended, Name: "extended"},
}

// safetySegment is the data of the safety segment in a connection path, nil where there is none.
func safetySegment(t *ot.Transaction) []byte {
	p, _ := connectionPath(t)
	return p.SafetyData
}

// ofSafety reads a number out of the safety segment; of a router's there is only the format.
func ofSafety(get func(b []byte) (uint64, bool)) num {
	return func(t *ot.Transaction) (uint64, bool) {
		b := safetySegment(t)
		if len(b) == 0 || b[0] == safetyRouter {
			return 0, false
		}
		return get(b)
	}
}

func safetyNodeAt(at int) func(t *ot.Transaction) []byte { return safetyBytes(at, safetyNode) }

func safetyBytes(at, size int) func(t *ot.Transaction) []byte {
	return func(t *ot.Transaction) []byte {
		b := safetySegment(t)
		if len(b) < at+size || b[0] == safetyRouter {
			return nil
		}
		return hex.AppendEncode(nil, b[at:at+size])
	}
}

func byteAt(at int) func(b []byte) (uint64, bool) {
	return func(b []byte) (uint64, bool) {
		if len(b) <= at {
			return 0, false
		}
		return uint64(b[at]), true
	}
}

// ofFormat is a number that lies elsewhere in the extended format.
func ofFormat(base, extended int) func(b []byte) (uint64, bool) {
	return func(b []byte) (uint64, bool) {
		at := base
		if b[0] == safetyExtended {
			at = extended
		}
		return u32(b, at)
	}
}

// Safety I/O (Volume 5, 2-3): the data, a mode byte, check sums, from three
// bytes of data on their complement too, and a time stamp. What comes back is
// six bytes that answer a ping with the consumer's time.
const (
	safetyShortMost   = 8 // bytes of the short form: up to two of data
	safetyShortRest   = 6 // of which are not data
	safetyLongRest    = 8 // and of the long form, which has the data twice
	safetyTimeMessage = 6
	safetyCorrection  = 6 // behind data for a group
)
