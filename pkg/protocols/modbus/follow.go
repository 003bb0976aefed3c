package modbus

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Where a function sets no length of its own, a wrong length field would swallow
// the next ADU, or its begin. The next transaction of the same unit tells.

// soon is how far transaction ids run on until two ADUs have no visible order.
const soon = 64

// ahead is how far a transaction id runs before another. Some count their ids
// with the low byte first.
func ahead(from, to uint16) uint16 {
	return min(to-from, swapped(to)-swapped(from))
}

func swapped(n uint16) uint16 { return n<<8 | n>>8 }

// near reports a transaction id that runs soon after one of two others.
func near(id, before, earlier uint16) bool {
	return ahead(before, id) <= soon || ahead(earlier, id) <= soon
}

// follows reports a header that the sender of the latest ADU, or of the one
// before, may have sent soon after: one of the two may be damaged.
func (s *side) follows(h header) bool {
	return s.last.function != 0 && near(h.transaction, s.last.transaction, s.before)
}

// counts reports that the latest ADU followed those before it.
func (s *side) counts() bool {
	return s.second && near(s.last.transaction, s.before, s.earlier)
}

// isNext is follows without doubt: the very next transaction, with the same function.
func (h header) isNext(next header) bool {
	return ahead(h.transaction, next.transaction) == 1 && next.unit == h.unit && next.function == h.function && next.fault() == ot.NoAnomaly
}

// swallowed is where in a PDU the next ADU begins, 0 when nowhere. Only the
// bytes up to the end of that header matter, not how many are there already.
func (h header) swallowed(pdu []byte) int {
	for at := 1; at+headerLen < len(pdu); at++ {
		if pdu[at+2] == 0 && pdu[at+3] == 0 && h.isNext(readHeader(pdu[at:])) {
			return at
		}
	}
	return 0
}

// keep notes an ADU that was taken.
func (s *side) keep(h header, a *adu) {
	s.earlier, s.before, s.second = s.before, s.last.transaction, s.last.function != 0
	if !s.second {
		s.before = h.transaction
	}
	s.last, s.kept = h, 0
	if extents[ot.ToServer][h.function].base != 0 {
		return // nearly all
	}
	if n, known := pduLength(ot.ToServer, a.pdu); known && n == anyLength {
		s.kept = copy(s.tail[:], a.pdu[max(0, len(a.pdu)-headerLen):])
	}
}

// torn takes the ADU of which the one before it took the first bytes; 0 when
// there is none, or when more bytes are needed.
func (d *decoder) torn(dir ot.Dir, b []byte, out *protocols.Emit) (used int, more bool) {
	s := &d.sides[dir]
	var whole [2*headerLen + 1]byte
	n := copy(whole[:], s.tail[:s.kept])
	n += copy(whole[n:], b[:headerLen+1])
	for k := 1; k <= s.kept; k++ {
		h := readHeader(whole[s.kept-k:])
		if end := prefixLen + h.length - k; s.last.isNext(h) {
			if end > len(b) {
				return 0, true
			}
			d.odd(ot.BadLength, dir, s.last, out)
			a := adu{framing: mbap, transaction: h.transaction, unit: h.unit, pdu: b[headerLen-k : end]}
			s.keep(h, &a)
			d.pdu(dir, &a, out)
			return end, false
		}
	}
	return 0, false
}
