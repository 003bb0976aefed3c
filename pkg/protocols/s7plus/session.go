package s7plus

import (
	"bytes"
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// classServerSession is the class of a session: creating such an object connects.
const classServerSession = 287

// The roles a client takes.
const (
	roleEngineering = 1
	roleHMI         = 2
)

var roleNames = protocols.NameTable([]protocols.Code{
	{Number: roleEngineering, Name: "engineering"}, {Number: roleHMI, Name: "hmi"},
})

// cardText is the longest text of a session kept, bytes.
const cardText = 120

// card is the Value of a session: user, application and host, each behind its length.
func (s *Stream) card() []byte {
	dst := s.text[:0]
	for _, text := range [...][]byte{s.facts.user, s.facts.application, s.facts.host} {
		at := len(dst)
		dst = ot.Clean(append(dst, 0), text, cardText)
		dst[at] = byte(len(dst) - at - 1)
	}
	return dst
}

// ofCard is the n-th text of a card, nil when it is empty.
func ofCard(card []byte, n int) []byte {
	c := protocols.Read(card)
	for range n {
		c.Skip(int(c.U8()))
	}
	if text := c.Bytes(int(c.U8())); len(text) > 0 {
		return text
	}
	return nil
}

// identify hands over what an accepted request says about client and server.
func (s *Stream) identify(txns []ot.Transaction, out *protocols.Emit) {
	for i := range txns {
		t := &txns[i]
		switch {
		case t.Status != ot.OK || out.Conv == nil:
		case isSession(t):
			s.connected(t, out)
		case t.Arg[argAttr] == attrIM0 && t.Code == funcGetSubStream:
			im0(t.Value, out)
		}
	}
}

// connected hands over who connected, and to what.
func (s *Stream) connected(t *ot.Transaction, out *protocols.Emit) {
	client := ot.Identity{Of: out.Conv.Client.Host(), Source: "S7comm-plus session"}
	client.Facts[ot.FactProduct] = string(ofCard(t.Value, 1))
	client.Facts[ot.FactName] = string(ofCard(t.Value, 2))
	switch t.Arg[argExtra] {
	case roleEngineering:
		client.Facts[ot.FactType] = "engineering station"
	case roleHMI:
		client.Facts[ot.FactType] = "operator panel"
	}
	if client.Facts != [ot.FactCount]string{} {
		out.Identified(client)
	}
	if order, firmware := versionText(s.facts.version); order != "" {
		server := ot.Identity{Of: out.Conv.Server.Host(), Source: "S7comm-plus session"}
		server.Facts[ot.FactVendor] = "Siemens"
		server.Facts[ot.FactOrder], server.Facts[ot.FactFirmware] = order, firmware
		out.Identified(server)
	}
}

// versionText divides "1;6ES7 215-1AG40-0XB0 ;V4.3".
func versionText(b []byte) (order, firmware string) {
	_, rest, ok := bytes.Cut(b, []byte{';'})
	if !ok {
		return "", ""
	}
	o, f, _ := bytes.Cut(rest, []byte{';'})
	return ot.CleanString(o, ot.NameCap), ot.CleanString(f, ot.NameCap)
}

// im0 hands over identification data, IEC 61158-6-10 I&M0: block header, vendor,
// order number, serial number, hardware and software revision.
func im0(b []byte, out *protocols.Emit) {
	const im0Block = 0x0020
	c := protocols.Read(b)
	block := c.U16()
	c.Skip(6)
	order, serial := c.Bytes(20), c.Bytes(16)
	hardware, letter, major, minor, patch := c.U16(), c.U8(), c.U8(), c.U8(), c.U8()
	if block != im0Block || c.Short() {
		return
	}
	id := ot.Identity{Of: out.Conv.Server.Host(), Source: "S7comm-plus I&M0"}
	id.Facts[ot.FactVendor] = "Siemens"
	id.Facts[ot.FactOrder] = ot.CleanString(order, ot.NameCap)
	id.Facts[ot.FactSerial] = ot.CleanString(serial, ot.NameCap)
	id.Facts[ot.FactHardware] = strconv.Itoa(int(hardware))
	id.Facts[ot.FactFirmware] = ot.CleanString([]byte{letter}, 1) + strconv.Itoa(int(major)) + "." +
		strconv.Itoa(int(minor)) + "." + strconv.Itoa(int(patch))
	out.Identified(id)
}
