package cip

import (
	"fmt"
	"strconv"

	"otsensor/pkg/ot"
)

// Describe writes what a transaction touched, for people: "tag Fill_Setpoint",
// "class 0x01 Identity instance 1 of slot 3", "data table N7:0".
func Describe(t *ot.Transaction, dst []byte) []byte {
	switch {
	case kindOf(t) == cyclic:
		dst = fmt.Appendf(dst, "I/O connection %#04x", t.Arg[argConn])
	case kindOf(t) == pccc && len(t.Name) > 0:
		dst = append(append(dst, "data table "...), t.Name...)
	case kindOf(t) == opening:
		dst = describeOpening(t, dst)
	case len(t.Name) > 0:
		dst = append(append(dst, "tag "...), t.Name...)
	case has(t, hasClass):
		dst = describeObject(t, dst)
	default:
		dst = fmt.Appendf(dst, "service %#02x without a class", serviceOf(t))
	}
	if t.Unit > 0 {
		dst = append(append(dst, " of "...), module(t.Unit)...)
	}
	return dst
}

// module names what is behind the server.
func module(unit uint32) string {
	if unit-1 == linkOther {
		return "another network"
	}
	return "slot " + strconv.Itoa(int(unit)-1)
}

func describeObject(t *ot.Transaction, dst []byte) []byte {
	dst = fmt.Appendf(dst, "class %#02x", t.Object.Area)
	if name := ClassName(uint64(t.Object.Area)); name != "" {
		dst = append(append(dst, ' '), name...)
	}
	if has(t, hasInstance) {
		dst = fmt.Appendf(dst, " instance %d", t.Object.Block)
	}
	if has(t, hasAttribute) {
		dst = fmt.Appendf(dst, " attribute %d", t.Object.Addr)
	}
	return dst
}

// describeOpening names a connection by what it connects.
func describeOpening(t *ot.Transaction, dst []byte) []byte {
	p, _ := connectionPath(t)
	switch {
	case isNull(t):
		return append(dst, "null connection"...)
	case len(t.Name) > 0:
		return append(append(dst, "connection to tag "...), t.Name...)
	case p.PointCount > 1:
		return fmt.Appendf(dst, "I/O connection to assemblies %d and %d", p.Points[0], p.Points[1])
	case p.PointCount > 0:
		return fmt.Appendf(dst, "I/O connection to assembly %d", p.Points[0])
	}
	return fmt.Appendf(dst, "connection to class %#02x instance %d", p.Class, p.Instance)
}
