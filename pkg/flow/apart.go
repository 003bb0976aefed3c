package flow

// apart is what few directions have: segments that do not join the stream, or
// not yet.
type apart struct {
	disorder []segment
	kept     int       // bytes in disorder
	doubted  []doubted // what the receiver may have dropped

	holeAt     uint64 // when the present hole appeared or last became smaller, dispatcher sequence
	holeSince  int64  // the same, sensor clock
	strayFrom  uint32 // where strays begin
	strayNext  uint32 // where the next would follow
	strayAt    uint64 // when the first came, dispatcher sequence
	straySince int64  // the same, sensor clock

	macs [3][6]byte // of this side, behind the first
}

// aside is where a direction keeps what few have.
func (h *half) aside() *apart {
	if h.apart == nil {
		h.apart = &apart{}
	}
	return h.apart
}

// idle reports whether no segment waits.
func (a *apart) idle() bool { return len(a.disorder) == 0 && len(a.doubted) == 0 }

// disorder is what waits for the bytes before it, or for the other direction.
func (h *half) disorder() []segment {
	if h.apart == nil {
		return nil
	}
	return h.apart.disorder
}

// doubted is what the receiver may have dropped.
func (h *half) doubted() []doubted {
	if h.apart == nil {
		return nil
	}
	return h.apart.doubted
}

// kept is how many bytes are in disorder.
func (h *half) kept() int {
	if h.apart == nil {
		return 0
	}
	return h.apart.kept
}
