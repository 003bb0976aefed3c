package modbus

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// answer completes the transactions of the request it belongs to, or stands for itself.
func (d *decoder) answer(a *adu, out *protocols.Emit) {
	r, verdict := d.open.Take(a.key(), a.pdu, out)
	if verdict != protocols.Fits || len(r.Txns) == 0 {
		d.unasked(a, verdict, out)
		return
	}
	odd := readAnswer(a.pdu, r.Txns, true)
	for i := range r.Txns {
		out.Did(&r.Txns[i])
	}
	if odd|a.odd != ot.NoAnomaly {
		d.complain(a, odd, ot.ToClient, &r.Txns[0], out)
	}
	if identifies(a.function()) {
		d.identify(a, &r.Txns[0], out)
	}
}

// unasked hands over an answer that no open request fits.
func (d *decoder) unasked(a *adu, verdict protocols.Verdict, out *protocols.Emit) {
	d.alone = append(d.alone[:0], ot.Transaction{})
	one := &d.alone[0]
	a.begin(one)
	one.Code &^= exceptionBit
	if a.function()&exceptionBit != 0 {
		one.Op, _ = verb(one.Code)
	}
	odd := readAnswer(a.pdu, d.alone, false)
	one.Answered = out.Frame
	if odd == ot.NoAnomaly {
		odd = d.unexplained(a, verdict, out)
	}
	one.Status = ot.Unasked
	out.Did(one)
	d.complain(a, odd, ot.ToClient, one, out)
	d.identify(a, one, out)
}

// unexplained says what an answer without a request is evidence of. What the
// capture may have missed is evidence of nothing.
func (d *decoder) unexplained(a *adu, verdict protocols.Verdict, out *protocols.Emit) ot.Anomaly {
	const doubt = ot.Lossy | ot.OneSided | ot.Truncated
	switch {
	case verdict == protocols.Other:
		return ot.Doubled
	case verdict != protocols.NoMatch || !d.asked || !out.BothWays || out.Quality&doubt != 0 || d.sides[ot.ToServer].hunting:
		return ot.NoAnomaly
	case d.open.Before(out):
		return ot.NoAnomaly
	case a.framing == mbap && uint16(d.lastKey>>16) == a.transaction && d.open.Peek(d.lastKey) != nil:
		return ot.Mismatched
	}
	return ot.Unmatched
}

// readAnswer reads an answer's body into its transactions. With a request they
// are checked against it; without one they take what the answer tells.
func readAnswer(pdu []byte, txns []ot.Transaction, asked bool) ot.Anomaly {
	t := &txns[0]
	c := protocols.Read(pdu[1:])
	if pdu[0]&exceptionBit != 0 {
		return readException(&c, txns)
	}
	var odd ot.Anomaly
	switch pdu[0] {
	case readCoils, readDiscretes:
		odd = readValues(&c, t, asked, areaOf(pdu[0]), ot.Bit, (t.Object.Len+7)/8)
	case readHolding, readInput:
		odd = readValues(&c, t, asked, areaOf(pdu[0]), ot.U16BE, 2*t.Object.Len)
	case readWriteRegisters:
		odd = readValues(&c, t, asked, AreaHolding, ot.U16BE, 2*t.Object.Len)
	case writeCoil, writeRegister, writeCoils, writeRegisters, maskWrite:
		odd = readEcho(pdu, &c, t, asked)
	case readFile:
		odd = readFileRecords(&c, txns, asked)
	case writeFile:
		odd = readFileEcho(&c, txns, asked)
	case readFIFO:
		odd = readQueue(&c, t)
	case exceptionStatus:
		t.Shape, t.Value = ot.U8, c.Bytes(1)
	case eventCounter:
		t.Arg[argA], t.Arg[argB] = uint32(c.U16()), uint32(c.U16())
	case eventLog:
		c.U8() // byte count
		t.Arg[argA], t.Arg[argB], t.Arg[argC] = uint32(c.U16()), uint32(c.U16()), uint32(c.U16())
		if t.Value = c.Rest(); len(t.Value) > maxEvents {
			odd = ot.BadValue
		}
	case serverID:
		c.U8() // byte count
		t.Value = c.Rest()
		t.Arg[argA], t.Arg[argB] = serverState(t.Value)
	case diagnostics:
		odd = readDiagnosticAnswer(&c, t, asked)
	case encapsulated:
		odd = readEncapsulatedAnswer(&c, t)
	case umas:
		odd = readUMAS(&c, txns, asked)
	default:
		t.Value = c.Rest()
	}
	if odd == ot.NoAnomaly && c.Short() {
		return ot.Malformed
	}
	return odd
}

func readException(c *protocols.Cursor, txns []ot.Transaction) ot.Anomaly {
	code := uint32(c.U8())
	for i := range txns {
		txns[i].Status, txns[i].StatusCode = ot.Refused, code
	}
	switch {
	case c.Short():
		return ot.Malformed
	case exceptionName(uint64(code)) == "" || code == umasRefused:
		return ot.ReservedCode
	}
	return ot.NoAnomaly
}

// readValues reads a byte count and the values read; want is the bytes the request asked for.
func readValues(c *protocols.Cursor, t *ot.Transaction, asked bool, area uint32, shape ot.Shape, want uint32) ot.Anomaly {
	count := c.U8()
	t.Value = c.Bytes(int(count))
	switch {
	case !asked:
		t.Object.Area, t.Shape, t.Op = area, shape, ot.OpReadData
	case t.Object.Len != 0 && uint32(count) != want:
		return ot.Mismatched
	}
	return ot.NoAnomaly
}

// readEcho: writes are answered by their own first bytes (AP §6.5, §6.6, §6.11, §6.12, §6.16).
func readEcho(pdu []byte, c *protocols.Cursor, t *ot.Transaction, asked bool) ot.Anomaly {
	if asked {
		return echoed(pdu, c, t)
	}
	t.Object = ot.Object{Area: AreaHolding, Addr: uint32(c.U16()), Len: 1}
	switch pdu[0] {
	case writeCoil:
		t.Object.Area = AreaCoil
		if v := c.Bytes(2); v != nil {
			t.Shape, t.Value = ot.Bit, bits[v[0]&1]
		}
	case writeRegister:
		t.Shape, t.Value = ot.U16BE, c.Bytes(2)
	case writeCoils:
		t.Object.Area, t.Object.Len = AreaCoil, uint32(c.U16())
	case writeRegisters:
		t.Object.Len = uint32(c.U16())
	case maskWrite:
		t.Arg[argA], t.Arg[argB] = uint32(c.U16()), uint32(c.U16())
	}
	return ot.NoAnomaly
}

func echoed(pdu []byte, c *protocols.Cursor, t *ot.Transaction) ot.Anomaly {
	same := t.Object.Len == 0 || uint32(c.U16()) == t.Object.Addr
	switch pdu[0] {
	case writeCoil:
		v := c.Bytes(2)
		same = same && v != nil && (t.Shape != ot.Bit || v[0]&1 == t.Value[0])
	case writeRegister:
		same = same && bytes.Equal(c.Bytes(2), t.Value)
	case writeCoils, writeRegisters:
		same = same && uint32(c.U16()) == t.Object.Len
	case maskWrite:
		same = same && uint32(c.U16()) == t.Arg[argA] && uint32(c.U16()) == t.Arg[argB]
	}
	if !same && t.Object.Len != 0 {
		return ot.Mismatched
	}
	return ot.NoAnomaly
}

// readQueue: at most 31 registers wait in a queue (AP §6.18).
func readQueue(c *protocols.Cursor, t *ot.Transaction) ot.Anomaly {
	size, count := c.U16(), c.U16()
	t.Shape, t.Value = ot.U16BE, c.Rest()
	t.Object.Area, t.Arg[argA] = AreaFIFO, uint32(count)
	switch {
	case int(size) != 2+len(t.Value) || len(t.Value) != 2*int(count):
		return ot.Malformed
	case count > 31:
		return ot.BadValue
	}
	return ot.NoAnomaly
}

// readDiagnosticAnswer: the echo must be the query; the others repeat the sub-function and give a word.
func readDiagnosticAnswer(c *protocols.Cursor, t *ot.Transaction, asked bool) ot.Anomaly {
	sub, v := c.U16(), c.Rest()
	want, _ := subOf(t.Code)
	wrong := asked && (sub != want || sub == echoQuery && !bytes.Equal(v, t.Value))
	t.Value = v
	if len(v) == 2 {
		t.Shape = ot.U16BE
	}
	if wrong {
		return ot.Mismatched
	}
	return ot.NoAnomaly
}
