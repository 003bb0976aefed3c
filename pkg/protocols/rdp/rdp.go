// Package rdp reads of the Remote Desktop Protocol what is in clear: who asks for which kind of session, and what the host agrees to.
//
// [MS-RDPBCGR] 2.2.1.1 and 2.2.1.2 (connection request and confirm). What is
// agreed on is TLS nearly always; its messages in clear are those of TLS. Under
// the old security the client's name is in clear.
//
// Transaction conventions:
//
//	Code       1, the connection request and its answer
//	Name       the user of the cookie, as far as it is sent
//	Value      the routing token in the user's place
//	StatusCode why the host refused
package rdp

import (
	"bytes"
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/tls"
)

const connect = 1

var codes = []protocols.Code{{Number: connect, Name: "connect", Op: ot.OpSession}}

// The security a client may ask for, as bits, and a host chooses one of.
const (
	standard = 0
	overTLS  = 1
)

var securities = []protocols.Code{
	{Number: standard, Name: "standard"}, {Number: overTLS, Name: "tls"}, {Number: 2, Name: "credssp"},
	{Number: 4, Name: "rdstls"}, {Number: 8, Name: "credssp_early_result"}, {Number: 16, Name: "azure_ad"},
}

var failures = []protocols.Code{
	{Number: 1, Name: "tls_required"}, {Number: 2, Name: "tls_not_allowed"}, {Number: 3, Name: "no_certificate"},
	{Number: 4, Name: "inconsistent_flags"}, {Number: 5, Name: "credssp_required"}, {Number: 6, Name: "client_certificate_required"},
}

// The indices of Transaction.Arg, each with protocols.Present.
const (
	argAsked = iota
	argChosen
)

var fields = []protocols.Field{
	{Name: "rdp.message", Doc: "1, the connection request with which a session begins", Names: protocols.NameTable(codes), Num: protocols.CodeField},
	{Name: "rdp.user", Doc: "user name of the cookie, as far as it is sent: nine characters of most clients", Text: func(t *ot.Transaction) []byte {
		if len(t.Name) == 0 {
			return nil
		}
		return t.Name
	}},
	{Name: "rdp.token", Doc: "routing token that a farm of hosts gave the client", Text: protocols.PartField(0)},
	{Name: "rdp.asked", Doc: "security the client offers: bit 0 TLS, 1 CredSSP, 2 RDSTLS, 3 CredSSP with early result; 0 standard only", Num: protocols.Marked(argAsked, 0xffff)},
	{Name: "rdp.security", Doc: "security the host chose", Names: protocols.NameTable(securities), Num: protocols.Marked(argChosen, 0xffff)},
	{Name: "rdp.failure", Doc: "why the host refused", Names: protocols.NameTable(failures), Num: protocols.StatusField},
}

// Protocol is the row of RDP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoRDP, Title: "RDP", Spec: "[MS-RDPBCGR] 2.2.1",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 3389}},
		Probe: probe, New: newDecoder, Limit: tls.RecordMax,
		Codes: codes, Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte {
			if len(t.Name) == 0 {
				return append(dst, "a desktop"...)
			}
			return append(append(dst, "a desktop as "...), t.Name...)
		},
	}
}

// The parts of a connection TPDU in its TPKT.
const (
	tpktHeader = 4
	tpduFixed  = 7 // length, type, references, class
	fixed      = tpktHeader + tpduFixed
	longest    = 512

	negotiation = 8 // type, flags, length, protocols
)

// The TPDUs of a client and of a host.
const (
	request = 0xe0
	confirm = 0xd0
)

var kinds = [2]byte{request, confirm}

// measure gives the length of the TPKT that b begins with, if it is of this
// kind: 0 when it is not, below 0 when more bytes are needed.
func measure(b []byte, kind byte) int {
	for i, want := range [...]byte{0: 3, 1: 0, 5: kind} {
		if (i < 2 || i == 5) && len(b) > i && b[i] != want {
			return 0
		}
	}
	if len(b) < fixed {
		return -1
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if n < fixed || n > longest || int(b[4]) != n-tpktHeader-1 {
		return 0
	}
	return n
}

// probe: a connection request with a cookie, a token or a negotiation, or a
// confirm with a negotiation; both may be without.
func probe(b []byte) protocols.Answer {
	for i, answer := range [...]protocols.Answer{protocols.FromClient, protocols.FromServer} {
		switch n := measure(b, kinds[i]); {
		case n < 0:
			return protocols.More
		case n == 0:
		case n > fixed && len(b) < n:
			return protocols.More
		case n == fixed || known(b[fixed:n]):
			return answer
		}
	}
	return protocols.No
}

// known reports whether what follows the fixed part is RDP's.
func known(b []byte) bool {
	if bytes.HasPrefix(b, cookie) || bytes.HasPrefix(b, token) {
		return true
	}
	return len(b) >= negotiation && b[0] >= 1 && b[0] <= 3 && b[2] == negotiation && b[3] == 0
}
