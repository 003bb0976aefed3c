package cip

import (
	"encoding/binary"
	"iter"
)

// The inside of a multiple service packet, request or reply, is a count, an
// offset for each message, the messages. Offsets count from the count, and must rise.

// offsetsIn gives the offsets of the messages that can be read, two bytes each.
func offsetsIn(body []byte) (offsets []byte, bad bool) {
	if len(body) < 2 {
		return nil, true
	}
	offsets = body[2:]
	if size := 2 * int(binary.LittleEndian.Uint16(body)); size <= len(offsets) {
		offsets = offsets[:size]
	} else {
		offsets, bad = offsets[:len(offsets)&^1], true
	}
	last := 2 + len(offsets)
	for i := 0; i+1 < len(offsets); i += 2 {
		at := int(offsets[i]) | int(offsets[i+1])<<8
		if at < last || at > len(body) {
			return offsets[:i], true
		}
		last = at
	}
	return offsets, bad || len(offsets) == 0
}

// messages gives the messages of such offsets, each up to the next, the last one
// up to the end; none beyond maxServices, nor any too short to be one.
func messages(offsets, body []byte) iter.Seq[[]byte] {
	return func(yield func(msg []byte) bool) {
		at, last := offsetAt(0, offsets, body), min(len(offsets), 2*maxServices)
		for i := 2; i <= last; i += 2 {
			end := offsetAt(i, offsets, body)
			if end-at >= 2 && !yield(body[at:end:end]) {
				return
			}
			at = end
		}
	}
}

// offsetAt is the end of the body behind the last offset.
func offsetAt(i int, offsets, body []byte) int {
	if i+1 < len(offsets) {
		return int(offsets[i]) | int(offsets[i+1])<<8
	}
	return len(body)
}
