package modbus

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// readRecords: functions 20 and 21 name records of files, each a transaction (AP §6.14, §6.15).
func readRecords(c *protocols.Cursor, r *protocols.Request, t *ot.Transaction, out *protocols.Emit, write bool) (odd ot.Anomaly) {
	least, most := uint8(7), uint8(0xF5)
	if write {
		least, most = 9, 0xFB
	}
	if n := c.U8(); n < least || n > most { // its agreement with the ADU is checked with the ADU's length
		odd = ot.BadValue
	}
	if c.Left() == 0 {
		r.Add(t, out)
	}
	for c.Left() > 0 && odd != ot.Malformed {
		kind, file, record, length := c.U8(), c.U16(), c.U16(), c.U16()
		t.Object = ot.Object{Area: AreaFile, Block: uint32(file), Addr: uint32(record), Len: uint32(length)}
		t.Shape = ot.U16BE
		if write {
			t.Value = c.Bytes(2 * int(length))
		}
		switch {
		case c.Short():
			t.Object, t.Value, odd = ot.Object{}, nil, ot.Malformed
		case kind != 6 || file == 0 || record > maxRecord:
			odd = ot.BadValue
		}
		r.Add(t, out)
	}
	return odd
}

// readFileRecords gives each record of function 20 its registers, in the order asked for.
func readFileRecords(c *protocols.Cursor, txns []ot.Transaction, asked bool) ot.Anomaly {
	c.U8() // byte count
	if !asked {
		txns[0].Object.Area, txns[0].Value = AreaFile, c.Rest()
		return ot.NoAnomaly
	}
	var odd ot.Anomaly
	for i := range txns {
		length, kind := c.U8(), c.U8()
		v := c.Bytes(int(length) - 1)
		if c.Short() {
			return ot.Mismatched
		}
		if kind != 6 || uint32(len(v)) != 2*txns[i].Object.Len {
			odd = ot.Mismatched
		}
		txns[i].Value = v
	}
	if c.Left() > 0 {
		return ot.Mismatched
	}
	return odd
}

// readFileEcho: function 21 is answered by itself.
func readFileEcho(c *protocols.Cursor, txns []ot.Transaction, asked bool) ot.Anomaly {
	c.U8() // byte count
	if !asked {
		c.U8()
		t := &txns[0]
		t.Object = ot.Object{Area: AreaFile, Block: uint32(c.U16()), Addr: uint32(c.U16()), Len: uint32(c.U16())}
		t.Shape, t.Value = ot.U16BE, c.Bytes(2*int(t.Object.Len))
		return ot.NoAnomaly
	}
	for i := range txns {
		o := txns[i].Object
		c.U8()
		if uint32(c.U16()) != o.Block || uint32(c.U16()) != o.Addr || uint32(c.U16()) != o.Len {
			return ot.Mismatched
		}
		if !bytes.Equal(c.Bytes(2*int(o.Len)), txns[i].Value) {
			return ot.Mismatched
		}
	}
	return ot.NoAnomaly
}
