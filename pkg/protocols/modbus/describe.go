package modbus

import (
	"strconv"

	"otsensor/pkg/ot"
)

// areaPhrases name one and many elements of an area.
var areaPhrases = [...][2]string{
	AreaCoil:     {"coil ", "coils "},
	AreaDiscrete: {"discrete input ", "discrete inputs "},
	AreaInput:    {"input register ", "input registers "},
	AreaHolding:  {"holding register ", "holding registers "},
	AreaFIFO:     {"FIFO queue at register ", ""},
	AreaIdentity: {"device identification from object ", ""},
}

// describe writes what a transaction touched: "holding registers 12–15 of unit 1".
func describe(t *ot.Transaction, dst []byte) []byte {
	o := t.Object
	switch {
	case o.Area == AreaFile && o.Len > 0:
		dst = append(dst, "file "...)
		dst = number(dst, o.Block)
		dst = append(dst, " record"...)
		dst = span(dst, o)
		dst = append(dst, " of "...)
	case o.Area == AreaMemory:
		dst = append(number(append(dst, "memory block "...), o.Block), " byte "...)
		dst = append(number(dst, o.Addr), " of "...)
	case o.Area == AreaCANopen:
		dst = append(dst, "CANopen object "...)
		dst = append(strconv.AppendUint(dst, uint64(o.Addr>>8), 16), '.')
		dst = append(strconv.AppendUint(dst, uint64(o.Addr&0xFF), 16), " of node "...)
		dst = append(number(dst, o.Block), " of "...)
	case o.Len > 0 && int(o.Area) < len(areaPhrases) && areaPhrases[o.Area][0] != "":
		phrase := areaPhrases[o.Area][0]
		if o.Len > 1 {
			phrase = areaPhrases[o.Area][1]
		}
		dst = append(dst, phrase[:len(phrase)-1]...)
		dst = span(dst, o)
		dst = append(dst, " of "...)
	}
	dst = append(dst, "unit "...)
	return number(dst, t.Unit)
}

// span writes one address, or the first and the last.
func span(dst []byte, o ot.Object) []byte {
	if o.Len > 1 && o.Area == AreaFile {
		dst = append(dst, 's')
	}
	dst = number(append(dst, ' '), o.Addr)
	if o.Len > 1 {
		dst = number(append(dst, "–"...), o.Addr+o.Len-1)
	}
	return dst
}

func number(dst []byte, n uint32) []byte { return strconv.AppendUint(dst, uint64(n), 10) }
