package cip

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// textCap is the longest text taken from an identity, bytes.
const textCap = 64

// ReadIdentity reads the common part of the Identity object's attributes and
// of the List Identity item, up to the product name, and the rest behind it
// (Volume 1, 5A-2). It is false when they are cut short.
func ReadIdentity(b []byte, facts *[ot.FactCount]string) (rest []byte, ok bool) {
	c := protocols.Read(b)
	vendor, kind, code := c.U16LE(), c.U16LE(), c.U16LE()
	major, minor := c.U8(), c.U8()
	c.Skip(2) // status
	serial := c.U32LE()
	name := c.Bytes(int(c.U8()))
	if c.Short() {
		return nil, false
	}
	facts[ot.FactVendor] = vendorName(vendor)
	facts[ot.FactType] = deviceType(kind)
	facts[ot.FactOrder] = strconv.Itoa(int(code))
	facts[ot.FactFirmware] = revision(major, minor)
	facts[ot.FactSerial] = fmt.Sprintf("%08x", serial)
	facts[ot.FactProduct] = ot.CleanString(name, textCap)
	return c.Rest(), true
}

// StateName is the name of the Identity object's state.
func StateName(state uint8) string {
	if int(state) < len(deviceStates) {
		return deviceStates[state]
	}
	return ""
}

var deviceStates = [...]string{"nonexistent", "self testing", "standby", "operational", "major recoverable fault", "major unrecoverable fault"}

func revision(major, minor uint8) string { return fmt.Sprintf("%d.%03d", major&0x7F, minor) }

// identify tells what an accepted answer says about the device or the module behind it.
func identify(t *ot.Transaction, data []byte) (id ot.Identity, ok bool) {
	service := serviceOf(t)
	switch {
	case t.Object.Area == classIdentity && service == 0x01:
		rest, whole := ReadIdentity(data, &id.Facts)
		if ok = whole; ok && len(rest) > 0 {
			id.Facts[ot.FactState] = StateName(rest[0])
		}
	case t.Object.Area == classIdentity && service == 0x0E:
		_, ok = identityAttribute(t.Object.Addr, data, &id.Facts)
	case t.Object.Area == classIdentity && service == 0x03:
		ok = identityList(data, &id.Facts)
	case t.Object.Area == classTCPIP && service == 0x0E && t.Object.Addr == 6:
		id.Facts[ot.FactName], ok = longString(data)
	case t.Object.Area == classProgramName && service == 0x01:
		id.Facts[ot.FactProject], ok = longString(data)
	}
	if !ok {
		return id, false
	}
	id.Source = fmt.Sprintf("CIP %s object", ClassName(uint64(t.Object.Area)))
	if t.Unit > 0 {
		id.Behind = module(t.Unit)
	}
	return id, true
}

// identityAttribute reads one attribute of the Identity object, and gives how long it is.
func identityAttribute(number uint32, b []byte, facts *[ot.FactCount]string) (size int, ok bool) {
	size = 2
	switch number {
	case 6:
		size = 4
	case 7:
		size = 1
		if len(b) > 0 {
			size += int(b[0])
		}
	case 8:
		size = 1
	case 1, 2, 3, 4, 5:
	default:
		return 0, false
	}
	if len(b) < size {
		return 0, false
	}
	switch b = b[:size]; number {
	case 1:
		facts[ot.FactVendor] = vendorName(binary.LittleEndian.Uint16(b))
	case 2:
		facts[ot.FactType] = deviceType(binary.LittleEndian.Uint16(b))
	case 3:
		facts[ot.FactOrder] = strconv.Itoa(int(binary.LittleEndian.Uint16(b)))
	case 4:
		facts[ot.FactFirmware] = revision(b[0], b[1])
	case 6:
		facts[ot.FactSerial] = fmt.Sprintf("%08x", binary.LittleEndian.Uint32(b))
	case 7:
		facts[ot.FactProduct] = ot.CleanString(b[1:], textCap)
	case 8:
		facts[ot.FactState] = StateName(b[0])
	}
	return size, number != 5
}

// identityList reads the answer of a get attribute list: number, status and
// value of each attribute.
func identityList(b []byte, facts *[ot.FactCount]string) (said bool) {
	c := protocols.Read(b)
	for range c.U16LE() {
		number, status := c.U16LE(), c.U16LE()
		if c.Short() {
			break
		}
		if status != 0 {
			continue
		}
		size, fact := identityAttribute(uint32(number), b[c.At():], facts)
		if size == 0 {
			break
		}
		c.Skip(size)
		said = said || fact
	}
	return said
}

// longString is a STRING: a length of 16 bits, then text.
func longString(b []byte) (string, bool) {
	c := protocols.Read(b)
	text := c.Bytes(int(c.U16LE()))
	s := ot.CleanString(text, textCap)
	return s, s != ""
}

const announcedKept = 8

// announced remembers what was last said about each of a few modules, so that
// a poll for identities does not repeat itself.
type announced struct {
	last []ot.Identity // at most announcedKept
	next int
}

// Identified hands over what a device said, unless it said just that before.
func (c *Conversation) Identified(id ot.Identity, out *protocols.Emit) { c.said.identified(id, out) }

func (a *announced) identified(id ot.Identity, out *protocols.Emit) {
	id.Of = out.Conv.Server
	for i := range a.last {
		if a.last[i] == id {
			return
		}
	}
	if len(a.last) < announcedKept {
		a.last = append(a.last, id)
	} else {
		a.last[a.next] = id
		a.next = (a.next + 1) % announcedKept
	}
	out.Identified(id)
}
