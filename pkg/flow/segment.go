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
	a := h.aside()
	for i := 0; g.size() > 0; i++ {
		n := g.size()
		if i < len(a.disorder) {
			n = uint32(min(max(int32(a.disorder[i].seq-g.seq), 0), int32(n)))
		}
		var head segment
		if head, g = g.split(n); n > 0 {
			taken += len(head.data)
			a.put(i, head)
			i++
		}
		if i < len(a.disorder) && g.size() > 0 {
			if !conflict {
				both, conflict = compare(overlap(a.disorder[i], g))
			}
			kept := min(max(int32(a.disorder[i].end()-g.seq), 0), int32(g.size()))
			_, g = g.split(uint32(kept))
		}
	}
	return taken, both, conflict
}

func (a *apart) put(i int, g segment) {
	g.data = bytes.Clone(g.data)
	a.disorder = append(a.disorder, segment{})
	copy(a.disorder[i+1:], a.disorder[i:])
	a.disorder[i] = g
	a.kept += len(g.data)
}

// shift takes the first segment out of disorder.
func (a *apart) shift() segment {
	g := a.disorder[0]
	last := copy(a.disorder, a.disorder[1:])
	a.disorder[last] = segment{} // its bytes must not be held
	a.disorder = a.disorder[:last]
	a.kept -= len(g.data)
	return g
}
