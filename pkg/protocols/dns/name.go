package dns

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Limits of a name, RFC 1035 §3.1.
const (
	maxLabel  = 63
	maxName   = 255
	maxLabels = 128
	maxJumps  = 16
)

// text is one name as text, without memory of its own.
type text struct {
	b       [2 * ot.NameCap]byte
	n       int
	longest int // of its labels
	whole   int // length, with what was too long to keep
}

func (t *text) bytes() []byte { return t.b[:t.n] }

func (t *text) put(b ...byte) {
	t.n += copy(t.b[t.n:], b)
}

// name reads a name at the cursor into t, clean even where it is cut short.
func name(msg []byte, c *protocols.Cursor, t *text) (ok bool) {
	ok = followed(msg, c, t)
	t.clean()
	return ok
}

// followed reads a name label by label. Compression points back only, RFC 1035 §4.1.4.
func followed(msg []byte, c *protocols.Cursor, t *text) (ok bool) {
	*t = text{}
	from := *c
	jumped, before := 0, c.At()
	for range maxLabels {
		n := int(from.U8())
		switch {
		case from.Short():
			c.Skip(c.Left() + 1)
			return false
		case n == 0:
			if jumped == 0 {
				*c = from
			}
			return true
		case n >= 0xc0:
			to := (n&0x3f)<<8 | int(from.U8())
			if jumped == 0 {
				*c = from
			}
			if jumped++; from.Short() || to >= before || to < headerLen || jumped > maxJumps {
				return false
			}
			before, from = to, protocols.Read(msg)
			from.Skip(to)
		case n > maxLabel:
			return false
		default:
			t.label(from.Bytes(n))
		}
	}
	return false
}

func (t *text) label(b []byte) {
	if t.whole > 0 {
		t.put('.')
		t.whole++
	}
	t.longest = max(t.longest, len(b))
	t.whole += len(b)
	for _, x := range b {
		if x >= 'A' && x <= 'Z' {
			x |= 0x20
		}
		t.put(x)
	}
}

// clean makes the text fit to be shown.
func (t *text) clean() {
	var kept [2 * ot.NameCap]byte
	t.n = copy(t.b[:], ot.Clean(kept[:0], t.bytes(), ot.NameCap))
}

// unfold turns the half-ASCII of a NetBIOS name into its 15 letters and its
// suffix, RFC 1001 §14.1: "FILLER<20>".
func (t *text) unfold() {
	const letters = 16
	if t.n < 2*letters {
		return
	}
	var plain [letters]byte
	for i := range plain {
		hi, lo := t.b[2*i]|0x20-'a', t.b[2*i+1]|0x20-'a'
		if hi > 15 || lo > 15 {
			return
		}
		plain[i] = hi<<4 | lo
	}
	t.plain(plain[:letters-1], plain[letters-1])
}

// plain is a NetBIOS name that is not folded.
func (t *text) plain(name []byte, suffix byte) {
	const hex = "0123456789abcdef"
	t.n = len(ot.Clean(t.b[:0], name, ot.NameCap))
	t.put('<', hex[suffix>>4], hex[suffix&15], '>')
	t.whole, t.longest = t.n, t.n
}
