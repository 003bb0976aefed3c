// Package mrp decodes the Media Redundancy Protocol: who manages a ring of PROFINET devices, and whether the ring is closed.
//
// IEC 62439-2; ethertype 88E3.
//
// Transaction conventions:
//
//	Code   the type of the first block behind the version
//	Name   the MAC that the block names: the manager's, or the client's whose link changed
//	Unit   the sequence's domain, 0 where it is the default one
//
// Test frames come tens of times a second: of each type a transaction is given
// when something about it changes, and one in ten seconds.
package mrp

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const ethertype = 0x88e3

// The types of blocks.
const (
	blockEnd        = 0x00
	blockCommon     = 0x01
	test            = 0x02
	topologyChange  = 0x03
	linkDown        = 0x04
	linkUp          = 0x05
	interTest       = 0x06
	interChange     = 0x07
	interDown       = 0x08
	interUp         = 0x09
	interPoll       = 0x0a
	option          = 0x7f
	lastKind        = interPoll
	blockHeader     = 2
	versionSize     = 2
	ringVersion     = 1
	managerPriority = 2 // bytes of the priority before a MAC
)

// No public capture shows them; another dissector reads the project's own alike.
var codes = []protocols.Code{
	{Number: test, Name: "test", Op: ot.OpSession, Unverified: true},
	{Number: topologyChange, Name: "topology_change", Op: ot.OpDiagnostic, Unverified: true},
	{Number: linkDown, Name: "link_down", Op: ot.OpDiagnostic, Unverified: true},
	{Number: linkUp, Name: "link_up", Op: ot.OpDiagnostic, Unverified: true},
	{Number: interTest, Name: "interconnection_test", Op: ot.OpSession, Unverified: true},
	{Number: interChange, Name: "interconnection_topology_change", Op: ot.OpDiagnostic, Unverified: true},
	{Number: interDown, Name: "interconnection_link_down", Op: ot.OpDiagnostic, Unverified: true},
	{Number: interUp, Name: "interconnection_link_up", Op: ot.OpDiagnostic, Unverified: true},
	{Number: interPoll, Name: "interconnection_status_poll", Op: ot.OpDiagnostic, Unverified: true},
	{Number: option, Name: "option", Op: ot.OpSession, Unverified: true},
}

var (
	roles      = []protocols.Code{{Number: 0, Name: "primary"}, {Number: 1, Name: "secondary"}}
	ringStates = []protocols.Code{{Number: 0, Name: "open"}, {Number: 1, Name: "closed"}}
)

// Protocol is the row of MRP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoMRP, Title: "MRP", Spec: "IEC 62439-2",
		Ports: []protocols.Port{{Transport: ot.Link, Number: ethertype}},
		Probe: probe, New: func(*ot.Conv) protocols.Decoder { return &decoder{} }, Limit: 2048,
		Codes: codes, Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte {
			if len(t.Name) == 0 {
				return append(dst, "ring"...)
			}
			return append(append(dst, "ring of "...), t.Name...)
		},
	}
}

// probe: version 1, and a block with a listed type.
func probe(head []byte) protocols.Answer {
	switch {
	case len(head) > 0 && head[0] != 0, len(head) > 1 && head[1] != ringVersion, len(head) > 2 && name(uint64(head[2])) == "":
		return protocols.No
	case len(head) < 3:
		return protocols.More
	}
	return protocols.FromClient
}

// decoder follows what one device sends.
type decoder struct {
	kinds [lastKind + 1]protocols.Steady
	other protocols.Steady // options
	text  [17]byte
}

func (d *decoder) Lost(ot.Dir, *protocols.Emit) {}
func (d *decoder) Tick(int64, *protocols.Emit)  {}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	c := protocols.Read(b)
	version, kind := c.U16(), c.U8()
	t := ot.Transaction{Proto: ot.ProtoMRP, Code: uint32(kind), Status: ot.OneWay, Asked: out.Frame, AskedAt: out.Time, Latency: -1}
	t.Op = protocols.OpOf(codes, uint32(kind))
	first := protocols.Read(c.Bytes(int(c.U8())))
	d.block(kind, &first, &t)
	sequence := common(&c, &t)
	if c.Short() || first.Short() || version != ringVersion || name(uint64(kind)) == "" {
		out.OddIn(ot.Malformed, dir, &t)
		return len(b)
	}
	k := &d.other
	if kind <= lastKind {
		k = &d.kinds[kind]
	}
	sum := protocols.Digest(t.Name) ^ uint64(t.Arg[argRing])<<32 ^ uint64(t.Arg[argPriority])
	if kind != test && kind != interTest {
		sum ^= uint64(sequence) << 16 // each is a change of its own
	}
	if t.Arg[argSeen] = k.Tell(sum, out); t.Arg[argSeen] > 0 {
		out.Did(&t)
	}
	return len(b)
}
