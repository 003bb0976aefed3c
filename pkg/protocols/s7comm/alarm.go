package s7comm

import (
	"encoding/hex"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// scanGap is what stands between the time and the alarms of a scan message.
const scanGap = 2

// view is all that a cursor has left, as a value, without reading it.
func view(c *protocols.Cursor) []byte {
	ahead := *c
	b := ahead.Rest()
	return b[:min(len(b), ot.ValueCap)]
}

// alarmObjects reads the alarms a request is about, one transaction each:
// function, count, then addresses with the event id behind the syntax.
func alarmObjects(t *ot.Transaction, c *protocols.Cursor, a *asking) {
	c.Skip(1)
	count := c.U8()
	t.Arg[argItem] = uint32(count)
	for i := byte(0); i < count; i++ {
		item := *t
		if !alarmObject(c, &item) {
			return
		}
		a.add(&item)
	}
}

// alarmObject reads one alarm: its event id and, where it has one, its state.
func alarmObject(c *protocols.Cursor, t *ot.Transaction) bool {
	spec, n := c.U8(), int(c.U8())
	in := protocols.Read(c.Bytes(n))
	syntax := in.U8()
	in.Skip(1) // how many values come with it
	if syntax == syntaxQuery {
		t.Arg[argC] = uint32(in.U8()) | present
		in.Skip(1)
	}
	id := in.U32()
	if spec != variableSpec || in.Short() {
		c.Skip(c.Left() + 1)
		return false
	}
	t.Arg[argItem] |= uint32(syntax) << 8
	t.Object = ot.Object{Area: uint32(syntax) << 16, Addr: id, Len: 1}
	if syntax == syntaxAlarm || syntax == syntaxNotify {
		t.Arg[argB] = uint32(in.U8()) | present
		in.Skip(1)
	}
	if syntax != syntaxQuery && in.Left() >= 2 {
		t.Arg[argA] = uint32(in.U16()) | present
	}
	return true
}

// alarmValues are the values that come with the first alarm of a message: its
// time, function and count, the address with how many there are, then these.
func alarmValues(t *ot.Transaction) []byte {
	c := protocols.Read(t.Value)
	c.Skip(8 + 2 + 1)
	if byte(t.Code) == cpuScan {
		c.Skip(scanGap)
	}
	address := protocols.Read(c.Bytes(int(c.U8())))
	address.Skip(1)
	var dst []byte
	for range address.U8() {
		v := readValue(&c)
		if c.Short() {
			break
		}
		if dst != nil {
			dst = append(dst, ' ')
		}
		dst = hex.AppendEncode(dst, v.bytes)
	}
	return dst
}

// alarmsText lists what a query found, a data set behind its length each: kind,
// event, the signals that are on, and those acknowledged going and coming.
func alarmsText(t *ot.Transaction) (dst []byte) {
	c := protocols.Read(t.Value)
	c.Skip(6) // function, count, return code, transport size, length
	for !c.Short() && len(dst) < recordsCap {
		n := int(c.U8())
		c.Skip(1)
		one := protocols.Read(c.Bytes(n))
		one.Skip(1)
		kind, event := one.U8(), one.U32()
		one.Skip(1)
		on, acknowledged := one.U8(), one.U16()
		if c.Short() || one.Short() {
			break
		}
		if dst != nil {
			dst = append(dst, "; "...)
		}
		dst = append(appendOf(dst, alarmKinds, uint64(kind)), ' ')
		dst = appendHex(append(appendHex(dst, event), " on "...), uint32(on))
		dst = appendHex(append(dst, " acknowledged "...), uint32(acknowledged))
		if at := clockText(one.Bytes(8)); kind == alarmKindS && at != nil {
			dst = append(append(dst, " since "...), at...)
		}
	}
	return dst
}
