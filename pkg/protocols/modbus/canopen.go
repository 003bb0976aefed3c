package modbus

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// CANopen objects behind function 43 (CiA 309-2, as drive vendors describe it;
// not seen on a capture): a byte that says which options follow and whether the
// object is written, a reserved byte, the options, then node, index, sub-index,
// first byte, count of bytes, and what is written or was read.
const (
	canopenWrites  = 0x01
	canopenEncoded = 0x02
	canopenNetwork = 0x04
	canopenCounter = 0x20
	canopenWide    = 0x40 // the options take two bytes
)

// readCANopen reads a request, or an answer in the same form. A body that is
// too short for one is kept as it is.
func readCANopen(b []byte, t *ot.Transaction) {
	c := protocols.Read(b)
	options := c.U8()
	c.Skip(1)
	for _, more := range [...]uint8{canopenWide, canopenCounter, canopenNetwork, canopenEncoded} {
		if options&more != 0 {
			c.Skip(1)
		}
	}
	node, index, sub := c.U8(), c.U16(), c.U8()
	c.Skip(4)
	if t.Value = b; c.Short() {
		return
	}
	t.Object = ot.Object{Area: AreaCANopen, Block: uint32(node), Addr: uint32(index)<<8 | uint32(sub), Len: 1}
	if t.Value = c.Rest(); options&canopenWrites != 0 {
		t.Op = ot.OpConfigWrite
	}
}

// canopenOf is a number of a CANopen object's address.
func canopenOf(get func(o *ot.Object) uint32) getter {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(get(&t.Object)), t.Object.Area == AreaCANopen }
}
