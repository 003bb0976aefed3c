package modbus

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The most one request may ask for, AP §6.
const (
	maxReadBits       = 2000
	maxReadRegisters  = 125
	maxWriteBits      = 1968
	maxWriteRegisters = 123
	maxBothWrite      = 121 // written by function 23
	maxRecord         = 9999
	maxEvents         = 64 // of the event log, AP §6.10
)

// bits holds the two values of a coil as a byte.
var bits = [2][]byte{{0}, {1}}

// begin puts into a blank transaction what every ADU tells of it.
func (a *adu) begin(t *ot.Transaction) {
	t.Proto, t.Unit, t.Code, t.Latency = ot.Modbus, uint32(a.unit), a.code(), -1
	t.Op, _ = verb(t.Code)
	t.Arg[argTransaction], t.Arg[argFraming] = uint32(a.transaction), uint32(a.framing)
}

// code is the transaction code, with a sub-code where the ADU has one. A UMAS
// answer does not repeat its request's.
func (a *adu) code() uint32 {
	switch function := a.function(); {
	case function == diagnostics && len(a.pdu) >= 3:
		return withSub(function, uint16(a.pdu[1])<<8|uint16(a.pdu[2]))
	case function == encapsulated && len(a.pdu) >= 2:
		return withSub(function, uint16(a.pdu[1]))
	case function == umas && len(a.pdu) >= 3 && a.pdu[2] < umasRefused:
		return withSub(function, uint16(a.pdu[2]))
	default:
		return uint32(function)
	}
}

// request opens the transactions that a request asks for.
func (d *decoder) request(a *adu, out *protocols.Emit) {
	if a.function()&exceptionBit != 0 {
		d.exceptionFromClient(a, out)
		return
	}
	key := a.key()
	r := d.open.Ask(key, ot.Modbus, out)
	d.asked, d.lastKey = true, key
	t := r.Draft()
	a.begin(t)
	// A broadcast and the order to be silent get no answer (AP §4.1, §6.8.1).
	r.Doubt = r.Doubt || a.unit == 0 || t.Code == withSub(diagnostics, forceListenOnly)
	if several(a.function()) {
		last := *t
		odd := readSeveral(a.pdu, r, &last, out)
		d.complain(a, odd, ot.ToServer, &last, out)
		return
	}
	odd := readRequest(a.pdu, t)
	if odd|a.odd != ot.NoAnomaly {
		d.complain(a, odd, ot.ToServer, t, out)
	}
	if reserved(t.Code) {
		out.OddIn(ot.ReservedCode, ot.ToServer, t)
	}
	r.Commit(out)
}

// exceptionFromClient: functions from 128 on are answers, and only of servers.
func (d *decoder) exceptionFromClient(a *adu, out *protocols.Emit) {
	var t ot.Transaction
	a.begin(&t)
	t.Op, t.Status, t.Asked, t.AskedAt = ot.OpError, ot.OneWay, out.Frame, out.Time
	out.Did(&t)
	odd := ot.ReservedCode
	if len(a.pdu) == 2 {
		odd = ot.WrongDirection
	}
	out.OddIn(odd, ot.ToServer, &t)
}

// complain hands over what is wrong with an ADU: its length, and its body
// unless that is only the length's consequence.
func (d *decoder) complain(a *adu, body ot.Anomaly, dir ot.Dir, t *ot.Transaction, out *protocols.Emit) {
	if a.odd != ot.NoAnomaly {
		out.OddIn(a.odd, dir, t)
	}
	if body != ot.NoAnomaly && (a.odd != ot.BadLength || body != ot.Malformed) {
		out.OddIn(body, dir, t)
	}
}

// several reports a function that may ask for more than one transaction.
func several(function uint8) bool {
	return function == readWriteRegisters || function == readFile || function == writeFile || function == umas
}

// readSeveral reads the body of a request that may ask for several transactions,
// and adds them to r. t is what they have in common, and ends as the last of them.
func readSeveral(pdu []byte, r *protocols.Request, t *ot.Transaction, out *protocols.Emit) ot.Anomaly {
	c := protocols.Read(pdu[1:])
	switch pdu[0] {
	case readWriteRegisters:
		return readBoth(&c, r, t, out)
	case umas:
		return readUMASRequest(&c, r, t, out)
	default:
		return readRecords(&c, r, t, out, pdu[0] == writeFile)
	}
}

// readRequest reads the body of a request that asks for one transaction.
func readRequest(pdu []byte, t *ot.Transaction) (odd ot.Anomaly) {
	c := protocols.Read(pdu[1:])
	switch pdu[0] {
	case readCoils, readDiscretes:
		odd = readRange(&c, t, areaOf(pdu[0]), ot.Bit, maxReadBits)
	case readHolding, readInput:
		odd = readRange(&c, t, areaOf(pdu[0]), ot.U16BE, maxReadRegisters)
	case writeCoil:
		odd = readCoilWrite(&c, t)
	case writeRegister:
		t.Object = ot.Object{Area: AreaHolding, Addr: uint32(c.U16()), Len: 1}
		t.Shape, t.Value = ot.U16BE, c.Bytes(2)
	case writeCoils:
		odd = readRange(&c, t, AreaCoil, ot.Bit, maxWriteBits)
		odd = readWritten(&c, t, odd, (t.Object.Len+7)/8)
	case writeRegisters:
		odd = readRange(&c, t, AreaHolding, ot.U16BE, maxWriteRegisters)
		odd = readWritten(&c, t, odd, 2*t.Object.Len)
	case maskWrite:
		t.Object = ot.Object{Area: AreaHolding, Addr: uint32(c.U16()), Len: 1}
		t.Arg[argA], t.Arg[argB] = uint32(c.U16()), uint32(c.U16())
	case readFIFO:
		t.Object = ot.Object{Area: AreaFIFO, Addr: uint32(c.U16()), Len: 1}
	case diagnostics:
		odd = readDiagnostic(&c, t)
	case encapsulated:
		odd = readEncapsulated(&c, t)
	case exceptionStatus, eventCounter, eventLog, serverID:
	default:
		t.Value = c.Rest()
	}
	if c.Short() {
		t.Object, t.Value, odd = ot.Object{}, nil, ot.Malformed
	}
	return odd
}

// areaOf is what the four reading functions read.
func areaOf(function uint8) uint32 {
	return [...]uint32{readCoils: AreaCoil, readDiscretes: AreaDiscrete, readHolding: AreaHolding, readInput: AreaInput}[function]
}

// readRange reads address and quantity.
func readRange(c *protocols.Cursor, t *ot.Transaction, area uint32, shape ot.Shape, most uint32) ot.Anomaly {
	t.Object = ot.Object{Area: area, Addr: uint32(c.U16()), Len: uint32(c.U16())}
	t.Shape = shape
	if t.Object.Len == 0 || t.Object.Len > most || t.Object.Addr+t.Object.Len > 1<<16 {
		return ot.BadValue
	}
	return ot.NoAnomaly
}

// readWritten reads the byte count and the values to be written; want is the bytes they must take.
func readWritten(c *protocols.Cursor, t *ot.Transaction, odd ot.Anomaly, want uint32) ot.Anomaly {
	count := c.U8()
	t.Value = c.Bytes(int(count))
	if odd == ot.NoAnomaly && uint32(count) != want {
		return ot.Malformed
	}
	return odd
}

// readCoilWrite: FF00 is on, 0000 is off, anything else is forbidden (AP §6.5).
func readCoilWrite(c *protocols.Cursor, t *ot.Transaction) ot.Anomaly {
	t.Object = ot.Object{Area: AreaCoil, Addr: uint32(c.U16()), Len: 1}
	raw := c.Bytes(2)
	if len(raw) < 2 || raw[0] != 0 && raw[0] != 0xFF || raw[1] != 0 {
		t.Value = raw
		return ot.BadValue
	}
	t.Shape, t.Value = ot.Bit, bits[raw[0]&1]
	return ot.NoAnomaly
}

// readBoth: function 23 writes one range, then reads another (AP §6.17).
func readBoth(c *protocols.Cursor, r *protocols.Request, t *ot.Transaction, out *protocols.Emit) ot.Anomaly {
	read, write := *t, t
	read.Op, write.Op = ot.OpReadData, ot.OpWriteData
	odd := readRange(c, &read, AreaHolding, ot.U16BE, maxReadRegisters)
	if o := readRange(c, write, AreaHolding, ot.U16BE, maxBothWrite); odd == ot.NoAnomaly {
		odd = o
	}
	odd = readWritten(c, write, odd, 2*write.Object.Len)
	if c.Short() {
		read.Object, write.Object, write.Value, odd = ot.Object{}, ot.Object{}, nil, ot.Malformed
	}
	r.Add(&read, out)
	r.Add(write, out)
	return odd
}

// readDiagnostic: one word of data for all but the echo; which word is fixed by the sub-function (AP §6.8.1).
func readDiagnostic(c *protocols.Cursor, t *ot.Transaction) ot.Anomaly {
	sub := c.U16()
	t.Value = c.Rest()
	if len(t.Value) >= 2 {
		t.Arg[argA] = uint32(t.Value[0])<<8 | uint32(t.Value[1])
	}
	data := t.Arg[argA]
	switch {
	case sub == echoQuery:
	case len(t.Value) < 2:
		return ot.Malformed
	case sub == 1 && data != 0 && data != 0xFF00, sub == 3 && data&0xFF != 0, sub != 1 && sub != 3 && sub < 21 && data != 0:
		return ot.BadValue
	}
	return ot.NoAnomaly
}

func readEncapsulated(c *protocols.Cursor, t *ot.Transaction) ot.Anomaly {
	if mei := c.U8(); mei != meiDevice {
		if t.Value = c.Rest(); mei == meiCANopen {
			readCANopen(t.Value, t)
		}
		return ot.NoAnomaly
	}
	t.Arg[argA], t.Arg[argB] = uint32(c.U8()), uint32(c.U8())
	t.Object = ot.Object{Area: AreaIdentity, Addr: t.Arg[argB], Len: 1}
	if t.Arg[argA] < 1 || t.Arg[argA] > readCodeOne {
		return ot.BadValue
	}
	return ot.NoAnomaly
}
