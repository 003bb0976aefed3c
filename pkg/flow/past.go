package flow

import "otsensor/pkg/protocols"

// print is the digest of a segment or datagram that was delivered.
type print struct {
	id  uint32 // sequence number, or identification of the datagram
	len uint32
	sum uint64
	at  int64 // sensor clock
}

// pastBytes is how many delivered bytes of a direction are kept, to compare
// what comes again in other segments. Of longer segments a digest is kept.
const pastBytes = 256

// take goes on behind bytes that are delivered, and remembers them.
func (h *half) take(b []byte, clock int64) {
	at := h.next
	h.next += uint32(len(b))
	h.delivered = true
	if len(b) > pastBytes {
		h.note(print{at, uint32(len(b)), protocols.Digest(b), clock})
		at += uint32(len(b) - pastBytes)
		b = b[len(b)-pastBytes:]
	}
	if h.past == nil {
		h.past = new([pastBytes]byte)
	}
	if n := copy(h.past[at%pastBytes:], b); n < len(b) {
		copy(h.past[:], b[n:])
	}
	h.remains = min(h.remains+uint16(len(b)), pastBytes)
}

// prints are those noted, the oldest of more than there is room for gone.
func (h *half) prints() []print {
	if h.recent == nil {
		return nil
	}
	return h.recent[:]
}

func (h *half) note(p print) {
	if h.recent == nil {
		h.recent = new([4]print)
	}
	h.recent[h.oldest] = p
	h.oldest = (h.oldest + 1) % uint8(len(h.recent))
}

// conflicts reports whether a segment differs from what was delivered for the
// same place, as far as that is remembered; was is room for what is.
func (h *half) conflicts(g segment, was *[pastBytes]byte) (both versions, differ bool) {
	read := segment{seq: h.next - uint32(h.remains), data: was[:h.remains]}
	for i := range read.data {
		read.data[i] = h.past[(read.seq+uint32(i))%pastBytes]
	}
	if both, differ = compare(overlap(read, g)); differ {
		return both, true
	}
	for _, p := range h.prints() {
		if p.id == g.seq && p.len == uint32(len(g.data)) && p.len > pastBytes {
			both = versions{size: len(g.data), read: p.sum, other: protocols.Digest(g.data)}
			return both, both.read != both.other
		}
	}
	return both, false
}

// copied reports whether a datagram is one that was just seen: a mirror port may
// show a frame where it comes in and where it goes out.
func (h *half) copied(id uint32, b []byte, clock int64) bool {
	p := print{id, uint32(len(b)), protocols.Digest(b), clock}
	for i, all := 0, h.prints(); i < len(all); i++ {
		if q := &all[i]; clock-q.at <= mirrorDelay && q.id == p.id && q.len == p.len && q.sum == p.sum {
			return true
		}
	}
	h.note(p)
	return false
}
