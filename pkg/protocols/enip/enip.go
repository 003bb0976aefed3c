// Package enip decodes the EtherNet/IP encapsulation: sessions, discovery, and the CIP messages and I/O it carries.
package enip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Protocol is EtherNet/IP's row of the table: explicit messages on port 44818,
// cyclic I/O on UDP 2222. What it carries are transactions of CIP; its own are
// the encapsulation commands, and messages that the encapsulation refused.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ENIP,
		Title: "EtherNet/IP",
		Spec:  "ODVA Volume 2 (EtherNet/IP adaptation of CIP), chapter 2",
		Ports: []protocols.Port{
			{Transport: ot.TCP, Number: 44818},
			{Transport: ot.TCP, Number: 2222},
			{Transport: ot.UDP, Number: 44818},
			{Transport: ot.UDP, Number: 2222},
		},
		Probe:    Probe,
		New:      newDecoder,
		Limit:    headerSize + 1<<16,
		Codes:    commands,
		Fields:   fields,
		Describe: describe,
	}
}

// Encapsulation commands (Volume 2, 2-3.2).
const (
	nop               = 0x0000
	listServices      = 0x0004
	listIdentity      = 0x0063
	listInterfaces    = 0x0064
	registerSession   = 0x0065
	unregisterSession = 0x0066
	sendRRData        = 0x006F
	sendUnitData      = 0x0070
	indicateStatus    = 0x0072
	cancel            = 0x0073
	startDTLS         = 0x00C8
)

var commands = []protocols.Code{
	{Number: nop, Name: "nop", Op: ot.OpSession},
	{Number: listServices, Name: "list_services", Op: ot.OpIdentify},
	{Number: listIdentity, Name: "list_identity", Op: ot.OpIdentify},
	{Number: listInterfaces, Name: "list_interfaces", Op: ot.OpIdentify},
	{Number: registerSession, Name: "register_session", Op: ot.OpSession},
	{Number: unregisterSession, Name: "unregister_session", Op: ot.OpSession},
	{Number: sendRRData, Name: "send_rr_data", Op: ot.OpUnknown},
	{Number: sendUnitData, Name: "send_unit_data", Op: ot.OpUnknown},
	{Number: indicateStatus, Name: "indicate_status", Op: ot.OpDiagnostic, Unverified: true},
	{Number: cancel, Name: "cancel", Op: ot.OpSession, Unverified: true},
	{Number: startDTLS, Name: "start_dtls", Op: ot.OpSession, Unverified: true},

	{Number: cspCode | cspConnect, Name: "csp_connect", Op: ot.OpSession, Unverified: true},
	{Number: cspCode | cspPCCC, Name: "csp_command", Op: ot.OpUnknown, Unverified: true},
}

// statuses are the encapsulation status codes (Volume 2, 2-3.5).
var statuses = []protocols.Code{
	{Number: 0x00, Name: "success"},
	{Number: 0x01, Name: "invalid_command"},
	{Number: 0x02, Name: "no_memory"},
	{Number: 0x03, Name: "incorrect_data"},
	{Number: 0x64, Name: "invalid_session"},
	{Number: 0x65, Name: "invalid_length"},
	{Number: 0x69, Name: "unsupported_revision"},
	{Number: 0x6A, Name: "service_not_allowed"},
}

// byLow finds codes by their numbers, which the lowest byte tells apart.
type byLow [256]*protocols.Code

func listOf(codes []protocols.Code) (list byLow) {
	for i := range codes {
		list[uint8(codes[i].Number)] = &codes[i]
	}
	return list
}

var listedCommands, listedStatuses = listOf(commands), listOf(statuses)

func (l *byLow) find(number uint32) *protocols.Code {
	if c := l[uint8(number)]; c != nil && c.Number == number {
		return c
	}
	return nil
}

// commandName names a command. What is not listed is reserved for legacy use
// below 70 hex, and for vendors from 600 to 6FF.
func commandName(n uint64) string {
	switch c := listedCommands.find(uint32(n)); {
	case c != nil:
		return c.Name
	case n < sendUnitData:
		return "legacy"
	case n>>8 == 6:
		return "vendor"
	}
	return ""
}
