package fins

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

var (
	codeNames = protocols.NameTable(codes())
	areaNames = protocols.NameTable(areas)
)

var fields = []protocols.Field{
	{Name: "fins.command", Doc: "main code × 256 + sub-code; 65536 + command of the TCP frame", Names: codeNames,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "fins.service_id", Doc: "service id, 0-255", Num: marked(argService, 0xff, 0)},
	{Name: "fins.network", Doc: "network of the destination, 0-127; 0 the local one", Num: to(16, 0xff)},
	{Name: "fins.node", Doc: "node of the destination, 0-255", Num: to(8, 0xff)},
	{Name: "fins.unit", Doc: "unit of the destination; 0 is the CPU", Num: to(0, 0xff)},
	{Name: "fins.source_network", Doc: "network of who asks", Num: marked(argSource, 0xff, 16)},
	{Name: "fins.source_node", Doc: "node of who asks", Num: marked(argSource, 0xff, 8)},
	{Name: "fins.area", Doc: "memory area code", Names: areaNames, Num: object(func(o ot.Object) uint32 { return o.Area })},
	{Name: "fins.address", Doc: "first word, 0-65535", Num: object(func(o ot.Object) uint32 { return o.Addr })},
	{Name: "fins.bit", Doc: "bit of the first word, 0-15", Num: object(func(o ot.Object) uint32 { return o.Block })},
	{Name: "fins.items", Doc: "how many items", Num: object(func(o ot.Object) uint32 { return o.Len })},
	{Name: "fins.mode", Doc: "mode a run command asks for", Names: protocols.NameTable(modes), Num: marked(argMode, 0xff, 0)},
	{Name: "fins.end_code", Doc: "end code of a refusal: main << 8 | sub",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.StatusCode), t.StatusCode != 0 }},
}

func marked(i int, mask uint32, shift int) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[i] >> shift & mask), t.Arg[i]&present != 0
	}
}

func to(shift int, mask uint32) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Unit >> shift & mask), t.Arg[argService]&present != 0
	}
}

func object(get func(ot.Object) uint32) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(get(t.Object)), t.Object.Len > 0 }
}

// describe says what was touched: "D100–109 of node 5".
func describe(t *ot.Transaction, dst []byte) []byte {
	if t.Arg[argService]&present == 0 {
		return append(dst, "connection"...)
	}
	if o := t.Object; o.Len > 0 {
		name := areaNames(uint64(o.Area))
		if name == "" {
			dst = number(append(dst, "area "...), o.Area)
		}
		dst = number(append(append(dst, name...), ' '), o.Addr)
		if o.Len > 1 {
			dst = number(append(dst, "–"...), o.Addr+o.Len-1)
		}
		dst = append(dst, " of "...)
	}
	if network := t.Unit >> 16; network != 0 {
		dst = append(number(append(dst, "network "...), network), ' ')
	}
	return number(append(dst, "node "...), t.Unit>>8&0xff)
}

func number(dst []byte, n uint32) []byte { return strconv.AppendUint(dst, uint64(n), 10) }
