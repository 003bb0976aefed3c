package dns

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

var (
	codeNames = protocols.NameTable(codes)
	typeNames = protocols.NameTable(types)
)

var fields = []protocols.Field{
	{Name: "dns.opcode", Doc: "opcode; 64 + opcode for an answer to a group, 256 + opcode for NetBIOS names", Names: codeNames, Num: protocols.CodeField},
	{Name: "dns.form", Doc: "which name service: dns, mdns, llmnr, netbios", Names: protocols.NameTable(forms),
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argForm]), true }},
	{Name: "dns.name", Doc: "first name asked for, whole; the field name holds what stays of it", Text: protocols.PartField(0)},
	{Name: "dns.type", Doc: "record type asked for; 65536 + type for NetBIOS", Names: typeNames, Num: protocols.Marked(argType, ofNetBIOS|0xffff)},
	{Name: "dns.answer", Doc: "first address or name answered", Text: protocols.PartField(1)},
	{Name: "dns.answers", Doc: "records answered", Num: protocols.Marked(argAnswers, 0xffff)},
	{Name: "dns.rcode", Doc: "response code of a refusal", Names: protocols.NameTable(rcodes), Num: protocols.StatusField},
	{Name: "dns.length", Doc: "length of the name, bytes", Num: protocols.Marked(argShape, 0xffff)},
	{Name: "dns.longest_label", Doc: "length of the longest label of the name, 0-63", Num: func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argShape] >> 16 & 0xff), t.Arg[argShape]&protocols.Present != 0
	}},
}

// describe says what was asked: "a of historian.plant.example".
func describe(t *ot.Transaction, dst []byte) []byte {
	if kind := t.Arg[argType]; kind != 0 {
		if name := typeNames(uint64(kind &^ protocols.Present)); name != "" {
			dst = append(append(dst, name...), " of "...)
		}
	}
	if len(t.Name) == 0 {
		return append(dst, "a name"...)
	}
	return append(dst, t.Name...)
}
