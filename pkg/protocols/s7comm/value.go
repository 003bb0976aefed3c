package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// value is one item of data: return code, transport size, length, bytes.
type value struct {
	code  byte
	size  byte
	bytes []byte
}

// readValue reads an item of data and the fill byte that makes it even, which
// the last item does not have.
func readValue(c *protocols.Cursor) value {
	v := value{code: c.U8(), size: c.U8()}
	n := int(c.U16())
	switch v.size {
	case 0: // no data, whatever the length says
		n = 0
	case 3, 4, 5: // lengths of bit, byte and integer data are in bits
		n = (n + 7) / 8
	}
	v.bytes = c.Bytes(n)
	if n%2 == 1 && c.Left() > 0 {
		c.Skip(1)
	}
	return v
}

// into makes the value that of a transaction.
func (v *value) into(t *ot.Transaction) {
	t.Value = v.bytes[:min(len(v.bytes), ot.ValueCap)]
	t.Shape = shapeOf(byte(t.Arg[argItem] >> 16))
	t.Arg[argItem] |= uint32(v.size) << 24
}

// fits reports whether the value has the length the address asked for.
func (v *value) fits(t *ot.Transaction) bool {
	if syntax := byte(t.Arg[argItem] >> 8); syntax != syntaxAny || t.Object.Len == 0 || counted(t.Object.Area) {
		return true
	}
	return len(v.bytes) == int((t.Object.Len+7)/8)
}

// transport is one way an item's elements are laid out.
type transport struct {
	bits  uint32
	shape ot.Shape
}

// transports by the transport size of an address.
var transports = [33]transport{
	1:  {1, ot.Bit},    // bit
	2:  {8, ot.U8},     // byte
	3:  {8, ot.Opaque}, // character
	4:  {16, ot.U16BE}, // word
	5:  {16, ot.I16BE}, // integer
	6:  {32, ot.U32BE}, // double word
	7:  {32, ot.I32BE}, // double integer
	8:  {32, ot.F32BE}, // real
	10: {32, ot.U32BE}, // time of day, ms
	11: {32, ot.I32BE}, // time, ms
	12: {16, ot.U16BE}, // S5 time
	15: {64, ot.Opaque},
	28: {16, ot.U16BE}, // counter
	29: {16, ot.U16BE}, // timer
	30: {16, ot.U16BE},
	31: {16, ot.U16BE},
	32: {16, ot.U16BE},
}

func shapeOf(size byte) ot.Shape {
	if int(size) >= len(transports) {
		return ot.Opaque
	}
	return transports[size].shape
}

func bitsOf(size byte) uint32 {
	if int(size) >= len(transports) || transports[size].bits == 0 {
		return 8
	}
	return transports[size].bits
}
