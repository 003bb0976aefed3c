package dns

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The opcodes that more than the table knows.
const (
	opQuery  = 0
	opUpdate = 5
	opWait   = 7
)

// codes: IANA DNS opcodes; RFC 1002 §4.2.1.1 for NetBIOS.
var codes = []protocols.Code{
	{Number: opQuery, Name: "query", Op: ot.OpIdentify},
	{Number: 1, Name: "inverse_query", Op: ot.OpIdentify, Unverified: true},
	{Number: 2, Name: "status", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 4, Name: "notify", Op: ot.OpSession, Unverified: true},
	{Number: opUpdate, Name: "update", Op: ot.OpSession}, // a host registers its own name
	{Number: 6, Name: "stateful_operations", Op: ot.OpSession},
	{Number: Answer, Name: "announcement", Op: ot.OpIdentify},
	{Number: NetBIOS, Name: "netbios_query", Op: ot.OpIdentify},
	{Number: NetBIOS | 5, Name: "netbios_registration", Op: ot.OpSession},
	{Number: NetBIOS | 6, Name: "netbios_release", Op: ot.OpSession, Unverified: true},
	{Number: NetBIOS | opWait, Name: "netbios_wait", Op: ot.OpSession, Unverified: true},
	{Number: NetBIOS | 8, Name: "netbios_refresh", Op: ot.OpSession, Unverified: true},
	{Number: NetBIOS | 9, Name: "netbios_refresh_alternate", Op: ot.OpSession, Unverified: true},
	{Number: NetBIOS | 15, Name: "netbios_multihomed_registration", Op: ot.OpSession, Unverified: true},
}

// listed reports whether an opcode is one of any form.
func listed(opcode uint32) bool { return opcode != 3 && (opcode <= 9 || opcode == 15) }

// types: IANA resource record types, those met on a plant's network.
var types = []protocols.Code{
	{Number: typeA, Name: "a"}, {Number: 2, Name: "ns"}, {Number: typeCNAME, Name: "cname"}, {Number: 6, Name: "soa"}, {Number: 10, Name: "null"},
	{Number: typePTR, Name: "ptr"}, {Number: 15, Name: "mx"}, {Number: 16, Name: "txt"}, {Number: typeAAAA, Name: "aaaa"}, {Number: ofNetBIOS | typeNB, Name: "nb"},
	{Number: ofNetBIOS | typeNBSTAT, Name: "node_status"}, {Number: 33, Name: "srv"}, {Number: 35, Name: "naptr"}, {Number: 43, Name: "ds"}, {Number: 48, Name: "dnskey"}, {Number: 64, Name: "svcb"},
	{Number: 65, Name: "https"}, {Number: 251, Name: "ixfr"}, {Number: 252, Name: "axfr"}, {Number: 255, Name: "any"},
}

// rcodes: IANA DNS response codes.
var rcodes = []protocols.Code{
	{Number: 1, Name: "format_error"}, {Number: 2, Name: "server_failure"}, {Number: 3, Name: "no_such_name"}, {Number: 4, Name: "not_implemented"},
	{Number: 5, Name: "refused"}, {Number: 6, Name: "name_exists"}, {Number: 7, Name: "set_exists"}, {Number: 8, Name: "no_such_set"},
	{Number: 9, Name: "not_authorised"}, {Number: 10, Name: "not_in_zone"},
}
