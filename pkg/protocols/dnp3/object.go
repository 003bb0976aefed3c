package dnp3

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// objects reads one object header: group, variation, qualifier, range (§4.2.2.7).
func objects(c *protocols.Cursor, t *ot.Transaction) bool {
	group, variation, qualifier := c.U8(), c.U8(), c.U8()
	if c.Short() {
		return false
	}
	t.Object.Area = uint32(group)<<8 | uint32(variation)
	t.Arg[argQualifier] = uint32(qualifier) | present
	switch qualifier & 0x0f {
	case 0, 3:
		return span(t, uint32(c.U8()), uint32(c.U8()), c)
	case 1, 4:
		return span(t, uint32(c.U16LE()), uint32(c.U16LE()), c)
	case 2, 5:
		return span(t, c.U32LE(), c.U32LE(), c)
	case 6:
		return true
	case 7, 0xb:
		t.Object.Len = uint32(c.U8())
	case 8:
		t.Object.Len = uint32(c.U16LE())
	case 9:
		t.Object.Len = c.U32LE()
	default:
		return false
	}
	index := *c
	switch qualifier >> 4 & 7 {
	case 1:
		t.Object.Addr = uint32(index.U8())
	case 2:
		t.Object.Addr = uint32(index.U16LE())
	case 3:
		t.Object.Addr = index.U32LE()
	}
	return !c.Short()
}

func span(t *ot.Transaction, from, to uint32, c *protocols.Cursor) bool {
	if c.Short() || to < from {
		return false
	}
	t.Object.Addr, t.Object.Len = from, to-from+1
	return t.Object.Len != 0
}

func group(t *ot.Transaction) uint8 { return uint8(t.Object.Area >> 8) }

// prefixLen is the size of the index in front of each object.
func prefixLen(t *ot.Transaction) int {
	return [8]int{0, 1, 2, 4, 1, 2, 4, 0}[t.Arg[argQualifier]>>4&7]
}

// controls are the objects of output commands: their size with the status at
// the end, and the shape of the number in front of it.
var controls = []struct {
	area  uint32
	size  int
	shape ot.Shape
	value int
}{
	{12<<8 | 1, 11, ot.U8, 1}, // relay output block: the control code
	{41<<8 | 1, 5, ot.I32LE, 4},
	{41<<8 | 2, 3, ot.I16LE, 2},
	{41<<8 | 3, 5, ot.F32LE, 4},
	{41<<8 | 4, 9, ot.F64LE, 8},
}

func controlLen(t *ot.Transaction) int {
	for i := range controls {
		if controls[i].area == t.Object.Area {
			return controls[i].size
		}
	}
	return 0
}

// value reads the first object behind a header where it is a control.
func value(c *protocols.Cursor, t *ot.Transaction) {
	for i := range controls {
		if k := &controls[i]; k.area == t.Object.Area && t.Object.Len > 0 {
			c.Skip(prefixLen(t))
			if v := c.Bytes(k.value); v != nil {
				t.Value, t.Shape = v, k.shape
				if k.shape == ot.U8 {
					t.Arg[argControl] = uint32(v[0]) | present
				}
			}
			return
		}
	}
}

// attributes are the variations of group 0 that say who a device is (annex A.1).
var attributes = []struct {
	variation uint8
	fact      ot.Fact
}{
	{242, ot.FactFirmware}, {243, ot.FactHardware}, {245, ot.FactLocation}, {247, ot.FactName},
	{248, ot.FactSerial}, {250, ot.FactProduct}, {252, ot.FactVendor},
}

// visibleString is the data type code of an attribute that is text.
const visibleString = 1

// identify collects the device attributes of an answer.
func identify(c *protocols.Cursor, t *ot.Transaction, dir ot.Dir, out *protocols.Emit) {
	id := ot.Identity{Source: "DNP3 device attributes"}
	said := false
	for range headersMax {
		var one ot.Transaction
		if c.Left() == 0 || !objects(c, &one) || group(&one) != 0 {
			break
		}
		kind, size := c.U8(), c.U8()
		text := c.Bytes(int(size))
		for _, a := range attributes {
			if uint32(a.variation) == one.Object.Area&0xff && kind == visibleString && len(text) > 0 {
				id.Facts[a.fact], said = ot.CleanString(text, ot.NameCap), true
			}
		}
	}
	if said {
		id.Of = out.Conv.Server.Host()
		if dir == ot.ToServer {
			id.Of = out.Conv.Client.Host()
		}
		id.Behind = behind(t.Unit)
		out.Identified(id)
	}
}
