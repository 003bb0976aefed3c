package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The functions of a job.
const (
	funcCPU           = 0x00
	funcRead          = 0x04
	funcWrite         = 0x05
	funcRequestDown   = 0x1A
	funcDownloadBlock = 0x1B
	funcDownloadEnd   = 0x1C
	funcStartUpload   = 0x1D
	funcUpload        = 0x1E
	funcEndUpload     = 0x1F
	funcService       = 0x28
	funcStop          = 0x29
	funcSetup         = 0xF0
)

// clientJob reports whether a function is asked for by the client only. Values
// may be asked for by both sides, and a controller fetches what is downloaded.
func clientJob(function byte) bool {
	switch function {
	case funcSetup, funcStop, funcRequestDown, funcStartUpload:
		return true
	}
	return false
}

// job takes a request.
func (d *decoder) job(p *pdu, out *protocols.Emit) {
	code, ok := p.function()
	var t ot.Transaction
	d.begin(&t, p, code)
	if !ok {
		out.OddIn(ot.Malformed, p.dir, &t)
		return
	}
	a := d.ask(p, out)
	c := protocols.Read(p.param[1:])
	switch code {
	case funcRead, funcWrite:
		d.variables(p, &t, &c, &a)
	case funcSetup:
		c.Skip(1)
		t.Arg[argA], t.Arg[argB] = c.U32(), uint32(c.U16())
	case funcRequestDown, funcDownloadBlock, funcDownloadEnd, funcStartUpload, funcUpload, funcEndUpload:
		d.blockJob(&t, &c)
	case funcService:
		d.service(&t, &c, &a)
	case funcStop:
		c.Skip(5)
		t.Name = d.clean(c.Bytes(int(c.U8())))
	}
	if c.Short() {
		out.OddIn(ot.Malformed, p.dir, &t)
	}
	if a.n == 0 {
		a.add(&t)
	}
}

// clean is a text from the wire as a transaction's name, valid until the next call.
func (d *decoder) clean(text []byte) []byte { return ot.Clean(d.text[:0], text, ot.NameCap) }

// variables takes the items of read and write: addresses in the parameters,
// for write the values in the data.
func (d *decoder) variables(p *pdu, t *ot.Transaction, c *protocols.Cursor, a *asking) {
	count := c.U8()
	t.Arg[argItem] = uint32(count)
	values := protocols.Read(p.data)
	for i := byte(0); i < count; i++ {
		item := a.draft(t)
		if !address(c, item) {
			break
		}
		if t.Code == funcWrite {
			v := readValue(&values)
			v.into(item)
			if !v.fits(item) {
				a.out.OddIn(ot.Mismatched, p.dir, item)
			}
		}
		a.commit(item)
	}
	if c.Left() > 0 && !c.Short() {
		a.out.OddIn(ot.TrailingBytes, p.dir, t)
	}
	if values.Short() {
		a.out.OddIn(ot.BadLength, p.dir, t)
	}
}
