package tpkt

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

var roleNames = protocols.NameTable([]protocols.Code{
	{Number: rolePG, Name: "PG"}, {Number: roleOP, Name: "OP"}, {Number: roleOther, Name: "other"},
})

// X.224 §13.5.3 e and, for the values below 0x80 of an error TPDU, §13.12.3 d.
var causeNames = protocols.NameTable([]protocols.Code{
	{Number: 0, Name: "not_specified"}, {Number: 1, Name: "congestion"}, {Number: 2, Name: "no_session_entity"},
	{Number: 3, Name: "address_unknown"}, {Number: 0x80, Name: "normal"}, {Number: 0x81, Name: "remote_congestion"},
	{Number: 0x82, Name: "negotiation_failed"}, {Number: 0x83, Name: "duplicate_reference"},
	{Number: 0x84, Name: "mismatched_reference"}, {Number: 0x85, Name: "protocol_error"},
	{Number: 0x87, Name: "reference_overflow"}, {Number: 0x88, Name: "refused_on_network"}, {Number: 0x8A, Name: "invalid_length"},
})

var fields = []protocols.Field{
	{Name: "cotp.type", Doc: "TPDU type", Names: protocols.NameTable(codes),
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "cotp.src_ref", Doc: "reference of the asking side, 0-65535", Num: arg(argSrcRef)},
	{Name: "cotp.dst_ref", Doc: "reference of the answering side, 0-65535; 0 until it answered", Num: arg(argDstRef)},
	{Name: "cotp.class", Doc: "transport class asked for or agreed, 0-4", Num: connecting(func(t *ot.Transaction) uint32 { return t.Arg[argClass] >> 4 })},
	{Name: "cotp.tpdu_size", Doc: "largest TPDU agreed, bytes", Num: connecting(func(t *ot.Transaction) uint32 { return t.Arg[argSize] })},
	{Name: "cotp.dst_tsap", Doc: "TSAP that was called, as text or hex bytes with dots", Text: func(t *ot.Transaction) []byte { return t.Name }},
	{Name: "cotp.src_tsap", Doc: "TSAP of the caller, as text or hex bytes with dots", Text: func(t *ot.Transaction) []byte { return t.Value }},
	{Name: "cotp.role", Doc: "how the caller wants to be seen by a SIMATIC controller: PG (engineering), OP (panel), other", Names: roleNames,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argRole]), t.Arg[argRole] != 0 }},
	{Name: "cotp.rack", Doc: "rack the called TSAP names, 0-7",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Unit >> 8), hasUnit(t) }},
	{Name: "cotp.slot", Doc: "slot the called TSAP names, 0-31",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Unit & 0xff), hasUnit(t) }},
	{Name: "cotp.cause", Doc: "cause of a refusal, disconnect or error", Names: causeNames,
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argCause] & 0xff), t.Arg[argCause]&present != 0
		}},
}

func arg(i int) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[i]), true }
}

// connecting is a getter for what only connection TPDUs have.
func connecting(get func(*ot.Transaction) uint32) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(get(t)), t.Code == typeCR || t.Code == typeCC
	}
}

func hasUnit(t *ot.Transaction) bool { return t.Arg[argDstTSAP]&present != 0 && t.Arg[argRole] != 0 }

// describe says what was called: "rack 0 slot 2 as OP", "TSAP SIMATIC-ROOT-ES as PG".
func describe(t *ot.Transaction, dst []byte) []byte {
	switch {
	case hasUnit(t):
		dst = append(dst, "rack "...)
		dst = strconv.AppendUint(dst, uint64(t.Unit>>8), 10)
		dst = append(dst, " slot "...)
		dst = strconv.AppendUint(dst, uint64(t.Unit&0xff), 10)
	case len(t.Name) > 0:
		dst = append(append(dst, "TSAP "...), t.Name...)
	default:
		return dst
	}
	if name := roleNames(uint64(t.Arg[argRole])); name != "" {
		dst = append(append(dst, " as "...), name...)
	}
	return dst
}
