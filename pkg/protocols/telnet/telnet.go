// Package telnet decodes Telnet as far as it tells who logs on: negotiation and prompts.
//
// RFC 854 (commands), RFC 855 (options). Log-on dialogues have no standard: a
// prompt is what ends in one of the words servers ask with.
//
// Transaction conventions:
//
//	Code   1 the negotiation of options, 2 a log-on
//	Name   the user
//
// A password is never kept: that there was one is.
package telnet

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const (
	negotiation = 1
	login       = 2
)

var codes = []protocols.Code{
	{Number: negotiation, Name: "negotiation", Op: ot.OpSession},
	{Number: login, Name: "login", Op: ot.OpAuth},
}

const (
	argFlags     = 0
	flagPassword = 1
	refused      = 1 // the StatusCode of a log-on that failed
)

var fields = []protocols.Field{
	{Name: "telnet.message", Doc: "1 negotiation, 2 log-on", Names: protocols.NameTable(codes), Num: protocols.CodeField},
	{Name: "telnet.user", Doc: "user who logs on", Text: func(t *ot.Transaction) []byte { return t.Name }},
	{Name: "telnet.password", Doc: "1 when a password came in clear; it is not kept", Num: protocols.Flag(argFlags, flagPassword)},
}

// Protocol is the row of Telnet.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoTelnet,
		Title: "Telnet",
		Spec:  "RFC 854, RFC 855",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 23}},
		Probe: probe,
		New:   func(*ot.Conv) protocols.Decoder { return &decoder{} },
		Limit: 1,

		Codes:  codes,
		Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte {
			if len(t.Name) > 0 {
				return append(append(dst, "user "...), t.Name...)
			}
			return append(dst, "the session"...)
		},
	}
}

// The commands of RFC 854 that matter here.
const (
	iac  = 255
	dont = 254
	will = 251
	sb   = 250
	se   = 240
)

// probe accepts an option negotiated.
func probe(b []byte) protocols.Answer {
	for i, good := range [...]func(x byte) bool{
		func(x byte) bool { return x == iac },
		func(x byte) bool { return x >= sb && x <= dont },
		func(x byte) bool { return x <= 70 || x == iac },
	} {
		if i == len(b) {
			return protocols.More
		}
		if !good(b[i]) {
			return protocols.No
		}
	}
	return protocols.Either
}
