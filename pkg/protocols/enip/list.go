package enip

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/cip"
)

const (
	identityPrefix = 18 // encapsulation version and socket address before the identity
	serviceName    = 16 // bytes of a service's name
	identityHead   = 32 // bytes of the item up to the name, which a transaction keeps
	identityPort   = 4
	identityIP     = 6
	identityMajor  = 24
	identityStatus = 26
	identitySerial = 28
	hasSecurity    = 1 << 31
)

// contents reads what an answer lists.
func (d *decoder) contents(h *header, body []byte, t *ot.Transaction, out *protocols.Emit) {
	switch h.command {
	case registerSession:
		if h.status == 0 {
			d.registered(body, t, ot.ToClient, out)
		}
		return
	case listServices, listIdentity, listInterfaces:
	default:
		return
	}
	p := readItems(body)
	t.Arg[argLength] |= uint32(p.count) << 16
	n := 0
	for it, ok := p.next(); ok; it, ok = p.next() {
		if n < 2 {
			t.Arg[argItems] |= uint32(it.kind) << (16 * n)
		}
		n++
		d.item(&it, t)
	}
}

func (d *decoder) item(it *item, t *ot.Transaction) {
	c := protocols.Read(it.data)
	switch it.kind {
	case itemIdentity: // Volume 2, 2-4.2.3
		t.Value = it.data[:min(len(it.data), identityHead)]
		c.Skip(identityPrefix)
		vendor, kind, code := c.U16LE(), c.U16LE(), c.U16LE()
		c.Skip(8) // revision, status, serial number
		d.rename(t, c.Bytes(int(c.U8())))
		t.Arg[argDetail] = uint32(code)<<16 | uint32(vendor)
		t.Arg[argDetail2] = uint32(c.U8())<<16 | uint32(kind)
	case itemServices: // Volume 2, 2-4.6.3
		version, flags := c.U16LE(), c.U16LE()
		d.rename(t, c.Bytes(min(serviceName, c.Left())))
		t.Arg[argDetail] = uint32(flags)<<16 | uint32(version)
	case itemSecurity: // Volume 8: profiles, states, open ports
		profiles, cipState, eipState, ports := c.U16LE(), c.U8(), c.U8(), c.U8()
		if !c.Short() {
			t.Arg[argSecurity] = hasSecurity | uint32(ports&0x1F)<<26 | uint32(profiles&0x3FF)<<16 | uint32(cipState)<<8 | uint32(eipState)
		}
	}
}

// rename keeps a text as the transaction's name: up to its NUL, sanitised.
func (d *decoder) rename(t *ot.Transaction, text []byte) {
	text, _, _ = bytes.Cut(text, []byte{0})
	d.name = ot.Clean(d.name[:0], text, ot.NameCap)
	t.Name = bytes.TrimRight(d.name, " ")
}

// announce tells who a device says it is in a List Identity answer.
func (d *decoder) announce(h *header, body []byte, out *protocols.Emit) {
	if h.command != listIdentity || h.status != 0 {
		return
	}
	p := readItems(body)
	for it, ok := p.next(); ok; it, ok = p.next() {
		if it.kind != itemIdentity || len(it.data) < identityPrefix {
			continue
		}
		id := ot.Identity{Source: "EtherNet/IP List Identity"}
		rest, whole := cip.ReadIdentity(it.data[identityPrefix:], &id.Facts)
		if !whole {
			oddIn(ot.Malformed, ot.ToClient, h, out)
			continue
		}
		if len(rest) > 0 {
			id.Facts[ot.FactState] = cip.StateName(rest[0])
		}
		d.cip.Identified(id, out)
	}
}
