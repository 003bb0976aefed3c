package ads

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

var fields = []protocols.Field{
	{Name: "ads.command", Doc: "command id, 0-65535; 65536 + service of a router", Names: protocols.NameTable(allCodes),
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "ads.port", Doc: "AMS port asked: 801 and 851 are PLC runtimes, 10000 the system service",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Unit), true }},
	{Name: "ads.source_port", Doc: "AMS port of who asks", Num: plain(argSourcePort)},
	{Name: "ads.net_id", Doc: "AMS net id asked, its six bytes as one number",
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argNetHigh])<<16 | uint64(t.Arg[argNetLow]), true
		}},
	{Name: "ads.invoke_id", Doc: "number that joins request and answer", Num: plain(argInvoke)},
	{Name: "ads.reversed", Doc: "1 where the server of the conversation asks",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argReversed]), t.Arg[argReversed] != 0 }},
	{Name: "ads.index_group", Doc: "index group", NamedTo: 1 << 16, Names: groupName, Num: object(func(o ot.Object) uint32 { return o.Area })},
	{Name: "ads.index_offset", Doc: "index offset: an address, a handle, or a service of the group", Num: object(func(o ot.Object) uint32 { return o.Addr })},
	{Name: "ads.length", Doc: "bytes to read or write", Num: object(func(o ot.Object) uint32 { return o.Len })},
	{Name: "ads.symbol", Doc: "name of the symbol", Text: func(t *ot.Transaction) []byte { return only(t.Name, t.Code&RouterFlag == 0) }},
	{Name: "ads.route", Doc: "name of the route that is added", Text: func(t *ot.Transaction) []byte { return only(t.Name, t.Code&RouterFlag != 0) }},
	{Name: "ads.user", Doc: "who adds a route", Text: func(t *ot.Transaction) []byte { return only(t.Value, t.Code&RouterFlag != 0) }},
	{Name: "ads.password", Doc: "1 where a password came in clear; it is not kept", Num: protocols.Flag(argSecret, 1)},
	{Name: "ads.state", Doc: "ADS state a device is told to take, or says it has", Names: protocols.NameTable(adsStates),
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argState] &^ present), t.Arg[argState]&present != 0
		}},
	{Name: "ads.result", Doc: "ADS return code of a refusal", NamedTo: 1 << 11, Names: protocols.NameTable(results),
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.StatusCode), t.StatusCode != 0 }},
}

func only(b []byte, when bool) []byte {
	if when {
		return b
	}
	return nil
}

func plain(i int) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[i]), true }
}

func object(get func(ot.Object) uint32) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(get(t.Object)), t.Object.Area != 0 }
}

// describe says what was touched: "main.speed of port 851", "group 0x4020 offset 12 of port 851".
func describe(t *ot.Transaction, dst []byte) []byte {
	switch o := t.Object; {
	case t.Code == routerAdd:
		return append(append(dst, "route "...), t.Name...)
	case t.Code&RouterFlag != 0:
		return append(dst, "the router"...)
	case len(t.Name) > 0:
		dst = append(append(dst, t.Name...), " of "...)
	case o.Area != 0:
		if name := groupName(uint64(o.Area)); name != "" {
			dst = append(dst, name...)
		} else {
			dst = strconv.AppendUint(append(dst, "group 0x"...), uint64(o.Area), 16)
		}
		dst = append(number(append(dst, " offset "...), o.Addr), " of "...)
	}
	return number(append(dst, "port "...), t.Unit)
}

func number(dst []byte, n uint32) []byte { return strconv.AppendUint(dst, uint64(n), 10) }
