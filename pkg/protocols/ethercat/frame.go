package ethercat

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const (
	frameHeader   = 2
	commandHeader = 10
	counter       = 2  // working counter behind the data
	commandsMax   = 64 // of one frame
	summary       = int64(10_000_000_000)
)

// The kinds of frames.
const (
	kindCommands  = 1
	kindVariables = 4
	kindMailbox   = 5
)

// The commands that more than the table knows, ETG.1000.4 §5.4.1.2.
const (
	autoRead     = 1
	autoWrite    = 2
	fixedRead    = 4
	fixedWrite   = 5
	allRead      = 7
	allWrite     = 8
	logicalRead  = 10
	logicalBoth  = 12
	lastCommand  = 14
	firstMailbox = 0x1000 // below are registers
)

// The registers that are looked at, ETG.1000.4 §6.
const (
	registerStation = 0x0010
	registerControl = 0x0120
	registerStatus  = 0x0130
	registerEEPROM  = 0x0502
)

const eepromWrite = 0x02 // in the high byte of the EEPROM's command

// frameHead is the length of the commands and the kind of frame.
func frameHead(b []byte) (length int, kind uint8) {
	head := binary.LittleEndian.Uint16(b)
	return int(head & 0x7ff), uint8(head >> 12)
}

// command is one command of a frame.
type command struct {
	number   uint8
	unit, at uint16
	data     []byte
	work     uint16
}

// commands takes the commands of a frame.
func (d *decoder) commands(dir ot.Dir, b []byte, out *protocols.Emit) {
	logical := false
	work := uint16(0)
	for n := 0; n < commandsMax; n++ {
		c := protocols.Read(b)
		m := command{number: c.U8()}
		c.Skip(1)
		m.unit, m.at = c.U16LE(), c.U16LE()
		size := c.U16LE()
		c.Skip(2)
		m.data = c.Bytes(int(size & 0x7ff))
		m.work = c.U16LE()
		switch {
		case c.Short():
			out.Odd(ot.Malformed, dir, ot.ProtoEtherCAT)
			return
		case m.number > lastCommand:
			t := begin(uint32(m.number), ot.OpUnknown, m.unit, out)
			out.OddIn(ot.ReservedCode, dir, &t)
			return
		case m.number >= logicalRead && m.number <= logicalBoth:
			logical, work = true, work+m.work
		default:
			d.device(&m, dir, out)
		}
		if size&0x8000 == 0 { // no more follow
			break
		}
		b = b[c.At():]
	}
	if logical {
		d.cyclic(work, out)
	}
}

// device takes a command to one device or to all.
func (d *decoder) device(m *command, dir ot.Dir, out *protocols.Emit) {
	writes := m.number == autoWrite || m.number == fixedWrite || m.number == allWrite
	reads := m.number == autoRead || m.number == fixedRead || m.number == allRead
	if m.at <= registerWords && m.number != allRead && m.number != allWrite && (writes || reads) {
		d.eeprom(m, writes, out)
	}
	switch {
	case m.at >= firstMailbox && (writes || reads && m.work > 0):
		d.mailbox(m, dir, out)
	case len(m.data) < 2:
	case m.at == registerStatus && reads && m.number != allRead && m.work > 0: // of all it is a mixture
		d.status(m, out)
	case !writes || m.work > 0: // on its way back it is the same command
	case m.at == registerControl:
		d.told(m, Control, ot.OpModeChange, out)
	case m.at == registerStation:
		d.told(m, Station, ot.OpConfigWrite, out)
	case m.at == registerEEPROM && m.data[1] == eepromWrite:
		d.told(m, EEPROM, ot.OpConfigWrite, out)
	}
}

// stateBits are the state of a device; above them are the fault and what acknowledges it.
const (
	stateBits = 0x0f
	faultBit  = 0x10
)

func (d *decoder) told(m *command, code uint32, op ot.Op, out *protocols.Emit) {
	t := begin(code, op, m.unit, out)
	if code == Control {
		t.Arg[argState] = uint32(m.data[0]&stateBits) | present
	}
	t.Value = m.data
	out.Did(&t)
}

// status tells the state of a device when it has changed.
func (d *decoder) status(m *command, out *protocols.Emit) {
	state := m.data[0] & (stateBits | faultBit)
	for i := range d.states {
		s := &d.states[i]
		if s.known && s.unit != m.unit {
			continue
		}
		if s.known && s.state == state {
			return
		}
		s.unit, s.state, s.known = m.unit, state, true
		break
	}
	t := begin(Status, ot.OpDiagnostic, m.unit, out)
	t.Arg[argState], t.Arg[argFault] = uint32(state&stateBits)|present, uint32(state>>4)
	out.Did(&t)
}

// cyclic takes a frame of process data. A working counter that changes means
// that a device is gone or came back.
func (d *decoder) cyclic(work uint16, out *protocols.Emit) {
	y := &d.cycle
	y.packets++
	if y.began && y.work == work && out.Clock-y.told < summary {
		return
	}
	t := begin(logicalBoth, ot.OpIOCyclic, 0, out)
	t.Arg[argWork], t.Arg[argSeen] = uint32(work)|present, y.packets|present
	y.began, y.work, y.told, y.packets = true, work, out.Clock, 0
	out.Did(&t)
}
