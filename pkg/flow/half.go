package flow

import "slices"

// half is one direction of a TCP conversation: what its sender sent and what
// its receiver acknowledged.
type half struct {
	// What every segment looks at comes first: it lies in few cache lines.
	next      uint32 // sequence number expected next
	start     uint32 // of the first byte that could be delivered
	syn       uint32 // of the first byte, by the SYN; valid when opened
	rival     uint32 // of the first byte, by a second SYN; valid when rivals
	end       uint32 // of the FIN; valid when fin
	ack       uint32 // latest acknowledgement by the receiver
	heardAt   uint64 // when that came, dispatcher sequence; 0 when never
	known     bool   // next is known
	delivered bool   // bytes were delivered
	rivals    bool
	fin       bool
	strays    uint8 // segments outside the window that follow each other
	acks      uint8 // acknowledgements of bytes behind the present hole
	oldest    uint8 // of recent
	nmacs     uint8 // that are known
	sound     sound
	mac       [6]byte          // seen as this side's, the first; others are apart
	remains   uint16           // bytes of past that are valid: those before next
	opened    bool             // its SYN was seen, or agreed to
	past      *[pastBytes]byte // the latest bytes delivered, each at its sequence number modulo pastBytes
	tail      []byte           // bytes the decoder left, or has not been found for
	recent    *[4]print        // nil until one is noted
	apart     *apart           // nil until there is something
}

func (h *half) begin(first uint32) { h.known, h.next, h.start, h.remains = true, first, first, 0 }

// agree takes the number that a SYN-ACK acknowledges: of two SYNs that one counts.
func (h *half) agree(first uint32) {
	switch {
	case h.delivered:
	case !h.known || h.rivals && first == h.rival:
		h.begin(first)
		h.syn, h.opened, h.rivals = first, true, false
	}
}

// hear takes an acknowledgement by the receiver. An older one that came late does not count.
func (h *half) hear(ack uint32, at uint64) {
	if d := int32(ack - h.ack); d >= 0 || d <= -window || h.heardAt == 0 {
		h.ack = ack
	}
	h.heardAt = at
}

// ahead reports whether data acknowledges bytes that were not shown yet: it
// answers what is missing, or what the mirror shows a moment later. Which of the
// two it is nobody knows yet, so nothing is concluded from what it says.
func (h *half) ahead(ack uint32) bool { return h.beyond(ack, h.next) }

// shown is up to where bytes were shown without a hole, delivered or not.
func (h *half) shown() uint32 {
	n := h.next
	for _, g := range h.disorder() {
		if int32(g.seq-n) > 0 {
			break
		}
		n = g.end()
	}
	return n
}

// beyond reports whether an acknowledgement lies behind a place and the end there.
func (h *half) beyond(ack, place uint32) bool {
	end := int32(0)
	if h.fin {
		end = 1 // a FIN takes a number of its own
	}
	return h.known && int32(ack-place) > end && near(ack, place)
}

// pending reports whether something of this direction waits for time to pass.
func (h *half) pending() bool { return len(h.disorder()) > 0 || h.heardAt == 0 && len(h.doubted()) > 0 }

// passed reports whether the receiver acknowledged bytes behind the hole: it has
// those in the hole, and only the capture does not.
func (h *half) passed() bool { return h.heardAt > 0 && int32(h.ack-h.disorder()[0].seq) > 0 }

// waits reports whether the receiver, too, has a hole there, or never believed
// what lies behind it.
func (h *half) waits() bool { return h.heardAt > h.apart.holeAt && !h.passed() }

// hole says that there is a hole before disorder, or that it became smaller.
func (h *half) hole(at At) {
	a := h.aside()
	a.holeAt, a.holeSince, h.acks = at.Seq, at.Clock, 0
}

// elsewhere reports whether the stream goes on at a stray segment. The receiver
// knows; where it is not seen, three that follow each other must do.
func (h *half) elsewhere(g segment) bool {
	if h.heardAt > 0 && near(h.ack, g.seq) && !near(h.ack, h.next) {
		return true
	}
	unwatched := h.heardAt == 0 || h.heardAt < h.apart.strayAt && g.at.Clock-h.apart.straySince > holeAge
	return unwatched && h.strays >= 3
}

// misplaced reports whether a segment before the first byte delivered is what
// the receiver waits for: what a conversation without a seen handshake was
// taken up with was not its stream.
func (h *half) misplaced(g segment) bool {
	return !h.opened && int32(g.seq-h.start) < 0 && h.heardAt > 0 && near(h.ack, g.seq) && int32(h.ack-g.seq) <= 0
}

// keepsAlive reports whether a segment is a keep-alive probe: one byte, of no
// meaning, in front of the next (RFC 9293 §3.8.4).
func (h *half) keepsAlive(g segment) bool {
	return h.known && g.size() == 1 && (g.seq+1 == h.next || h.fin && g.seq == h.end)
}

// settle lets the first data choose between two SYNs, and counts the FIN when
// data stands behind it.
func (h *half) settle(seq uint32) {
	switch {
	case !h.known:
		h.begin(seq)
	case h.rivals && !h.delivered && seq == h.rival:
		h.begin(seq)
		h.rivals = false
	case h.fin && h.next == h.end && seq == h.end+1:
		h.next++
		h.remains = 0
	}
}

// knows reports whether a MAC was seen as this side's, and remembers it; after
// as many as there is room for, all are known.
func (h *half) knows(mac [6]byte) bool {
	if h.nmacs == 0 {
		h.mac, h.nmacs = mac, 1
		return false
	}
	if mac == h.mac {
		return true
	}
	a, n := h.aside(), h.nmacs-1
	if slices.Contains(a.macs[:n], mac) || int(n) == len(a.macs) {
		return true
	}
	a.macs[n] = mac
	h.nmacs++
	return false
}
