package cip

import (
	"slices"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// body is what a service of a class is given and what it gives back, in the
// parts of attribute; recalled where no document or capture at hand shows it.
type body struct {
	code          uint32 // class << 8 | service
	asked, answer string
	recalled      bool
}

// bodies are those of the services whose data say what was done, in the order
// of their codes (Volume 1, 3-5.5 and 5-42; Volume 5, 5-4; Volume 7).
var bodies = []body{
	{code: 0x06_56, asked: "connection:u2", answer: connectionParts, recalled: true},
	{code: 0x06_57, asked: "serial:u2 vendor:u2 originator:u4", answer: connectionParts, recalled: true},
	{code: 0x06_5A, answer: "connections:u1 claiming:u1 ready:u1 last_action:u1 serial:u2 vendor:u2 originator:u4"},

	{code: 0x37_4B, asked: "transfer_size:u1", answer: "size:u4 transfer_size:u1", recalled: true},
	{code: 0x37_4C, asked: "size:u4 format:u2 revision:u1 minor:u1 name:rest", answer: "burn_size:u4 burn_time:u2 transfer_size:u1", recalled: true},

	{code: 0x39_4F, asked: "password:hidden16 target:x10 originator:x10"},
	{code: 0x39_50, asked: "checksum:x4 time:x6", answer: "checksum:x4 time:x6"},
	{code: 0x39_51, asked: "current:hidden16 new:hidden16"},
	{code: 0x39_52, asked: "lock:u1=unlock|lock password:hidden16 target:x10"},
	{code: 0x39_53, asked: "mode:u1=idle|execute password:hidden16"},
	{code: 0x39_54, asked: "type:u1=power_cycle|factory_default|keep_some password:hidden16 target:x10"},
	{code: 0x39_55, asked: "password:hidden1"},
	{code: 0x39_56, asked: "target:x10"},
	{code: 0x39_57, asked: "target:x10"},

	{code: 0x44_4B, asked: modbusRange, answer: "data:rest"},
	{code: 0x44_4C, asked: modbusRange, answer: "data:rest"},
	{code: 0x44_4D, asked: modbusRange, answer: "data:rest"},
	{code: 0x44_4E, asked: modbusRange, answer: "data:rest"},
	{code: 0x44_4F, asked: modbusRange + " data:rest", answer: modbusRange},
	{code: 0x44_50, asked: modbusRange + " data:rest", answer: modbusRange},
	{code: 0x44_51, asked: "function:u1 data:rest", answer: "function:u1 data:rest"},

	{code: 0xF3_51, asked: "change:u2=full|incremental"},
	{code: 0xF3_52, asked: "change:u2=full|incremental"},
}

const (
	connectionParts = "connection:u2 state:u2 originator_port:u2 target_port:u2 serial:u2 vendor:u2 originator:u4"
	modbusRange     = "address:u2 count:u2"
)

func bodyOf(code uint32) *body {
	i, found := slices.BinarySearchFunc(bodies, code, func(b body, key uint32) int { return int(b.code) - int(key) })
	if !found {
		return nil
	}
	return &bodies[i]
}

// askedText says what a service was given: label value, …
func askedText(t *ot.Transaction) []byte {
	if b := bodyOf(t.Code); b != nil {
		return bodyText(b.asked, requestData(t))
	}
	return nil
}

// answerText says what a service gave back.
func answerText(t *ot.Transaction) []byte {
	if b := bodyOf(t.Code); b != nil && t.Status == ot.OK {
		return bodyText(b.answer, replyData(t))
	}
	return nil
}

// bodyText is nothing where the data are shorter than their parts.
func bodyText(parts string, data []byte) []byte {
	if parts == "" || len(data) == 0 {
		return nil
	}
	c := protocols.Read(data)
	dst := appendParts(nil, parts, &c)
	if c.Short() || len(dst) > attributesCap {
		return nil
	}
	return dst
}

// isModbus reports a service that reads or writes the registers of a Modbus device.
func isModbus(t *ot.Transaction) bool {
	return t.Object.Area == classModbus && serviceOf(t) >= 0x4B && serviceOf(t) <= 0x50
}

// setModbus takes over which registers are meant.
func setModbus(t *ot.Transaction, data []byte) {
	c := protocols.Read(data)
	if address, count := c.U16LE(), c.U16LE(); !c.Short() {
		t.Object.Addr, t.Object.Len = uint32(address), uint32(count)
	}
}
