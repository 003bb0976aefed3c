package s7comm

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The partial lists that are read in depth; their extracts have the same low byte.
const (
	szlIdentity   = 0x11
	szlComponents = 0x1C
	szlLEDsOld    = 0x19
	szlModes      = 0x24
	szlStatus     = 0x32
	szlLEDs       = 0x74
	szlDiagnostic = 0xA0
	szlDiagLen    = 20 // of one entry of the diagnostic buffer
	szlProtection = 4  // index of list 32
)

// szlObject reads list and index.
func szlObject(t *ot.Transaction, c *protocols.Cursor) {
	t.Object = ot.Object{Area: areaSZL, Block: uint32(c.U16()), Addr: uint32(c.U16()), Len: 1}
}

// szlOp tells lists that say who a device is from those that say how it is.
func szlOp(id uint32) ot.Op {
	switch id & 0xff {
	case 0x00, szlIdentity, 0x12, 0x13, 0x14, 0x15, szlComponents, 0x31, 0x37:
		return ot.OpIdentify
	}
	return ot.OpDiagnostic
}

// szl reads a list: id, index, length of a record, count, records.
func szl(t *ot.Transaction, b []byte, dir ot.Dir, out *protocols.Emit) {
	c := protocols.Read(b)
	szlObject(t, &c)
	t.Op = szlOp(t.Object.Block)
	size, count := int(c.U16()), uint32(c.U16())
	t.Arg[argA] = uint32(size)<<16 | count
	records := c.Rest()
	if size == 0 || len(records) < size {
		return
	}
	t.Value = records[:min(len(records), ot.ValueCap)]
	records = records[:len(records)/size*size]
	switch t.Object.Block & 0xff {
	case szlIdentity, szlComponents:
		identify(t.Object.Block, records, size, dir, out)
	case szlLEDsOld, szlLEDs:
		t.Arg[argB] = leds(records, size) | present
	case szlModes:
		if size >= 4 { // event, its state, mode wanted and before
			t.Arg[argB] = uint32(records[3]) | present
		}
	case szlStatus:
		if size >= 10 && binary.BigEndian.Uint16(records) == szlProtection {
			t.Arg[argB] = uint32(binary.BigEndian.Uint16(records[6:])) | present // level in force
			t.Arg[argC] = uint32(binary.BigEndian.Uint16(records[8:])) | present // mode selector
		}
	case szlDiagnostic:
		if size == szlDiagLen {
			t.Arg[argD] = uint32(binary.BigEndian.Uint16(records)) | present
			t.Arg[argC] = uint32(len(records)/size) | present
		}
	}
}

// leds is which of the LEDs 1 to 30 are lit: bit n stands for LED n. A record
// is rack and LED, lit, flashing.
func leds(records []byte, size int) (lit uint32) {
	if size < 4 {
		return 0
	}
	for ; len(records) >= size; records = records[size:] {
		if led := records[1]; led < 31 && (records[2] != 0 || records[3] != 0) {
			lit |= 1 << led
		}
	}
	return lit
}
