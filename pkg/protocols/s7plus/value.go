package s7plus

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The types of a value.
const (
	typeNull      = 0x00
	typeBool      = 0x01
	typeUSInt     = 0x02
	typeUInt      = 0x03
	typeUDInt     = 0x04
	typeULInt     = 0x05
	typeSInt      = 0x06
	typeInt       = 0x07
	typeDInt      = 0x08
	typeLInt      = 0x09
	typeByte      = 0x0A
	typeWord      = 0x0B
	typeDWord     = 0x0C
	typeLWord     = 0x0D
	typeReal      = 0x0E
	typeLReal     = 0x0F
	typeTimestamp = 0x10
	typeTimespan  = 0x11
	typeRID       = 0x12
	typeAID       = 0x13
	typeBlob      = 0x14
	typeWString   = 0x15
	typeVariant   = 0x16
	typeStruct    = 0x17
	typeS7String  = 0x19
)

// The flags before the type.
const (
	flagArray   = 0x10
	flagAddress = 0x20 // array of an address, numbers of variable length
	flagSparse  = 0x40 // pairs of key and value, ended by key 0
)

// layout is how a type stands on the wire and how its points are given on.
type layout struct {
	name  string
	size  int      // bytes; 0 where the number has variable length
	shape ot.Shape // Opaque for what has no points
}

var layouts = [...]layout{
	typeNull: {"null", 0, ot.Opaque}, typeBool: {"bool", 1, ot.Bit},
	typeUSInt: {"usint", 1, ot.U8}, typeUInt: {"uint", 2, ot.U16BE}, typeUDInt: {"udint", 0, ot.U32BE}, typeULInt: {"ulint", 0, ot.I64LE},
	typeSInt: {"sint", 1, ot.I8}, typeInt: {"int", 2, ot.I16BE}, typeDInt: {"dint", 0, ot.I32BE}, typeLInt: {"lint", 0, ot.I64LE},
	typeByte: {"byte", 1, ot.U8}, typeWord: {"word", 2, ot.U16BE}, typeDWord: {"dword", 4, ot.U32BE}, typeLWord: {"lword", 8, ot.Opaque},
	typeReal: {"real", 4, ot.F32BE}, typeLReal: {"lreal", 8, ot.F64LE},
	typeTimestamp: {"timestamp", 8, ot.Opaque}, typeTimespan: {"timespan", 0, ot.Opaque},
	typeRID: {"rid", 4, ot.Opaque}, typeAID: {"aid", 0, ot.Opaque}, typeBlob: {"blob", 0, ot.Opaque},
	typeWString: {"wstring", 0, ot.Opaque}, typeVariant: {"variant", 0, ot.Opaque}, typeStruct: {"struct", 4, ot.Opaque},
	typeS7String: {"s7string", 0, ot.Opaque},
}

// value is one value. One that is an array, a struct or a text has only raw.
type value struct {
	flags, kind byte
	number      uint64 // bits of a single number
	raw         []byte // as on the wire, text without its length
}

func (v *value) single() bool { return v.flags&(flagArray|flagAddress|flagSparse) == 0 }

// text is a string, nil for any other value.
func (v *value) text() []byte {
	if v.kind == typeWString && v.single() {
		return v.raw
	}
	return nil
}

// into gives a value to a transaction, its points in fixed length.
func (v *value) into(t *ot.Transaction, scratch []byte) {
	t.Arg[argKind] = t.Arg[argKind]&^0xffff | uint32(v.kind) | uint32(v.flags)<<8
	t.Value, t.Shape = v.raw[:min(len(v.raw), ot.ValueCap)], ot.Opaque
	if int(v.kind) >= len(layouts) {
		return
	}
	l := &layouts[v.kind]
	switch {
	case v.flags&(flagAddress|flagSparse) != 0:
	case v.flags&flagArray != 0:
		if l.size > 0 && l.shape != ot.F64LE && l.shape != ot.Bit {
			t.Shape = l.shape
		}
	case l.shape == ot.Opaque:
	default:
		t.Shape, t.Value = l.shape, point(l.shape, v.number, scratch)
	}
}

// point lays a single number out as its shape wants it.
func point(shape ot.Shape, n uint64, scratch []byte) []byte {
	switch size := shape.Size(); size {
	case 8:
		return binary.LittleEndian.AppendUint64(scratch[:0], n)
	case 4:
		return binary.BigEndian.AppendUint32(scratch[:0], uint32(n))
	case 2:
		return binary.BigEndian.AppendUint16(scratch[:0], uint16(n))
	default: // a byte, or the bit of a bool
		return append(scratch[:0], byte(n))
	}
}

// tree walks values and objects, and notes in facts what has a meaning.
type tree struct {
	protocols.Cursor
	facts *facts
	depth int
	wrong bool // nested too deep, or of a type that no table has: the end is unknown
}

// treeMax is how deep values and objects may nest.
const treeMax = 16

// value reads flags, type and content.
func (w *tree) value() (v value) {
	v.flags, v.kind = w.U8(), w.U8()
	if !v.single() {
		w.array(&v)
		return v
	}
	w.content(&v)
	return v
}

// array reads the elements of an array; of nulls there is nothing to read.
func (w *tree) array(v *value) {
	sparse := v.flags&flagSparse != 0
	count := uint64(1) << 32
	if !sparse {
		count = vlq(&w.Cursor)
	}
	if v.kind == typeNull {
		return
	}
	at, one := w.Cursor, *v
	for i := uint64(0); i < count && !w.Short() && !w.wrong; i++ {
		if sparse && vlq32(&w.Cursor) == 0 {
			break
		}
		w.content(&one)
	}
	v.raw = at.Bytes(w.At() - at.At())
}

// content reads one element.
func (w *tree) content(v *value) {
	switch v.kind {
	case typeNull:
	case typeUDInt, typeULInt, typeTimespan, typeAID, typeVariant:
		v.number = vlq(&w.Cursor)
	case typeDInt, typeLInt:
		v.number = uint64(vlqSigned(&w.Cursor))
	case typeBlob:
		w.blob(v)
	case typeWString, typeS7String:
		v.raw = w.Bytes(length(&w.Cursor))
	case typeStruct:
		w.structure(v)
	default:
		if int(v.kind) >= len(layouts) || layouts[v.kind].size == 0 {
			w.wrong = true
			return
		}
		v.raw = w.Bytes(layouts[v.kind].size)
		v.number = 0
		for _, b := range v.raw {
			v.number = v.number<<8 | uint64(b)
		}
	}
}

// length reads a length; one beyond all bounds reads short.
func length(c *protocols.Cursor) int { return int(min(vlq(c), 1<<30)) }

// blob reads the id of the blob's root and the bytes. With a root, nine bytes of
// unknown use stand between.
func (w *tree) blob(v *value) {
	if vlq32(&w.Cursor) != 0 {
		w.Skip(9)
	}
	v.raw = w.Bytes(length(&w.Cursor))
}

// structure reads a struct: its id, then its members; system types come packed,
// as time of interface, flags, length and bytes.
func (w *tree) structure(v *value) {
	const countAgain = 0x400
	id := w.U32()
	v.number, v.raw = uint64(id), nil
	if id > 0x90000000 && id < 0x9FFFFFFF || id > 0x02000000 && id < 0x02FFFFFF {
		w.Skip(8)
		flags, n := vlq32(&w.Cursor), length(&w.Cursor)
		if flags&countAgain != 0 {
			n = length(&w.Cursor)
		}
		v.raw = w.Bytes(n)
		return
	}
	at := w.Cursor
	w.members()
	v.raw = at.Bytes(w.At() - at.At())
}

// members reads pairs of id and value up to id 0.
func (w *tree) members() {
	if w.depth++; w.depth > treeMax {
		w.wrong = true
	}
	for !w.Short() && !w.wrong {
		id := vlq32(&w.Cursor)
		if id == 0 {
			break
		}
		v := w.value()
		w.facts.note(id, &v)
	}
	w.depth--
}
