package ethercat

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The kinds of a mailbox, ETG.1000.4 §5.6.
const (
	mailboxCoE = 3
	mailboxFoE = 4
	boxHeader  = 6
)

// The services of CoE, ETG.1000.6 §5.6.
const (
	sdoRequest  = 2
	sdoResponse = 3
	sdoDownload = 1 // in the three highest bits of the SDO's command
	sdoUpload   = 2
	sdoAbort    = 4
)

// The services of FoE.
const (
	foeRead  = 1
	foeWrite = 2
	foeError = 5
)

// mailbox takes what is written into a mailbox or read from one: length,
// address, channel, kind, then the service. Data that is no mailbox is left alone.
func (d *decoder) mailbox(m *command, dir ot.Dir, out *protocols.Emit) {
	c := protocols.Read(m.data)
	length := int(c.U16LE())
	c.Skip(3)
	kind := c.U8()
	if c.Short() || length < 2 || length+boxHeader > len(m.data) {
		return
	}
	body := protocols.Read(c.Bytes(length))
	isWrite := m.number == fixedWrite || m.number == autoWrite
	if isWrite && m.work > 0 {
		return
	}
	switch kind & 0x0f {
	case mailboxCoE:
		d.coe(m, &body, isWrite, out)
	case mailboxFoE:
		d.foe(m, &body, out)
	}
}

// coe takes a service of CANopen: objects read and written.
func (d *decoder) coe(m *command, c *protocols.Cursor, isWrite bool, out *protocols.Emit) {
	service := c.U16LE() >> 12
	command := c.U8()
	specifier := command >> 5
	t := begin(0, ot.OpUnknown, m.unit, out)
	index, sub := c.U16LE(), c.U8()
	rest := c.Rest()
	if c.Short() {
		return
	}
	t.Object = ot.Object{Area: uint32(index), Block: uint32(sub), Len: 1}
	switch {
	case specifier == sdoAbort && (service == sdoRequest || service == sdoResponse) && len(rest) >= 4:
		a := protocols.Read(rest)
		t.Code, t.Op, t.Status, t.StatusCode = Mailbox|mailboxCoE<<8|sdoAbort, ot.OpError, ot.Refused, a.U32LE()
	case service == sdoRequest && specifier == sdoDownload && isWrite:
		t.Code, t.Op, t.Value = Mailbox|mailboxCoE<<8|sdoDownload, ot.OpConfigWrite, rest
	case service == sdoRequest && specifier == sdoUpload && isWrite:
		t.Code, t.Op = Mailbox|mailboxCoE<<8|sdoUpload, ot.OpConfigRead
	case service == sdoResponse && specifier == sdoUpload && !isWrite:
		identify(m.unit, index, sub, command, rest, out)
		return
	default:
		return
	}
	out.Did(&t)
}

// foe takes a service of file access: firmware is written with it.
func (d *decoder) foe(m *command, c *protocols.Cursor, out *protocols.Emit) {
	service := c.U8()
	c.Skip(5) // reserved; password, or number of the packet
	if c.Short() || service != foeRead && service != foeWrite && service != foeError {
		return
	}
	t := begin(Mailbox|mailboxFoE<<8|uint32(service), ot.OpFile, m.unit, out)
	switch service {
	case foeWrite:
		t.Op = ot.OpFirmware
	case foeError:
		t.Op, t.Status = ot.OpError, ot.Refused
	}
	t.Name = ot.Clean(d.text[:0], c.Rest(), ot.NameCap)
	out.Did(&t)
}
