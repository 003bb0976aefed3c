package modbus

import (
	"slices"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The bodies of UMAS requests and answers that are known: those of memory blocks,
// variables and names as the open client PLC4X writes them down, the others as
// captures of engineering work show them. Numbers have the low byte first. What
// does not fit its layout is kept as it is.

const (
	umasStatus         = 0x04
	umasReserve        = 0x10
	umasReadMemory     = 0x20
	umasWriteMemory    = 0x21
	umasReadVariables  = 0x22
	umasWriteVariables = 0x23
	umasNames          = 0x26
	umasPutPiece       = 0x31
	umasPutEnd         = 0x32
	umasGetPiece       = 0x34
	umasGetEnd         = 0x35
	umasMonitor        = 0x50
)

// umasPresent marks an Arg that holds a number.
const umasPresent = 1 << 16

// readUMASRequest reads session and code, then what the code asks for.
func readUMASRequest(c *protocols.Cursor, r *protocols.Request, t *ot.Transaction, out *protocols.Emit) ot.Anomaly {
	t.Arg[argA] = uint32(c.U8())
	code := c.U8()
	t.Value = c.Rest()
	if c.Short() {
		t.Value = nil
		r.Add(t, out)
		return ot.Malformed
	}
	b := protocols.Read(t.Value)
	switch code {
	case umasReadMemory, umasWriteMemory:
		memoryBlock(&b, t, code == umasWriteMemory)
	case umasReadVariables, umasWriteVariables:
		if variables(b, r, *t, out, code == umasWriteVariables) {
			return ot.NoAnomaly
		}
	case umasNames:
		t.Arg[argB] = uint32(b.U16LE()) | umasPresent
	case umasPutPiece, umasGetPiece, umasPutEnd, umasGetEnd:
		b.Skip(2)
		t.Arg[argB] = uint32(b.U16LE()) | umasPresent
		if code == umasPutPiece {
			t.Arg[argC] = uint32(b.U16LE()) | umasPresent
		}
	case umasMonitor:
		b.Skip(2)
		t.Arg[argB] = uint32(b.U8()) | umasPresent
	}
	r.Add(t, out)
	return ot.NoAnomaly
}

// memoryBlock reads a range, the block, where in it, and how many bytes.
func memoryBlock(b *protocols.Cursor, t *ot.Transaction, write bool) {
	b.Skip(1)
	o := ot.Object{Area: AreaMemory, Block: uint32(b.U16LE()), Addr: uint32(b.U16LE())}
	b.Skip(2)
	if o.Len = uint32(b.U16LE()); b.Short() {
		return
	}
	if t.Object = o; write {
		t.Value = b.Rest()
	}
}

// variables gives a transaction a variable: the check sum of the project, then
// of each variable its width, block and place, and what is to be written. It
// reports false, and gives none, where the body is not laid out so.
func variables(b protocols.Cursor, r *protocols.Request, t ot.Transaction, out *protocols.Emit, write bool) bool {
	sum, count := b.U32LE(), b.U8()
	t.Arg[argB], t.Arg[argC] = uint32(count)|umasPresent, sum
	ahead := b
	for range count {
		variable(&ahead, &t, write)
	}
	if count == 0 || ahead.Short() || ahead.Left() > 0 {
		return false
	}
	for range count {
		one := t
		variable(&b, &one, write)
		r.Add(&one, out)
	}
	return true
}

func variable(b *protocols.Cursor, t *ot.Transaction, write bool) {
	kind := b.U8()
	t.Object = ot.Object{Area: AreaMemory, Block: uint32(b.U16LE())}
	if !write {
		b.Skip(1)
	}
	base, at := uint32(b.U16LE()), uint32(0)
	if write {
		at = uint32(b.U16LE())
	} else {
		at = uint32(b.U8())
	}
	t.Object.Addr, t.Object.Len = base+at, umasWidth(kind)
	if kind>>4 != 0 {
		t.Object.Len *= uint32(b.U16LE())
	}
	if t.Value = nil; write {
		t.Value = b.Bytes(int(t.Object.Len))
	}
}

// umasWidth is the bytes of a variable by the lower digit of its kind.
func umasWidth(kind uint8) uint32 {
	if n := kind & 0xF; n >= 1 && n <= 4 {
		return 1 << (n - 1)
	}
	return 1
}

// umasValues gives each variable that was read its bytes, where there are as many as asked for.
func umasValues(txns []ot.Transaction, data []byte) {
	want := 0
	for i := range txns {
		want += int(txns[i].Object.Len)
	}
	if want != len(data) {
		return
	}
	c := protocols.Read(data)
	for i := range txns {
		txns[i].Value = c.Bytes(int(txns[i].Object.Len))
	}
}

// umasSaid notes what an accepted answer says: the state of a controller, the
// size of a piece of its program.
func umasSaid(t *ot.Transaction, data []byte) {
	sub, _ := subOf(t.Code)
	c := protocols.Read(data)
	switch n := uint32(c.U8()); {
	case c.Short():
	case sub == umasStatus:
		t.Arg[argB] = n | umasPresent
	case sub == umasGetPiece && len(data) >= 4:
		c.Skip(1)
		t.Arg[argC] = uint32(c.U16LE()) | umasPresent
	}
}

var (
	umasStates  = []row{{2, "stop", 0, false}, {3, "run", 0, false}}
	umasRecords = []row{{0xDD02, "variables", 0, false}, {0xDD03, "types", 0, false}}
)

// umasArg is the number that some UMAS codes have in argB.
func umasArg(codes ...uint16) getter {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argB] & 0xFFFF), t.Arg[argB]&umasPresent != 0 && isUMAS(t, codes...)
	}
}

func isUMAS(t *ot.Transaction, codes ...uint16) bool {
	sub, present := subOf(t.Code)
	return present && functionOf(t.Code) == umas && slices.Contains(codes, sub)
}

func umasBytes(t *ot.Transaction) (uint64, bool) {
	if t.Object.Area == AreaMemory {
		return uint64(t.Object.Len), true
	}
	return uint64(t.Arg[argC] & 0xFFFF), t.Arg[argC]&umasPresent != 0 && isUMAS(t, umasPutPiece, umasGetPiece)
}

func umasProject(t *ot.Transaction) (uint64, bool) {
	return uint64(t.Arg[argC]), t.Object.Area == AreaMemory && isUMAS(t, umasReadVariables, umasWriteVariables)
}

// umasClient is the name in a request for the reservation, behind a number of
// four bytes and its length.
func umasClient(t *ot.Transaction) []byte {
	c := protocols.Read(t.Value)
	c.Skip(4)
	if name := c.Bytes(int(c.U8())); isUMAS(t, umasReserve) && len(name) > 0 {
		return ot.Clean(nil, name, ot.NameCap)
	}
	return nil
}

func inMemory(of func(*ot.Object) uint32) getter {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(of(&t.Object)), t.Object.Area == AreaMemory }
}
