// Package http decodes HTTP/1: requests with their answers, bodies passed over.
//
// RFC 9112 (messages), RFC 9110 (methods, status, fields).
//
// Transaction conventions:
//
//	Code       method
//	Name       what stays of the path
//	Value      host, path without its query, user agent, server: texts
//	StatusCode the status of a refusal, 400 and above
//
// What a client authenticates with is never kept, and neither is a query.
package http

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const (
	otherMethod = 0
	get         = 1
	head        = 2
	connect     = 8
)

// codes are the methods, numbered by us: RFC 9110 §9, RFC 5789, RFC 4918.
var codes = []protocols.Code{
	{Number: otherMethod, Name: "other_method", Op: ot.OpUnknown, Unverified: true},
	{Number: get, Name: "get", Op: ot.OpReadData},
	{Number: head, Name: "head", Op: ot.OpReadData, Unverified: true},
	{Number: 3, Name: "post", Op: ot.OpFile},
	{Number: 4, Name: "put", Op: ot.OpFile},
	{Number: 5, Name: "delete", Op: ot.OpFile, Unverified: true},
	{Number: 6, Name: "options", Op: ot.OpReadData, Unverified: true},
	{Number: 7, Name: "patch", Op: ot.OpFile, Unverified: true},
	{Number: connect, Name: "connect", Op: ot.OpSession, Unverified: true},
	{Number: 9, Name: "trace", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 10, Name: "propfind", Op: ot.OpReadData, Unverified: true},
	{Number: 11, Name: "mkcol", Op: ot.OpFile, Unverified: true},
	{Number: 12, Name: "move", Op: ot.OpFile, Unverified: true},
}

// methods are the words of the codes, by number.
var methods = [...]string{get: "GET", head: "HEAD", 3: "POST", 4: "PUT", 5: "DELETE", 6: "OPTIONS", 7: "PATCH", connect: "CONNECT", 9: "TRACE", 10: "PROPFIND", 11: "MKCOL", 12: "MOVE"}

// The indices of Transaction.Arg.
const (
	argStatus = iota // with protocols.Present
	argFlags
	argLength // bytes of the request's body, with protocols.Present
)

// The bits of argFlags.
const (
	flagBasic = 1 << iota // a password in what is hardly clear: RFC 7617
	flagAuth              // any other proof
	flagQuery
)

// The texts of Value.
const (
	partHost = iota
	partPath
	partAgent
	partServer
	partCount
)

var fields = []protocols.Field{
	{Name: "http.method", Doc: "method, numbered by the sensor", Names: protocols.NameTable(codes), Num: protocols.CodeField},
	{Name: "http.host", Doc: "host the client asks", Text: protocols.PartField(partHost)},
	{Name: "http.path", Doc: "path without its query; the field name holds what stays of it", Text: protocols.PartField(partPath)},
	{Name: "http.user_agent", Doc: "software of the client", Text: protocols.PartField(partAgent)},
	{Name: "http.server", Doc: "software of the server", Text: protocols.PartField(partServer)},
	{Name: "http.status", Doc: "status of the answer", Num: protocols.Marked(argStatus, 0x3ff)},
	{Name: "http.basic_auth", Doc: "1 when a user and a password came in clear; neither is kept", Num: protocols.Flag(argFlags, flagBasic)},
	{Name: "http.other_auth", Doc: "1 when the request proves who asks in another way", Num: protocols.Flag(argFlags, flagAuth)},
	{Name: "http.query", Doc: "1 when the path had a query; it is not kept", Num: protocols.Flag(argFlags, flagQuery)},
	{Name: "http.request_length", Doc: "bytes of the request's body where it says so", Num: protocols.Marked(argLength, protocols.Present-1)},
}

// lineMost is the longest line read whole.
const lineMost = 4096

// Protocol is the row of HTTP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoHTTP,
		Title: "HTTP",
		Spec:  "RFC 9112, RFC 9110",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 80}, {Transport: ot.TCP, Number: 8080}},
		Probe: probe,
		New:   func(*ot.Conv) protocols.Decoder { return &decoder{} },
		Limit: lineMost,

		Codes:  codes,
		Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte {
			if len(t.Name) == 0 {
				return append(dst, "a page"...)
			}
			return append(dst, t.Name...)
		},
	}
}

const version = "HTTP/1."

// probe tells a status line by its version, a request by a listed method and a target.
func probe(b []byte) protocols.Answer {
	if have := min(len(b), len(version)); string(b[:have]) == version[:have] {
		if have < len(version) {
			return protocols.More
		}
		return protocols.FromServer
	}
	for _, m := range methods[1:] {
		have := min(len(b), len(m))
		switch {
		case string(b[:have]) != m[:have]:
		case len(b) < len(m)+2:
			return protocols.More
		case b[len(m)] == ' ' && b[len(m)+1] > ' ' && b[len(m)+1] < 0x7f:
			return protocols.FromClient
		}
	}
	return protocols.No
}

func methodOf(word []byte) uint32 {
	for i, m := range methods {
		if i > 0 && string(word) == m {
			return uint32(i)
		}
	}
	return otherMethod
}
