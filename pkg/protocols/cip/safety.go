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
	safetyTarget     = 18
	safetyOriginator = 28
	safetyPing       = 38
	safetyTimeout    = 44
	safetyConsumers  = 45
	safetyNode       = 10 // bytes of a unique node identifier

	safetyParamCRC     = 46 // of the base format
	safetyParamCRCLong = 48 // of the extended format
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

func safetyNodeAt(at int) func(t *ot.Transaction) []byte {
	return func(t *ot.Transaction) []byte {
		b := safetySegment(t)
		if len(b) < at+safetyNode || b[0] == safetyRouter {
			return nil
		}
		return hex.AppendEncode(nil, b[at:at+safetyNode])
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

// parameterCRC lies further on in the extended format.
func parameterCRC(b []byte) (uint64, bool) {
	if b[0] == safetyExtended {
		return u32(b, safetyParamCRCLong)
	}
	return u32(b, safetyParamCRC)
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

var safetyMessages = []protocols.Code{{Number: 1, Name: "data"}, {Number: 2, Name: "time_coordination"}}

// ofSafetyIO is a number that only I/O of a safety connection has.
func ofSafetyIO(get num) num {
	return kinded(cyclic, func(t *ot.Transaction) (uint64, bool) {
		if t.Arg[argRoute]&ioJoined == 0 || owner(t.Arg[argRoute]>>ioOwner&0xF) != ownerSafety {
			return 0, false
		}
		return get(t)
	})
}

// safetyVerdict is what the check sums of a connection's packets say.
var safetyVerdicts = []protocols.Code{{Number: ioAgree, Name: "agree"}, {Number: ioWrong, Name: "wrong"}}

// safetyMessage tells data from what comes back, by size.
func safetyMessage(t *ot.Transaction) (uint64, bool) {
	if t.Arg[argA]&ioBytes == safetyTimeMessage-ioCount {
		return 2, true
	}
	return 1, true
}
