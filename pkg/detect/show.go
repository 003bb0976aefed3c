package detect

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"otsensor/pkg/ot"
)

// show writes a field's value for people; ok is false when it is absent.
func (f *field) show(s *Sighting) (string, bool) {
	switch {
	case f.set != nil:
		on := f.bitsShown(f.set(s))
		return on, on != ""
	case f.num != nil:
		n, ok := f.num(s)
		if !ok {
			return "", false
		}
		if f.label != nil {
			if name := f.label(n); name != "" {
				return name, true
			}
		}
		return strconv.FormatFloat(n, 'f', -1, 64), true
	case f.addr != nil:
		a, ok := f.addr(s)
		if !ok {
			return "", false
		}
		return a.String(), true
	default:
		b, ok := f.text(s)
		return string(b), ok
	}
}

// bitsShown lists the names of bits, sorted.
func (f *field) bitsShown(bits uint64) string {
	names := f.names()
	var on []string
	for _, name := range f.symbols() {
		if bits&uint64(names[name][0]) != 0 {
			on = append(on, name)
		}
	}
	return strings.Join(on, ", ")
}

// key appends a field's value to a grouping key so that no two keys of the
// same parts read alike: numbers and addresses have their lengths, texts carry
// theirs, and what is absent has a mark of its own.
func (f *field) key(dst []byte, s *Sighting) []byte {
	switch {
	case f.num != nil:
		n, ok := f.num(s)
		if !ok {
			return append(dst, 0xff) // the first byte of no number there is: the sign is never set
		}
		return binary.BigEndian.AppendUint64(dst, math.Float64bits(n))
	case f.set != nil:
		return binary.BigEndian.AppendUint64(dst, f.set(s))
	case f.addr != nil:
		a, _ := f.addr(s)
		b := a.As16()
		return append(dst, b[:]...)
	default:
		b, _ := f.text(s)
		return appendText(dst, b)
	}
}

func appendText(dst, text []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// objectKey is what was touched: protocol, unit, area, block and first address, and the name.
func objectKey(dst []byte, s *Sighting) []byte {
	t := &s.O.Did
	dst = append(dst, byte(t.Proto))
	for _, n := range [...]uint32{t.Unit, t.Object.Area, t.Object.Block, t.Object.Addr} {
		dst = binary.BigEndian.AppendUint32(dst, n)
	}
	return appendText(dst, t.Name)
}

// wholeKey is all of a transaction that an object is described by: more than
// what tells objects apart.
func wholeKey(dst []byte, t *ot.Transaction) []byte {
	dst = append(dst, byte(t.Proto), byte(t.Op), byte(t.Status), byte(t.Shape))
	for _, n := range [...]uint32{t.Code, t.StatusCode, t.Unit, t.Object.Area, t.Object.Block, t.Object.Addr, t.Object.Len} {
		dst = binary.BigEndian.AppendUint32(dst, n)
	}
	for _, n := range t.Arg {
		dst = binary.BigEndian.AppendUint32(dst, n)
	}
	return append(appendText(dst, t.Name), t.Value...)
}

// hostShown is a host for people, "" where none is known.
func hostShown(e ot.Endpoint) string {
	if e.Host() == (ot.Endpoint{}) {
		return ""
	}
	return e.HostString()
}

// shownValues is how many values are written out.
const shownValues = 8

// Values writes the values of a transaction for people, "" when it has none.
func Values(t *ot.Transaction) string {
	n := t.Points()
	var b []byte
	for i := range min(n, shownValues) {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendFloat(b, t.Point(i), 'g', 7, 64)
	}
	if n > shownValues {
		b = append(append(b, ", … "...), strconv.Itoa(n)...)
		b = append(b, " values"...)
	}
	return string(b)
}
