// Package dlr decodes the Device Level Ring protocol: who supervises a ring of EtherNet/IP devices, and whether the ring is whole.
//
// ODVA Volume 2, chapter 9-5 (DLR); ethertype 80E1.
//
// Transaction conventions:
//
//	Code   the type of frame
//	Name   the address of the device that sends, its MAC where it has none
//	Value  the nodes of a sign-on: MAC and address of each, ten bytes
//
// Beacons come thousands of times a second: of each type of frame a transaction
// is given when something about it changes, and one in ten seconds.
package dlr

import (
	"net/netip"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const ethertype = 0x80e1

// The types of frames, 9-5.5.
const (
	beacon            = 0x01
	neighbourRequest  = 0x02
	neighbourResponse = 0x03
	linkStatus        = 0x04
	locateFault       = 0x05
	announce          = 0x06
	signOn            = 0x07
	advertise         = 0x08
	flushTables       = 0x09
	learningUpdate    = 0x0a
)

// No public capture shows them; another dissector reads the project's own alike.
var codes = []protocols.Code{
	{Number: beacon, Name: "beacon", Op: ot.OpSession, Unverified: true},
	{Number: neighbourRequest, Name: "neighbor_check_request", Op: ot.OpDiagnostic, Unverified: true},
	{Number: neighbourResponse, Name: "neighbor_check_response", Op: ot.OpDiagnostic, Unverified: true},
	{Number: linkStatus, Name: "link_status", Op: ot.OpDiagnostic, Unverified: true},
	{Number: locateFault, Name: "locate_fault", Op: ot.OpDiagnostic, Unverified: true},
	{Number: announce, Name: "announce", Op: ot.OpSession, Unverified: true},
	{Number: signOn, Name: "sign_on", Op: ot.OpIdentify, Unverified: true},
	{Number: advertise, Name: "advertise", Op: ot.OpSession, Unverified: true},
	{Number: flushTables, Name: "flush_tables", Op: ot.OpDiagnostic, Unverified: true},
	{Number: learningUpdate, Name: "learning_update", Op: ot.OpDiagnostic, Unverified: true},
}

var ringStates = []protocols.Code{{Number: 1, Name: "normal"}, {Number: 2, Name: "fault"}}

var gatewayStates = []protocols.Code{{Number: 1, Name: "active_listen"}, {Number: 2, Name: "active_normal"}}

// Protocol is the row of DLR.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoDLR, Title: "DLR", Spec: "ODVA Volume 2, chapter 9-5",
		Ports: []protocols.Port{{Transport: ot.Link, Number: ethertype}},
		Probe: probe, New: func(*ot.Conv) protocols.Decoder { return &decoder{} }, Limit: 2048,
		Codes: codes, Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte {
			if t.Code != beacon && t.Code != announce {
				return append(append(dst, "ring of "...), t.Name...)
			}
			return append(append(append(dst, "ring of "...), t.Name...), ", "+stateName(uint64(t.Arg[argState]&0xff))...)
		},
	}
}

// probe: sub-type 2, version 1, a listed type.
func probe(head []byte) protocols.Answer {
	switch {
	case len(head) > 0 && head[0] != 2, len(head) > 1 && head[1] != 1, len(head) > 2 && name(uint64(head[2])) == "":
		return protocols.No
	case len(head) < 3:
		return protocols.More
	}
	return protocols.FromClient
}

// decoder follows what one device sends.
type decoder struct {
	kinds [learningUpdate + 1]protocols.Steady
	text  [ot.NameCap]byte
}

func (d *decoder) Lost(ot.Dir, *protocols.Emit) {}
func (d *decoder) Tick(int64, *protocols.Emit)  {}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	c := protocols.Read(b)
	subtype, version, kind, port := c.U8(), c.U8(), c.U8(), c.U8()
	t := ot.Transaction{Proto: ot.ProtoDLR, Code: uint32(kind), Status: ot.OneWay, Asked: out.Frame, AskedAt: out.Time, Latency: -1}
	t.Op = protocols.OpOf(codes, uint32(kind))
	t.Arg[argPort] = uint32(port)
	t.Name = d.sender(c.Bytes(4), dir, out)
	sequence := c.U32()
	if !c.Short() {
		body(kind, &c, &t)
	}
	if c.Short() || subtype != 2 || version != 1 || name(uint64(kind)) == "" {
		out.OddIn(ot.Malformed, dir, &t)
		return len(b)
	}
	sum := protocols.Digest(t.Name) ^ protocols.Digest(t.Value) ^ uint64(t.Arg[argState])<<32 ^ uint64(t.Arg[argPort])<<24 ^
		uint64(t.Arg[argInterval]) ^ uint64(t.Arg[argTimeout])<<20
	if once(kind) {
		sum ^= uint64(sequence) << 32
	}
	if t.Arg[argSeen] = d.kinds[kind].Tell(sum, out); t.Arg[argSeen] > 0 {
		out.Did(&t)
	}
	return len(b)
}

// once reports frames that are sent for a reason rather than all the time.
func once(kind byte) bool {
	return kind == linkStatus || kind == locateFault || kind == flushTables || kind == learningUpdate
}

// sender is who says of itself that it sends: its address, else its MAC.
func (d *decoder) sender(addr []byte, dir ot.Dir, out *protocols.Emit) []byte {
	if len(addr) == 4 && [4]byte(addr) != [4]byte{} {
		return netip.AddrFrom4([4]byte(addr)).AppendTo(d.text[:0])
	}
	mac := out.Conv.ClientMAC
	if dir == ot.ToClient {
		mac = out.Conv.ServerMAC
	}
	return append(d.text[:0], ot.MACString(mac)...)
}
