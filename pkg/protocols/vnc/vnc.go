// Package vnc reads of the Remote Framebuffer protocol how a session begins: versions, the kind of log-on and its outcome, the desktop.
//
// RFC 6143 §7.1 to §7.3 (versions, security, initialisation). What is typed and
// shown after that is not read, and neither are challenges and answers to them.
// Where a session goes on under TLS (VeNCrypt), its messages in clear are those of TLS.
//
// Transaction conventions:
//
//	Code   1 the log-on, 2 the opening of the desktop
//	Name   what stays of the desktop's name
//	Value  the client's version, the server's version; the desktop's name; why a log-on was refused
package vnc

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/tls"
)

const (
	logOn   = 1
	desktop = 2
)

var codes = []protocols.Code{
	{Number: logOn, Name: "log_on", Op: ot.OpAuth},
	{Number: desktop, Name: "open_desktop", Op: ot.OpSession},
}

// The kinds of security that more than the table knows, §7.1.2.
const (
	invalid = 0
	none    = 1
	vncAuth = 2

	overTLS  = 18
	vencrypt = 19
)

var securities = []protocols.Code{
	{Number: invalid, Name: "invalid"}, {Number: none, Name: "none"}, {Number: vncAuth, Name: "vnc_password"},
	{Number: 5, Name: "ra2"}, {Number: 6, Name: "ra2ne"}, {Number: 16, Name: "tight"}, {Number: 17, Name: "ultra"},
	{Number: overTLS, Name: "tls"}, {Number: vencrypt, Name: "vencrypt"}, {Number: 20, Name: "sasl"}, {Number: 21, Name: "md5"},
	{Number: 22, Name: "xvp"}, {Number: 30, Name: "apple"},
}

// The indices of Transaction.Arg, each with protocols.Present.
const (
	argSecurity = iota
	argSize     // width << 16 | height, without the mark
	argVersion  // minor version of both
	argShared
	argSubtype
)

var fields = []protocols.Field{
	{Name: "vnc.message", Doc: "1 the log-on, 2 the opening of the desktop", Names: protocols.NameTable(codes), Num: protocols.CodeField},
	{Name: "vnc.version", Doc: "minor version in use: 3, 7 or 8", Num: protocols.Marked(argVersion, 0xff)},
	{Name: "vnc.security", Doc: "kind of log-on; none lets everybody in", Names: protocols.NameTable(securities), Num: protocols.Marked(argSecurity, 0xff)},
	{Name: "vnc.subtype", Doc: "kind of log-on within VeNCrypt", NamedTo: 1 << 9, Names: protocols.NameTable(subtypes), Num: protocols.Marked(argSubtype, 0xffff)},
	{Name: "vnc.client", Doc: "version the client says", Text: of(logOn, 0)},
	{Name: "vnc.server", Doc: "version the server says", Text: of(logOn, 1)},
	{Name: "vnc.reason", Doc: "why a log-on was refused, as the server says", Text: of(logOn, 2)},
	{Name: "vnc.desktop", Doc: "name of the desktop", Text: of(desktop, 0)},
	{Name: "vnc.width", Doc: "width of the desktop, pixels", Num: protocols.OfCodes(argSize, 16, 0xffff, desktop)},
	{Name: "vnc.height", Doc: "height of the desktop, pixels", Num: protocols.OfCodes(argSize, 0, 0xffff, desktop)},
	{Name: "vnc.shared", Doc: "1 when others may stay connected", Num: protocols.Marked(argShared, 1)},
}

func of(code uint32, i int) func(t *ot.Transaction) []byte {
	return func(t *ot.Transaction) []byte {
		if t.Code != code {
			return nil
		}
		return protocols.Part(t.Value, i)
	}
}

const (
	mark       = "RFB 00"
	greeting   = 12   // "RFB 003.008\n"
	reasonMost = 1024 // bytes of a reason or name that are waited for, or of who speaks out of turn
)

// Protocol is the row of VNC.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoVNC, Title: "VNC", Spec: "RFC 6143",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 5900}, {Transport: ot.TCP, Number: 5901}},
		Probe: probe, New: func(c *ot.Conv) protocols.Decoder { return &decoder{tls: tls.Protocol().New(c)} }, Limit: tls.RecordMax,
		Codes: codes, Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte {
			if name := of(desktop, 0)(t); name != nil {
				return append(append(dst, "desktop "...), name...)
			}
			return append(dst, "a desktop"...)
		},
	}
}

func probe(b []byte) protocols.Answer {
	if have := min(len(b), len(mark)); string(b[:have]) != mark[:have] {
		return protocols.No
	}
	if len(b) < greeting {
		return protocols.More
	}
	if b[greeting-1] != '\n' || b[7] != '.' {
		return protocols.No
	}
	return protocols.Either
}
