// Package cdp decodes the Cisco Discovery Protocol: what a switch, router or telephone says of itself to its neighbour.
//
// There is no public standard. The layout is the vendor's published description
// of the frame format, as captures show it: version, time to live, checksum, then
// type, length and value.
//
// Transaction conventions:
//
//	Code   advertisement
//	Name   the device's id
//	Value  the port's id as text
package cdp

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const advertisement = 1

// The types of values.
const (
	typeDevice     = 1
	typeAddress    = 2
	typePort       = 3
	typeSoftware   = 5
	typePlatform   = 6
	typeVLAN       = 10
	typeManagement = 0x16
)

// The indices of Transaction.Arg.
const (
	argLife = iota
	argVLAN
	argAddress
	argHas
)

const (
	snapType  = 0x2000
	headerLen = 4
	valuesMax = 64
	idMax     = 64
)

var codes = []protocols.Code{{Number: advertisement, Name: "advertisement", Op: ot.OpIdentify}}

// Protocol is the row of CDP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoCDP, Title: "CDP", Spec: "the vendor's description of the frame format",
		Ports: []protocols.Port{{Transport: ot.Link, Number: snapType}},
		Probe: probe, New: func(*ot.Conv) protocols.Decoder { return &decoder{} }, Limit: 2048,
		Codes: codes, Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte { return append(dst, t.Name...) },
	}
}

// probe: version 1 or 2, and the device's id comes first.
func probe(head []byte) protocols.Answer {
	switch {
	case len(head) < headerLen+2:
		return protocols.More
	case head[0] == 0 || head[0] > 2 || head[4] != 0 || head[5] == 0 || head[5] > 0x20:
		return protocols.No
	}
	return protocols.FromClient
}

type decoder struct{ name [ot.NameCap]byte }

func (d *decoder) Lost(ot.Dir, *protocols.Emit) {}
func (d *decoder) Tick(int64, *protocols.Emit)  {}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	t := ot.Transaction{Proto: ot.ProtoCDP, Op: ot.OpIdentify, Code: advertisement, Status: ot.OneWay, Asked: out.Frame, AskedAt: out.Time, Latency: -1}
	id := ot.Identity{Of: out.Conv.Client.Host(), Source: "CDP"}
	c := protocols.Read(b)
	version, life := c.U8(), c.U8()
	c.Skip(2)
	t.Arg[argLife] = uint32(life) | protocols.Present
	for n := 0; version >= 1 && version <= 2 && n < valuesMax && c.Left() >= headerLen; n++ {
		kind, size := c.U16(), int(c.U16())
		value := c.Bytes(size - headerLen)
		if c.Short() {
			break
		}
		d.value(kind, value, &t, &id)
	}
	if c.Short() || len(t.Name) == 0 {
		out.OddIn(ot.Malformed, dir, &t)
		return len(b)
	}
	out.Did(&t)
	id.Facts[ot.FactName] = string(t.Name)
	out.Identified(id)
	if t.Arg[argHas] != 0 {
		id.Of, id.Source = ot.EndpointOf(protocols.IPv4(t.Arg[argAddress]), 0), "CDP, as its address"
		out.Identified(id)
	}
	return len(b)
}

func (d *decoder) value(kind uint16, v []byte, t *ot.Transaction, id *ot.Identity) {
	switch {
	case kind == typeDevice:
		t.Name = ot.Clean(d.name[:0], v, ot.NameCap)
	case kind == typePort:
		t.Value = v[:min(len(v), idMax)]
	case kind == typeSoftware:
		id.Facts[ot.FactFirmware] = ot.CleanString(v, ot.NameCap)
	case kind == typePlatform:
		id.Facts[ot.FactProduct] = ot.CleanString(v, ot.NameCap)
	case kind == typeVLAN && len(v) == 2:
		t.Arg[argVLAN] = uint32(binary.BigEndian.Uint16(v)) | protocols.Present
	case (kind == typeAddress || kind == typeManagement) && t.Arg[argHas] == 0:
		t.Arg[argAddress], t.Arg[argHas] = firstIPv4(v)
	}
}

// firstIPv4 reads the first of a list of addresses where it is of IPv4: one
// byte of protocol, 0xCC, and four of address.
func firstIPv4(v []byte) (ip, has uint32) {
	c := protocols.Read(v)
	count, typ, length, proto, size := c.U32(), c.U8(), c.U8(), c.U8(), c.U16()
	ip = c.U32()
	if c.Short() || count == 0 || typ != 1 || length != 1 || proto != 0xcc || size != 4 {
		return 0, 0
	}
	return ip, protocols.Present
}

var fields = []protocols.Field{
	{Name: "cdp.message", Doc: "1 advertisement", Names: protocols.NameTable(codes),
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "cdp.device", Doc: "id of the device", Text: func(t *ot.Transaction) []byte { return t.Name }},
	{Name: "cdp.port", Doc: "id of the port that speaks", Text: func(t *ot.Transaction) []byte {
		if len(t.Value) == 0 {
			return nil
		}
		return ot.Clean(nil, t.Value, idMax)
	}},
	{Name: "cdp.ttl", Doc: "seconds until what was said is void", Num: protocols.Marked(argLife, 0xffff)},
	{Name: "cdp.native_vlan", Doc: "VLAN of untagged frames", Num: protocols.Marked(argVLAN, 0xffff)},
	{Name: "cdp.address", Doc: "its first address", Text: protocols.Address(argAddress, argHas)},
}
