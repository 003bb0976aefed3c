package fins

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// wordAreas begin here: memory area codes below are of bits.
const wordAreas = 0x80

// touch reads what a command is about.
func touch(t *ot.Transaction, c *protocols.Cursor) {
	ahead := *c
	t.Arg[argParameter] = uint32(ahead.U8())
	switch t.Code {
	case readMemory, writeMemory, fillMemory:
		memory(t, c)
		t.Object.Len = uint32(c.U16())
	case readMultiple:
		memory(t, c)
		t.Object.Len = 1
	case forceSetReset:
		t.Object.Len = uint32(c.U16())
		c.Skip(2) // set or reset
		memory(t, c)
	case run:
		c.Skip(2) // program number
		if c.Left() > 0 {
			t.Arg[argMode] = uint32(c.U8()) | present
		}
	}
	if c.Short() {
		t.Object = ot.Object{}
		return
	}
	if (t.Code == readMemory || t.Code == writeMemory || t.Code == fillMemory) && t.Object.Area >= wordAreas {
		t.Shape = ot.U16BE
		if t.Code != readMemory {
			t.Value = c.Rest()
		}
	}
}

// memory reads an address: area, word, bit.
func memory(t *ot.Transaction, c *protocols.Cursor) {
	t.Object.Area = uint32(c.U8())
	t.Object.Addr = uint32(c.U16())
	t.Object.Block = uint32(c.U8())
}

// The texts of the controller data, W342 §5-3-17.
const modelLen, versionLen = 20, 20

// identify reads model and version of a controller.
func identify(b []byte, dir ot.Dir, out *protocols.Emit) {
	c := protocols.Read(b)
	model, version := c.Bytes(modelLen), c.Bytes(versionLen)
	id := ot.Identity{Of: out.Conv.Server.Host(), Source: "FINS controller data"}
	if dir == ot.ToServer {
		id.Of = out.Conv.Client.Host()
	}
	id.Facts[ot.FactVendor] = "Omron"
	id.Facts[ot.FactProduct] = ot.CleanString(model, modelLen)
	id.Facts[ot.FactFirmware] = ot.CleanString(version, versionLen)
	if id.Facts[ot.FactProduct] != "" {
		out.Identified(id)
	}
}
