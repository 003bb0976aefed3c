package protocols

import (
	"strconv"

	"otsensor/pkg/ot"
)

// Field is one field of a protocol's transactions, written once: its name in
// rules, in `sensor decode` and in the documentation, its meaning, its getter.
// Exactly one of Num and Text is set.
type Field struct {
	Name string // "modbus.quantity"
	Doc  string // one line: meaning, unit, range
	Num  func(t *ot.Transaction) (n uint64, present bool)
	// ByCode says that transactions of one code have one number, or none: Num of
	// a transaction of which nothing but the code is known tells which.
	ByCode bool
	Of     func(code uint32) bool         // whether transactions of a code may have it; nil for any code
	Text   func(t *ot.Transaction) []byte // nil when absent; a view
	Names  func(n uint64) string          // symbolic names of Num's values, "" for an unlisted one; nil when it has none
	// NamedTo is the number above all that have names, but for numbers of the
	// protocol's codes; 0 means 256.
	NamedTo uint64
}

// Named calls yield with each number that may have a name: those below NamedTo,
// and those of codes.
func (f *Field) Named(codes []Code, yield func(n uint64)) {
	end := f.NamedTo
	if end == 0 {
		end = 256
	}
	for n := range end {
		yield(n)
	}
	for i := range codes {
		if n := uint64(codes[i].Number); n >= end {
			yield(n)
		}
	}
}

// Append writes the field's value as JSON, or nothing when it is absent.
func (f *Field) Append(dst []byte, t *ot.Transaction) []byte {
	if f.Text != nil {
		if v := f.Text(t); v != nil {
			dst = append(f.key(dst, ""), QuoteJSON(v)...)
		}
		return dst
	}
	n, present := f.Num(t)
	if !present {
		return dst
	}
	dst = strconv.AppendUint(f.key(dst, ""), n, 10)
	if f.Names != nil {
		if name := f.Names(n); name != "" {
			dst = append(f.key(dst, "_name"), QuoteJSON([]byte(name))...)
		}
	}
	return dst
}

func (f *Field) key(dst []byte, suffix string) []byte {
	dst = append(dst, ',', '"')
	dst = append(dst, f.Name...)
	dst = append(dst, suffix...)
	return append(dst, '"', ':')
}

// QuoteJSON is b as a JSON string. b is expected to be clean UTF-8 (ot.Clean);
// quotes, backslashes and the characters HTML cares about are escaped.
func QuoteJSON(b []byte) []byte {
	const hex = "0123456789abcdef"
	q := make([]byte, 0, len(b)+2)
	q = append(q, '"')
	for _, c := range b {
		switch {
		case c == '"' || c == '\\':
			q = append(q, '\\', c)
		case c < ' ' || c == '<' || c == '>' || c == '&' || c == 0x7f:
			q = append(q, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			q = append(q, c)
		}
	}
	return append(q, '"')
}

// OpOf finds the plant verb of a number in a list of codes.
func OpOf(codes []Code, number uint32) ot.Op {
	for i := range codes {
		if codes[i].Number == number {
			return codes[i].Op
		}
	}
	return ot.OpUnknown
}

// NameTable finds the name of a number in a list of codes, as Field.Names wants it.
// Rules ask it for every number there may be, when they are read: of most large
// ones it knows at once that they have none.
func NameTable(codes []Code) func(uint64) string {
	var small []string // by number
	var listed blocks  // of larger ones
	large := map[uint64]string{}
	for _, c := range codes {
		if c.Number >= smallNumbers {
			large[uint64(c.Number)] = c.Name
			listed.add(uint64(c.Number))
			continue
		}
		for int(c.Number) >= len(small) {
			small = append(small, "")
		}
		small[c.Number] = c.Name
	}
	return func(n uint64) string {
		switch {
		case n < uint64(len(small)):
			return small[n]
		case listed.without(n):
			return ""
		}
		return large[n]
	}
}

const smallNumbers = 256

// blocks says which blocks of 64 numbers below 65536 have any in a set. What is
// larger counts with the number it is modulo that.
type blocks [16]uint64

func (b *blocks) add(n uint64)          { b[n>>12&15] |= 1 << (n >> 6 & 63) }
func (b *blocks) without(n uint64) bool { return b[n>>12&15]>>(n>>6&63)&1 == 0 }
