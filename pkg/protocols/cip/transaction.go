package cip

import "otsensor/pkg/ot"

// Places in Transaction.Arg. What does not fit there stays in Value, from
// where the fields read it.
const (
	argSession = iota // encapsulation session handle; I/O: longest silence, or once joined the packet interval
	argMarks          // encapsulation command << 24 | depth | kind | marks; I/O: see io.go
	argConn           // connection id of a connected message, of I/O
	argSeq            // extended status << 16 | CIP sequence count, or of an unconnected send its timeout; I/O: encapsulation sequence number
	argRoute          // hops of the route, port << 8 | link address, the last hop lowest; I/O: see plant.go
	argExtra          // member, connection point or scope; Forward Open: group address; PCCC: file << 16 | type << 8 | size; I/O: packets
	argA              // list: attributes; tag: type code << 16 | elements; PCCC: command, function, status, extended; I/O: interval << 16 | bytes
	argB              // tag: byte offset; PCCC: element << 16 | sub-element; I/O: see io.go; else bytes of Value that are the request's
)

// marks says which parts of a transaction are present.
type marks uint32

const (
	hasClass marks = 1 << iota
	hasInstance
	hasAttribute
	hasMember
	hasPoint
	hasScope
	hasExt      // extended status
	isRouted    // Unit and argRoute say which module behind the server
	isConnected // argConn and the sequence count are valid
	hasDetail   // tag: the type code is known; PCCC: the address is known

	inMultiple    marks = 1 << 17 // PCCC: one of several commands in one message
	firstMultiple marks = 1 << 18 // and the first of them

	hasHash    marks = 1 << 19 // tag, PCCC: the transfer's hash is known, see setHash
	isFollowed marks = 1 << 23 // the piece was put to its transfer: wordOf holds how far that is
)

const (
	hashShift    = 20 // three bits of a tag's hash
	kindShift    = 10
	depthShift   = 13
	carrierShift = 24 // the commands that carry CIP fit in a byte
)

// kind says what the service's data is, and so what argA and argB mean.
type kind uint32

const (
	plain   kind = iota
	list         // attribute list
	tag          // Logix tag
	opening      // Forward Open
	closing      // Forward Close
	pccc
	cyclic // I/O
)

func marksOf(t *ot.Transaction) marks     { return marks(t.Arg[argMarks]) }
func has(t *ot.Transaction, m marks) bool { return marksOf(t)&m != 0 }
func mark(t *ot.Transaction, m marks)     { t.Arg[argMarks] |= uint32(m) }
func kindOf(t *ot.Transaction) kind       { return kind(t.Arg[argMarks] >> kindShift & 7) }
func depthOf(t *ot.Transaction) int       { return int(t.Arg[argMarks] >> depthShift & 0xF) }
func classOf(t *ot.Transaction) uint32    { return t.Object.Area }
func serviceOf(t *ot.Transaction) uint8   { return uint8(t.Code) }
func setKind(t *ot.Transaction, k kind)   { t.Arg[argMarks] |= uint32(k) << kindShift }
func carrierOf(t *ot.Transaction) uint32  { return t.Arg[argMarks] >> carrierShift }

// requestData and replyData are the two parts of an opaque Value.
func requestData(t *ot.Transaction) []byte { return t.Value[:split(t)] }
func replyData(t *ot.Transaction) []byte   { return t.Value[split(t):] }

func split(t *ot.Transaction) int {
	if k := kindOf(t); k == tag || k == pccc || k == cyclic {
		return 0
	}
	return min(int(t.Arg[argB]), len(t.Value))
}

// Via is how a message came: what its carrier says of it.
type Via struct {
	Command   uint16 // encapsulation command; 0 for I/O
	Session   uint32
	Context   uint64 // sender context, joins unconnected messages
	Connected bool
	Conn      uint32 // connection id of a connected message
	Seq       uint16 // and its sequence count; of an unconnected send its timeout: power of two of milliseconds << 8 | how many of them
	Group     uint32 // address that the T->O socket item gives, 0 where there is none

	unit, route uint32
	marks       marks // of each transaction of the message
	unwrapped   bool  // came inside an unconnected send
}

// begin notes what all transactions of a message have in common.
func (v *Via) begin() {
	v.marks = marks(v.Command) << carrierShift
	if v.Connected {
		v.marks |= isConnected
		return
	}
	v.Conn, v.Seq = 0, 0
}

// begin fills a blank transaction with a service at the place the path names.
func begin(t *ot.Transaction, via *Via, service uint8, p *Path, depth int) *meaning {
	class := p.Class
	if p.marks&hasClass == 0 {
		class = AnyClass
	}
	means := meaningOf(class, service)
	t.Proto, t.Op, t.Code, t.Unit = ot.CIP, means.op, CodeOf(class, service), via.unit
	t.Object = ot.Object{Area: class, Block: p.Instance, Addr: p.Attribute}
	if len(p.Name) > 0 {
		t.Name, t.Object.Len = p.Name, 1
	} else if p.marks&(hasInstance|hasAttribute) != 0 {
		t.Object.Len = 1
	}
	t.Arg[argSession], t.Arg[argConn], t.Arg[argSeq] = via.Session, via.Conn, uint32(via.Seq)
	t.Arg[argRoute], t.Arg[argExtra] = via.route, p.extra()
	t.Arg[argMarks] = uint32(p.marks|via.marks) | uint32(means.kind)<<kindShift | uint32(depth)<<depthShift
	return means
}
