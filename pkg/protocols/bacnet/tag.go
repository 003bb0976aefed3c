package bacnet

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// tag is one tagged value, §20.2.1.
type tag struct {
	id       uint8
	context  bool // the number is the service's, not a type
	opening  bool
	closing  bool
	value    []byte
	truthful uint8 // the value of an application-tagged boolean
}

// The application types, §20.2.1.4.
const (
	typeBoolean  = 1
	typeUnsigned = 2
	typeReal     = 4
	typeText     = 7
	typeEnum     = 9
	typeObject   = 12
)

// next reads one tag and its value.
func next(c *protocols.Cursor) (t tag) {
	head := c.U8()
	t.id, t.context = head>>4, head&8 != 0
	if t.id == 15 {
		t.id = c.U8()
	}
	n := uint32(head & 7)
	switch {
	case t.context && n == 6:
		t.opening = true
		return t
	case t.context && n == 7:
		t.closing = true
		return t
	case !t.context && t.id == typeBoolean:
		t.truthful = uint8(n)
		return t
	case n == 5:
		if n = uint32(c.U8()); n == 254 {
			n = uint32(c.U16())
		} else if n == 255 {
			n = c.U32()
		}
	}
	t.value = c.Bytes(int(min(n, limit)))
	return t
}

// number is an unsigned or enumerated value of up to four bytes.
func (t *tag) number() (n uint32) {
	for _, b := range t.value[:min(len(t.value), 4)] {
		n = n<<8 | uint32(b)
	}
	return n
}

// object is an object identifier: type and instance, §20.2.14.
func (t *tag) object() (kind, instance uint32) { return t.number() >> 22, t.number() & 0x3fffff }

// text is a character string without its encoding byte; nil where it is not in UTF-8.
func (t *tag) text() []byte {
	if t.context || t.id != typeText || len(t.value) < 1 || t.value[0] != 0 {
		return nil
	}
	return t.value[1:]
}

// into puts a primitive value into a transaction.
func (t *tag) into(d *ot.Transaction) {
	if t.context {
		return
	}
	d.Value, d.Shape = t.value, ot.Opaque
	switch {
	case t.id == typeReal && len(t.value) == 4:
		d.Shape = ot.F32BE
	case t.id != typeUnsigned && t.id != typeEnum:
	case len(t.value) == 1:
		d.Shape = ot.U8
	case len(t.value) == 2:
		d.Shape = ot.U16BE
	case len(t.value) == 4:
		d.Shape = ot.U32BE
	}
}
