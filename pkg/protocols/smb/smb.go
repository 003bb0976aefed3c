// Package smb decodes Windows file sharing: SMB 1, and SMB 2 and 3 as far as they are in clear.
//
// [MS-CIFS] §2.2 (SMB 1), [MS-SMB2] §2.2 (SMB 2 and 3), RFC 1002 §4.3.1 (the frame),
// [MS-NLMP] §2.2.1 (who logs on).
//
// Transaction conventions:
//
//	Code       command; SMB1 | command of SMB 1
//	Name       what stays of the share's or the file's name
//	Value      share or file, user: texts
//	StatusCode the NT status of a refusal
package smb

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// SMB1 marks a Code.
const SMB1 uint32 = 0x100

// The commands that more than the table knows.
const (
	negotiate    = 0
	sessionSetup = 1
	treeConnect  = 3
	create       = 5
	closing      = 6
	read         = 8
	write        = 9

	negotiate1    = SMB1 | 0x72
	sessionSetup1 = SMB1 | 0x73
	treeConnect1  = SMB1 | 0x75
	create1       = SMB1 | 0xa2
)

// statuses: [MS-ERREF] §2.3.1, those that say who may not do what.
var statuses = []protocols.Code{
	{Number: 0xc0000022, Name: "access_denied"}, {Number: 0xc0000034, Name: "no_such_name"}, {Number: 0xc000006a, Name: "wrong_password"},
	{Number: 0xc000006d, Name: "logon_failure"}, {Number: 0xc000006e, Name: "account_restriction"}, {Number: 0xc0000064, Name: "no_such_user"},
	{Number: 0xc0000072, Name: "account_disabled"}, {Number: 0xc00000cc, Name: "no_such_share"}, {Number: 0xc0000234, Name: "account_locked"},
	{Number: 0xc0000225, Name: "not_found"}, {Number: 0xc0000043, Name: "sharing_violation"}, {Number: 0xc00000bb, Name: "not_supported"},
}

var dialects = []protocols.Code{{Number: 0x0202, Name: "smb_2_0_2"}, {Number: 0x0210, Name: "smb_2_1"}, {Number: 0x02ff, Name: "smb_2"},
	{Number: 0x0300, Name: "smb_3_0"}, {Number: 0x0302, Name: "smb_3_0_2"}, {Number: 0x0311, Name: "smb_3_1_1"}}

// The indices of Transaction.Arg.
const (
	argDialect = iota // agreed, with protocols.Present
	argFlags
	argOffset // where a read begins, two words
	_
	argFile // digest of the file's id, two words
)

const flagServices = 1 // the pipe by which services are made and started

var fields = []protocols.Field{
	{Name: "smb.command", Doc: "command; 256 + command of SMB 1", Names: protocols.NameTable(codes), Num: protocols.CodeField},
	{Name: "smb.path", Doc: "share or file, whole; the field name holds what stays of it", Text: protocols.PartField(0)},
	{Name: "smb.user", Doc: "user who logs on", Text: protocols.PartField(1)},
	{Name: "smb.dialect", Doc: "dialect agreed", NamedTo: 1 << 10, Names: protocols.NameTable(dialects), Num: protocols.Marked(argDialect, 0xffff)},
	{Name: "smb.service_control", Doc: "1 when the pipe of the service control manager (svcctl) is opened", Num: protocols.Flag(argFlags, flagServices)},
	{Name: "smb.status", Doc: "NT status of a refusal", Names: protocols.NameTable(statuses), Num: protocols.StatusField},
}

// Protocol is the row of SMB.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoSMB,
		Title: "SMB",
		Spec:  "[MS-CIFS], [MS-SMB2]",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 445}, {Transport: ot.TCP, Number: 139}},
		Probe: probe,
		New:   func(*ot.Conv) protocols.Decoder { return &decoder{} },
		Limit: headMost,

		Codes:  codes,
		Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte {
			if len(t.Name) > 0 {
				return append(dst, t.Name...)
			}
			return append(dst, "a share"...)
		},
	}
}
