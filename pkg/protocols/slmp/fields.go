package slmp

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
	{Name: "slmp.command", Doc: "command, 0-65535; 65536 + function in the engineering tools' framing", Names: codeNames,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "slmp.subcommand", Doc: "subcommand: bit 0 bits instead of words, bit 1 wide device numbers", Num: marked(argSub)},
	{Name: "slmp.serial", Doc: "serial number of a 4E frame, or number of an engineering request", Num: marked(argSerial)},
	{Name: "slmp.module", Doc: "module I/O number of the destination; 1023 is the CPU itself", Num: marked(argModule)},
	{Name: "slmp.network", Doc: "network number of the destination, 0 the connected one",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Unit >> 8), t.Arg[argModule] != 0 }},
	{Name: "slmp.station", Doc: "station number of the destination, 255 the connected one",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Unit & 0xff), t.Arg[argModule] != 0 }},
	{Name: "slmp.device", Doc: "device code", Names: areaNames, Num: object(func(o ot.Object) uint32 { return o.Area })},
	{Name: "slmp.number", Doc: "number of the first device", Num: object(func(o ot.Object) uint32 { return o.Addr })},
	{Name: "slmp.points", Doc: "how many devices", Num: object(func(o ot.Object) uint32 { return o.Len })},
	{Name: "slmp.end_code", Doc: "end code of a refusal",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.StatusCode), t.StatusCode != 0 }},
}

func marked(i int) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[i] &^ present), t.Arg[i]&present != 0 }
}

func object(get func(ot.Object) uint32) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(get(t.Object)), t.Object.Area != 0 }
}

// describe says what was touched: "D100–D109 of station 255".
func describe(t *ot.Transaction, dst []byte) []byte {
	if o := t.Object; o.Area != 0 {
		dst = device(dst, o.Area, o.Addr)
		if o.Len > 1 {
			dst = device(append(dst, "–"...), o.Area, o.Addr+o.Len-1)
		}
		dst = append(dst, " of "...)
	}
	if t.Arg[argModule] == 0 {
		return append(dst, "CPU"...)
	}
	if network := t.Unit >> 8; network != 0 {
		dst = append(strconv.AppendUint(append(dst, "network "...), uint64(network), 10), ' ')
	}
	return strconv.AppendUint(append(dst, "station "...), uint64(t.Unit&0xff), 10)
}

func device(dst []byte, area, n uint32) []byte {
	if name := areaNames(uint64(area)); name != "" {
		dst = append(dst, name...)
	} else {
		dst = append(strconv.AppendUint(append(dst, "device "...), uint64(area), 10), ' ')
	}
	return strconv.AppendUint(dst, uint64(n), 10)
}
