package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The CPU functions.
const (
	cpuSZL         = 0x01
	cpuMessages    = 0x02
	cpuDiagnostic  = 0x03
	cpuAlarm8      = 0x05
	cpuNotify      = 0x06
	cpuLock        = 0x07
	cpuUnlock      = 0x08
	cpuScan        = 0x09
	cpuAck         = 0x0B
	cpuAckSeen     = 0x0C
	cpuAlarmSQ     = 0x11
	cpuAlarmS      = 0x12
	cpuAlarmQuery  = 0x13
	cpuNotify8     = 0x16
	alarmsIncluded = 0x80 // of the events subscribed
)

// cpuRequest reads a request of the CPU functions.
func (d *decoder) cpuRequest(h *userHead, t *ot.Transaction, c *protocols.Cursor, a *asking) {
	switch h.sub {
	case cpuSZL:
		if c.Left() >= 4 {
			szlObject(t, c)
			t.Op = szlOp(t.Object.Block)
		}
	case cpuMessages:
		events := uint32(c.U8())
		c.Skip(1)
		t.Arg[argA] = events | present
		t.Name = d.clean(c.Bytes(8))
		if events&alarmsIncluded != 0 && c.Left() > 0 {
			t.Arg[argB] = uint32(c.U8()) | present
		}
	case cpuLock, cpuUnlock, cpuAck, cpuAlarmQuery:
		alarmObjects(t, c, a)
	}
}

// cpuPush reads what a controller reports: the first alarm of an indication, or
// an entry of the diagnostic buffer.
func cpuPush(h *userHead, t *ot.Transaction, c *protocols.Cursor) {
	switch h.sub {
	case cpuDiagnostic:
		if c.Left() >= szlDiagLen {
			t.Op = ot.OpDiagnostic
			t.Arg[argD] = uint32(c.U16()) | present
			c.Skip(10)
			t.Value = c.Bytes(8)
		}
		return
	case cpuScan:
		c.Skip(2)
		t.Value = view(c)
		c.Skip(8 + scanGap)
	case cpuAlarm8, cpuNotify, cpuAckSeen, cpuAlarmSQ, cpuAlarmS, cpuNotify8:
		t.Value = view(c)
		c.Skip(8)
	}
	c.Skip(1)
	t.Arg[argItem] = uint32(c.U8())
	alarmObject(c, t)
}

// cpuResult reads the data of a response of the CPU functions.
func (d *decoder) cpuResult(t *ot.Transaction, b []byte, dir ot.Dir, out *protocols.Emit) {
	switch byte(t.Code) {
	case cpuSZL:
		szl(t, b, dir, out)
	case cpuAlarmQuery:
		t.Value = b[:min(len(b), ot.ValueCap)]
	}
}
