package dnp3

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// maxFragment is the longest application fragment taken. §4.1.2.2 recommends 2,048 bytes to both sides.
const maxFragment = 4096

// Bits of the transport header, §8.2.1.
const (
	final = 0x80
	first = 0x40
)

// fragment is an application fragment in the making.
type fragment struct {
	bytes  []byte
	src    uint16
	dst    uint16
	next   uint8
	inside bool
}

func (f *fragment) drop() { f.bytes, f.inside = f.bytes[:0], false }

// segment takes one transport segment.
func (d *decoder) segment(dir ot.Dir, l *link, b []byte, out *protocols.Emit) {
	f := &d.fragment[dir]
	if len(b) < 2 {
		out.Odd(ot.Malformed, dir, ot.ProtoDNP3)
		return
	}
	switch header := b[0]; {
	case header&first != 0:
		f.drop()
		f.src, f.dst, f.inside = l.src, l.dst, true
	case !f.inside || f.src != l.src || f.dst != l.dst || f.next != header&0x3f:
		f.drop()
		out.Odd(ot.Unmatched, dir, ot.ProtoDNP3)
		return
	}
	if len(f.bytes)+len(b) > maxFragment {
		f.drop()
		out.Odd(ot.Oversize, dir, ot.ProtoDNP3)
		return
	}
	f.bytes, f.next = append(f.bytes, b[1:]...), (b[0]+1)&0x3f
	if b[0]&final != 0 {
		d.application(dir, l, f.bytes, out)
		f.drop()
	}
}
