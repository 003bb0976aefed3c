package main

import (
	"net"
	"strings"
	"time"
)

// General status codes (volume 1, table B-1.1).
const (
	statusOK           = 0x00
	statusPathSegment  = 0x04
	statusPathUnknown  = 0x05
	statusNotSupported = 0x08
	statusBadAttribute = 0x09
	statusEmbedded     = 0x1E
)

// path is a request path with the segments that clients of this machine use.
type path struct {
	class, instance, attribute uint32
	name                       string
	points                     []uint32
}

// parsePath reads logical, electronic key, symbolic and port segments (volume 1, C-1.4).
func parsePath(b []byte) (p path) {
	for len(b) >= 2 {
		kind, used := b[0], 2
		switch {
		case kind == 0x34: // electronic key
			used = 2 + 8
		case kind == 0x91: // ANSI extended symbol
			n := int(b[1])
			if used = 2 + n + n%2; used <= len(b) {
				p.name = strings.TrimPrefix(p.name+"."+string(b[2:2+n]), ".")
			}
		case kind&0xE0 == 0x20: // logical
			value := uint32(b[1])
			if kind&3 == 1 && len(b) >= 4 {
				value, used = uint32(le.Uint16(b[2:])), 4
			}
			p.set(kind&0x1C, value)
		}
		if used > len(b) {
			return p
		}
		b = b[used:]
	}
	return p
}

// set takes one logical segment by its type bits.
func (p *path) set(kind byte, value uint32) {
	switch kind {
	case 0x00:
		p.class = value
	case 0x04:
		p.instance = value
	case 0x0C:
		p.points = append(p.points, value)
	case 0x10:
		p.attribute = value
	}
}

// answerOf is a router answer: service with the answer bit, status, data.
func answerOf(service, status byte, data []byte) []byte {
	return append([]byte{service | 0x80, 0, status, 0}, data...)
}

// route serves one message router request.
func (m *machine) route(b []byte, c net.Conn, peer net.IP) []byte {
	if len(b) < 2 || len(b) < 2+2*int(b[1]) {
		return answerOf(0, statusPathSegment, nil)
	}
	service, p, data := b[0], parsePath(b[2:2+2*int(b[1])]), b[2+2*int(b[1]):]
	switch {
	case service == 0x52 && p.class == 0x06: // Unconnected Send: the message is for this very device
		return m.unconnected(data, c, peer)
	case service == 0x54 && p.class == 0x06:
		return m.forwardOpen(data, c, peer)
	case service == 0x4E && p.class == 0x06:
		return m.forwardClose(data)
	case service == 0x0A && p.class == 0x02:
		return m.multiple(data, c, peer)
	case service == 0x4C && p.name != "":
		return m.readTag(p.name)
	case service == 0x4D && p.name != "":
		return m.writeTag(p.name, data)
	case service == 0x55 && p.class == 0x6B:
		return m.listTags(p.instance)
	case p.class == 0x01:
		return m.identity(service, p.attribute)
	}
	if p.class == 0 && p.name == "" {
		return answerOf(service, statusPathUnknown, nil)
	}
	return answerOf(service, statusNotSupported, nil)
}

func (m *machine) unconnected(b []byte, c net.Conn, peer net.IP) []byte {
	if len(b) < 4 || len(b) < 4+int(le.Uint16(b[2:])) {
		return answerOf(0x52, statusPathSegment, nil)
	}
	return m.route(b[4:4+int(le.Uint16(b[2:]))], c, peer)
}

// multiple serves a Multiple Service Packet: count, offsets from the count, requests.
func (m *machine) multiple(b []byte, c net.Conn, peer net.IP) []byte {
	n := 0
	if len(b) >= 2 {
		n = int(le.Uint16(b))
	}
	if n == 0 || len(b) < 2+2*n {
		return answerOf(0x0A, statusPathSegment, nil)
	}
	head, tail, status := le.AppendUint16(nil, uint16(n)), []byte{}, byte(statusOK)
	for i := range n {
		from, to := int(le.Uint16(b[2+2*i:])), len(b)
		if i+1 < n {
			to = int(le.Uint16(b[4+2*i:]))
		}
		if from > to || to > len(b) {
			return answerOf(0x0A, statusPathSegment, nil)
		}
		one := m.route(b[from:to], c, peer)
		if one[2] != statusOK {
			status = statusEmbedded
		}
		head = le.AppendUint16(head, uint16(2+2*n+len(tail)))
		tail = append(tail, one...)
	}
	return answerOf(0x0A, status, append(head, tail...))
}

func (m *machine) readTag(name string) []byte {
	t := m.find(name)
	if t == nil {
		return answerOf(0x4C, statusPathUnknown, nil)
	}
	return answerOf(0x4C, statusOK, append(le.AppendUint16(nil, t.kind), t.value...))
}

func (m *machine) writeTag(name string, b []byte) []byte {
	t := m.find(name)
	switch {
	case t == nil:
		return answerOf(0x4D, statusPathUnknown, nil)
	case len(b) != 4+len(t.value) || le.Uint16(b) != t.kind:
		return append(answerOf(0x4D, 0xFF, nil)[:3], 1, 0x07, 0x21) // extended 0x2107: tag type
	}
	copy(t.value, b[4:])
	return answerOf(0x4D, statusOK, nil)
}

// listTags answers Get Instance Attribute List of the Symbol class: instance, name, type.
func (m *machine) listTags(from uint32) []byte {
	var b []byte
	for i, t := range m.tags {
		if uint32(i+1) < from {
			continue
		}
		b = le.AppendUint32(b, uint32(i+1))
		b = le.AppendUint16(b, uint16(len(t.name)))
		b = append(b, t.name...)
		b = le.AppendUint16(b, t.kind)
	}
	return answerOf(0x55, statusOK, b)
}

// What the machine says of itself: Rockwell's vendor number, a controller, an own product.
const (
	vendor      = 1
	deviceType  = 14
	productCode = 277
	serial      = 0x7710C0DE
	productName = "Cartoner controller"
)

// identityAttributes are attributes 1 to 6 of the Identity object, in wire order.
func identityAttributes() [][]byte {
	return [][]byte{
		le.AppendUint16(nil, vendor), le.AppendUint16(nil, deviceType), le.AppendUint16(nil, productCode),
		{21, 11},                     // revision
		le.AppendUint16(nil, 0x0064), // status: owned by a scanner, running
		le.AppendUint32(nil, serial),
		append([]byte{byte(len(productName))}, productName...),
	}
}

func allIdentity() (b []byte) {
	for _, a := range identityAttributes() {
		b = append(b, a...)
	}
	return b
}

// identityItem is the ListIdentity item: version, socket address in network order, identity, state.
func (m *machine) identityItem() []byte {
	b := []byte{1, 0, 0, 2, 0xAF, 0x12, m.ip[0], m.ip[1], m.ip[2], m.ip[3], 0, 0, 0, 0, 0, 0, 0, 0}
	return append(append(b, allIdentity()...), 3) // operational
}

func (m *machine) identity(service byte, attribute uint32) []byte {
	all := identityAttributes()
	switch {
	case service == 0x01:
		return answerOf(service, statusOK, allIdentity())
	case service == 0x0E && attribute >= 1 && int(attribute) <= len(all):
		return answerOf(service, statusOK, all[attribute-1])
	case service == 0x0E:
		return answerOf(service, statusBadAttribute, nil)
	case service == 0x05: // Reset: the answer goes out first
		time.AfterFunc(300*time.Millisecond, m.reset)
		return answerOf(service, statusOK, nil)
	}
	return answerOf(service, statusNotSupported, nil)
}
