package tpkt

import (
	"bytes"
	"encoding/binary"

	"otsensor/pkg/protocols"
)

// Recognise reports whether b begins with a TPKT and the TPDU in it: No, More
// while all bytes so far fit one, Either when the header is complete. It is
// strict, so that it finds a PDU again among other bytes.
func Recognise(b []byte) protocols.Answer {
	for i, want := range [...]byte{3, 0} {
		if len(b) == i {
			return protocols.More
		}
		if b[i] != want {
			return protocols.No
		}
	}
	if len(b) < dataLen {
		return protocols.More
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if n < minLen || n > MaxLen {
		return protocols.No
	}
	switch b[5] {
	case typeDT << 4:
		if b[4] == 2 && b[6]&0x7f == 0 {
			return protocols.Either
		}
	case typeDR << 4: // user data may follow, X.224 §13.5
		if b[4] >= 6 && int(b[4]) <= n-headerLen-1 && n <= 2*headerLen+int(b[4]) {
			return protocols.Either
		}
	case typeCR << 4, typeCC << 4, typeDC << 4, typeER << 4:
		if int(b[4]) == n-headerLen-1 && b[4] >= 4 {
			return protocols.Either
		}
	}
	return protocols.No
}

// search gives how many bytes of b stand before the next TPKT. When none is
// found, what is behind them is the beginning of one, or nothing.
func search(b []byte) (skip int, found bool) {
	for at := 0; at < len(b); at++ {
		next := bytes.IndexByte(b[at:], 3)
		if next < 0 {
			break
		}
		at += next
		switch Recognise(b[at:]) {
		case protocols.Either:
			return at, true
		case protocols.More:
			return at, false
		}
	}
	return len(b), false
}

// fits is in sync what Recognise is out of sync: whether b may begin a TPKT.
// The reserved byte is no criterion, for receivers ignore it.
func fits(b []byte) bool {
	if len(b) > 0 && b[0] != 3 {
		return false
	}
	if len(b) < headerLen {
		return true
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	return n >= minLen && n <= MaxLen
}
