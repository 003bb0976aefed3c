package slmp

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// join opens a request, or closes it with its answer.
func (d *decoder) join(dir ot.Dir, kind uint8, key uint64, t *ot.Transaction, status uint32, c protocols.Cursor, out *protocols.Emit) {
	if kind&answerBit == 0 {
		d.open.Ask(key, ot.ProtoSLMP, out).Add(t, out)
		return
	}
	body := c.Rest()
	r, verdict := d.open.Take(key, body, out)
	if verdict == protocols.Again {
		return
	}
	if verdict != protocols.Fits {
		out.OddIn(ot.Unmatched, dir, t)
		return
	}
	for i := range r.Txns {
		a := &r.Txns[i]
		switch {
		case status != 0:
			a.Status, a.StatusCode = ot.Refused, status
		case a.Code == readType || a.Code == toolReadType:
			identify(body, dir, out)
		case a.Code == readDevices && a.Shape != ot.Opaque:
			a.Value = body
		}
		out.Did(a)
	}
}

// touch reads the devices a command is about: number, code, points; the
// subcommand says how wide they are.
func touch(t *ot.Transaction, sub uint16, c *protocols.Cursor) {
	if t.Code != readDevices && t.Code != writeDevices {
		return
	}
	o := ot.Object{}
	if sub&2 != 0 { // iQ-R: four bytes and two
		o.Addr, o.Area = c.U32LE(), uint32(c.U16LE())
	} else {
		o.Addr = uint32(c.U16LE())
		o.Addr |= uint32(c.U8()) << 16
		o.Area = uint32(c.U8())
	}
	o.Len = uint32(c.U16LE())
	if c.Short() {
		return
	}
	t.Object = o
	if sub&1 == 0 { // words; bits come two a byte
		t.Shape = ot.U16LE
		if t.Code == writeDevices {
			t.Value = c.Rest()
		}
	}
}

// identify reads the model name of a CPU.
func identify(b []byte, dir ot.Dir, out *protocols.Emit) {
	name := ot.CleanString(b[:min(len(b), modelLen)], modelLen)
	if name == "" {
		return
	}
	id := ot.Identity{Of: out.Conv.Server.Host(), Source: "MELSEC read type name"}
	if dir == ot.ToServer {
		id.Of = out.Conv.Client.Host()
	}
	id.Facts[ot.FactVendor], id.Facts[ot.FactProduct] = "Mitsubishi Electric", name
	out.Identified(id)
}
