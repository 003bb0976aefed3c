package iec104

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

var (
	codeNames  = protocols.NameTable(codes())
	causeNames = protocols.NameTable(causes)
)

var fields = []protocols.Field{
	{Name: "iec104.type", Doc: "type identification 1-255; 256 + control byte for STARTDT, STOPDT, TESTFR", Names: codeNames,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "iec104.station", Doc: "common address of the ASDU, 0-65535; 65535 is all stations", Num: asdu(func(t *ot.Transaction) uint32 { return t.Unit })},
	{Name: "iec104.object", Doc: "first information object address, 0-16777215", Num: asdu(func(t *ot.Transaction) uint32 { return t.Object.Addr })},
	{Name: "iec104.quantity", Doc: "how many information objects, 0-127", Num: asdu(func(t *ot.Transaction) uint32 { return t.Object.Len })},
	{Name: "iec104.cause", Doc: "cause of transmission, 0-63", Names: causeNames, Num: asdu(func(t *ot.Transaction) uint32 { return t.Arg[argCause] })},
	{Name: "iec104.confirmation", Doc: "cause of transmission of the confirmation, 0-63", Names: causeNames,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argConfirm]), t.Arg[argConfirm] != 0 }},
	{Name: "iec104.originator", Doc: "originator address, 0-255", Num: asdu(func(t *ot.Transaction) uint32 { return t.Arg[argOriginator] })},
	{Name: "iec104.test", Doc: "1 where the ASDU is for testing only", Num: asdu(func(t *ot.Transaction) uint32 { return t.Arg[argTest] })},
	{Name: "iec104.sequence", Doc: "send sequence number, 0-32767", Num: asdu(func(t *ot.Transaction) uint32 { return t.Arg[argNumber] &^ present })},
	{Name: "iec104.qualifier", Doc: "qualifier of a command with its lower bits, 0-255; of an interrogation 20 is the whole station",
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argQualifier] &^ present), t.Arg[argQualifier]&present != 0
		}},
	{Name: "iec104.select", Doc: "1 where a command is a selection only, 0 where it is carried out",
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argQualifier] >> 7 & 1), t.Op == ot.OpWriteData && t.Arg[argQualifier]&present != 0
		}},
}

// asdu is a getter for what only numbered APDUs have.
func asdu(get func(*ot.Transaction) uint32) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(get(t)), t.Arg[argNumber]&present != 0 }
}

// describe says what was touched: "objects 11–13 of station 10".
func describe(t *ot.Transaction, dst []byte) []byte {
	if t.Arg[argNumber]&present == 0 {
		return append(dst, "connection"...)
	}
	switch o := t.Object; {
	case o.Len == 1 && o.Addr != 0:
		dst = append(number(append(dst, "object "...), o.Addr), " of "...)
	case o.Len > 1:
		dst = number(append(dst, "objects from "...), o.Addr)
		dst = append(dst, " of "...)
	}
	return number(append(dst, "station "...), t.Unit)
}

func number(dst []byte, n uint32) []byte { return strconv.AppendUint(dst, uint64(n), 10) }
