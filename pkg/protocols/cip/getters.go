package cip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// What the fields read out of a transaction.

var resetTypes = []protocols.Code{
	{Number: 0, Name: "power_cycle"},
	{Number: 1, Name: "factory_default"},
	{Number: 2, Name: "keep_communication"},
}

var connTypes = []protocols.Code{
	{Number: 0, Name: "null"},
	{Number: 1, Name: "multicast"},
	{Number: 2, Name: "point_to_point"},
	{Number: 3, Name: "reserved"},
}

var priorities = []protocols.Code{
	{Number: 0, Name: "low"},
	{Number: 1, Name: "high"},
	{Number: 2, Name: "scheduled"},
	{Number: 3, Name: "urgent"},
}

var triggers = []protocols.Code{
	{Number: 0, Name: "cyclic"},
	{Number: 1, Name: "change_of_state"},
	{Number: 2, Name: "application"},
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func answered(t *ot.Transaction) bool { return t.Answered != 0 }
func routed(t *ot.Transaction) bool   { return has(t, isRouted) && t.Unit > 0 }

func encapStatus(t *ot.Transaction) uint64 {
	if t.StatusCode >= EncapStatus && t.StatusCode < PCCCStatus {
		return uint64(t.StatusCode - EncapStatus)
	}
	return 0
}

func resetType(t *ot.Transaction) (uint64, bool) {
	if t.Code != classIdentity<<8|0x05 {
		return 0, false
	}
	if b := requestData(t); len(b) > 0 {
		return uint64(b[0]), true
	}
	return 0, true
}

// ofTriad reads what Forward Open and Forward Close say of their connection.
func ofTriad(get func(at int, b []byte) (uint64, bool)) num {
	return func(t *ot.Transaction) (uint64, bool) {
		switch kindOf(t) {
		case opening:
			return get(openSerial, requestData(t))
		case closing:
			return get(closeSerial, requestData(t))
		}
		return 0, false
	}
}

// openTimeout is ticks of a power of two milliseconds, the first two bytes of opens and closes.
func openTimeout(t *ot.Transaction) (uint64, bool) {
	b := requestData(t)
	if k := kindOf(t); k != opening && k != closing || len(b) < 2 {
		return 0, false
	}
	return uint64(b[1]) << (b[0] & 0x0F), true
}

// connID is a connection id: the answer's, or while there is none the request's.
func connID(answer, request int) num {
	return func(t *ot.Transaction) (uint64, bool) {
		if id, ok := u32(replyData(t), answer); ok && t.Status == ot.OK {
			return id, true
		}
		return u32(requestData(t), request)
	}
}

func accepted(at int) num {
	return func(t *ot.Transaction) (uint64, bool) {
		if t.Status != ot.OK {
			return 0, false
		}
		return u32(replyData(t), at)
	}
}

func o2t(get func(n network) uint64) num {
	return kinded(opening, func(t *ot.Transaction) (uint64, bool) {
		n, ok := networkAt(t, openO2TParam)
		return get(n), ok
	})
}

func t2o(get func(n network) uint64) num {
	return kinded(opening, func(t *ot.Transaction) (uint64, bool) {
		n, ok := networkAt(t, openT2OParam(t))
		return get(n), ok
	})
}

func transport(shift, mask uint8) num {
	return kinded(opening, func(t *ot.Transaction) (uint64, bool) {
		b, at := requestData(t), openTransport(t)
		if len(b) <= at {
			return 0, false
		}
		return uint64(b[at] >> shift & mask), true
	})
}

// connPath reads from the connection path of a Forward Open or Forward Close.
func connPath(get func(p *Path) (uint64, bool)) num {
	return func(t *ot.Transaction) (uint64, bool) {
		p, ok := connectionPath(t)
		if !ok {
			return 0, false
		}
		return get(&p)
	}
}

func connectionPath(t *ot.Transaction) (p Path, ok bool) {
	var b []byte
	switch kindOf(t) {
	case opening:
		b = openPath(t, requestData(t))
	case closing:
		b = closePath(requestData(t))
	}
	if len(b) == 0 {
		return p, false
	}
	p.parse(b, true)
	return p, true
}

func pcccCode(t *ot.Transaction) uint64 {
	return uint64(t.Arg[argA]&0xFF<<8 | t.Arg[argA]>>8&0xFF)
}

// pcccEnd is extended status << 8 | status; where a hash stands, both are 0.
func pcccEnd(t *ot.Transaction) uint32 {
	if has(t, hasHash) {
		return 0
	}
	return t.Arg[argA] >> 16
}

func pcccAddressed(get func(t *ot.Transaction) uint32) num {
	return kinded(pccc, func(t *ot.Transaction) (uint64, bool) { return uint64(get(t)), has(t, hasDetail) })
}

// pcccLow is file type << 8 | size of an address; of a command with a range the
// place holds how far its transfer is.
func pcccLow(t *ot.Transaction) uint32 {
	if movingOf(t) != wholly {
		return 0
	}
	return t.Arg[argExtra] & 0xFFFF
}

func reasonOf(t *ot.Transaction) Reason { return Reason(t.Arg[argB] >> ioReason & ioNibble) }

func ofIO(get func(t *ot.Transaction) uint32) num {
	return kinded(cyclic, func(t *ot.Transaction) (uint64, bool) { return uint64(get(t)), true })
}

// joined is a number that I/O has once its Forward Open is known, or only before.
func joined(is bool, get func(t *ot.Transaction) uint32) num {
	return kinded(cyclic, func(t *ot.Transaction) (uint64, bool) {
		return uint64(get(t)), t.Arg[argRoute]&ioJoined != 0 == is
	})
}

// ofHeader are bits of the run/idle header; a summary at the end has no data to read them from.
func ofHeader(shift, mask uint32) num {
	return kinded(cyclic, func(t *ot.Transaction) (uint64, bool) {
		n, ok := u32(ioData(t), 0)
		return n >> shift & uint64(mask), ok && t.Arg[argB]&ioHasRun != 0
	})
}
