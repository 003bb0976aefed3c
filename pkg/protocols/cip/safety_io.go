package cip

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// safetyVerdicts is what the check sums of a connection's packets say.
var safetyVerdicts = []protocols.Code{
	{Number: ioAgree, Name: "agree"},
	{Number: ioWrong, Name: "wrong"},
	{Number: ioRight, Name: "right"},
	{Number: ioStrange, Name: "of_another_connection"},
	{Number: ioAnew, Name: "agree"},
}

// safetyFaultNames are what must not happen on a safety connection.
var safetyFaultNames = []protocols.Code{
	{Number: 1, Name: "check_sum"},
	{Number: 2, Name: "another_connection"},
	{Number: 3, Name: "parity"},
	{Number: 4, Name: "idle"},
}

// safetyFault is the gravest that a transaction tells of.
func safetyFault(t *ot.Transaction) (uint64, bool) {
	even, hasParity := ofPacket(parityOf)(t)
	switch verdict := t.Arg[argMarks] >> ioVerdict & ioVerdicts; {
	case verdict == ioWrong:
		return 1, true
	case verdict == ioStrange:
		return 2, true
	case hasParity && even == 0:
		return 3, true
	case reasonOf(t) == IORun && t.Arg[argB]>>ioModeRun&1 == 0 && t.Arg[argB]&ioHasMode != 0:
		return 4, true
	}
	return 0, false
}

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

// safetyMessage tells data from what comes back, by size.
func safetyMessage(t *ot.Transaction) (uint64, bool) {
	if t.Arg[argA]&ioBytes == safetyTimeMessage {
		return 2, true
	}
	return 1, true
}

// ofPacket is a number of a safety packet. What goes to a group has a correction
// behind it, which has no bits of the mode byte's kind: where the payload reads
// as data without it, it is one.
func ofPacket(get func(p *safetyPacket, correction []byte) (uint64, bool)) num {
	return ofSafetyIO(func(t *ot.Transaction) (uint64, bool) {
		whole, correction := splitCorrection(t.Value, t.Arg[argRoute]&ioGroup != 0)
		p, ok := readSafety(whole)
		if !ok {
			return 0, false
		}
		return get(&p, correction)
	})
}

// splitCorrection takes off what follows data for a group.
func splitCorrection(b []byte, group bool) (whole, correction []byte) {
	if !group || len(b) <= safetyCorrection {
		return b, nil
	}
	at := len(b) - safetyCorrection
	return b[:at], b[at:]
}

// Bits of the byte that answers a ping, and of the one in front of a correction.
const (
	pingBits     = 0x03 // of mode byte and answer
	pingAnswered = 0x08
	consumerBits = 0x0F
	groupActive  = 0x20
)

// pingOf is the ping count of the mode byte, or the one that is answered.
func pingOf(p *safetyPacket, _ []byte) (uint64, bool) { return uint64(p.mode & pingBits), true }

func pingAnsweredOf(p *safetyPacket, _ []byte) (uint64, bool) {
	return bit(p.mode&pingAnswered != 0), p.coords
}

// parityOf reports that a byte with a parity bit has an even number of bits.
func parityOf(p *safetyPacket, correction []byte) (uint64, bool) {
	b := p.mode
	if len(correction) > 0 {
		b = correction[0]
	}
	b ^= b >> 4
	b ^= b >> 2
	b ^= b >> 1
	return uint64(b&1 ^ 1), p.coords || len(correction) > 0
}

func timeOf(p *safetyPacket, _ []byte) (uint64, bool) { return uint64(p.stamp), true }

func consumerOf(_ *safetyPacket, correction []byte) (uint64, bool) {
	if len(correction) == 0 {
		return 0, false
	}
	return uint64(correction[0] & consumerBits), true
}

func activeOf(_ *safetyPacket, correction []byte) (uint64, bool) {
	return bit(len(correction) > 0 && correction[0]&groupActive != 0), len(correction) > 0
}

func correctionOf(_ *safetyPacket, correction []byte) (uint64, bool) {
	if len(correction) < 3 {
		return 0, false
	}
	return uint64(binary.LittleEndian.Uint16(correction[1:])), true
}

// What the target of a safety connection says of itself in the answer to the
// open, behind the actual intervals (Volume 5, 3-5).
const (
	safetyReply       = openedReply + 2
	safetyReplyVendor = safetyReply + 2 // behind the number of the consumer
	safetyReplySerial = safetyReply + 4
	safetyReplyConn   = safetyReply + 8
	safetyReplyEnd    = safetyReply + 10
)

// targetOf is the triad of the target's end, all zero where the answer holds none.
func targetOf(t *ot.Transaction) (of triad) {
	b := replyData(t)
	if p, _ := connectionPath(t); !p.Safety || len(b) < safetyReplyEnd || int(b[openedReply])*2 < safetyReplyEnd-safetyReply {
		return of
	}
	return triad{
		vendor:     binary.LittleEndian.Uint16(b[safetyReplyVendor:]),
		originator: binary.LittleEndian.Uint32(b[safetyReplySerial:]),
		serial:     binary.LittleEndian.Uint16(b[safetyReplyConn:]),
	}
}

// ofSafetyReply is a number of that answer.
func ofSafetyReply(at int, size int) num {
	return kinded(opening, func(t *ot.Transaction) (uint64, bool) {
		b := replyData(t)
		if targetOf(t) == (triad{}) || t.Status != ot.OK {
			return 0, false
		}
		if size == 2 {
			return u16(b, at)
		}
		return u32(b, at)
	})
}
