package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The test functions of an engineering station that name variables or jobs.
const (
	testBlockStatus  = 0x01
	testVarStatus    = 0x02
	testModify       = 0x08
	testForce        = 0x09
	testDisableJob   = 0x0D
	testEnableJob    = 0x0E
	testDeleteJob    = 0x0F
	testReadJob      = 0x11
	testReplaceJob   = 0x12
	testBlockStatus2 = 0x13
)

// testRequest reads a test function: lengths of parameters and data, both.
// The tenth parameter is what triggers it.
func testRequest(h *userHead, t *ot.Transaction, c *protocols.Cursor, a *asking) {
	params, data := c.U16(), c.U16()
	in := protocols.Read(c.Bytes(int(params)))
	if in.Skip(18); params >= 20 {
		t.Arg[argA] = uint32(in.U16()) | present
	}
	if h.sub == testBlockStatus || h.sub == testBlockStatus2 {
		watchedBlock(t, &in)
	}
	body := protocols.Read(c.Bytes(int(data)))
	switch h.sub {
	case testVarStatus, testModify, testForce:
		testItems(h, t, &body, a)
	case testDeleteJob, testReplaceJob:
		body.Skip(2)
		testJob(t, &body)
	case testDisableJob, testEnableJob, testReadJob:
		testJob(t, &body)
	}
	if body.Short() {
		c.Skip(c.Left() + 1)
	}
}

// present marks that an Arg holds a number, which may be 0.
const present = 1 << 31

// watchedBlock reads which block is watched: type and number.
func watchedBlock(t *ot.Transaction, c *protocols.Cursor) {
	kind, number := c.U16(), c.U16()
	if !c.Short() && kind > 0 && kind <= 0xFF {
		t.Object = ot.Object{Area: blockTypeOf(byte(kind)), Block: uint32(number), Len: 1}
	}
}

// testJob reads which job is meant. Handling a job that forces is forcing.
func testJob(t *ot.Transaction, c *protocols.Cursor) {
	function, seq := c.U8(), c.U8()
	t.Arg[argB] = uint32(function)<<8 | uint32(seq) | present
	if function == testModify || function == testForce {
		t.Op = ot.OpForce
	}
}

// testItems reads variables: all addresses, then all values for what changes them.
func testItems(h *userHead, t *ot.Transaction, c *protocols.Cursor, a *asking) {
	count := int(c.U16())
	addresses := protocols.Read(c.Bytes(min(count*6, c.Left())))
	t.Arg[argItem] = uint32(min(count, 0xff))
	for addresses.Left() >= 6 {
		item := *t
		testAddress(&addresses, &item)
		if h.sub != testVarStatus {
			v := readValue(c)
			v.into(&item)
		}
		a.add(&item)
	}
	if a.n != count {
		c.Skip(c.Left() + 1)
	}
}

// testAreas by the high digit of the area byte.
var testAreas = [8]uint32{0: 0x83, 1: 0x81, 2: 0x82, 3: 0x80, 5: 0x1D, 6: 0x1C, 7: areaDB}

// testAddress reads area and width, count or bit, DB, byte.
func testAddress(c *protocols.Cursor, t *ot.Transaction) {
	area, n := c.U8(), uint32(c.U8())
	t.Object = ot.Object{Area: testAreas[area>>4&7], Block: uint32(c.U16()), Addr: uint32(c.U16())}
	if counted(t.Object.Area) {
		t.Object.Len, t.Arg[argCount] = n, n
		t.Arg[argItem] |= t.Object.Area << 16
		return
	}
	t.Object.Addr *= 8
	switch area & 0x0f {
	case 0:
		t.Object.Addr += n & 7
		t.Object.Len, t.Arg[argCount] = 1, 1
		t.Arg[argItem] |= 1 << 16
	default:
		size := [...]uint32{1: 2, 2: 4, 3: 6}[min(area&0x0f, 3)] // byte, word, double word
		t.Object.Len, t.Arg[argCount] = n*bitsOf(byte(size)), n
		t.Arg[argItem] |= size << 16
	}
}
