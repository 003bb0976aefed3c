package cip

import "encoding/binary"

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

// messageAt is the message whose offset stands at i of the offsets: up to the
// next, the last one up to the end.
func messageAt(i int, offsets, body []byte) []byte {
	end := len(body)
	if i+3 < len(offsets) {
		end = int(offsets[i+2]) | int(offsets[i+3])<<8
	}
	at := int(offsets[i]) | int(offsets[i+1])<<8
	return body[at:end:end]
}
