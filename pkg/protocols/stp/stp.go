// Package stp decodes the Spanning Tree Protocol: which bridge is the root of the network, and that its shape changes.
//
// IEEE 802.1D-2004 clause 9 (STP, RSTP), IEEE 802.1Q clause 14 (MSTP, of which
// the common part is read). Per-VLAN spanning tree stands in a SNAP frame of its own.
//
// Transaction conventions:
//
//	Code   the type of BPDU
//	Name   the root: priority / MAC
//	Value  the identifier of the bridge that sends
package stp

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The types of BPDU, §9.3.
const (
	configuration = 0x00
	rapid         = 0x02
	notification  = 0x80
)

// The indices of Transaction.Arg.
const (
	argFlags = iota
	argCost
	argPort
	argVersion
)

const present = 1 << 31

// The flags of a BPDU, §9.3.3.
const topologyChange = 0x01

// Where a BPDU begins: behind the access points, or behind SNAP.
const (
	llcBPDU = 0x4242
	llcSNAP = 0xaaaa
	plain   = 3
	perVLAN = 8
)

var snap = [perVLAN]byte{0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x01, 0x0b}

var codes = []protocols.Code{
	{Number: configuration, Name: "configuration", Op: ot.OpSession},
	{Number: rapid, Name: "rapid", Op: ot.OpSession},
	{Number: notification, Name: "topology_change_notification", Op: ot.OpSession},
}

// Protocol is the row of STP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoSTP, Title: "STP", Spec: "IEEE 802.1D-2004, IEEE 802.1Q-2018 clause 14",
		Ports: []protocols.Port{{Transport: ot.Link, Number: llcBPDU}, {Transport: ot.Link, Number: llcSNAP}},
		Probe: probe, New: func(*ot.Conv) protocols.Decoder { return &decoder{} }, Limit: 2048,
		Codes: codes, Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte {
			if len(t.Name) == 0 {
				return dst
			}
			return append(append(dst, "root "...), t.Name...)
		},
	}
}

// start is where the BPDU begins, 0 where there is none.
func start(b []byte) int {
	switch {
	case len(b) >= plain && b[0] == 0x42 && b[1] == 0x42 && b[2] == 3:
		return plain
	case len(b) >= perVLAN && [perVLAN]byte(b) == snap:
		return perVLAN
	}
	return 0
}

func probe(head []byte) protocols.Answer {
	n := start(head)
	switch {
	case n == 0 && len(head) >= perVLAN:
		return protocols.No
	case n == 0 || len(head) < n+4:
		return protocols.More
	case head[n] != 0 || head[n+1] != 0 || !known(head[n+3]):
		return protocols.No
	}
	return protocols.FromClient
}

func known(kind byte) bool { return kind == configuration || kind == rapid || kind == notification }

type decoder struct{ name [ot.NameCap]byte }

func (d *decoder) Lost(ot.Dir, *protocols.Emit) {}
func (d *decoder) Tick(int64, *protocols.Emit)  {}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	n := start(b)
	if n == 0 {
		return len(b) // SNAP is no protocol of its own
	}
	c := protocols.Read(b[n:])
	id, version, kind := c.U16(), c.U8(), c.U8()
	t := ot.Transaction{Proto: ot.ProtoSTP, Op: ot.OpSession, Code: uint32(kind), Status: ot.OneWay, Asked: out.Frame, AskedAt: out.Time, Latency: -1}
	t.Arg[argVersion] = uint32(version)
	if kind != notification {
		flags, root, cost := c.U8(), c.Bytes(8), c.U32()
		t.Value = c.Bytes(8)
		port := c.U16()
		c.Skip(8) // ages and times
		if !c.Short() {
			t.Name = bridge(d.name[:0], root)
			t.Arg[argFlags], t.Arg[argCost], t.Arg[argPort] = uint32(flags)|present, cost, uint32(port)
		}
	}
	if c.Short() || id != 0 || !known(kind) {
		out.OddIn(ot.Malformed, dir, &t)
		return len(b)
	}
	out.Did(&t)
	return len(b)
}

// bridge writes an identifier: the four bits of priority with the twelve of the VLAN or instance, and the MAC.
func bridge(dst, b []byte) []byte {
	dst = strconv.AppendUint(dst, uint64(b[0]&0xf0)<<8, 10)
	if instance := uint64(b[0]&0x0f)<<8 | uint64(b[1]); instance != 0 {
		dst = strconv.AppendUint(append(dst, '.'), instance, 10)
	}
	return append(append(dst, '/'), ot.MACString([6]byte(b[2:8]))...)
}

var fields = []protocols.Field{
	{Name: "stp.type", Doc: "type of BPDU", Names: protocols.NameTable(codes), Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "stp.version", Doc: "0 STP, 2 RSTP, 3 MSTP", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argVersion]), true }},
	{Name: "stp.root", Doc: "root of the tree: priority / MAC", Text: func(t *ot.Transaction) []byte { return t.Name }},
	{Name: "stp.bridge", Doc: "bridge that sends: priority / MAC", Text: func(t *ot.Transaction) []byte {
		if len(t.Value) != 8 {
			return nil
		}
		return bridge(nil, t.Value)
	}},
	{Name: "stp.cost", Doc: "cost of the path to the root; 0 where the sender is the root", Num: flagged(argCost, 0xffffffff)},
	{Name: "stp.port", Doc: "identifier of the port that sends", Num: flagged(argPort, 0xffff)},
	{Name: "stp.topology_change", Doc: "1 where the shape of the network changes", Num: flagged(argFlags, topologyChange)},
}

func flagged(i int, mask uint32) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[i] & mask), t.Arg[argFlags]&present != 0 }
}
