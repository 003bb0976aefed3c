package bacnet

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

var codeNames = protocols.NameTable(codes())

var fields = []protocols.Field{
	{Name: "bacnet.service", Doc: "confirmed service 0-255; 256 + unconfirmed service; 512 + function of the virtual link; 768 + network message", Names: codeNames,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "bacnet.invoke", Doc: "invoke id of a confirmed service, 0-255", Num: marked(argInvoke)},
	{Name: "bacnet.reversed", Doc: "1 where the server of the conversation asks",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argReversed]), t.Arg[argReversed] != 0 }},
	{Name: "bacnet.network", Doc: "network behind a router, 1-65535; 65535 is all",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Unit), t.Unit != 0 }},
	{Name: "bacnet.object_type", Doc: "object type, 0-1023", Names: typeNames, Num: object(func(o ot.Object) uint32 { return o.Area })},
	{Name: "bacnet.instance", Doc: "object instance, 0-4194303", Num: object(func(o ot.Object) uint32 { return o.Block })},
	{Name: "bacnet.property", Doc: "property of the object; 85 is the present value", NamedTo: 1 << 9, Names: propertyNames,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Object.Addr), t.Arg[argHasProp] != 0 }},
	{Name: "bacnet.priority", Doc: "priority of a write, 1 (life safety) to 16",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argPriority]), t.Arg[argPriority] != 0 }},
	{Name: "bacnet.state", Doc: "reinitialise: 0 cold start, 1 warm start, 2-6 backup and restore, 7 activate; communication control: 0 enable, 1 disable, 2 disable initiation",
		Num: marked(argState)},
	{Name: "bacnet.device", Doc: "instance a device claims, 0-4194303", Num: marked(argDevice)},
	{Name: "bacnet.vendor", Doc: "vendor id a device claims, 0-65535", Num: marked(argVendor)},
	{Name: "bacnet.error", Doc: "why a service was refused: class × 65536 + code; 0x1000000 + reason of a rejection, 0x2000000 + of an abort, 0x3000000 + result of the virtual link",
		Names: whyName, Num: protocols.StatusField},
	{Name: "bacnet.name", Doc: "name of an object", Text: func(t *ot.Transaction) []byte { return t.Name }},
}

func marked(i int) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[i] &^ present), t.Arg[i]&present != 0 }
}

func object(get func(ot.Object) uint32) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(get(t.Object)), t.Object.Len > 0 }
}

// describe says what was touched: "present_value of analog_output 3 on network 5".
func describe(t *ot.Transaction, dst []byte) []byte {
	start := len(dst)
	if t.Object.Len > 0 {
		if t.Arg[argHasProp] != 0 {
			dst = append(named(dst, "property ", propertyNames, t.Object.Addr), " of "...)
		}
		dst = named(dst, "object type ", typeNames, t.Object.Area)
		dst = strconv.AppendUint(append(dst, ' '), uint64(t.Object.Block), 10)
	}
	if t.Unit != 0 {
		if len(dst) > start {
			dst = append(dst, " on "...)
		}
		dst = strconv.AppendUint(append(dst, "network "...), uint64(t.Unit), 10)
	}
	if len(dst) == start {
		dst = append(dst, "device"...)
	}
	return dst
}

func named(dst []byte, what string, names func(uint64) string, n uint32) []byte {
	if name := names(uint64(n)); name != "" {
		return append(dst, name...)
	}
	return strconv.AppendUint(append(dst, what...), uint64(n), 10)
}
