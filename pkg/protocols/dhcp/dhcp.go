// Package dhcp decodes the Dynamic Host Configuration Protocol and BOOTP.
//
// RFC 2131 (messages), RFC 2132 (options), RFC 951 (BOOTP).
//
// Transaction conventions:
//
//	Code   message type; Bootp | 1 or 2 where there is none
//	Name   what stays of the client's host name
//	Value  host name, vendor class, address asked for, address given, server, client's MAC: texts
//
// What goes to everybody is no conversation of two hosts: a message sent so
// stands alone, with status oneway; its client is who sent it.
package dhcp

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Bootp marks a Code of BOOTP without DHCP.
const Bootp uint32 = 0x100

// The message types that more than the table knows.
const (
	discover = 1
	offer    = 2
	request  = 3
	ack      = 5
	nak      = 6
)

// codes: RFC 2132 §9.6, RFC 3203, RFC 4388, RFC 6926.
var codes = []protocols.Code{
	{Number: discover, Name: "discover", Op: ot.OpSession},
	{Number: offer, Name: "offer", Op: ot.OpSession},
	{Number: request, Name: "request", Op: ot.OpSession},
	{Number: 4, Name: "decline", Op: ot.OpSession, Unverified: true},
	{Number: ack, Name: "ack", Op: ot.OpSession},
	{Number: nak, Name: "nak", Op: ot.OpSession, Unverified: true},
	{Number: 7, Name: "release", Op: ot.OpSession, Unverified: true},
	{Number: 8, Name: "inform", Op: ot.OpSession},
	{Number: 9, Name: "force_renew", Op: ot.OpSession, Unverified: true},
	{Number: 10, Name: "lease_query", Op: ot.OpDiagnostic},
	{Number: 11, Name: "lease_unassigned", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 12, Name: "lease_unknown", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 13, Name: "lease_active", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 14, Name: "bulk_lease_query", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 15, Name: "lease_query_done", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 16, Name: "active_lease_query", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 17, Name: "lease_query_status", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 18, Name: "tls", Op: ot.OpSession, Unverified: true},
	{Number: Bootp | bootRequest, Name: "bootp_request", Op: ot.OpSession, Unverified: true},
	{Number: Bootp | bootReply, Name: "bootp_reply", Op: ot.OpSession, Unverified: true},
}

var fields = []protocols.Field{
	{Name: "dhcp.message", Doc: "message type; 256 + 1 or 2 for BOOTP", Names: protocols.NameTable(codes), Num: protocols.CodeField},
	{Name: "dhcp.host", Doc: "host name the client gives itself", Text: protocols.PartField(factHost)},
	{Name: "dhcp.vendor_class", Doc: "vendor class the client gives itself", Text: protocols.PartField(factVendor)},
	{Name: "dhcp.requested", Doc: "address the client asks for", Text: protocols.PartField(factRequested)},
	{Name: "dhcp.address", Doc: "address the server gives", Text: protocols.PartField(factGiven)},
	{Name: "dhcp.server", Doc: "address by which the server calls itself", Text: protocols.PartField(factServer)},
	{Name: "dhcp.client_mac", Doc: "hardware address of the client", Text: protocols.PartField(factMAC)},
}

// Protocol is the row of DHCP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoDHCP,
		Title: "DHCP",
		Spec:  "RFC 2131, RFC 2132",
		Ports: []protocols.Port{{Transport: ot.UDP, Number: 67}, {Transport: ot.UDP, Number: 68}},
		Probe: probe,
		New:   func(c *ot.Conv) protocols.Decoder { return &decoder{group: c.Group()} },
		Limit: 1,

		Codes:    codes,
		Fields:   fields,
		Describe: describe,
	}
}

// describe says whose address it is about: "10.0.0.20 for panel-1".
func describe(t *ot.Transaction, dst []byte) []byte {
	addr := protocols.Part(t.Value, factGiven)
	if addr == nil {
		addr = protocols.Part(t.Value, factRequested)
	}
	if addr == nil {
		addr = []byte("an address")
	}
	dst = append(append(dst, addr...), " for "...)
	if len(t.Name) > 0 {
		return append(dst, t.Name...)
	}
	return append(dst, protocols.Part(t.Value, factMAC)...)
}

// decoder follows one conversation.
type decoder struct {
	group bool
	open  protocols.Open
	facts facts
	gist  [ot.NameCap]byte
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	if probe(b) != protocols.Either {
		out.Odd(ot.Malformed, dir, ot.ProtoDHCP)
		return len(b)
	}
	d.message(dir, b, out)
	return len(b)
}

func (d *decoder) Lost(ot.Dir, *protocols.Emit) { d.open.Lost() }

func (d *decoder) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }
