package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The addressing syntaxes.
const (
	syntaxAny    = 0x10
	syntaxPBC    = 0x13
	syntaxLock   = 0x15 // alarm lock and unlock
	syntaxAlarm  = 0x16 // alarm indication
	syntaxAck    = 0x19
	syntaxQuery  = 0x1A
	syntaxNotify = 0x1C
	syntaxNCK    = 0x82
	syntaxNCKM   = 0x83 // metric
	syntaxNCKI   = 0x84 // inch
	syntaxDrive  = 0xA2
	syntaxDBRead = 0xB0
	syntaxSymbol = 0xB2
	variableSpec = 0x12 // begins every address
	areaDB       = 0x84
	areaDI       = 0x85 // instance data block
	areaSZL      = 0x10000
	symbolInDB   = 0x8A0E
)

// counted reports whether an area's addresses are numbers of elements: counters and timers.
func counted(area uint32) bool { return area >= 0x1C && area <= 0x1F }

// address reads one address into a transaction, and the fill byte that makes
// it even when more follow. It reports false when no address stands there.
func address(c *protocols.Cursor, t *ot.Transaction) bool {
	spec, n := c.U8(), int(c.U8())
	b := c.Bytes(n)
	if n%2 == 1 && c.Left() > 0 {
		c.Skip(1)
	}
	if spec != variableSpec || n == 0 || c.Short() {
		return false
	}
	t.Arg[argItem] = t.Arg[argItem]&0xff | uint32(b[0])<<8
	in := protocols.Read(b[1:])
	switch b[0] {
	case syntaxAny:
		anyPointer(&in, t)
	case syntaxNCK, syntaxNCKM, syntaxNCKI:
		nck(&in, t)
	case syntaxDrive:
		drive(&in, t)
	case syntaxDBRead:
		in.Skip(1)
		dbRead(&in, t)
	case syntaxSymbol:
		symbol(&in, t)
	default:
		t.Object = ot.Object{Area: uint32(b[0]) << 16, Len: 1}
	}
	return !in.Short()
}

// anyPointer: transport size, count, DB, area, bit address.
func anyPointer(c *protocols.Cursor, t *ot.Transaction) {
	size, count := c.U8(), uint32(c.U16())
	t.Object.Block = uint32(c.U16())
	word := c.U32()
	t.Object.Area, t.Object.Addr = word>>24, word&0xffffff
	t.Arg[argItem] |= uint32(size) << 16
	t.Arg[argCount] = count
	if t.Object.Len = count * bitsOf(size); counted(t.Object.Area) {
		t.Object.Len = count
	}
}

// nck: area and unit, column, line, module, lines.
func nck(c *protocols.Cursor, t *ot.Transaction) {
	area := uint32(c.U8())
	t.Object.Block, t.Object.Addr = uint32(c.U16()), uint32(c.U16())
	module := uint32(c.U8())
	t.Object.Len = uint32(c.U8())
	t.Object.Area = t.Arg[argItem]&0xff00<<8 | area<<8 | module
	t.Arg[argCount] = t.Object.Len
}

// drive: five bytes of unknown use, parameter number, index.
func drive(c *protocols.Cursor, t *ot.Transaction) {
	c.Skip(5)
	t.Object = ot.Object{Area: syntaxDrive << 16, Block: uint32(c.U16()), Addr: uint32(c.U16()), Len: 1}
	t.Arg[argCount] = 1
}

// dbRead: bytes, DB, byte address; the first of the areas such an address lists.
func dbRead(c *protocols.Cursor, t *ot.Transaction) {
	n := uint32(c.U8())
	t.Object = ot.Object{Area: areaDB, Block: uint32(c.U16()), Addr: uint32(c.U16()) * 8, Len: n * 8}
	t.Arg[argItem] = t.Arg[argItem]&0xffff | 2<<16
	t.Arg[argCount] = n
}

// symbol: reserved, root areas, checksum of the name, local ids.
func symbol(c *protocols.Cursor, t *ot.Transaction) {
	c.Skip(1)
	root, second := c.U16(), uint32(c.U16())
	t.Object = ot.Object{Area: syntaxSymbol<<16 | second, Addr: c.U32(), Len: 1}
	if root == symbolInDB {
		t.Object.Area, t.Object.Block = syntaxSymbol<<16|areaDB, second
	}
	t.Arg[argA] = c.U32() & 0x0fffffff // the first local id; its highest digit says how to read it
	t.Arg[argCount] = 1
}
