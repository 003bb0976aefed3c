package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// clock is the time of a clock service: reserved, century, then eight digits
// pairs, year to millisecond and weekday.
func clock(b []byte) []byte {
	if len(b) < 10 {
		return nil
	}
	return b[2:10]
}

// clockText writes eight bytes of BCD time as "2014-08-20 09:59:27.123", nil when they are none.
func clockText(b []byte) []byte {
	if len(b) != 8 {
		return nil
	}
	for i, c := range b {
		if c>>4 > 9 || i < 7 && c&15 > 9 {
			return nil
		}
	}
	century := "20"
	if b[0] >= 0x84 { // the era begins in 1984
		century = "19"
	}
	dst := append(make([]byte, 0, 23), century...)
	for i, sep := range []byte{'-', '-', ' ', ':', ':', '.', 0} {
		if dst = append(dst, '0'+b[i]>>4, '0'+b[i]&15); sep != 0 {
			dst = append(dst, sep)
		}
	}
	return append(dst, '0'+b[7]>>4)
}

// pbc reads the R_ID of a block send or receive, and the length of the data.
func pbc(t *ot.Transaction, c *protocols.Cursor) {
	if c.Left() < 8 {
		return
	}
	c.Skip(2)
	syntax := c.U8()
	c.Skip(1)
	id := c.U32()
	t.Arg[argItem] = uint32(syntax) << 8
	t.Object = ot.Object{Area: uint32(syntax) << 16, Addr: id, Len: 1}
	if c.Left() >= 2 {
		t.Arg[argA] = uint32(c.U16()) | present
	}
	t.Value = c.Rest()
	t.Value = t.Value[:min(len(t.Value), ot.ValueCap)]
}

// The functions of a numeric control that move files.
const (
	ncRequestDown = 1
	ncStartUpload = 6
)

// ncFile reads the file a numeric control is to take or give.
func (d *decoder) ncFile(h *userHead, t *ot.Transaction, b []byte) {
	if h.sub == ncStartUpload && len(b) > 2 {
		b = b[2:] // how many pieces may go unacknowledged
	}
	if h.sub == ncRequestDown || h.sub == ncStartUpload {
		t.Name = d.clean(b)
	}
}
