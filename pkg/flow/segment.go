package flow

import "bytes"

// segment is a stretch of a TCP stream as a frame carried it.
type segment struct {
	seq  uint32
	data []byte
	cut  uint32 // bytes behind data that the snap length took off the frame
	at   At
	ack  uint32 // what its sender had received, valid when acks
	acks bool
	copy bool // a mirror port showed it before
}

func (g segment) size() uint32 { return uint32(len(g.data)) + g.cut }
func (g segment) end() uint32  { return g.seq + g.size() }

// split divides a segment behind its first n bytes, n no more than its size.
func (g segment) split(n uint32) (head, rest segment) {
	have := min(n, uint32(len(g.data)))
	head, rest = g, g
	head.data, head.cut = g.data[:have], n-have
	rest.seq, rest.data, rest.cut = g.seq+n, g.data[have:], g.cut-head.cut
	return head, rest
}

// overlap is what two segments have for the same places.
func overlap(g, other segment) (a, b []byte) {
	from, to := other.seq-g.seq, min(int32(len(g.data)), int32(other.seq-g.seq)+int32(len(other.data)))
	if int32(from) < 0 {
		b, a = overlap(other, g)
		return a, b
	}
	if int32(from) >= to {
		return nil, nil
	}
	return g.data[from:to], other.data[:to-int32(from)]
}

// insert copies what is not kept yet of a segment into disorder, in order of
// sequence. Of two copies of a byte the first stays; conflict says that they differ.
func (h *half) insert(g segment) (taken int, both versions, conflict bool) {
	for i := 0; g.size() > 0; i++ {
		n := g.size()
		if i < len(h.disorder) {
			n = uint32(min(max(int32(h.disorder[i].seq-g.seq), 0), int32(n)))
		}
		var head segment
		if head, g = g.split(n); n > 0 {
			taken += len(head.data)
			h.put(i, head)
			i++
		}
		if i < len(h.disorder) && g.size() > 0 {
			if !conflict {
				both, conflict = compare(overlap(h.disorder[i], g))
			}
			kept := min(max(int32(h.disorder[i].end()-g.seq), 0), int32(g.size()))
			_, g = g.split(uint32(kept))
		}
	}
	return taken, both, conflict
}

func (h *half) put(i int, g segment) {
	g.data = bytes.Clone(g.data)
	h.disorder = append(h.disorder, segment{})
	copy(h.disorder[i+1:], h.disorder[i:])
	h.disorder[i] = g
	h.kept += len(g.data)
}

// shift takes the first segment out of disorder.
func (h *half) shift() segment {
	g := h.disorder[0]
	last := copy(h.disorder, h.disorder[1:])
	h.disorder[last] = segment{} // its bytes must not be held
	h.disorder = h.disorder[:last]
	h.kept -= len(g.data)
	return g
}
