package mms

import "otsensor/pkg/ot"

// Universal tags.
const (
	tagInteger  = 0x02
	tagSequence = 0x30
	tagGraphic  = 0x19
	tagVisible  = 0x1a
)

// element is one tag, length and value.
type element struct {
	tag   byte   // its first byte
	high  uint32 // its number where that does not fit into the first byte
	value []byte
	bad   bool // there is none, or it is longer than what there is
}

// number is the number of a context tag.
func (e *element) number() uint32 {
	if e.tag&0x1f == 0x1f {
		return e.high
	}
	return uint32(e.tag & 0x1f)
}

// integer is the value as a number without sign.
func (e *element) integer() (n uint64) {
	for _, x := range e.value[:min(len(e.value), 5)] {
		n = n<<8 | uint64(x)
	}
	return n
}

// next takes the first element of b.
func next(b *[]byte) (e element) {
	v := *b
	*b, e.bad = nil, true
	if len(v) < 2 {
		return e
	}
	e.tag, v = v[0], v[1:]
	if e.tag&0x1f == 0x1f {
		if v[0] >= 0x80 { // numbers above 127 are not in use
			return e
		}
		e.high, v = uint32(v[0]), v[1:]
	}
	if len(v) == 0 {
		return e
	}
	n := int(v[0])
	v = v[1:]
	if n >= 0x80 {
		octets := n & 0x7f
		if octets == 0 || octets > 2 || octets > len(v) {
			return e
		}
		n = 0
		for _, x := range v[:octets] {
			n = n<<8 | int(x)
		}
		v = v[octets:]
	}
	if n > len(v) {
		return e
	}
	e.value, e.bad, *b = v[:n], false, v[n:]
	return e
}

// The session PDUs that are told apart, X.225 §8.3.
const (
	sessionConnect  = 0x0d
	sessionAccept   = 0x0e
	sessionGive     = 0x01 // give tokens, then data
	sessionUserData = 0xc1
)

// unwrap finds the MMS PDU in a message: behind the session and presentation
// layers, in an association that opens, or on its own.
func unwrap(b []byte) []byte {
	switch {
	case len(b) < 2:
		return nil
	case b[0] == sessionGive && len(b) > 4:
		b = b[4:]
		return path(b, 0x61, 0x30, 0xa0)
	case b[0] == sessionConnect || b[0] == sessionAccept:
		b = userData(b)
		for _, acse := range []byte{0x60, 0x61} {
			if pdu := path(b, 0x31, 0xa2, 0x61, 0x30, 0xa0, acse, 0xbe, 0x28, 0xa0); pdu != nil {
				return pdu
			}
		}
		return nil
	case b[0] >= pduRequest && b[0] <= pduStays || b[0] == pduConclude || b[0] == pduConcluded:
		return b
	}
	return nil
}

// path follows tags downward, each the first of its kind among its siblings.
func path(b []byte, tags ...byte) []byte {
	for _, tag := range tags {
		for {
			e := next(&b)
			if e.bad {
				return nil
			}
			if e.tag == tag {
				b = e.value
				break
			}
		}
	}
	return b
}

// userData finds the user data of a session PDU: parameters of one byte's kind,
// one of length, or three where the length is long.
func userData(b []byte) []byte {
	b = parameter(b, b[0])
	for len(b) > 2 {
		v := parameter(b, b[0])
		if b[0] == sessionUserData {
			return v
		}
		used := 2 + len(v)
		if b[1] == 0xff {
			used += 2
		}
		b = b[min(used, len(b)):]
	}
	return nil
}

func parameter(b []byte, kind byte) []byte {
	if len(b) < 2 || b[0] != kind {
		return nil
	}
	n, rest := int(b[1]), b[2:]
	if b[1] == 0xff {
		if len(rest) < 2 {
			return nil
		}
		n, rest = int(rest[0])<<8|int(rest[1]), rest[2:]
	}
	return rest[:min(n, len(rest))]
}

// Bounds of looking for a name.
const (
	depthMax    = 8
	elementsMax = 64
)

// name finds what a service is about: the first one or two names in it, or the
// first text of its own where it has no others.
func (s *Stream) name(b []byte) []byte {
	names := finder{dst: s.text[:0]}
	names.look(b, 0)
	if len(names.dst) == 0 && len(names.own) > 0 {
		return ot.Clean(s.text[:0], names.own, ot.NameCap)
	}
	return names.dst
}

type finder struct {
	dst   []byte
	own   []byte // the first primitive context element
	found int
	seen  int
}

func (f *finder) look(b []byte, depth int) {
	for len(b) > 0 && f.found < 2 && f.seen < elementsMax && depth < depthMax {
		e := next(&b)
		f.seen++
		switch {
		case e.bad:
			return
		case e.tag == tagVisible || e.tag == tagGraphic:
			f.add(e.value)
		case e.tag&0x20 != 0:
			f.look(e.value, depth+1)
		case e.tag == 0x80 && f.own == nil && depth == 0:
			f.own = e.value
		}
	}
}

func (f *finder) add(name []byte) {
	const most = ot.NameCap/2 - 1
	if f.found == 1 {
		f.dst = append(f.dst, '/')
	}
	f.dst = ot.Clean(f.dst, name, most)
	f.found++
}
