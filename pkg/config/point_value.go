package config

import (
	"slices"
	"strings"

	"otsensor/pkg/ot"
)

// valueType is a type of value as the site file names it.
type valueType struct {
	name   string
	be, le ot.Shape // Opaque where there is none
}

var valueTypes = []valueType{
	{"uint8", ot.U8, ot.U8}, {"int8", ot.I8, ot.I8},
	{"uint16", ot.U16BE, ot.U16LE}, {"int16", ot.I16BE, ot.I16LE},
	{"uint32", ot.U32BE, ot.U32LE}, {"int32", ot.I32BE, ot.I32LE},
	{"real32", ot.F32BE, ot.F32LE}, {"real64", ot.Opaque, ot.F64LE},
}

// typeOf gives a point the type of its value. CIP has the low byte first, the others the high byte.
func (c *siteChecker) typeOf(name string, p *Point, path []any) {
	var known []string
	for _, t := range valueTypes {
		known = append(known, t.name)
		if t.name != name {
			continue
		}
		p.shape = t.be
		if p.Proto == ot.CIP {
			p.shape = t.le
		}
	}
	c.oneOf("type of value", name, known, path...)
	if p.Tag == "" && slices.Contains(known, name) && p.bytes() != p.shape.Size() {
		c.fail(path, "the point has %d bytes, and %s takes another number", p.bytes(), name)
	}
}

// bytes is how long the value is where the point stands in an area, 0 for bits.
func (p *Point) bytes() int {
	if p.area.scale == 0 {
		return 0
	}
	return int(p.Len / p.area.scale * p.area.bytes)
}

// Number is the value of the point in a transaction; false where the
// transaction does not hold all of it, or nobody knows its type.
func (p *Point) Number(t *ot.Transaction) (float64, bool) {
	switch {
	case p.Tag != "":
		return p.tagged(t)
	case !p.Touched(t) || t.Object.Addr > p.Addr:
		return 0, false
	case p.area.bytes == 0:
		i := int(p.Addr - t.Object.Addr)
		if t.Shape != ot.Bit || i >= t.Points() {
			return 0, false
		}
		return t.Point(i), true
	}
	from := int((p.Addr - t.Object.Addr) / p.area.scale * p.area.bytes)
	return cut(p.shapeOr(wholeNumber(p.bytes())), t.Value, from)
}

func (p *Point) shapeOr(s ot.Shape) ot.Shape {
	if p.shape != ot.Opaque {
		return p.shape
	}
	return s
}

// wholeNumber is the type of a value nobody named one for.
func wholeNumber(bytes int) ot.Shape {
	switch bytes {
	case 1:
		return ot.U8
	case 2:
		return ot.U16BE
	case 4:
		return ot.U32BE
	}
	return ot.Opaque
}

// tagged is the value of the tag itself, not of a member or a later element.
func (p *Point) tagged(t *ot.Transaction) (float64, bool) {
	if t.Proto != p.Proto || !strings.EqualFold(string(t.Name), p.Tag) || t.Points() == 0 && p.shape == ot.Opaque {
		return 0, false
	}
	if p.shape == ot.Opaque {
		return t.Point(0), true
	}
	return cut(p.shape, t.Value, 0)
}

// cut reads one number out of bytes.
func cut(s ot.Shape, value []byte, from int) (float64, bool) {
	size := s.Size()
	if size == 0 || from < 0 || from+size > len(value) {
		return 0, false
	}
	one := ot.Transaction{Shape: s, Value: value[from : from+size]}
	return one.Point(0), true
}
