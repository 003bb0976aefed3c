// Package ftp decodes the control connection of the File Transfer Protocol, and counts what goes over the data connections it agrees on.
//
// RFC 959 §4 and §5 (commands, replies), RFC 2228 and RFC 4217 (security), RFC 2428, RFC 3659.
//
// Transaction conventions:
//
//	Code       command, numbered by us
//	Name       what stays of the file's name
//	Value      user, argument of the command, greeting of the server: texts
//	StatusCode the reply of a refusal, 400 to 599
//
// A password is never kept: that there was one is.
package ftp

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The commands that more than the table knows.
const (
	other    = 0
	user     = 1
	pass     = 2
	auth     = 3
	firstOf  = 10 // of those that name a file
	lastOf   = 29
	greeting = 50
)

// row is one line of the table.
type row struct {
	number uint32
	verb   string
	name   string
	op     ot.Op
	hear   bool // not seen on a capture
}

var commands = []row{
	{other, "", "other_command", ot.OpUnknown, true},
	{user, "USER", "user", ot.OpAuth, false}, {pass, "PASS", "password", ot.OpAuth, false}, {auth, "AUTH", "auth", ot.OpAuth, true}, {4, "ACCT", "account", ot.OpAuth, true},
	{10, "RETR", "retrieve", ot.OpFile, false}, {11, "STOR", "store", ot.OpFile, false}, {12, "STOU", "store_unique", ot.OpFile, true}, {13, "APPE", "append", ot.OpFile, true},
	{14, "DELE", "delete", ot.OpFile, true}, {15, "RNFR", "rename_from", ot.OpFile, true}, {16, "RNTO", "rename_to", ot.OpFile, true}, {17, "MKD", "make_directory", ot.OpFile, true},
	{18, "RMD", "remove_directory", ot.OpFile, true}, {19, "SIZE", "size", ot.OpFile, false}, {20, "MDTM", "modified", ot.OpFile, true}, {21, "CWD", "change_directory", ot.OpFile, false},
	{22, "LIST", "list", ot.OpFile, true}, {23, "NLST", "name_list", ot.OpFile, true}, {24, "MLSD", "machine_list", ot.OpFile, true}, {25, "MLST", "machine_facts", ot.OpFile, true},
	{30, "QUIT", "quit", ot.OpSession, false}, {31, "PORT", "port", ot.OpSession, true}, {32, "PASV", "passive", ot.OpSession, true}, {33, "EPSV", "extended_passive", ot.OpSession, false},
	{34, "EPRT", "extended_port", ot.OpSession, true}, {35, "TYPE", "type", ot.OpSession, false}, {36, "NOOP", "no_operation", ot.OpSession, true}, {37, "ABOR", "abort", ot.OpSession, true},
	{38, "PWD", "working_directory", ot.OpSession, false}, {39, "CDUP", "directory_up", ot.OpSession, true}, {40, "OPTS", "options", ot.OpSession, true}, {41, "PBSZ", "protection_size", ot.OpSession, true},
	{42, "PROT", "protection", ot.OpSession, true}, {43, "REST", "restart_at", ot.OpSession, true}, {44, "ALLO", "allocate", ot.OpSession, true}, {45, "REIN", "reinitialise", ot.OpSession, true},
	{46, "SYST", "system", ot.OpIdentify, true}, {47, "FEAT", "features", ot.OpIdentify, true}, {48, "STAT", "status", ot.OpDiagnostic, true}, {49, "HELP", "help", ot.OpDiagnostic, true},
	{greeting, "", "greeting", ot.OpSession, false}, {51, "SITE", "site", ot.OpUnknown, true}, {52, "MODE", "mode", ot.OpSession, true}, {53, "STRU", "structure", ot.OpSession, true},
}

func codes() (all []protocols.Code) {
	for _, r := range commands {
		all = append(all, protocols.Code{Number: r.number, Name: r.name, Op: r.op, Unverified: r.hear})
	}
	return all
}

// find gives the command of a verb; the first line where there is none.
func find(verb []byte) *row {
	var up [4]byte
	if n := copy(up[:], verb); n == len(verb) {
		for i := range up[:n] {
			up[i] &^= 0x20
		}
		for i := range commands {
			if commands[i].verb == string(up[:n]) && n > 0 {
				return &commands[i]
			}
		}
	}
	return &commands[0]
}

// The indices of Transaction.Arg.
const (
	argReply = iota // with protocols.Present
	argFlags
	argBytes // over the data connection, with what is above 32 bits in argMore
	argMore
)

const (
	flagPassword = 1
	flagData     = 2 // argBytes is known
)

// The texts of Value.
const (
	partUser = iota
	partArgument
	partGreeting
)

var fields = []protocols.Field{
	{Name: "ftp.command", Doc: "command, numbered by the sensor", Names: protocols.NameTable(codes()), Num: protocols.CodeField},
	{Name: "ftp.user", Doc: "user who logs on or is logged on", Text: protocols.PartField(partUser)},
	{Name: "ftp.argument", Doc: "file or other argument, whole; the field name holds what stays of a file's name", Text: protocols.PartField(partArgument)},
	{Name: "ftp.greeting", Doc: "what the server says when a session begins", Text: protocols.PartField(partGreeting)},
	{Name: "ftp.reply", Doc: "reply, 200-599", Num: protocols.Marked(argReply, 0x3ff)},
	{Name: "ftp.bytes", Doc: "bytes of the file or list over its data connection, where that was seen", Num: func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argMore])<<32 | uint64(t.Arg[argBytes]), t.Arg[argFlags]&flagData != 0
	}},
	{Name: "ftp.password", Doc: "1 when a password came in clear; it is not kept", Num: protocols.Flag(argFlags, flagPassword)},
}

const lineMost = 1024

// Protocol is the row of FTP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoFTP,
		Title: "FTP",
		Spec:  "RFC 959, RFC 4217",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 21}},
		Probe: probe,
		New:   func(*ot.Conv) protocols.Decoder { return &decoder{} },
		Limit: lineMost,

		Codes:    codes(),
		Fields:   fields,
		Describe: describe,
	}
}

// describe says what was touched: "recipe.csv", "user operator".
func describe(t *ot.Transaction, dst []byte) []byte {
	if len(t.Name) > 0 {
		return append(dst, t.Name...)
	}
	if who := protocols.Part(t.Value, partUser); who != nil {
		return append(append(dst, "user "...), who...)
	}
	return append(dst, "the session"...)
}

// probe tells a reply by its number, and a command by its verb.
func probe(b []byte) protocols.Answer {
	if len(b) == 0 {
		return protocols.More
	}
	if b[0] >= '1' && b[0] <= '5' {
		return replied(b)
	}
	if len(b) < 5 {
		for _, c := range b {
			if c|0x20 < 'a' || c|0x20 > 'z' {
				return protocols.No
			}
		}
		return protocols.More
	}
	if r := find(b[:4]); r.number != other && (b[4] == ' ' || b[4] == '\r' || b[4] == '\n') {
		return protocols.FromClient
	}
	return protocols.No
}

// replied judges the first line of a reply: three digits, then a blank or a dash.
func replied(b []byte) protocols.Answer {
	for _, c := range b[:min(len(b), 3)] {
		if c < '0' || c > '9' {
			return protocols.No
		}
	}
	switch {
	case len(b) < 4:
		return protocols.More
	case b[3] == ' ' || b[3] == '-':
		return protocols.FromServer
	}
	return protocols.No
}
