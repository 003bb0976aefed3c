package dlr

import (
	"net/netip"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The indices of Transaction.Arg.
const (
	argSeen     = iota // frames since the last transaction
	argPort            // port that sends; above it the one a neighbour check is about
	argState           // Present, precedence << 8, state of the ring or the gateway; of link status the bits
	argInterval        // beacons or advertisements, microseconds
	argTimeout         // microseconds
	argNodes           // of a sign-on
)

const nodeSize = 10 // MAC and address

// body reads what stands behind the sequence number.
func body(kind byte, c *protocols.Cursor, t *ot.Transaction) {
	switch kind {
	case beacon, advertise:
		state, precedence := c.U8(), c.U8()
		t.Arg[argState] = protocols.Present | uint32(precedence)<<8 | uint32(state)
		t.Arg[argInterval], t.Arg[argTimeout] = c.U32(), c.U32()
	case announce:
		t.Arg[argState] = protocols.Present | uint32(c.U8())
	case linkStatus:
		t.Arg[argState] = protocols.Present | uint32(c.U8())
	case neighbourResponse:
		t.Arg[argPort] |= uint32(c.U8()) << 8
	case signOn:
		n := int(c.U16())
		t.Arg[argNodes] = uint32(n)
		t.Value = c.Bytes(n * nodeSize)
	}
}

var (
	name      = protocols.NameTable(codes)
	stateName = protocols.NameTable(ringStates)
)

var fields = []protocols.Field{
	{Name: "dlr.frame", Doc: "type of frame", Names: name, Num: protocols.CodeField},
	{Name: "dlr.sender", Doc: "address of the device that sends, its MAC where it has none", Text: func(t *ot.Transaction) []byte { return t.Name }},
	{Name: "dlr.port", Doc: "port of the device that sends; 0 either", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argPort] & 0xff), true }},
	{Name: "dlr.checked_port", Doc: "port that asked a neighbour", Num: protocols.OfCodes(argPort, 8, 0xff, neighbourResponse)},
	{Name: "dlr.ring_state", Doc: "state of the ring as its supervisor says", Names: stateName, Num: protocols.OfCodes(argState, 0, 0xff, beacon, announce)},
	{Name: "dlr.precedence", Doc: "precedence of the supervisor or gateway: the highest is active", Num: protocols.OfCodes(argState, 8, 0xff, beacon, advertise)},
	{Name: "dlr.interval", Doc: "time between beacons or advertisements, microseconds", Num: protocols.OfCodes(argInterval, 0, 0xffffffff, beacon, advertise)},
	{Name: "dlr.timeout", Doc: "silence after which the ring or the gateway counts as broken, microseconds", Num: protocols.OfCodes(argTimeout, 0, 0xffffffff, beacon, advertise)},
	{Name: "dlr.gateway_state", Doc: "state of a redundant gateway", Names: protocols.NameTable(gatewayStates), Num: protocols.OfCodes(argState, 0, 0xff, advertise)},
	{Name: "dlr.link", Doc: "bit 0 port 1 is active, bit 1 port 2, bit 7 told by a neighbour", Num: protocols.OfCodes(argState, 0, 0xff, linkStatus)},
	{Name: "dlr.nodes", Doc: "devices that signed on so far", Num: protocols.OfCodes(argNodes, 0, 0xffff, signOn)},
	{Name: "dlr.last_node", Doc: "MAC and address of the device that signed on last", Text: lastNode},
	{Name: "dlr.frames", Doc: "frames of this type since the last transaction", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argSeen]), t.Arg[argSeen] > 0 }},
}

// lastNode is the newest of a sign-on's nodes; where more signed on than Value holds, there is none.
func lastNode(t *ot.Transaction) []byte {
	n := len(t.Value)
	if t.Code != signOn || n < nodeSize || n != int(t.Arg[argNodes])*nodeSize {
		return nil
	}
	node := t.Value[n-nodeSize:]
	dst := append([]byte(ot.MACString([6]byte(node))), ' ')
	return netip.AddrFrom4([4]byte(node[6:])).AppendTo(dst)
}
