// Package profinet decodes PROFINET: discovery and configuration (DCP), cyclic data and alarms right behind the Ethernet header, and connection management over UDP.
//
// IEC 61158-6-10: clauses 4.3 (DCP), 4.7 (cyclic data), 4.8 and 5.2.4 (alarms),
// 5.1 and 5.2 (connection management, records), 5.2.8 (identification and
// maintenance). The carrier of connection management is connectionless DCE/RPC
// (C706, chapter 12).
//
// Transaction conventions:
//
//	Code       set, get, identify and hello of DCP: service << 16, for a set with
//	           option << 8 | suboption below it, one transaction a block;
//	           Call | operation of connection management; Realtime | kind of frame
//	Object     a record: Area its index, Block the slot, Addr the subslot;
//	           cyclic data: Area the frame id
//	Name       the station's name, where a block carries one
//	Value      cyclic data without its trailer; a record as written
//	StatusCode the error of a DCP block, NotSupported, or the PNIO status
//
// A station answers a search straight to who searched; the search went to all.
// So it is a transaction of its own, unasked. Cyclic data gives a transaction
// when something about it changes, and one in ten seconds.
package profinet

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// What Code is a number of, where it is no DCP service.
const (
	Call     uint32 = 0x1000
	Realtime uint32 = 0x2000
)

// NotSupported is the StatusCode of a DCP service a station does not have.
const NotSupported uint32 = 0x100

// The indices of Transaction.Arg. Cyclic data and calls use some for their own.
const (
	argFrame   = iota // frame id, with present
	argIP             // address in a block; data status of cyclic data
	argMask           // its mask; packets of cyclic data
	argGateway        // its gateway; size of cyclic data
	argIDs            // vendor id << 16 | device id
	argFlags          // the bits below, role and AR type
	argDetail         // alarm type, control command, reason of cyclic data
	argQualifier
)

// The bits of argFlags.
const (
	hasIP = 1 << iota
	hasIDs
	hasRole
	hasAR
	hasAlarm
	hasControl
	hasCyclic
	hasRecord
	roleShift = 16
	arShift   = 8 // an AR type is at most 0x20
)

const present = 1 << 31

// ethertype and port of PROFINET.
const (
	ethertype = 0x8892
	cmPort    = 34964
)

// limit is of no use to datagrams; it is the longest one.
const limit = 64 << 10

// Protocol is the row of PROFINET.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto:   ot.Profinet,
		Title:   "PROFINET",
		Spec:    "IEC 61158-6-10, DCE/RPC C706",
		Ports:   []protocols.Port{{Transport: ot.Link, Number: ethertype}, {Transport: ot.UDP, Number: cmPort}},
		Probe:   probe,
		New:     newDecoder,
		Channel: channel,
		Limit:   limit,

		Codes:    codes(),
		Fields:   fields,
		Describe: describe,
	}
}

// probe tells a call by its header, a frame by its id. The eleven frame ids that
// begin as calls do are left to calls.
func probe(head []byte) protocols.Answer {
	switch {
	case len(head) < 2:
		return protocols.More
	case head[0] == callVersion && head[1] <= packetMost:
		return probeCall(head)
	}
	switch id := uint16(head[0])<<8 | uint16(head[1]); {
	case isDCP(id):
		return probeDCP(id, head)
	case isCyclic(id) || isAlarm(id) || isClock(id):
		return protocols.Either
	}
	return protocols.No
}

// channel keeps DCP apart: its client may be another host than the one that sends cyclic data first.
func channel(head []byte) uint16 {
	if len(head) >= 2 && isDCP(uint16(head[0])<<8|uint16(head[1])) {
		return 1
	}
	return 0
}

func isDCP(id uint16) bool    { return id >= 0xfefc && id <= 0xfeff }
func isCyclic(id uint16) bool { return id >= 0x0100 && id < 0xfc00 }
func isAlarm(id uint16) bool  { return id == alarmHigh || id == alarmLow }
func isClock(id uint16) bool  { return id < 0x0100 || id >= 0xff00 }

// decoder follows one conversation.
type decoder struct {
	calls bool // over UDP
	open  protocols.Open
	data  cyclic
	text  [ot.NameCap]byte
}

func newDecoder(c *ot.Conv) protocols.Decoder { return &decoder{calls: c.Transport == ot.UDP} }

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	if d.calls {
		d.call(dir, b, out)
		return len(b)
	}
	c := protocols.Read(b)
	switch id := c.U16(); {
	case c.Short():
		out.Odd(ot.Malformed, dir, ot.Profinet)
	case isDCP(id):
		d.dcp(dir, id, &c, out)
	case isCyclic(id):
		d.data.frame(dir, id, c.Rest(), out)
	case isAlarm(id):
		alarm(dir, id, &c, out)
	case isClock(id):
		d.data.clock(dir, id, out)
	default:
		out.Odd(ot.ReservedCode, dir, ot.Profinet)
	}
	return len(b)
}

func (d *decoder) Lost(ot.Dir, *protocols.Emit) { d.open.Lost() }

func (d *decoder) Tick(now int64, out *protocols.Emit) {
	d.open.Expire(now, out)
	d.data.tick(now, out)
}

// begin makes a transaction of a frame.
func begin(code uint32, op ot.Op, frame uint16) ot.Transaction {
	t := ot.Transaction{Proto: ot.Profinet, Code: code, Op: op, Latency: -1}
	t.Arg[argFrame] = uint32(frame) | present
	return t
}

// alone hands over what nobody answers, or nobody asked for.
func alone(status ot.Status, t *ot.Transaction, out *protocols.Emit) {
	t.Status = status
	if status == ot.Unasked {
		t.Answered = out.Frame
	} else {
		t.Asked, t.AskedAt = out.Frame, out.Time
	}
	out.Did(t)
}
