package profinet

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

var (
	codeNames = protocols.NameTable(codes())
	roleName  = protocols.NameTable(roles)
)

var fields = []protocols.Field{
	{Name: "profinet.service", Doc: "what was asked: DCP service << 16 with the option set, 4096 + operation, 8192 + kind of frame", Names: codeNames,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "profinet.frame_id", Doc: "frame id, 0-65535", Num: func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argFrame] & 0xffff), t.Arg[argFrame]&present != 0
	}},
	{Name: "profinet.station", Doc: "name of station, looked for, told or announced", Text: func(t *ot.Transaction) []byte { return t.Name }},
	{Name: "profinet.ip", Doc: "address set or announced", Text: ip(argIP)},
	{Name: "profinet.mask", Doc: "its mask", Text: ip(argMask)},
	{Name: "profinet.gateway", Doc: "its gateway", Text: ip(argGateway)},
	{Name: "profinet.vendor_id", Doc: "vendor id, 0-65535", NamedTo: 1 << 9, Names: vendors, Num: flagged(hasIDs, argIDs, 16, 0xffff)},
	{Name: "profinet.device_id", Doc: "device id of the vendor, 0-65535", Num: flagged(hasIDs, argIDs, 0, 0xffff)},
	{Name: "profinet.role", Doc: "role of a station, a set of bits", Names: roleName, Num: flagged(hasRole, argFlags, roleShift, 0xff)},
	{Name: "profinet.permanent", Doc: "1 where a setting survives a restart, 0 where not", Num: qualifier(ot.OpConfigWrite, 1, 0)},
	{Name: "profinet.reset_mode", Doc: "what a reset to factory settings takes back", Num: qualifier(ot.OpReset, 0x7fff, 1)},
	{Name: "profinet.ar_type", Doc: "kind of application relation", Names: protocols.NameTable(relations), Num: flagged(hasAR, argFlags, arShift, 0xff)},
	{Name: "profinet.control", Doc: "control command", Names: protocols.NameTable(commands), Num: flagged(hasControl, argDetail, 0, 0xffff)},
	{Name: "profinet.slot", Doc: "slot of a record or alarm", Num: place(func(o ot.Object) uint32 { return o.Block })},
	{Name: "profinet.subslot", Doc: "subslot of a record or alarm", Num: place(func(o ot.Object) uint32 { return o.Addr })},
	{Name: "profinet.index", Doc: "index of a record", Num: func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Object.Area), t.Arg[argFlags]&(hasRecord|hasAlarm) == hasRecord
	}},
	{Name: "profinet.alarm", Doc: "type of an alarm", Names: protocols.NameTable(alarms), Num: flagged(hasAlarm, argDetail, 0, 0xffff)},
	{Name: "profinet.run", Doc: "1 where the provider of cyclic data runs, 0 where it stopped", Num: flagged(hasCyclic, argIP, 4, 1)},
	{Name: "profinet.valid", Doc: "1 where cyclic data is valid", Num: flagged(hasCyclic, argIP, 2, 1)},
	{Name: "profinet.problem", Doc: "1 where the provider says it has a problem", Num: func(t *ot.Transaction) (uint64, bool) {
		n, ok := flagged(hasCyclic, argIP, 5, 1)(t)
		return n ^ 1, ok
	}},
	{Name: "profinet.size", Doc: "bytes of cyclic data, with status bytes and padding", Num: flagged(hasCyclic, argGateway, 0, 0xffff)},
	{Name: "profinet.packets", Doc: "frames since the last transaction of this frame id", Num: flagged(hasCyclic, argMask, 0, 0xffffffff)},
	{Name: "profinet.reason", Doc: "why cyclic data was told", Names: protocols.NameTable(reasons), Num: flagged(hasCyclic, argDetail, 0, 0xff)},
	{Name: "profinet.block_error", Doc: "why a station refuses a setting", NamedTo: 1 << 9, Names: protocols.NameTable(blockErrors), Num: func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.StatusCode), t.StatusCode != 0 && t.Code >= serviceGet<<16
	}},
	{Name: "profinet.status", Doc: "PNIO status of a refused call: code, decode, code 1, code 2", Num: func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.StatusCode), t.StatusCode != 0 && t.Code < Realtime
	}},
}

func flagged(flag uint32, arg, shift int, mask uint32) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[arg] >> shift & mask), t.Arg[argFlags]&flag != 0
	}
}

// qualifier is a part of what stands before the data of a setting, by what the setting means.
func qualifier(op ot.Op, mask uint32, shift int) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argQualifier] >> shift & mask), t.Arg[argQualifier]&present != 0 && t.Op == op
	}
}

func ip(arg int) func(*ot.Transaction) []byte {
	return func(t *ot.Transaction) []byte {
		if t.Arg[argFlags]&hasIP == 0 {
			return nil
		}
		return address(t.Arg[arg])
	}
}

func place(get func(ot.Object) uint32) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(get(t.Object)), t.Arg[argFlags]&hasRecord != 0 }
}

// describe says what was touched: "record 45040 of slot 1 subslot 1", "station filler-1, 10.0.0.5".
func describe(t *ot.Transaction, dst []byte) []byte {
	flags := t.Arg[argFlags]
	switch {
	case flags&hasCyclic != 0:
		return number(append(dst, "frame id "...), t.Object.Area)
	case flags&hasRecord != 0:
		if flags&hasAlarm == 0 {
			dst = append(number(append(dst, "record "...), t.Object.Area), " of "...)
		}
		return number(append(number(append(dst, "slot "...), t.Object.Block), " subslot "...), t.Object.Addr)
	}
	if len(t.Name) > 0 {
		dst = append(append(dst, "station "...), t.Name...)
	}
	if flags&hasIP != 0 {
		if len(t.Name) > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(dst, address(t.Arg[argIP])...)
	}
	return dst
}

func number(dst []byte, n uint32) []byte { return strconv.AppendUint(dst, uint64(n), 10) }
