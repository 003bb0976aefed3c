package s7plus

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// What encrypted messages still show is how many go which way, and how large
// they are. Every ten seconds in which there are some have one of these shapes.
const (
	shapeSparse       = iota + 1 // too few to tell
	shapePoll                    // a message for a message
	shapeSubscription            // the controller sends far more messages than it gets
	shapeBulkDown                // much goes to the controller, little comes back: a download looks like that
	shapeBulkUp                  // much comes from the controller: an upload
)

var shapes = []protocols.Code{
	{Number: shapeSparse, Name: "sparse"}, {Number: shapePoll, Name: "poll"}, {Number: shapeSubscription, Name: "subscription"},
	{Number: shapeBulkDown, Name: "bulk_down"}, {Number: shapeBulkUp, Name: "bulk_up"},
}

const (
	shapeWindow = int64(10_000_000_000) // nanoseconds
	shapeTold   = 6                     // windows of one shape until it is told again
	fewMessages = 4
	bulkBytes   = 64 << 10
	bulkRatio   = 4 // times what goes the other way
	pushRatio   = 2 // messages from the controller to one to it
)

// tally counts what goes which way; index is the direction.
type tally struct{ messages, bytes [2]uint32 }

func (t *tally) add(o tally) {
	for dir := range t.messages {
		t.messages[dir] = min(t.messages[dir]+o.messages[dir], 0xffff)
		t.bytes[dir] += min(o.bytes[dir], ^uint32(0)-t.bytes[dir])
	}
}

func (t *tally) shape() uint32 {
	down, up := t.bytes[ot.ToServer], t.bytes[ot.ToClient]
	switch {
	case down >= bulkBytes && down/bulkRatio >= up:
		return shapeBulkDown
	case up >= bulkBytes && up/bulkRatio >= down:
		return shapeBulkUp
	case t.messages[ot.ToServer]+t.messages[ot.ToClient] < fewMessages:
		return shapeSparse
	case t.messages[ot.ToClient] > pushRatio*t.messages[ot.ToServer]:
		return shapeSubscription
	}
	return shapePoll
}

// shaped follows the encrypted part of a conversation.
type shaped struct {
	now, since tally  // of the present window; since the latest transaction
	began      int64  // sensor clock of the window, 0 while there is none
	windows    int    // since the latest transaction
	last       uint32 // shape of the latest transaction
}

// see counts a message.
func (h *shaped) see(s *Stream, dir ot.Dir, size int, out *protocols.Emit) {
	h.tick(s, out.Clock, out)
	if h.began == 0 {
		h.began = out.Clock
		out.Wake(h.began + shapeWindow - 1)
	}
	var one tally
	one.messages[dir], one.bytes[dir] = 1, uint32(size)
	h.now.add(one)
}

// tick ends a window that is over, and tells its shape when it is another than before.
func (h *shaped) tick(s *Stream, now int64, out *protocols.Emit) {
	if h.began == 0 {
		return
	}
	if now != protocols.EndOfTime && now-h.began < shapeWindow {
		out.Wake(h.began + shapeWindow - 1)
		return
	}
	shape := h.now.shape()
	h.since.add(h.now)
	h.now, h.began = tally{}, 0
	h.windows++
	if shape == h.last && h.windows < shapeTold && now != protocols.EndOfTime {
		return
	}
	t := s.begun(ot.ToServer, codeTLSTransfer, 0)
	t.Arg[argExtra] = shape
	t.Arg[argRID], t.Arg[argAttr] = h.since.bytes[ot.ToServer], h.since.bytes[ot.ToClient]
	t.Arg[argKind] = h.since.messages[ot.ToServer]<<16 | h.since.messages[ot.ToClient]
	t.Status = ot.OneWay // of no frame of its own
	*h = shaped{last: shape}
	out.Did(&t)
}
