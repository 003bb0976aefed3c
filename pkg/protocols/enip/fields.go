package enip

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// of is a number that only some commands' answers have.
func of(command uint32, get func(t *ot.Transaction) uint32) func(t *ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(get(t)), t.Code == command && t.Answered != 0
	}
}

// ofItem is a number of the identity item, which an answer keeps as far as its name.
func ofItem(get func(b []byte) uint64) func(t *ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) {
		if t.Code != listIdentity || len(t.Value) < identityHead {
			return 0, false
		}
		return get(t.Value), true
	}
}

func security(shift, mask uint32) func(t *ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argSecurity] >> shift & mask), t.Arg[argSecurity]&hasSecurity != 0
	}
}

func listed(t *ot.Transaction) bool {
	return t.Answered != 0 && (t.Code == listServices || t.Code == listIdentity || t.Code == listInterfaces)
}

var cipSecurityStates = []protocols.Code{
	{Number: 0, Name: "factory_default"},
	{Number: 1, Name: "configuration_in_progress"},
	{Number: 2, Name: "configured"},
	{Number: 3, Name: "incomplete"},
}

var eipSecurityStates = []protocols.Code{
	{Number: 0, Name: "factory_default"},
	{Number: 1, Name: "configuration_in_progress"},
	{Number: 2, Name: "configured"},
	{Number: 3, Name: "pull_in_progress"},
	{Number: 4, Name: "pull_completed"},
	{Number: 5, Name: "pull_disabled"},
}

var fields = []protocols.Field{
	{Name: "enip.command", Doc: "encapsulation command",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }, NamedTo: 1 << 11, Names: commandName},
	{Name: "enip.session", Doc: "session handle",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argSession]), true }},
	{Name: "enip.status", Doc: "encapsulation status of the answer",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.StatusCode), t.Answered != 0 }, Names: protocols.NameTable(statuses)},
	{Name: "enip.context", Doc: "sender context, echoed by the answer",
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argContext2])<<32 | uint64(t.Arg[argContext]), true
		}},
	{Name: "enip.length", Doc: "bytes of data behind the header, as the header says",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argLength] & 0xFFFF), true }},
	{Name: "enip.max_delay", Doc: "longest a device may wait with its List Identity answer, milliseconds",
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argContext] & 0xFFFF), t.Code == listIdentity
		}},
	{Name: "enip.item_count", Doc: "items in the answer of a list command",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argLength] >> 16), listed(t) }},
	{Name: "enip.item_type", Doc: "type of the first item",
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argItems] & 0xFFFF), listed(t) && t.Arg[argLength]>>16 > 0
		}, NamedTo: 1 << 16, Names: protocols.NameTable(itemTypes)},
	{Name: "enip.item_type_2", Doc: "type of the second item",
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argItems] >> 16), listed(t) && t.Arg[argLength]>>16 > 1
		}, NamedTo: 1 << 16, Names: protocols.NameTable(itemTypes)},
	{Name: "enip.protocol_version", Doc: "protocol version asked for, or granted",
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argDetail] & 0xFFFF), t.Code == registerSession
		}},
	{Name: "enip.capability", Doc: "capability flags of a service: bit 5 CIP over TCP, bit 8 I/O over UDP",
		Num: of(listServices, func(t *ot.Transaction) uint32 { return t.Arg[argDetail] >> 16 })},
	{Name: "enip.vendor", Doc: "vendor id a device identifies itself with",
		Num: of(listIdentity, func(t *ot.Transaction) uint32 { return t.Arg[argDetail] & 0xFFFF })},
	{Name: "enip.product_code", Doc: "product code a device identifies itself with",
		Num: of(listIdentity, func(t *ot.Transaction) uint32 { return t.Arg[argDetail] >> 16 })},
	{Name: "enip.device_type", Doc: "device type a device identifies itself with",
		Num: of(listIdentity, func(t *ot.Transaction) uint32 { return t.Arg[argDetail2] & 0xFFFF })},
	{Name: "enip.state", Doc: "state a device identifies itself with",
		Num: of(listIdentity, func(t *ot.Transaction) uint32 { return t.Arg[argDetail2] >> 16 })},
	{Name: "enip.identity_version", Doc: "encapsulation version a device identifies itself with",
		Num: ofItem(func(b []byte) uint64 { return uint64(u16(b)) })},
	{Name: "enip.address", Doc: "address a device says it has", Text: func(t *ot.Transaction) []byte {
		if n, ok := ofItem(func(b []byte) uint64 { return uint64(binary.BigEndian.Uint32(b[identityIP:])) })(t); ok {
			return protocols.IPv4(uint32(n)).AppendTo(nil)
		}
		return nil
	}},
	{Name: "enip.port", Doc: "port a device says it has",
		Num: ofItem(func(b []byte) uint64 { return uint64(binary.BigEndian.Uint16(b[identityPort:])) })},
	{Name: "enip.revision", Doc: "revision a device identifies itself with, major << 8 | minor",
		Num: ofItem(func(b []byte) uint64 { return uint64(b[identityMajor])<<8 | uint64(b[identityMajor+1]) })},
	{Name: "enip.device_status", Doc: "status bits a device identifies itself with: bit 0 owned, 2 configured, 8 and 9 minor fault, 10 and 11 major fault",
		Num: ofItem(func(b []byte) uint64 { return uint64(u16(b[identityStatus:])) })},
	{Name: "enip.serial", Doc: "serial number a device identifies itself with",
		Num: ofItem(func(b []byte) uint64 { return uint64(u32(b[identitySerial:])) })},
	{Name: "enip.name", Doc: "product name, or name of a service, sanitised",
		Text: func(t *ot.Transaction) []byte {
			if len(t.Name) == 0 {
				return nil
			}
			return t.Name
		}},
	{Name: "enip.security_profiles", Doc: "security profiles: bit 0 integrity, 1 confidentiality, 2 authorization, 3 user authentication, 4 resource constrained",
		Num: security(16, 0x3FF)},
	{Name: "enip.security_ports", Doc: "open ports: bit 0 TCP 44818, 1 UDP 44818, 2 UDP 2222, 3 TCP 2221, 4 UDP 2221", Num: security(26, 0x1F)},
	{Name: "enip.cip_security_state", Doc: "state of CIP Security", Num: security(8, 0xFF), Names: protocols.NameTable(cipSecurityStates)},
	{Name: "enip.eip_security_state", Doc: "state of EtherNet/IP Security", Num: security(0, 0xFF), Names: protocols.NameTable(eipSecurityStates)},
}

// describe writes what a command touched, for people.
func describe(t *ot.Transaction, dst []byte) []byte {
	switch {
	case len(t.Name) > 0:
		return append(dst, t.Name...)
	case t.Arg[argSession] != 0:
		dst = append(dst, "session 0x"...)
		for shift := 28; shift >= 0; shift -= 4 {
			dst = append(dst, "0123456789abcdef"[t.Arg[argSession]>>shift&0xF])
		}
		return dst
	default:
		return append(dst, "the device itself"...)
	}
}
