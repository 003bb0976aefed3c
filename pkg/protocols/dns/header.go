package dns

import (
	"encoding/binary"

	"otsensor/pkg/protocols"
)

const (
	headerLen = 12
	prefix    = 2 // length before a message over TCP
)

// header is RFC 1035 §4.1.1.
type header struct {
	id       uint16
	answer   bool
	opcode   uint32
	rcode    uint32
	question int
	answers  int
	rest     int // records of the other sections
}

func readHeader(c *protocols.Cursor) (h header) {
	h.id = c.U16()
	flags := c.U16()
	h.answer, h.opcode, h.rcode = flags&0x8000 != 0, uint32(flags>>11&15), uint32(flags&15)
	h.question, h.answers = int(c.U16()), int(c.U16())
	h.rest = int(c.U16()) + int(c.U16())
	return h
}

// Records of one message that a header may promise: more is no name service.
const (
	mostQuestions = 32
	mostRecords   = 1024
)

// plausible judges a header and the start of the first question.
func plausible(b []byte) protocols.Answer {
	if len(b) >= 4 && (b[3]&0x40 != 0 && b[2]&0x80 == 0 || !listed(uint32(b[2]>>3&15))) {
		return protocols.No
	}
	for i, most := range [...]int{mostQuestions, mostRecords, mostRecords, mostRecords} {
		if at := 4 + 2*i; len(b) >= at+2 && int(binary.BigEndian.Uint16(b[at:])) > most {
			return protocols.No
		}
	}
	if len(b) < headerLen {
		return protocols.More
	}
	c := protocols.Read(b)
	h := readHeader(&c)
	if h.question+h.answers+h.rest == 0 && h.rcode == 0 || h.question == 0 && !h.answer {
		return protocols.No
	}
	if h.question > 0 {
		return question(b)
	}
	return protocols.Either
}

// question judges the first question: labels that end, and the class of the Internet, of all, or of a NetBIOS scope.
func question(b []byte) protocols.Answer {
	at := headerLen
	for steps := 0; ; steps++ {
		switch {
		case at >= len(b):
			return protocols.More
		case steps > maxLabels || at > headerLen+maxName:
			return protocols.No
		case b[at] == 0:
			if len(b) < at+5 {
				return protocols.More
			}
			switch class := binary.BigEndian.Uint16(b[at+3:]) & 0x7fff; class {
			case 1, 3, 4, 254, 255:
				return protocols.Either
			}
			return protocols.No
		case b[at] > maxLabel:
			return protocols.No
		}
		at += 1 + int(b[at])
	}
}

// headed reports whether the first two bytes can be the length of a message over TCP.
func headed(b []byte) bool { return len(b) >= prefix && binary.BigEndian.Uint16(b) >= headerLen }

// measure is the length of a message over TCP.
func measure(b []byte) (n int, certain bool) {
	if len(b) < prefix {
		return -1, false
	}
	if !headed(b) {
		return 0, false
	}
	n = prefix + int(binary.BigEndian.Uint16(b))
	head := b[:min(len(b), n, protocols.MeasureMax)]
	switch plausible(head[prefix:]) {
	case protocols.No:
		return 0, false
	case protocols.More:
		if len(head) < min(n, protocols.MeasureMax) {
			return -1, false
		}
		return n, n > len(head) // a long name goes on
	}
	return n, true
}
