package s7plus

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The functions.
const (
	funcError          = 0x04B1
	funcExplore        = 0x04BB
	funcCreateObject   = 0x04CA
	funcDeleteObject   = 0x04D4
	funcSetVariable    = 0x04F2
	funcGetVariable    = 0x04FC
	funcAddLink        = 0x0506
	funcRemoveLink     = 0x051A
	funcGetLink        = 0x0524
	funcSetMulti       = 0x0542
	funcGetMulti       = 0x054C
	funcBeginSequence  = 0x0556
	funcEndSequence    = 0x0560
	funcInvoke         = 0x056B
	funcSetSubStream   = 0x057C
	funcGetSubStream   = 0x0586
	funcGetVarsAddress = 0x0590
	funcAbort          = 0x059A
	funcError2         = 0x05A9
	funcInitSSL        = 0x05B3
)

// What has no function.
const (
	codeTLSAlert       = 0x150000
	codeTLS            = 0x160000 // | handshake type
	codeTLSHello       = codeTLS | 1
	codeTLSCertificate = codeTLS | 11
	codeTLSTransfer    = 0x170000
	codeNotification   = 0x330000
	codeSystemEvent    = 0xFE0000
	codeKeepAlive      = 0xFF0000
)

// codes is every function, with the verb it has unless the object it names has another.
var codes = []protocols.Code{
	{Number: funcError, Name: "error", Op: ot.OpError, Unverified: true},
	{Number: funcExplore, Name: "explore", Op: ot.OpIdentify},
	{Number: funcCreateObject, Name: "create_object"},
	{Number: funcDeleteObject, Name: "delete_object"},
	{Number: funcSetVariable, Name: "set_variable", Op: ot.OpWriteData},
	{Number: funcGetVariable, Name: "get_variable", Op: ot.OpReadData, Unverified: true},
	{Number: funcAddLink, Name: "add_link", Op: ot.OpConfigWrite, Unverified: true},
	{Number: funcRemoveLink, Name: "remove_link", Op: ot.OpConfigWrite, Unverified: true},
	{Number: funcGetLink, Name: "get_link", Op: ot.OpIdentify},
	{Number: funcSetMulti, Name: "set_multi_variables", Op: ot.OpWriteData},
	{Number: funcGetMulti, Name: "get_multi_variables", Op: ot.OpReadData},
	{Number: funcBeginSequence, Name: "begin_sequence", Op: ot.OpSession, Unverified: true},
	{Number: funcEndSequence, Name: "end_sequence", Op: ot.OpSession, Unverified: true},
	{Number: funcInvoke, Name: "invoke"},
	{Number: funcSetSubStream, Name: "set_sub_stream", Op: ot.OpWriteData},
	{Number: funcGetSubStream, Name: "get_sub_stream", Op: ot.OpReadData},
	{Number: funcGetVarsAddress, Name: "get_variables_address", Op: ot.OpIdentify, Unverified: true},
	{Number: funcAbort, Name: "abort", Op: ot.OpSession, Unverified: true},
	{Number: funcError2, Name: "error_2", Op: ot.OpError, Unverified: true},
	{Number: funcInitSSL, Name: "init_ssl", Op: ot.OpSession},

	{Number: codeTLSAlert, Name: "tls_alert", Op: ot.OpSession, Unverified: true},
	{Number: codeTLSHello, Name: "tls_hello", Op: ot.OpSession},
	{Number: codeTLSCertificate, Name: "tls_certificate", Op: ot.OpSession, Unverified: true},
	{Number: codeTLSTransfer, Name: "tls_transfer", Op: ot.OpSession},
	{Number: codeNotification, Name: "notification", Op: ot.OpSubscribe},
	{Number: codeSystemEvent, Name: "system_event", Op: ot.OpSession},
	{Number: codeKeepAlive, Name: "keep_alive", Op: ot.OpSession, Unverified: true},
}

var codeNames = protocols.NameTable(codes)

// listed finds a function's verb; ok is false for one that no table names.
func listed(code uint32) (op ot.Op, ok bool) {
	for i := range codes {
		if codes[i].Number == code {
			return codes[i].Op, true
		}
	}
	return ot.OpUnknown, false
}
