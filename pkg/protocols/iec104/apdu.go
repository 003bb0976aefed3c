package iec104

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const (
	start     = 0x68
	apciLen   = 6   // start, length, four control bytes
	asduLen   = 6   // type, structure, cause, originator, common address
	maxLength = 253 // of the length field
)

// measure is the length of an APDU. A type of fixed size tells how long its
// objects are; where the length field disagrees, the shorter one is taken.
func measure(b []byte) (n int, certain bool) {
	switch {
	case len(b) > 0 && b[0] != start, len(b) > 1 && (b[1] < apciLen-2 || b[1] > maxLength):
		return 0, false
	case len(b) < apciLen:
		return -1, false
	case b[2]&1 != 0:
		if b[1] != apciLen-2 || !supervision(b) && !unnumbered(b) {
			return 0, false
		}
		return apciLen, true
	case b[4]&1 != 0 || b[1] < apciLen-2+asduLen:
		return 0, false
	case len(b) < apciLen+asduLen:
		return -1, false
	}
	length := int(b[1]) + 2
	if b[6] == 0 || b[8]&0x3f == 0 || b[7]&0x7f == 0 {
		return length, false
	}
	want := apciLen + asduLen + body(b[6], b[7])
	if want < apciLen+asduLen || want == length {
		return length, true
	}
	return min(want, length), false
}

func supervision(b []byte) bool { return b[2] == 1 && b[3] == 0 && b[4]&1 == 0 }

func unnumbered(b []byte) bool {
	for i := range controls {
		if b[2] == controls[i].act || b[2] == controls[i].con {
			return b[3] == 0 && b[4] == 0 && b[5] == 0
		}
	}
	return false
}

// body is how many bytes the objects of an ASDU take, below 0 where the type does not tell.
func body(kind, structure uint8) int {
	t := find(kind)
	if t == nil || t.size < 0 {
		return -1
	}
	n := int(structure & 0x7f)
	if structure&0x80 != 0 { // a sequence: one address for all
		return 3 + n*t.size
	}
	return n * (3 + t.size)
}

// apdu takes one whole APDU.
func (d *decoder) apdu(dir ot.Dir, b []byte, out *protocols.Emit) {
	switch {
	case b[2]&3 == 3:
		d.control(dir, b[2], out)
	case b[2]&1 == 0:
		d.asdu(dir, b, out)
	}
}

// control joins an unnumbered function and its confirmation.
func (d *decoder) control(dir ot.Dir, function uint8, out *protocols.Emit) {
	for i := range controls {
		c := &controls[i]
		key := 1<<48 | uint64(c.act)<<8
		switch function {
		case c.act:
			t := ot.Transaction{Proto: ot.ProtoIEC104, Code: ControlFlag | uint32(c.act), Op: ot.OpSession, Latency: -1}
			d.open.Ask(key|uint64(dir), ot.ProtoIEC104, out).Add(&t, out)
		case c.con:
			r, verdict := d.open.Take(key|uint64(dir.Other()), []byte{function}, out)
			if verdict != protocols.Fits {
				out.Odd(ot.Unmatched, dir, ot.ProtoIEC104)
				return
			}
			for i := range r.Txns {
				out.Did(&r.Txns[i])
			}
		}
	}
}
