package modbus

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// hunt looks for the ADU that decoding can go on from. Of all places it takes
// the one that the fewest bytes prove, so that the result does not depend on
// how the bytes were cut into segments.
func (d *decoder) hunt(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	s := &d.sides[dir]
	found, proof := -1, len(b)+1
	keep := max(0, len(b)-headerLen) // bytes from here on may yet begin an ADU
	for i := 0; i+headerLen < len(b) && i+headerLen < proof; i++ {
		f, seen := d.proven(dir, b, i)
		if f == undecided {
			keep = min(keep, i)
		}
		if f == fits && i+seen < proof {
			found, proof = i, i+seen
		}
	}
	if found < 0 {
		s.owed = max(s.owed-keep, -1)
		return keep
	}
	if found != s.owed && !s.gap && !s.refused {
		out.Odd(ot.LostSync, dir, ot.Modbus)
	}
	s.hunting, s.gap = false, false
	d.framing = mbap
	if found > 0 {
		return found
	}
	return d.nextADU(s, dir, b, out)
}

// proven says whether an ADU begins at b[i], and how many bytes prove it.
// Where the last header put it, a valid header is enough. In a conversation
// known as Modbus so is a length that fits its function, or a transaction that
// goes on. All else needs a second ADU right behind.
func (d *decoder) proven(dir ot.Dir, b []byte, i int) (f fit, seen int) {
	s := &d.sides[dir]
	if b[i+2] != 0 || b[i+3] != 0 {
		return refused, 0
	}
	h := readHeader(b[i:])
	if i == s.owed && h.fault() == ot.NoAnomaly {
		return fits, headerLen + 1
	}
	f, seen = gradeAt(dir, b[i:])
	switch {
	case f == refused || f == undecided:
		return f, seen
	case d.framing == mbap && (d.expected(dir, h) || d.goesOn(dir, h, f)):
		return fits, seen
	case d.framing == unknown && (f == misfit || f == possible && !enveloping(h.function)):
		return refused, seen
	}
	second := i + prefixLen + h.length
	if second > len(b) {
		return undecided, 0
	}
	f2, seen2 := gradeAt(dir, b[second:])
	if f2 == possible && (d.framing == unknown || s.last.function != 0) && !goesOn(h, readHeader(b[second:])) {
		f2 = refused
	}
	switch f2 {
	case misfit:
		f2 = refused
	case possible:
		f2 = fits
	}
	return f2, second - i + seen2
}

// goesOn reports an ADU that may be the next of its side by its length, and by
// its transaction id where those count up.
func (d *decoder) goesOn(dir ot.Dir, h header, f fit) bool {
	s, other := &d.sides[dir], &d.sides[dir.Other()]
	follows := s.follows(h) || other.follows(h)
	if f == fits {
		return follows || !s.counts() && h.length >= headerLen-1
	}
	return f == possible && follows && (h.unit == s.last.unit || h.unit == other.last.unit)
}

// expected reports an answer to an open request.
func (d *decoder) expected(dir ot.Dir, h header) bool {
	return dir == ot.ToClient && d.open.Peek(keyOf(mbap, h.transaction, h.unit, h.function)) != nil
}

// enveloping reports the public functions that set no length of their own.
func enveloping(function uint8) bool {
	return function == diagnostics || function == encapsulated || function == umas
}

// goesOn reports that the second header may follow the first from one sender.
func goesOn(first, second header) bool {
	return first.unit == second.unit && first.function == second.function && second.transaction-first.transaction <= 16
}
