package bacnet

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const (
	linkType   = 0x81 // BACnet/IP, J.2
	linkHeader = 4
)

// The functions of the virtual link that more than the table knows, J.2.
const (
	linkResult     = 0x00
	linkForwarded  = 0x04
	linkDistribute = 0x09
	linkUnicast    = 0x0a
	linkBroadcast  = 0x0b
)

// npduAt is where the network header stands, 0 where a function carries none.
func npduAt(function uint8) int {
	switch function {
	case linkForwarded:
		return linkHeader + 6 // behind the address of who sent it first
	case linkDistribute, linkUnicast, linkBroadcast:
		return linkHeader
	}
	return 0
}

// fixedLength checks the length of a function without a network header.
func fixedLength(function uint8, length int) bool {
	switch function {
	case linkResult, 5:
		return length == 6
	case 1, 3, 7: // tables of ten bytes an entry
		return (length-linkHeader)%10 == 0
	case 2, 6:
		return length == linkHeader
	case 8:
		return length == 10
	}
	return true
}

// source is who sent a message and whom it is for, behind routers.
type source struct {
	network  uint16 // of the far end, 0 when local
	far      uint64 // digest of its address
	dir      ot.Dir
	reversed uint32
}

// datagram takes one message of the virtual link.
func (d *decoder) datagram(dir ot.Dir, b []byte, out *protocols.Emit) {
	if len(b) < linkHeader || b[0] != linkType {
		out.Odd(ot.BadProtocolID, dir, ot.ProtoBACnet)
		return
	}
	length := int(b[2])<<8 | int(b[3])
	t := ot.Transaction{Proto: ot.ProtoBACnet, Latency: -1}
	switch {
	case length < linkHeader || length > len(b):
		t.Code = Link | uint32(b[1])
		out.OddIn(ot.BadLength, dir, &t)
		return
	case length < len(b):
		out.OddIn(ot.TrailingBytes, dir, &t)
	}
	s := source{dir: dir}
	if dir == ot.ToClient {
		s.reversed = 1
	}
	at := npduAt(b[1])
	if at == 0 {
		d.link(&s, b[1], b[linkHeader:length], out)
		return
	}
	c := protocols.Read(b[min(at, length):length])
	d.network(&s, &c, out)
}

// link joins a function of the virtual link and its result.
func (d *decoder) link(s *source, function uint8, b []byte, out *protocols.Emit) {
	const key = 1 << 63
	t := ot.Transaction{Proto: ot.ProtoBACnet, Code: Link | uint32(function), Latency: -1}
	t.Arg[argReversed] = s.reversed
	row := find(linkFunctions, uint32(function))
	switch {
	case row == nil:
		out.OddIn(ot.ReservedCode, s.dir, &t)
		d.alone(ot.OneWay, &t, out)
		return
	case row.asks:
		t.Op = row.op
		d.open.Ask(key|uint64(s.dir), ot.ProtoBACnet, out).Add(&t, out)
		return
	}
	t.Op = row.op
	r, verdict := d.open.Take(key|uint64(s.dir.Other()), b, out)
	if verdict != protocols.Fits {
		d.alone(ot.Unasked, &t, out)
		return
	}
	for i := range r.Txns {
		a := &r.Txns[i]
		if function == linkResult && len(b) >= 2 && (b[0] != 0 || b[1] != 0) {
			a.Status, a.StatusCode = ot.Refused, Result|uint32(b[0])<<8|uint32(b[1])
		}
		out.Did(a)
	}
}

// alone hands over what joins nothing.
func (d *decoder) alone(status ot.Status, t *ot.Transaction, out *protocols.Emit) {
	t.Status, t.Latency = status, -1
	if status == ot.OneWay {
		t.Asked, t.AskedAt = out.Frame, out.Time
	} else {
		t.Answered = out.Frame
	}
	out.Did(t)
}

// Bits of the network control byte, §6.2.2.
const (
	networkMessage = 0x80
	hasDestination = 0x20
	hasSource      = 0x08
)

// network reads the network header.
func (d *decoder) network(s *source, c *protocols.Cursor, out *protocols.Emit) {
	version, control := c.U8(), c.U8()
	var to, from uint16
	var toAddr, fromAddr []byte
	if control&hasDestination != 0 {
		to, toAddr = c.U16(), c.Bytes(int(c.U8()))
	}
	if control&hasSource != 0 {
		from, fromAddr = c.U16(), c.Bytes(int(c.U8()))
	}
	if control&hasDestination != 0 {
		c.U8() // hops left
	}
	if c.Short() || version != 1 {
		out.Odd(ot.Malformed, s.dir, ot.ProtoBACnet)
		return
	}
	if control&networkMessage != 0 {
		d.message(s, c, out)
		return
	}
	d.apdu(s, station{to, toAddr}, station{from, fromAddr}, c, out)
}

// station is an address behind a router.
type station struct {
	network uint16
	address []byte
}

// message takes a message of the network layer, §6.4.
func (d *decoder) message(s *source, c *protocols.Cursor, out *protocols.Emit) {
	kind := c.U8()
	t := ot.Transaction{Proto: ot.ProtoBACnet, Code: Network | uint32(kind)}
	t.Arg[argReversed] = s.reversed
	if row := find(networkMessages, uint32(kind)); row != nil {
		t.Op = row.op
	} else if kind < 0x80 { // from there on they are the vendors'
		out.OddIn(ot.ReservedCode, s.dir, &t)
	}
	d.alone(ot.OneWay, &t, out)
}
