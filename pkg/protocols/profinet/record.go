package profinet

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The blocks that are read, IEC 61158-6-10 §5.2.1.2.
const (
	blockAlarmHigh     = 0x0001
	blockAlarmLow      = 0x0002
	blockWrite         = 0x0008
	blockRead          = 0x0009
	blockIM0           = 0x0020
	blockIM1           = 0x0021
	blockAR            = 0x0101
	blockControl       = 0x0110
	blockReady         = 0x0112
	blockRelease       = 0x0114
	blockWriteAnswered = 0x8008
	blockReadAnswered  = 0x8009
)

const (
	recordHeader  = 64 // of a read or write block, with type and length
	multipleWrite = 0xe040
	blocksMax     = 64
)

// blocks reads the blocks of a request and gives its transactions.
func (d *decoder) blocks(b []byte, t *ot.Transaction, r *protocols.Request, out *protocols.Emit) {
	added := false
	for n := 0; n < blocksMax && len(b) >= 6; n++ {
		c := protocols.Read(b)
		kind, length := c.U16(), int(c.U16())
		c.Skip(2) // version
		size := 4 + length
		if kind == blockWrite || kind == blockRead {
			one := *t
			data := record(&c, &one)
			rest := b[min(recordHeader, len(b)):]
			if kind == blockWrite && one.Object.Area == multipleWrite && len(rest) >= recordHeader {
				b = rest
				continue
			}
			verb(kind, &one)
			if kind == blockWrite {
				one.Value = rest[:min(data, len(rest))]
				size = recordHeader + (data+3)&^3
			}
			r.Add(&one, out)
			added = true
		} else {
			d.managed(kind, &c, t)
		}
		if size > len(b) {
			break
		}
		b = b[size:]
	}
	if !added {
		r.Add(t, out)
	}
}

// managed reads a block of connect, release and control.
func (d *decoder) managed(kind uint16, c *protocols.Cursor, t *ot.Transaction) {
	switch kind {
	case blockAR:
		typ := c.U16()
		c.Skip(16 + 2 + 6 + 16 + 4 + 2 + 2) // ids, key, MAC, properties, timeout, port
		name := c.Bytes(int(c.U16()))
		if !c.Short() {
			t.Name = ot.Clean(d.text[:0], name, ot.NameCap)
			t.Arg[argFlags] |= hasAR | uint32(typ&0xff)<<arShift
		}
	case blockControl, blockReady, blockRelease:
		c.Skip(2 + 16 + 2 + 2) // ids
		if command := c.U16(); !c.Short() {
			t.Arg[argFlags] |= hasControl
			t.Arg[argDetail] = uint32(command)
		}
	}
}

// record reads the header of a record that is read or written, behind its
// version, and gives the length of its data.
func record(c *protocols.Cursor, t *ot.Transaction) (data int) {
	c.Skip(2 + 16 + 4) // sequence, ids, API
	slot, subslot := c.U16(), c.U16()
	c.Skip(2)
	index, length := c.U16(), c.U32()
	if c.Short() {
		return 0
	}
	t.Object = ot.Object{Area: uint32(index), Block: uint32(slot), Addr: uint32(subslot), Len: 1}
	t.Arg[argFlags] |= hasRecord
	return int(min(length, limit))
}

// verb is what reading or writing a record means: it depends on the record.
func verb(kind uint16, t *ot.Transaction) {
	if t.Arg[argFlags]&hasRecord == 0 {
		return
	}
	for _, r := range records {
		if t.Object.Area >= uint32(r.first) && t.Object.Area <= uint32(r.last) {
			t.Op = r.read
			if kind == blockWrite {
				t.Op = ot.OpConfigWrite
			}
			return
		}
	}
}

// writeError finds what the answer to a write says of one record.
func writeError(b []byte, a *ot.Transaction) uint32 {
	for n := 0; n < blocksMax && len(b) >= recordHeader; n++ {
		c := protocols.Read(b)
		kind := c.U16()
		c.Skip(4)
		var t ot.Transaction
		record(&c, &t)
		c.Skip(4) // additional values
		status := c.U32()
		if kind != blockWriteAnswered || c.Short() {
			return 0
		}
		if t.Object == a.Object {
			return status
		}
		b = b[recordHeader:]
	}
	return 0
}

// said takes what a device says of a module in an answer: identification and maintenance, §5.2.8.
func said(dir ot.Dir, b []byte, out *protocols.Emit) {
	c := protocols.Read(b)
	kind := c.U16()
	c.Skip(4)
	var t ot.Transaction
	n := record(&c, &t)
	if kind != blockReadAnswered || len(b) < recordHeader || n < 6 {
		return
	}
	c = protocols.Read(b[recordHeader:])
	id := ot.Identity{Of: sender(dir, out.Conv)}
	if slot := uint64(t.Object.Block); slot != 0 {
		id.Behind = "slot " + strconv.FormatUint(slot, 10)
	}
	kind = c.U16()
	c.Skip(4)
	switch kind {
	case blockIM0:
		id.Source = "PROFINET I&M0"
		id.Facts[ot.FactVendor] = vendorName(uint32(c.U16()))
		id.Facts[ot.FactOrder] = ot.CleanString(c.Bytes(20), 20)
		id.Facts[ot.FactSerial] = ot.CleanString(c.Bytes(16), 16)
		id.Facts[ot.FactHardware] = strconv.Itoa(int(c.U16()))
		id.Facts[ot.FactFirmware] = revision(c.Bytes(4))
	case blockIM1:
		id.Source = "PROFINET I&M1"
		id.Facts[ot.FactName] = ot.CleanString(c.Bytes(32), 32)
		id.Facts[ot.FactLocation] = ot.CleanString(c.Bytes(22), 22)
	default:
		return
	}
	if !c.Short() {
		out.Identified(id)
	}
}

// revision is a software revision: a letter and three numbers.
func revision(b []byte) string {
	if len(b) < 4 {
		return ""
	}
	text := ot.CleanString(b[:1], 1)
	for i, n := range b[1:4] {
		if i > 0 {
			text += "."
		}
		text += strconv.Itoa(int(n))
	}
	return text
}
