package ot

import (
	"encoding/binary"
	"math"
)

// Points is how many single values the transaction carries.
func (t *Transaction) Points() int {
	switch size := t.Shape.Size(); {
	case t.Shape == Bit:
		return int(min(t.Object.Len, uint32(len(t.Value))*8))
	case size == 0:
		return 0
	default:
		return len(t.Value) / size
	}
}

// Point is the i-th value as a number; i must be below Points.
// Not-a-number from the wire is given as 0, so that it can be compared.
func (t *Transaction) Point(i int) float64 {
	if t.Shape == Bit {
		return float64(t.Value[i/8] >> (i % 8) & 1)
	}
	size := t.Shape.Size()
	b := t.Value[i*size : i*size+size]
	switch t.Shape {
	case U8:
		return float64(b[0])
	case I8:
		return float64(int8(b[0]))
	case U16BE:
		return float64(binary.BigEndian.Uint16(b))
	case I16BE:
		return float64(int16(binary.BigEndian.Uint16(b)))
	case U16LE:
		return float64(binary.LittleEndian.Uint16(b))
	case I16LE:
		return float64(int16(binary.LittleEndian.Uint16(b)))
	case U32BE:
		return float64(binary.BigEndian.Uint32(b))
	case I32BE:
		return float64(int32(binary.BigEndian.Uint32(b)))
	case U32LE:
		return float64(binary.LittleEndian.Uint32(b))
	case I32LE:
		return float64(int32(binary.LittleEndian.Uint32(b)))
	case I64LE:
		return float64(int64(binary.LittleEndian.Uint64(b)))
	case F32BE:
		return number(float64(math.Float32frombits(binary.BigEndian.Uint32(b))))
	case F32LE:
		return number(float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
	default:
		return number(math.Float64frombits(binary.LittleEndian.Uint64(b)))
	}
}

func number(f float64) float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
}
