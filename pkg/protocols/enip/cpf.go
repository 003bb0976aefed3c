package enip

import "otsensor/pkg/protocols"

// Item types of the common packet format (Volume 2, 2-6.2).
const (
	itemNull          = 0x0000
	itemIdentity      = 0x000C
	itemSecurity      = 0x0086
	itemCapability    = 0x0087
	itemUsage         = 0x0088
	itemLegacy        = 0x0091
	itemConnAddress   = 0x00A1
	itemConnData      = 0x00B1
	itemUnconnData    = 0x00B2
	itemServices      = 0x0100
	itemSockO2T       = 0x8000
	itemSockT2O       = 0x8001
	itemSequenced     = 0x8002
	itemUnconnOverUDP = 0x8003
)

var itemTypes = []protocols.Code{
	{Number: itemNull, Name: "null_address"},
	{Number: itemIdentity, Name: "identity"},
	{Number: itemSecurity, Name: "cip_security"},
	{Number: itemCapability, Name: "capability"},
	{Number: itemUsage, Name: "usage"},
	{Number: itemLegacy, Name: "legacy"},
	{Number: itemConnAddress, Name: "connected_address"},
	{Number: itemConnData, Name: "connected_data"},
	{Number: itemUnconnData, Name: "unconnected_data"},
	{Number: itemServices, Name: "services"},
	{Number: itemSockO2T, Name: "socket_o2t"},
	{Number: itemSockT2O, Name: "socket_t2o"},
	{Number: itemSequenced, Name: "sequenced_address"},
	{Number: itemUnconnOverUDP, Name: "unconnected_over_udp"},
}

const (
	maxItems  = 16 // items of one packet; four is the most that is usual
	cipPrefix = 6  // interface handle and timeout before the items of CIP messages
)

// item is one item: its type and its data, a view.
type item struct {
	kind uint16
	data []byte
}

// items walks a common packet: a count, then type, length, data of each item.
type items struct {
	b     []byte // of the items to come
	count int
}

func readItems(b []byte) items {
	if len(b) < 2 {
		return items{}
	}
	return items{b: b[2:], count: int(u16(b))}
}

// next gives the next item; false at the end and where one does not fit.
func (p *items) next() (it item, ok bool) {
	if p.count <= 0 || len(p.b) < 4 {
		return it, false
	}
	kind, end := u16(p.b), 4+int(u16(p.b[2:]))
	if len(p.b) < end {
		return it, false
	}
	it = item{kind, p.b[4:end:end]}
	p.count, p.b = p.count-1, p.b[end:]
	return it, true
}

// end walks the items' lengths from offset at of b, and gives where they end.
// It needs no byte behind that. It is wrong when they end beyond limit, and
// short when b ends before that is known.
func end(b []byte, at, limit int) (to int, wrong, short bool) {
	if at+2 > limit {
		return 0, true, false
	}
	if len(b) < at+2 {
		return 0, false, true
	}
	count := int(u16(b[at:]))
	if count > maxItems {
		return 0, true, false
	}
	for at += 2; count > 0; count-- {
		if at+4 > limit {
			return 0, true, false
		}
		if len(b) < at+4 {
			return 0, false, true
		}
		at += 4 + int(u16(b[at+2:]))
	}
	return at, at > limit, false
}
