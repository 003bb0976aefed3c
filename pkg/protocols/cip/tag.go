package cip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// dataType is an elementary data type (Volume 1, appendix C-6.1).
type dataType struct {
	code  uint16
	name  string
	shape ot.Shape
}

// structType marks a structure; its handle follows (1756-PM020).
const structType = 0x02A0

// Unsigned 64-bit values are given as signed ones.
var dataTypes = []dataType{
	{0xC1, "bool", ot.U8},
	{0xC2, "sint", ot.I8},
	{0xC3, "int", ot.I16LE},
	{0xC4, "dint", ot.I32LE},
	{0xC5, "lint", ot.I64LE},
	{0xC6, "usint", ot.U8},
	{0xC7, "uint", ot.U16LE},
	{0xC8, "udint", ot.U32LE},
	{0xC9, "ulint", ot.I64LE},
	{0xCA, "real", ot.F32LE},
	{0xCB, "lreal", ot.F64LE},
	{0xD0, "string", ot.Opaque},
	{0xD1, "byte", ot.U8},
	{0xD2, "word", ot.U16LE},
	{0xD3, "dword", ot.U32LE},
	{0xD4, "lword", ot.I64LE},
	{structType, "struct", ot.Opaque},
}

func typeOf(code uint16) dataType {
	for _, d := range dataTypes {
		if d.code == code {
			return d
		}
	}
	return dataType{code: code}
}

func typeName(code uint64) string { return typeOf(uint16(code)).name }

// setType notes the type of a tag's values and reads past a structure's handle.
func setType(t *ot.Transaction, c *protocols.Cursor) {
	d := typeOf(c.U16LE())
	if d.code == structType {
		c.Skip(2)
	}
	if c.Short() {
		return
	}
	mark(t, hasDetail)
	t.Arg[argA] = t.Arg[argA]&0xFFFF | uint32(d.code)<<16
	t.Shape = d.shape
}

// askTag reads the data of a Logix tag request.
func askTag(t *ot.Transaction, body []byte) (ok bool) {
	c := protocols.Read(body)
	switch serviceOf(t) {
	case 0x4C: // read: elements
		t.Arg[argA] |= uint32(c.U16LE())
	case 0x52: // read fragmented: elements, offset
		t.Arg[argA] |= uint32(c.U16LE())
		t.Arg[argB] = c.U32LE()
	case 0x4D: // write: type, elements, values
		setType(t, &c)
		t.Arg[argA] |= uint32(c.U16LE())
		t.Value = c.Rest()
	case 0x53: // write fragmented: type, elements, offset, values
		setType(t, &c)
		t.Arg[argA] |= uint32(c.U16LE())
		t.Arg[argB] = c.U32LE()
		t.Value = c.Rest()
	case 0x4E: // read-modify-write: mask size, bits to set, bits to keep
		c.U16LE()
		t.Value = c.Rest()
	}
	return !c.Short()
}

// answerTag reads the values of an answered read.
func (c *Conversation) answerTag(t *ot.Transaction, data []byte) {
	if s := serviceOf(t); s != 0x4C && s != 0x52 || len(data) == 0 {
		return
	}
	b := protocols.Read(data)
	setType(t, &b)
	t.Value = b.Rest()
}
