// Package tls reads of TLS what is in clear: hello, certificate, alert. Other
// decoders that carry TLS read its messages with it.
//
// RFC 8446 §4 and §5 (messages, records), RFC 5246 §7.4 (certificates in clear),
// RFC 6347 (over datagrams), RFC 6066 §3 (server name), RFC 7301 (ALPN), RFC 5280 §4.1 (certificates). The
// fingerprint of a client is JA4 by its public description.
//
// Transaction conventions:
//
//	Code       handshake type; Alert for an alert that answers no hello
//	Name       what stays of the server's name, or of the subject of a certificate
//	Value      hello: server name, ALPN, fingerprint; certificate: subject, issuer, SHA-256, end of validity, role
//	StatusCode the alert by which a hello was refused
package tls

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Alert is the Code of an alert.
const Alert uint32 = 0x100

var codes = []protocols.Code{
	{Number: ClientHello, Name: "hello", Op: ot.OpSession},
	{Number: Certificate, Name: "certificate", Op: ot.OpIdentify},
	{Number: Alert, Name: "alert", Op: ot.OpSession, Unverified: true},
}

// The indices of Transaction.Arg, each with protocols.Present.
const (
	argVersion = iota // agreed; the one asked for while there is no answer
	argSuite          // cipher suite agreed
	argAsked          // highest version the client offers
	argAlert          // level << 8 | description
	argCert
)

// The bits of argCert.
const (
	certClient = 1 << iota // the client's
	certSelf               // issued by itself
	certExpired
)

// Versions are the names of the versions.
var Versions = []protocols.Code{
	{Number: 0x0300, Name: "ssl_3"}, {Number: 0x0301, Name: "tls_1_0"}, {Number: 0x0302, Name: "tls_1_1"},
	{Number: 0x0303, Name: "tls_1_2"}, {Number: 0x0304, Name: "tls_1_3"},
	{Number: 0xfeff, Name: "dtls_1_0"}, {Number: 0xfefd, Name: "dtls_1_2"}, {Number: 0xfefc, Name: "dtls_1_3"},
}

func hello(i int) func(t *ot.Transaction) []byte { return of(ClientHello, i) }
func cert(i int) func(t *ot.Transaction) []byte  { return of(Certificate, i) }

func of(code uint32, i int) func(t *ot.Transaction) []byte {
	return func(t *ot.Transaction) []byte {
		if t.Code != code {
			return nil
		}
		return protocols.Part(t.Value, i)
	}
}

var fields = []protocols.Field{
	{Name: "tls.message", Doc: "handshake type; 256 an alert", Names: protocols.NameTable(codes), Num: protocols.CodeField},
	{Name: "tls.version", Doc: "version agreed; the one asked for while there is no answer", NamedTo: 1 << 16, Names: protocols.NameTable(Versions), Num: protocols.Marked(argVersion, 0xffff)},
	{Name: "tls.cipher", Doc: "cipher suite agreed, IANA number", Num: protocols.Marked(argSuite, 0xffff)},
	{Name: "tls.asked_version", Doc: "highest version the client offers", NamedTo: 1 << 16, Names: protocols.NameTable(Versions), Num: protocols.Marked(argAsked, 0xffff)},
	{Name: "tls.server_name", Doc: "server name the client asks for", Text: hello(0)},
	{Name: "tls.alpn", Doc: "first application protocol the client offers", Text: hello(1)},
	{Name: "tls.ja4", Doc: "fingerprint of the client, as JA4 describes it", Text: hello(2)},
	{Name: "tls.subject", Doc: "common name, else organisation, of a certificate", Text: cert(0)},
	{Name: "tls.issuer", Doc: "common name, else organisation, of who issued it", Text: cert(1)},
	{Name: "tls.sha256", Doc: "SHA-256 of the certificate, hexadecimal", Text: cert(2)},
	{Name: "tls.not_after", Doc: "day on which the certificate ends", Text: cert(3)},
	{Name: "tls.modbus_role", Doc: "role that a certificate gives its holder in Modbus/TCP Security", Text: cert(4)},
	{Name: "tls.client_certificate", Doc: "1 when the certificate is the client's", Num: protocols.Flag(argCert, certClient)},
	{Name: "tls.self_signed", Doc: "1 when subject and issuer are the same", Num: protocols.Flag(argCert, certSelf)},
	{Name: "tls.expired", Doc: "1 when the certificate ended before the packet's time", Num: protocols.Flag(argCert, certExpired)},
	{Name: "tls.alert", Doc: "alert description; of a hello the alert that refused it", Num: protocols.Marked(argAlert, 0xff)},
}

// limit is one record.
const limit = RecordMax

// Protocol is the row of TLS.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoTLS,
		Title: "TLS",
		Spec:  "RFC 8446, RFC 5246, RFC 6347",
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 443}, {Transport: ot.TCP, Number: 802}, {Transport: ot.TCP, Number: 8443}, {Transport: ot.TCP, Number: 2221}, {Transport: ot.UDP, Number: 2221}},
		Probe: probeAny,
		New:   newDecoder,
		Limit: limit,

		Codes:    codes,
		Fields:   fields,
		Describe: describe,
	}
}

func newDecoder(c *ot.Conv) protocols.Decoder {
	if c.Transport == ot.UDP {
		return &datagrams{}
	}
	return &decoder{}
}

// describe says whom it is about: "mes.plant.example".
func describe(t *ot.Transaction, dst []byte) []byte {
	if len(t.Name) > 0 {
		return append(dst, t.Name...)
	}
	return append(dst, "TLS"...)
}

// probe accepts a handshake record with a hello, and any record where the start was not seen.
func probe(b []byte) protocols.Answer {
	if len(b) == 0 {
		return protocols.More
	}
	if b[0] < RecordCipher || b[0] > RecordData || len(b) > 1 && b[1] != 3 || len(b) > 2 && b[2] > 4 {
		return protocols.No
	}
	if len(b) < RecordHeader+1 {
		return protocols.More
	}
	n := int(b[3])<<8 | int(b[4])
	if n == 0 || n+RecordHeader > RecordMax {
		return protocols.No
	}
	switch {
	case b[0] != RecordHandshake:
		return protocols.Either
	case b[5] == ClientHello:
		return protocols.FromClient
	case b[5] == ServerHello:
		return protocols.FromServer
	}
	return protocols.Either
}
