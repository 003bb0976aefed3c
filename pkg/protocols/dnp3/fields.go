package dnp3

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

var functionNames = protocols.NameTable(codes())

var fields = []protocols.Field{
	{Name: "dnp3.function", Doc: "application function 0-255; 256 + function for a link service", Names: functionNames,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "dnp3.outstation", Doc: "link address of the outstation, 0-65535; 65533-65535 are broadcasts",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Unit), true }},
	{Name: "dnp3.master", Doc: "link address of the master, 0-65535", Num: plain(argMaster)},
	{Name: "dnp3.sequence", Doc: "sequence number of the application fragment, 0-15",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argSequence]), t.Code&LinkFlag == 0 }},
	{Name: "dnp3.group", Doc: "object group, 0-255; 12 and 41 are outputs, 60 event classes", Num: object(func(o ot.Object) uint32 { return o.Area >> 8 })},
	{Name: "dnp3.variation", Doc: "variation of the object group, 0-255", Num: object(func(o ot.Object) uint32 { return o.Area & 0xff })},
	{Name: "dnp3.index", Doc: "first point index", Num: object(func(o ot.Object) uint32 { return o.Addr })},
	{Name: "dnp3.quantity", Doc: "how many points; 0 is all of the group", Num: object(func(o ot.Object) uint32 { return o.Len })},
	{Name: "dnp3.control", Doc: "control code of a relay output block: 1 pulse on, 3 latch on, 4 latch off, 0x41 close, 0x81 trip", Num: marked(argControl)},
	{Name: "dnp3.iin", Doc: "internal indications of the answer, first byte in the high half", Num: marked(argIIN)},
	{Name: "dnp3.control_status", Doc: "status an outstation gave to a control, 0-127", Names: protocols.NameTable(controlStates),
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.StatusCode & 0x7f), t.StatusCode&ControlFlag != 0
		}},
	{Name: "dnp3.link_answer", Doc: "function of the link answer, 0-15", Names: protocols.NameTable(linkAnswers), Num: marked(argLinkAnswer)},
}

func plain(i int) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[i]), true }
}

func marked(i int) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[i] &^ present), t.Arg[i]&present != 0 }
}

func object(get func(ot.Object) uint32) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(get(t.Object)), t.Arg[argQualifier]&present != 0 }
}

// describe says what was touched: "group 12 variation 1 points 3–4 of outstation 10".
func describe(t *ot.Transaction, dst []byte) []byte {
	if t.Arg[argQualifier]&present != 0 {
		dst = number(append(dst, "group "...), t.Object.Area>>8)
		dst = number(append(dst, " variation "...), t.Object.Area&0xff)
		switch o := t.Object; {
		case o.Len == 1:
			dst = number(append(dst, " point "...), o.Addr)
		case o.Len > 1:
			dst = number(append(dst, " points "...), o.Addr)
			dst = number(append(dst, "–"...), o.Addr+o.Len-1)
		}
		dst = append(dst, " of "...)
	}
	return number(append(dst, "outstation "...), t.Unit)
}

func behind(unit uint32) string { return "outstation " + strconv.FormatUint(uint64(unit), 10) }

func number(dst []byte, n uint32) []byte { return strconv.AppendUint(dst, uint64(n), 10) }
