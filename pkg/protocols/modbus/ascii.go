package modbus

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// ASCII carried over TCP, SL §2.5.2: a colon, unit and PDU in hexadecimal,
// LRC, carriage return, line feed.

const (
	asciiMax  = 1 + 2*255 + 2
	asciiSure = 17 // a colon and so many hexadecimal digits are enough for the probe
)

// asciiStart judges the begin of a direction. Only a whole line with a right
// LRC fits; any other first character refuses at once.
func asciiStart(b []byte) fit {
	if len(b) == 0 {
		return undecided
	}
	if b[0] != ':' {
		return refused
	}
	end := bytes.IndexByte(b[:min(len(b), asciiMax)], '\r')
	digits := b[1:]
	if end > 0 {
		digits = b[1:end]
	}
	sum := uint8(0)
	for i, c := range digits {
		v, ok := nibble(c)
		if !ok {
			return refused
		}
		if i%2 == 0 {
			v <<= 4
		}
		sum += v
	}
	switch {
	case end < 0 && len(b) < asciiMax || end > 0 && len(b) == end+1:
		return undecided
	case end < 0 || b[end+1] != '\n' || len(digits)%2 != 0 || len(digits) < 6 || sum != 0:
		return refused
	}
	return fits
}

func nibble(c byte) (v uint8, ok bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}

// nextASCII takes the line at the begin of b.
func (d *decoder) nextASCII(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	s := &d.sides[dir]
	switch f := asciiStart(b); f {
	case undecided:
		return 0
	case fits:
		s.hunting = false
		return d.takeLine(dir, b, out)
	}
	if !s.hunting {
		out.Odd(ot.Malformed, dir, ot.Modbus)
		s.lose(-1)
	}
	if next := bytes.IndexByte(b[1:], ':'); next >= 0 {
		return 1 + next
	}
	return len(b)
}

func (d *decoder) takeLine(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	end := bytes.IndexByte(b, '\r')
	d.line = d.line[:0]
	for i := 1; i < end; i += 2 {
		high, _ := nibble(b[i])
		low, _ := nibble(b[i+1])
		d.line = append(d.line, high<<4|low)
	}
	a := adu{framing: ascii, unit: d.line[0], pdu: d.line[1 : len(d.line)-1]}
	if n, known := pduLength(dir, a.pdu); !known || n != anyLength && n > len(a.pdu) {
		a.odd = ot.BadLength
	} else if n != anyLength && n < len(a.pdu) {
		a.pdu, a.odd = a.pdu[:n], ot.TrailingBytes
	}
	d.pdu(dir, &a, out)
	return end + 2
}
