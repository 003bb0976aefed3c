package sensor

import (
	"encoding/binary"
	"strings"
	"testing"

	"otsensor/pkg/ot"
)

// enip wraps a message into an encapsulation of EtherNet/IP.
func enip(command uint16, data string) string {
	b := binary.LittleEndian.AppendUint16(nil, command)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(data)))
	return string(b) + "\x07\x00\x00\x00" + strings.Repeat("\x00", 16) + data
}

// unconnected is a message sent without a connection: a null address and the data.
func unconnected(cip string) string {
	n := binary.LittleEndian.AppendUint16(nil, uint16(len(cip)))
	return enip(0x6f, "\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\xb2\x00"+string(n)+cip)
}

// services is a multiple service packet with the offsets given.
func services(offsets []uint16, rest string) string {
	b := binary.LittleEndian.AppendUint16([]byte("\x0a\x02\x20\x02\x24\x01"), uint16(len(offsets)))
	for _, o := range offsets {
		b = binary.LittleEndian.AppendUint16(b, o)
	}
	return string(b) + rest
}

// tpkt is data of S7 in COTP; more says that another part follows.
func tpkt(s7 string, more bool) string {
	last := "\x80"
	if more {
		last = "\x00"
	}
	n := binary.BigEndian.AppendUint16([]byte("\x03\x00"), uint16(7+len(s7)))
	return string(n) + "\x02\xf0" + last + s7
}

const (
	session   = "\x65\x00\x04\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\x01\x00\x00\x00"
	sessionOK = "\x65\x00\x04\x00\x07\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\x01\x00\x00\x00"
	set       = "\x4d\x02\x91\x02ab\xc4\x00\x01\x00\x2a\x00\x00\x00" // a write to the tag ab

	cotpAsk    = "\x03\x00\x00\x16\x11\xe0\x00\x00\x00\x01\x00\xc1\x02\x01\x00\xc2\x02\x01\x02\xc0\x01\x0a"
	cotpAnswer = "\x03\x00\x00\x16\x11\xd0\x00\x01\x00\x02\x00\xc0\x01\x0a\xc1\x02\x01\x00\xc2\x02\x01\x02"
	s7Write    = "\x32\x01\x00\x00\x00\x05\x00\x0e\x00\x05\x05\x01\x12\x0a\x10\x02\x00\x01\x00\x01\x84\x00\x00\x00\x00\x04\x00\x08\x2a" // one byte of DB 1
)

// contentEvasions are those inside the messages of a protocol.
func contentEvasions() []evasion {
	onENIP := func(messages ...string) func(s *stage) {
		return func(s *stage) {
			s.port = 44818
			s.handshake()
			s.say(0, session, opts{})
			s.say(1, sessionOK, opts{})
			for _, m := range messages {
				s.say(0, m, opts{})
			}
		}
	}
	onS7 := func(messages ...string) func(s *stage) {
		return func(s *stage) {
			s.port = 102
			s.handshake()
			s.say(0, cotpAsk, opts{})
			s.say(1, cotpAnswer, opts{})
			for _, m := range messages {
				s.say(0, m, opts{})
			}
		}
	}
	nested := set
	for range 10 {
		nested = services([]uint16{4}, nested)
	}
	many := make([]uint16, 100)
	for i := range many {
		many[i] = uint16(2 + 2*len(many) + i*len(set))
	}
	return []evasion{
		{id: "E31", name: "services nested ten deep, and what follows", writes: 1, odd: []ot.Anomaly{ot.TooDeep}, play: onENIP(unconnected(nested), unconnected(set))},
		{id: "E31", name: "services whose places point at themselves", writes: 1, odd: []ot.Anomaly{ot.Malformed}, play: onENIP(unconnected(services([]uint16{0, 0, 65535}, "")), unconnected(set))},
		{id: "E31", name: "a hundred services in one packet", writes: 64, odd: []ot.Anomaly{ot.Oversize}, play: onENIP(unconnected(services(many, strings.Repeat(set, len(many)))))},
		{id: "E30", name: "65,535 items that are not there", writes: 1, odd: []ot.Anomaly{ot.Malformed}, play: onENIP(enip(0x6f, "\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x00\x00"), unconnected(set))},
		{id: "E30", name: "a session nobody was given", writes: 1, odd: []ot.Anomaly{ot.BadSession}, play: onENIP(strings.Replace(unconnected(set), "\x07\x00\x00\x00", "\x99\x00\x00\x00", 1))},
		{id: "E32", name: "a write of S7 in three parts", writes: 1, play: onS7(tpkt(s7Write[:11], true), tpkt(s7Write[11:20], true), tpkt(s7Write[20:], false))},
		{id: "E32", name: "255 items of S7 that are not there, and what follows", writes: 1, reads: 1, odd: []ot.Anomaly{ot.Malformed}, play: onS7(tpkt(strings.Replace(s7Write, "\x05\x01\x12", "\x04\xff\x12", 1), false), tpkt(s7Write, false))},
		{id: "E32", name: "a TPKT of 9,000 bytes, and what follows", writes: 1, odd: []ot.Anomaly{ot.BadLength}, play: onS7("\x03\x00\x23\x28\x02\xf0\x80", tpkt(s7Write, false))},
		{id: "E32", name: "parts without an end", odd: []ot.Anomaly{ot.Oversize}, play: onS7(strings.Repeat(tpkt(strings.Repeat("\x32", 1000), true), 100))},
		{id: "E28", name: "TLS on 502", odd: []ot.Anomaly{ot.WrongProtocol}, play: func(s *stage) {
			s.handshake()
			s.say(0, "\x16\x03\x01\x00\x30\x01\x00\x00\x2c\x03\x03"+strings.Repeat("\x55", 43), opts{})
		}},
		{id: "E28", name: "DNS on 44818", odd: []ot.Anomaly{ot.WrongProtocol}, always: func(t *testing.T, got outcome) {
			if got.others > 0 {
				t.Errorf("%d transactions of EtherNet/IP", got.others)
			}
		}, play: func(s *stage) {
			s.port = 44818
			s.handshake()
			s.say(0, "\x00\x1e\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x04test\x00\x00\x01\x00\x01", opts{})
		}},
		{id: "E28", name: "S7 on another port", writes: 1, play: func(s *stage) {
			onS7(tpkt(s7Write, false))(s)
			s.port = 10102
		}},
	}
}
