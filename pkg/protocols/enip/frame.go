package enip

import "otsensor/pkg/ot"

// registerSize is the data of Register Session: version and options.
const registerSize = 4

// extent is where a PDU ends. The header's length is checked against what the
// command and the items say, so that a wrong one does not swallow what follows.
type extent struct {
	size  int
	odd   ot.Anomaly
	whole bool // all its bytes are there
}

// measure finds the end of the PDU at the start of b. It depends only on bytes
// of the PDU itself, so that it does not matter how many are there already.
func measure(h *header, b []byte, dir ot.Dir) extent {
	promised := headerSize + int(h.length)
	switch most, items := shape(h, dir); {
	case most >= 0:
		if int(h.length) > most {
			return found(headerSize+most, ot.BadLength, b)
		}
	case items >= 0 && (h.status == 0 || h.length > 0):
		to, wrong, short := end(b, headerSize+items, promised)
		switch {
		case wrong:
			return found(promised, ot.Malformed, b)
		case short:
			return extent{}
		case to < promised:
			return found(to, ot.BadLength, b)
		}
	}
	return found(promised, ot.NoAnomaly, b)
}

func found(size int, odd ot.Anomaly, b []byte) extent {
	return extent{size, odd, len(b) >= size}
}

// shape says how a command's length can be checked: against the most bytes it
// may have, or by items that begin at an offset; -1 where it is not so.
func shape(h *header, dir ot.Dir) (most, items int) {
	switch h.command {
	case sendRRData, sendUnitData:
		return -1, cipPrefix
	case registerSession:
		return registerSize, -1
	case unregisterSession:
		return 0, -1
	case listServices, listIdentity, listInterfaces:
		if dir == ot.ToServer {
			return 0, -1
		}
		return -1, 0
	}
	return -1, -1
}
