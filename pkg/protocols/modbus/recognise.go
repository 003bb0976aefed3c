package modbus

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// recognise chooses the framing by the first bytes of a direction.
func (d *decoder) recognise(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	switch asciiStart(b) {
	case undecided:
		return 0
	case fits:
		d.framing = ascii
		return d.nextASCII(dir, b, out)
	}
	if len(b) < headerLen+1 {
		return 0
	}
	valid := readHeader(b).fault() == ot.NoAnomaly
	if valid && !serialTwin(dir, b) {
		switch grade(dir, b) {
		case undecided:
			return 0
		case possible, fits:
			return d.meetTCP(dir, b, out)
		}
	}
	switch n, f := rtuFrame(dir, b); f {
	case undecided:
		return 0
	case fits:
		return d.meetRTU(dir, b[:n], out)
	}
	if valid {
		return d.meetTCP(dir, b, out)
	}
	return d.refuse(dir, b, out)
}

// meetTCP takes a direction whose first bytes are an MBAP header; behind a gap
// they may be chance, and more is asked for.
func (d *decoder) meetTCP(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	s := &d.sides[dir]
	if s.gap && grade(dir, b) != fits {
		s.hunting = true
		return d.hunt(dir, b, out)
	}
	d.framing = mbap
	return d.nextADU(s, dir, b, out)
}

// refuse says that a direction does not begin as Modbus does, and hunts on. An
// ADU in which only the protocol id is wrong is no other protocol.
func (d *decoder) refuse(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	s, h := &d.sides[dir], readHeader(b)
	if n, known := pduLength(dir, b[headerLen:headerLen+1]); known && n > 0 && n == h.length-1 && h.protocol != 0 {
		d.odd(ot.BadProtocolID, dir, h, out)
		s.lose(prefixLen + h.length - 1)
		return 1
	}
	if !s.gap {
		s.refused = true
		out.Odd(ot.WrongProtocol, dir, ot.Modbus)
	}
	s.hunting, s.owed = true, -1
	return 1
}
