package opcua

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// text reads a string or byte string; nil for the null string (OPC 10000-6 §5.2.2.4).
func text(c *protocols.Cursor) []byte {
	n := c.U32LE()
	if int32(n) <= 0 {
		return nil
	}
	return c.Bytes(int(min(n, 1<<30)))
}

// node is a node id: numeric, or text in name.
type node struct {
	space uint16
	id    uint32
	name  []byte
}

// nodeID reads a node id, the expanded form included (§5.2.2.9, §5.2.2.10).
func nodeID(c *protocols.Cursor) (n node) {
	kind := c.U8()
	switch kind & 0x3f {
	case 0:
		n.id = uint32(c.U8())
	case 1:
		n.space, n.id = uint16(c.U8()), uint32(c.U16LE())
	case 2:
		n.space, n.id = c.U16LE(), c.U32LE()
	case 3:
		n.space, n.name = c.U16LE(), text(c)
	case 4: // GUID
		n.space = c.U16LE()
		n.id = c.U32LE()
		c.Skip(12)
	case 5: // opaque
		n.space = c.U16LE()
		text(c)
	default:
		c.Skip(c.Left() + 1)
	}
	if kind&0x80 != 0 {
		text(c)
	}
	if kind&0x40 != 0 {
		c.Skip(4)
	}
	return n
}

// extension passes over an extension object (§5.2.2.15) and gives its type and body.
func extension(c *protocols.Cursor) (kind node, body []byte) {
	kind = nodeID(c)
	if c.U8() != 0 {
		body = text(c)
	}
	return kind, body
}

// scalars are the built-in types of fixed size (§5.1.2).
var scalars = [...]struct {
	size  int
	shape ot.Shape
}{
	1: {1, ot.U8}, 2: {1, ot.I8}, 3: {1, ot.U8}, 4: {2, ot.I16LE}, 5: {2, ot.U16LE}, 6: {4, ot.I32LE}, 7: {4, ot.U32LE},
	8: {8, ot.I64LE}, 9: {8, ot.I64LE}, 10: {4, ot.F32LE}, 11: {8, ot.F64LE}, 13: {8, ot.Opaque}, 14: {16, ot.Opaque}, 19: {4, ot.Opaque},
}

// The other built-in types whose values can be passed over.
const (
	typeString     = 12
	typeByteString = 15
	typeXML        = 16
	typeNodeID     = 17
	typeExpanded   = 18
	typeName       = 20
	typeLocalText  = 21
	typeExtension  = 22

	isArray       = 0x80
	hasDimensions = 0x40
)

// arrayMax is how many elements of an array are passed over.
const arrayMax = 4096

// value reads a data value: its scalar, or the first bytes of it (§5.2.2.17, §5.2.2.16).
func value(c *protocols.Cursor) (b []byte, shape ot.Shape, status uint32) {
	mask := c.U8()
	if mask&1 != 0 {
		b, shape = variant(c)
	}
	if mask&2 != 0 {
		status = c.U32LE()
	}
	for _, part := range [...]struct {
		bit  uint8
		size int
	}{{4, 8}, {16, 2}, {8, 8}, {32, 2}} {
		if mask&part.bit != 0 {
			c.Skip(part.size)
		}
	}
	return b, shape, status
}

func variant(c *protocols.Cursor) (b []byte, shape ot.Shape) {
	kind := c.U8()
	n := uint32(1)
	if kind&isArray != 0 {
		n = c.U32LE()
	}
	if int32(n) > arrayMax {
		c.Skip(c.Left() + 1)
		return nil, ot.Opaque
	}
	for i := 0; i < int(int32(n)) && !c.Short(); i++ {
		if v, s := scalar(kind&0x3f, c); i == 0 {
			b, shape = v, s
		}
	}
	if kind&hasDimensions != 0 {
		for n := c.U32LE(); n > 0 && n <= arrayMax && !c.Short(); n-- {
			c.Skip(4)
		}
	}
	return b, shape
}

func scalar(kind uint8, c *protocols.Cursor) ([]byte, ot.Shape) {
	switch kind {
	case 0:
		return nil, ot.Opaque
	case typeString, typeByteString, typeXML:
		return text(c), ot.Opaque
	case typeNodeID, typeExpanded:
		nodeID(c)
		return nil, ot.Opaque
	case typeName:
		c.Skip(2)
		return text(c), ot.Opaque
	case typeLocalText:
		return localText(c), ot.Opaque
	case typeExtension:
		_, body := extension(c)
		return body, ot.Opaque
	}
	if int(kind) < len(scalars) && scalars[kind].size > 0 {
		return c.Bytes(scalars[kind].size), scalars[kind].shape
	}
	c.Skip(c.Left() + 1) // of unknown length: nothing behind it can be read
	return nil, ot.Opaque
}

// localText reads a text with its locale (§5.2.2.14).
func localText(c *protocols.Cursor) []byte {
	mask := c.U8()
	if mask&1 != 0 {
		text(c)
	}
	if mask&2 != 0 {
		return text(c)
	}
	return nil
}
