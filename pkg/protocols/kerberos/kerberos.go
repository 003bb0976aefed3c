// Package kerberos decodes Kerberos as far as it is in clear: who asks the domain for a ticket to what, and what it is told.
//
// RFC 4120 §5.4 (requests and replies), §5.9 (errors), §7.2 (UDP; TCP with a
// length in front), §7.5.9 (error codes); encryption types of IANA.
//
// Transaction conventions:
//
//	Code       message type of the request, joined with its reply; error where no request is known
//	Name       what stays of who asks, or of the service a ticket is asked for
//	Value      client, realm, service: texts
//	StatusCode the error of a refusal; one that only asks for more is none
package kerberos

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The message types, RFC 4120 §5.10; the tag of a message is 0x60 above.
const (
	asRequest  = 10
	asReply    = 11
	tgsRequest = 12
	tgsReply   = 13
	failure    = 30
)

var codes = []protocols.Code{
	{Number: asRequest, Name: "as_request", Op: ot.OpAuth},
	{Number: tgsRequest, Name: "tgs_request", Op: ot.OpSession},
	{Number: failure, Name: "error", Op: ot.OpError, Unverified: true},
}

// The errors that are steps of every log-on.
const (
	preauthRequired = 25
	tooBig          = 52 // for a datagram: come again over TCP
	morePreauth     = 91
)

var failures = []protocols.Code{
	{Number: 6, Name: "client_unknown"}, {Number: 7, Name: "service_unknown"}, {Number: 12, Name: "against_policy"}, {Number: 14, Name: "encryption_not_supported"},
	{Number: 18, Name: "client_revoked"}, {Number: 23, Name: "password_expired"}, {Number: 24, Name: "wrong_password"}, {Number: preauthRequired, Name: "preauthentication_required"},
	{Number: 31, Name: "integrity"}, {Number: 32, Name: "ticket_expired"}, {Number: 37, Name: "clock_skew"}, {Number: tooBig, Name: "response_too_big"},
	{Number: 60, Name: "generic"}, {Number: 68, Name: "wrong_realm"}, {Number: morePreauth, Name: "more_preauthentication"},
}

var encryptions = []protocols.Code{{Number: 1, Name: "des_cbc_crc"}, {Number: 3, Name: "des_cbc_md5"}, {Number: 16, Name: "des3"},
	{Number: 17, Name: "aes128"}, {Number: 18, Name: "aes256"}, {Number: 19, Name: "aes128_sha2"}, {Number: 20, Name: "aes256_sha2"}, {Number: 23, Name: "rc4"}}

// The indices of Transaction.Arg, with protocols.Present.
const (
	argError = iota
	argEncryption
)

var fields = []protocols.Field{
	{Name: "kerberos.message", Doc: "type of the request", Names: protocols.NameTable(codes), Num: protocols.CodeField},
	{Name: "kerberos.client", Doc: "who logs on; of a ticket it is encrypted", Text: protocols.PartField(0)},
	{Name: "kerberos.realm", Doc: "realm: the domain", Text: protocols.PartField(1)},
	{Name: "kerberos.service", Doc: "service a ticket is asked for", Text: protocols.PartField(2)},
	{Name: "kerberos.encryption", Doc: "encryption of what the reply hands over: 17, 18 AES, 23 RC4", Names: protocols.NameTable(encryptions), Num: protocols.Marked(argEncryption, 0xff)},
	{Name: "kerberos.error", Doc: "error of the reply; 25 is a step of every log-on", Names: protocols.NameTable(failures), Num: protocols.Marked(argError, 0xffff)},
}

// Protocol is the row of Kerberos.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoKerberos,
		Title: "Kerberos",
		Spec:  "RFC 4120",
		Ports: []protocols.Port{{Transport: ot.UDP, Number: 88}, {Transport: ot.TCP, Number: 88}},
		Probe: probe,
		New:   newDecoder,
		Limit: longest + prefix,

		Codes:  codes,
		Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte {
			if len(t.Name) == 0 {
				return append(dst, "a ticket"...)
			}
			return append(dst, t.Name...)
		},
	}
}

const (
	prefix  = 4       // length before a message over TCP
	longest = 1 << 16 // of a message
)

// whole is the length of the message that begins with b: 0 when none does, below
// 0 when more bytes are needed to tell. It begins with its tag, a sequence and the version, 5.
func whole(b []byte) int {
	if len(b) == 0 {
		return -1
	}
	first := uint8(0xa0) // field of the version
	switch b[0] {
	case 0x60 | asRequest, 0x60 | tgsRequest:
		first = 0xa1
	case 0x60 | asReply, 0x60 | tgsReply, 0x60 | failure:
	default:
		return 0
	}
	c := protocols.Read(b)
	c.Skip(1)
	n := protocols.ElementLength(&c)
	if n < 0 || n > longest {
		return 0
	}
	n += c.At()
	for i, want := range [...]uint8{0x30, first, 3, 2, 1, 5} {
		if got := c.U8(); c.Short() {
			return -1
		} else if got != want {
			return 0
		}
		if i == 0 {
			protocols.ElementLength(&c)
		}
	}
	return n
}

// measure is the length of a message behind its length.
func measure(b []byte) (n int, certain bool) {
	switch {
	case len(b) > 0 && b[0] != 0, len(b) > 1 && b[1] != 0:
		return 0, false
	case len(b) < prefix+1:
		return -1, false
	}
	switch n = whole(b[prefix:]); {
	case n <= 0:
		return n, false
	case n != int(binary.BigEndian.Uint32(b)):
		return 0, false
	}
	return prefix + n, true
}

// probe accepts the beginning of a message, as a datagram or behind its length.
func probe(b []byte) protocols.Answer {
	n := whole(b)
	if len(b) > 0 && b[0] == 0 || len(b) == 0 {
		n, _ = measure(b)
	}
	switch {
	case n < 0:
		return protocols.More
	case n == 0:
		return protocols.No
	}
	return protocols.Either
}
