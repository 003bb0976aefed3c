// Package ethercat decodes EtherCAT: who tells devices to run or stop, what is asked of them through mailboxes, and that process data flows.
//
// IEC 61158-4-12 (ETG.1000.4): frames and commands, registers; ETG.1000.6: the
// mailbox with CANopen over EtherCAT (CoE) and file access (FoE).
//
// Transaction conventions:
//
//	Code   the command; Control, Status, Station, EEPROM for what it does to a
//	       register; Mailbox | kind << 8 | service of a mailbox
//	Unit   the address of the device: its position as it stands on the wire for
//	       commands by position
//	Object of CoE: Area the index, Block the subindex, Len 1
//	Name   the name of a file
//	Value  what CoE writes
//
// What a master reads of a device's EEPROM is no transaction, for it does so
// thousands of times; who the device says there that it is, is told.
//
// A frame passes all devices and comes back, counted by them, so one device's
// answer is in the frame that asked. Mailboxes are answered in later frames.
// Process data gives one transaction in ten seconds.
package ethercat

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// What Code is a number of, where it is no command.
const (
	Control uint32 = 0x100 // state asked for
	Status  uint32 = 0x101 // state as the device says
	Station uint32 = 0x102 // address of a device set
	EEPROM  uint32 = 0x103 // configuration of a device written
	Mailbox uint32 = 0x1000
)

// The indices of Transaction.Arg.
const (
	argState = iota // state asked for or said, with present
	argFault        // bit of a state that is a fault
	argWork         // working counter, with present
	argSeen         // frames since the last transaction, with present
)

const present = 1 << 31

const (
	ethertype = 0x88a4
	udpPort   = 34980
)

// Protocol is the row of EtherCAT.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoEtherCAT, Title: "EtherCAT", Spec: "IEC 61158-4-12, ETG.1000.6",
		Ports: []protocols.Port{{Transport: ot.Link, Number: ethertype}, {Transport: ot.UDP, Number: udpPort}},
		Probe: probe, New: func(*ot.Conv) protocols.Decoder { return &decoder{} }, Limit: 2048,
		Codes: doings, Fields: fields, Describe: describe,
	}
}

// probe: a frame of commands of which the first is listed and fits.
func probe(head []byte) protocols.Answer {
	if len(head) < frameHeader+commandHeader {
		return protocols.More
	}
	length, kind := frameHead(head)
	switch {
	case kind == kindMailbox || kind == kindVariables:
		return protocols.FromClient
	case kind != kindCommands || length < commandHeader+counter || head[frameHeader] > lastCommand:
		return protocols.No
	}
	return protocols.FromClient
}

// decoder follows one sender: the master, or the last device that sends frames back.
type decoder struct {
	states [statesMax]struct {
		unit  uint16
		state uint8
		known bool
	}
	cycle struct {
		packets uint32
		work    uint16
		told    int64 // sensor clock of the latest transaction
		began   bool
	}
	text     [ot.NameCap]byte
	reading  [readingMost]reading
	nextRead int
}

// readingMost is how many devices' EEPROMs are followed at once.
const readingMost = 16

// statesMax is how many devices' states are remembered, to tell a change.
const statesMax = 64

func (d *decoder) Lost(ot.Dir, *protocols.Emit) {}
func (d *decoder) Tick(int64, *protocols.Emit)  {}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	if len(b) < frameHeader {
		out.Odd(ot.Malformed, dir, ot.ProtoEtherCAT)
		return len(b)
	}
	length, kind := frameHead(b)
	body := b[frameHeader:]
	if kind != kindCommands {
		return len(b)
	}
	if length > len(body) {
		out.Odd(ot.BadLength, dir, ot.ProtoEtherCAT)
		length = len(body)
	}
	d.commands(dir, body[:length], out)
	return len(b)
}

func begin(code uint32, op ot.Op, unit uint16, out *protocols.Emit) ot.Transaction {
	return ot.Transaction{Proto: ot.ProtoEtherCAT, Op: op, Code: code, Unit: uint32(unit), Status: ot.OneWay, Asked: out.Frame, AskedAt: out.Time, Latency: -1}
}
