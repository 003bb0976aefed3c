package bacnet

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// request reads what a confirmed service is about.
func (d *decoder) request(service uint8, t *ot.Transaction, c *protocols.Cursor) {
	switch service {
	case readProperty, readRange:
		d.property(t, c)
	case writeProperty:
		d.property(t, c)
		d.written(t, c)
	case readMultiple, writeMultiple:
		d.touch(t, next(c))
		if next(c).opening {
			t.Object.Addr, t.Arg[argHasProp] = number(c), present
		}
	case atomicReadFile, atomicWriteFile, deleteObject:
		d.touch(t, next(c))
	case subscribeCOV, subscribeProperty:
		next(c) // process
		d.touch(t, next(c))
	case reinitialise, communicationControl:
		d.state(service, t, c)
	}
}

// number reads the next tag as a number.
func number(c *protocols.Cursor) uint32 {
	t := next(c)
	return t.number()
}

// touch notes an object.
func (d *decoder) touch(t *ot.Transaction, id tag) {
	if len(id.value) == 4 {
		t.Object.Area, t.Object.Block = id.object()
		t.Object.Len = 1
	}
}

// property reads an object and its property.
func (d *decoder) property(t *ot.Transaction, c *protocols.Cursor) {
	d.touch(t, next(c))
	if p := next(c); p.context && p.id == 1 {
		t.Object.Addr, t.Arg[argHasProp] = p.number(), present
	}
}

// written reads a value between its brackets, and the priority behind it.
func (d *decoder) written(t *ot.Transaction, c *protocols.Cursor) {
	p := next(c)
	if p.id == 2 && !p.opening { // index into an array
		p = next(c)
	}
	if !p.opening || p.id != 3 {
		return
	}
	v := next(c)
	v.into(t)
	if end := next(c); end.closing && c.Left() > 0 {
		t.Arg[argPriority] = min(number(c), 16)
	}
}

// result reads the value of a property that was read.
func (d *decoder) result(t *ot.Transaction, c protocols.Cursor) {
	next(&c)
	next(&c)
	p := next(&c)
	if p.id == 2 && !p.opening {
		p = next(&c)
	}
	if p.opening && p.id == 3 {
		v := next(&c)
		v.into(t)
	}
}

// state reads what a device is told to become.
func (d *decoder) state(service uint8, t *ot.Transaction, c *protocols.Cursor) {
	p := next(c)
	if service == communicationControl && p.id == 0 { // for how long
		p = next(c)
	}
	t.Arg[argState] = p.number()&0xffff | present
}

// announce reads an unconfirmed service.
func (d *decoder) announce(s *source, service uint8, t *ot.Transaction, c *protocols.Cursor, out *protocols.Emit) {
	switch service {
	case iAm:
		device, _, _, vendor := next(c), next(c), next(c), next(c)
		d.touch(t, device)
		if c.Short() || device.id != typeObject {
			out.OddIn(ot.Malformed, s.dir, t)
			return
		}
		t.Arg[argDevice], t.Arg[argVendor] = t.Object.Block|present, vendor.number()&0xffff|present
		id := s.identity("BACnet I-Am", t.Object.Block, out)
		id.Facts[ot.FactType] = "BACnet device " + decimal(t.Object.Block) + " of vendor " + decimal(vendor.number()&0xffff)
		out.Identified(id)
	case iHave:
		device := next(c)
		d.touch(t, next(c))
		_, instance := device.object()
		t.Arg[argDevice] = instance | present
		name := next(c)
		t.Name = ot.Clean(d.text[:0], name.text(), ot.NameCap)
	case covNotification:
		next(c) // process, device
		next(c)
		d.touch(t, next(c))
	}
}

// identity is of the device that sent a message, with its instance.
func (s *source) identity(says string, instance uint32, out *protocols.Emit) ot.Identity {
	id := ot.Identity{Of: out.Conv.Client.Host(), Source: says}
	if s.dir == ot.ToClient {
		id.Of = out.Conv.Server.Host()
	}
	if s.network != 0 {
		id.Behind = "network " + decimal(uint32(s.network)) + " device " + decimal(instance)
	}
	return id
}

func decimal(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// deviceFacts are the properties of the device object that say who it is.
var deviceFacts = []struct {
	property uint32
	fact     ot.Fact
}{
	{121, ot.FactVendor}, {70, ot.FactProduct}, {44, ot.FactFirmware}, {12, ot.FactProject}, {77, ot.FactName}, {58, ot.FactLocation}, {372, ot.FactSerial},
}

// tagsMax is how many tags of an answer are looked at for facts.
const tagsMax = 256

// identify collects who a device is from properties that were read.
func (d *decoder) identify(s *source, service uint8, c protocols.Cursor, out *protocols.Emit) {
	if service != readProperty && service != readMultiple {
		return
	}
	kind, instance := uint32(0), uint32(0)
	propertyTag := uint8(1)
	if service == readMultiple {
		propertyTag = 2
	}
	var id ot.Identity
	said, property := false, uint32(0)
	for n := 0; n < tagsMax && c.Left() > 0; n++ {
		switch t := next(&c); {
		case t.opening || t.closing:
		case t.context && t.id == 0:
			if said {
				break // of the next object
			}
			kind, instance = t.object()
		case t.context && t.id == propertyTag:
			property = t.number()
		case kind == objectDevice && len(t.text()) > 0:
			for _, f := range deviceFacts {
				if f.property != property {
					continue
				}
				if !said {
					id, said = s.identity("BACnet device object", instance, out), true
				}
				id.Facts[f.fact] = ot.CleanString(t.text(), ot.NameCap)
			}
		}
	}
	if said {
		out.Identified(id)
	}
}
