package profinet

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The frame ids of alarms.
const (
	alarmHigh = 0xfc01
	alarmLow  = 0xfe01
)

// The kinds of an alarm frame.
const (
	alarmData = 1
	alarmAck  = 3
	alarmMost = 4
)

// alarm takes one alarm frame: endpoints, kind, sequence, and the notification, IEC 61158-6-10 §4.8, §5.2.4.
func alarm(dir ot.Dir, id uint16, c *protocols.Cursor, out *protocols.Emit) {
	t := begin(Realtime|kindAlarmAck, ot.OpAlarm, id)
	c.Skip(4) // endpoints
	kind := c.U8() & 0x0f
	c.Skip(5) // flags, sequence numbers
	body := protocols.Read(c.Bytes(int(c.U16())))
	if c.Short() || kind == 0 || kind > alarmMost {
		out.OddIn(ot.Malformed, dir, &t)
		return
	}
	if kind == alarmData {
		typ, length := body.U16(), body.U16()
		body.Skip(2) // version
		which, api := body.U16(), body.Bytes(4)
		slot, subslot := body.U16(), body.U16()
		switch {
		case body.Short() || length == 0 || api == nil:
			out.OddIn(ot.Malformed, dir, &t)
			return
		case typ == blockAlarmHigh || typ == blockAlarmLow:
			t.Code = Realtime | kindAlarm
		}
		t.Object = ot.Object{Block: uint32(slot), Addr: uint32(subslot), Len: 1}
		t.Arg[argDetail], t.Arg[argFlags] = uint32(which), hasAlarm|hasRecord
	}
	alone(ot.OneWay, &t, out)
}
