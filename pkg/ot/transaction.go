package ot

// Transaction is one request and its answer, in plant terms. A PDU that does
// several things (read and write, several items, several services) gives
// several transactions of one frame.
//
// Name and Value are views that die with the batch.
type Transaction struct {
	Proto  Proto
	Op     Op
	Status Status
	Shape  Shape // how Value is laid out

	Code       uint32 // the protocol's own number: function code, class<<8|service, group<<8|sub
	StatusCode uint32 // the protocol's own error number, 0 when accepted
	Unit       uint32 // which device behind the server: unit id, rack/slot; 0 when the protocol has none
	Object     Object
	Arg        [8]uint32 // the protocol's extras; the field table gives them names

	Name  []byte // tag, block or file name; sanitised
	Value []byte // value written or read, on the wire's own byte order, at most ValueCap bytes

	Asked    uint64 // frame number that completed the request, 0 when not seen
	Answered uint64 // frame number that completed the answer, 0 when none
	AskedAt  int64  // packet time of the request, nanoseconds; 0 when not seen
	Latency  int32  // microseconds from request to answer, -1 when not both seen
}

// ValueCap is the longest Value a transaction carries, bytes.
const ValueCap = 512

// NameCap is the longest Name a transaction carries, bytes after sanitising.
const NameCap = 128

// Object is what a transaction touched: Len elements from Addr, in a block of an area.
// Len is 0 when it touched nothing that has an address.
//
//	Modbus: Area = coil, discrete, input, holding, file…; Addr = zero-based address; Len = quantity
//	S7comm: Area = area code; Block = DB number; Addr = byte address × 8 + bit; Len = bits
//	CIP:    Area = class; Block = instance; Addr = attribute; Len = 1
type Object struct {
	Area  uint32
	Block uint32
	Addr  uint32
	Len   uint32
}

// Shape is the layout of Transaction.Value: which points it holds.
type Shape uint8

// The layouts. BE and LE are the byte order on the wire.
const (
	Opaque Shape = iota // bytes without known points
	Bit                 // eight points a byte, lowest bit first; Object.Len says how many
	U8
	U16BE
	U32BE
	F32BE
	I8
	U16LE
	I16LE
	I32LE
	U32LE
	I64LE
	F32LE
	F64LE
	I16BE
	I32BE
	shapeCount
)

var shapeSizes = [shapeCount]uint8{U8: 1, I8: 1, U16BE: 2, U16LE: 2, I16LE: 2, I16BE: 2, U32BE: 4, I32BE: 4, F32BE: 4,
	I32LE: 4, U32LE: 4, F32LE: 4, I64LE: 8, F64LE: 8}

// Size is the bytes one point takes; 0 for Opaque and Bit.
func (s Shape) Size() int { return int(shapeSizes[min(s, shapeCount-1)]) }
