// Package lldp decodes the Link Layer Discovery Protocol: what a switch or a device says of itself to its neighbour.
//
// IEEE 802.1AB-2016 clause 8; the inventory of ANSI/TIA-1057 §10.2.6.
//
// Transaction conventions:
//
//	Code   advertisement, or shutdown where the time to live is 0
//	Name   the system's name, or where it has none its chassis id
//	Value  the port's id as text
package lldp

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The codes.
const (
	advertisement = 1
	shutdown      = 2
)

// The types of TLVs, §8.4, table 8-1.
const (
	tlvEnd = iota
	tlvChassis
	tlvPort
	tlvLife
	tlvPortText
	tlvName
	tlvText
	tlvCapabilities
	tlvAddress
	tlvOwn = 127 // of an organisation, whose number comes first
)

// inventory is the number of the organisation (ANSI/TIA-1057), and what of a
// device its subtypes say.
var (
	inventory = [3]byte{0x00, 0x12, 0xbb}
	stocked   = [...]struct {
		subtype byte
		fact    ot.Fact
	}{{5, ot.FactHardware}, {7, ot.FactFirmware}, {6, ot.FactFirmware}, {8, ot.FactSerial}, {9, ot.FactVendor}, {10, ot.FactOrder}, {11, ot.FactLocation}}
)

// The indices of Transaction.Arg.
const (
	argLife    = iota
	argEnabled // enabled capabilities, with protocols.Present
	argAddress // IPv4 address of its management
	argHas
	argPort // kind of the port's id
)

const portIsMAC = 3

const (
	ethertype = 0x88cc
	tlvsMax   = 128
	idMax     = 64
)

var codes = []protocols.Code{
	{Number: advertisement, Name: "advertisement", Op: ot.OpIdentify},
	{Number: shutdown, Name: "shutdown", Op: ot.OpIdentify, Unverified: true},
}

// Protocol is the row of LLDP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoLLDP, Title: "LLDP", Spec: "IEEE 802.1AB-2016",
		Ports: []protocols.Port{{Transport: ot.Link, Number: ethertype}},
		Probe: probe, New: func(*ot.Conv) protocols.Decoder { return &decoder{} }, Limit: 2048,
		Codes: codes, Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte { return append(dst, t.Name...) },
	}
}

// probe: the chassis id comes first, and its kind is one of seven.
func probe(head []byte) protocols.Answer {
	switch {
	case len(head) < 3:
		return protocols.More
	case head[0] != tlvChassis<<1 || head[1] < 2 || head[2] == 0 || head[2] > 7:
		return protocols.No
	}
	return protocols.FromClient
}

type decoder struct{ name, port [ot.NameCap]byte }

func (d *decoder) Lost(ot.Dir, *protocols.Emit)     {}
func (d *decoder) Tick(int64, *protocols.Emit)      {}
func nameAt(dst *[ot.NameCap]byte, b []byte) []byte { return ot.Clean(dst[:0], b, ot.NameCap) }

// heard is what the TLVs of a frame say that a transaction does not keep.
type heard struct {
	text, portText, chassis []byte
	stock                   [len(stocked)][]byte
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	t := ot.Transaction{Proto: ot.ProtoLLDP, Op: ot.OpIdentify, Code: advertisement, Status: ot.OneWay, Asked: out.Frame, AskedAt: out.Time, Latency: -1}
	var h heard
	whole := false
	rest := b
	for n := 0; n < tlvsMax && len(rest) >= 2 && !whole; n++ {
		head := binary.BigEndian.Uint16(rest)
		kind, size := head>>9, int(head&0x1ff)
		if rest = rest[2:]; size > len(rest) {
			break
		}
		if kind == tlvEnd {
			whole = true
		}
		d.tlv(kind, rest[:size], &t, &h)
		rest = rest[size:]
	}
	if !whole && len(rest) > 0 {
		out.OddIn(ot.Malformed, dir, &t)
		return len(b)
	}
	if len(t.Name) == 0 {
		t.Name = h.chassis
	}
	if out.Did(&t); t.Code == advertisement {
		d.identify(&t, &h, out)
	}
	return len(b)
}

func (d *decoder) tlv(kind uint16, v []byte, t *ot.Transaction, h *heard) {
	switch {
	case kind == tlvChassis && len(v) > 1:
		h.chassis = identifier(&d.port, v, 4)
	case kind == tlvPort && len(v) > 1:
		t.Arg[argPort], t.Value = uint32(v[0]), v[1:min(len(v), 1+idMax)]
	case kind == tlvLife && len(v) >= 2:
		t.Arg[argLife] = uint32(binary.BigEndian.Uint16(v)) | protocols.Present
		if t.Arg[argLife] == protocols.Present {
			t.Code = shutdown
		}
	case kind == tlvPortText:
		h.portText = v
	case kind == tlvName:
		t.Name = nameAt(&d.name, v)
	case kind == tlvText:
		h.text = v
	case kind == tlvCapabilities && len(v) >= 4:
		t.Arg[argEnabled] = uint32(binary.BigEndian.Uint16(v[2:])) | protocols.Present
	case kind == tlvAddress && len(v) >= 6 && v[0] == 5 && v[1] == 1: // five bytes: IPv4
		t.Arg[argAddress], t.Arg[argHas] = binary.BigEndian.Uint32(v[2:]), protocols.Present
	case kind == tlvOwn && len(v) > 4 && [3]byte(v) == inventory:
		for i, s := range stocked {
			if s.subtype == v[3] {
				h.stock[i] = v[4:]
			}
		}
	}
}

// identifier is an id as text: a MAC where its kind says so.
func identifier(dst *[ot.NameCap]byte, v []byte, mac byte) []byte {
	if v[0] == mac && len(v) == 7 {
		return append(dst[:0], ot.MACString([6]byte(v[1:]))...)
	}
	return nameAt(dst, v[1:min(len(v), 1+idMax)])
}

func (d *decoder) identify(t *ot.Transaction, h *heard, out *protocols.Emit) {
	id := ot.Identity{Of: out.Conv.Client.Host(), Source: "LLDP"}
	id.Facts[ot.FactName] = string(t.Name)
	id.Facts[ot.FactProduct] = ot.CleanString(h.text, ot.NameCap)
	if t.Arg[argEnabled] != 0 {
		id.Facts[ot.FactType] = kinds(t.Arg[argEnabled])
	}
	for i, s := range stocked {
		if len(h.stock[i]) > 0 {
			id.Facts[s.fact] = ot.CleanString(h.stock[i], ot.NameCap)
		}
	}
	out.Identified(id)
	if t.Arg[argHas] != 0 {
		id.Of, id.Source = ot.EndpointOf(protocols.IPv4(t.Arg[argAddress]), 0), "LLDP, as the address of its management"
		out.Identified(id)
	}
}

// capabilities in the order of their bits, §8.5.8.
var capabilities = [...]string{"other", "repeater", "bridge", "access point", "router", "telephone", "cable device", "station"}

func kinds(bits uint32) (text string) {
	for i, name := range capabilities {
		if bits>>i&1 == 0 {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += name
	}
	return text
}

var fields = []protocols.Field{
	{Name: "lldp.message", Doc: "1 advertisement, 2 shutdown", Names: protocols.NameTable(codes),
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "lldp.system", Doc: "name of the system, or its chassis id", Text: func(t *ot.Transaction) []byte { return t.Name }},
	{Name: "lldp.port", Doc: "id of the port that speaks", Text: func(t *ot.Transaction) []byte {
		if len(t.Value) == 0 {
			return nil
		}
		if t.Arg[argPort] == portIsMAC && len(t.Value) == 6 {
			return []byte(ot.MACString([6]byte(t.Value)))
		}
		return ot.Clean(nil, t.Value, idMax)
	}},
	{Name: "lldp.ttl", Doc: "seconds until what was said is void", Num: protocols.Marked(argLife, 0xffff)},
	{Name: "lldp.capabilities", Doc: "enabled capabilities, a set of bits: 4 bridge, 16 router, 128 station", Num: protocols.Marked(argEnabled, 0xffff)},
	{Name: "lldp.management", Doc: "address of its management", Text: protocols.Address(argAddress, argHas)},
}
