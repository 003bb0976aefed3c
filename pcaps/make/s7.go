package main

import (
	"fmt"
	"time"
)

// s7 is an S7 client on ISO transport.
type s7 struct {
	*conn
	ref uint16
}

// tpkt wraps a COTP packet (RFC 1006).
func tpkt(b []byte) []byte {
	return append(be.AppendUint16([]byte{3, 0}, uint16(4+len(b))), b...)
}

func cotpData(b []byte) []byte { return tpkt(append([]byte{2, 0xF0, 0x80}, b...)) }

// cotpRequest asks for a connection between two selectors, TPDU size 1024.
func cotpRequest(from, to uint16) []byte { return cotpConnect(0xE0, 0, 1, from, to) }
func cotpConfirm(from, to uint16) []byte { return cotpConnect(0xD0, 1, 2, from, to) }

func cotpConnect(kind byte, dst, src, from, to uint16) []byte {
	b := []byte{17, kind}
	b = be.AppendUint16(b, dst)
	b = be.AppendUint16(b, src)
	b = append(b, 0, 0xC0, 1, 0x0A, 0xC1, 2)
	b = be.AppendUint16(b, from)
	b = append(b, 0xC2, 2)
	return tpkt(be.AppendUint16(b, to))
}

// s7 opens a connection of that type (1 programming device, 2 operator panel, 3 other) to slot 2.
func (t *tape) s7(client, server host, kind uint16) *s7 {
	s := &s7{conn: t.open(client, server, 102)}
	s.exchange(cotpRequest(0x0100, kind<<8|2), cotpConfirm(0x0100, kind<<8|2))
	s.job("f0 00 0001 0001 01e0", "", "f0 00 0001 0001 01e0", "")
	return s
}

// message is an S7 header with parameters and data; acknowledgements carry two error bytes more.
func message(kind byte, ref uint16, params, data []byte) []byte {
	b := be.AppendUint16([]byte{0x32, kind, 0, 0}, ref)
	b = be.AppendUint16(b, uint16(len(params)))
	b = be.AppendUint16(b, uint16(len(data)))
	if kind == 2 || kind == 3 {
		b = append(b, 0, 0)
	}
	return cotpData(append(append(b, params...), data...))
}

// job is a request and its acknowledgement with data.
func (s *s7) job(params, data, answerParams, answerData string) {
	s.ref++
	s.exchange(message(1, s.ref, octets(params), octets(data)), message(3, s.ref, octets(answerParams), octets(answerData)))
}

// user is a userdata request of a group and its answer; error 0 is accepted.
func (s *s7) user(group, sub byte, data string, code uint16, answer string) {
	s.ref++
	request := []byte{0, 1, 0x12, 4, 0x11, 0x40 | group, sub, 0}
	confirm := be.AppendUint16([]byte{0, 1, 0x12, 8, 0x12, 0x80 | group, sub, 1, 0, 0}, code)
	s.exchange(message(7, s.ref, request, userData(data)), message(7, s.ref, confirm, userData(answer)))
}

// userData is return code, transport size and length before the octets.
func userData(text string) []byte {
	b := octets(text)
	if len(b) == 0 {
		return []byte{0x0A, 0, 0, 0}
	}
	return append(be.AppendUint16([]byte{0xFF, 0x09}, uint16(len(b))), b...)
}

func (s *s7) stop() { s.job("29 0000000000 09 505f50524f4752414d", "", "29", "") }

// readDB reads bytes of a data block; their values follow from the place.
func (s *s7) readDB(block, at uint16, n int) {
	s.ref++
	params := []byte{4, 1, 0x12, 0x0A, 0x10, 2} // one item: length, any-type address, bytes
	params = be.AppendUint16(params, uint16(n))
	params = be.AppendUint16(params, block)
	params = append(params, 0x84, byte(at>>13), byte(at>>5), byte(at<<3))
	data := be.AppendUint16([]byte{0xFF, 4}, uint16(8*n))
	for i := range n {
		data = append(data, byte(int(at)+i))
	}
	s.exchange(message(1, s.ref, params, nil), message(3, s.ref, []byte{4, 1}, data))
}

func s7Stories() []story {
	return []story{
		{"s7-force", "variables are modified and forced by an engineering tool",
			"the engineering station, connected as a programming device, modifies one flag double word (userdata 1/8) and forces an output byte (1/9); both are accepted",
			func(t *tape) {
				s := t.s7(engineering, filler, 1)
				s.readDB(10, 0, 40)
				head := "0014 %s 0000 0000 0000 0000 0000 0000 0000 0000 0001 0000"
				t.act()
				s.user(1, 8, fmt.Sprintf(head, "0010")+"0001 03 01 0000 0000 ff 04 0020 00000001", 0, "0004 0004 0000 0001 0000 0001 ff 00 00 00")
				t.act()
				s.user(1, 9, fmt.Sprintf(head, "000d")+"0001 21 01 0000 0000 ff 04 0008 01 00", 0, "0004 0004 0000 0001 0000 0001 ff 00 00 00")
				s.close()
			}},
		{"s7-alarm-lock", "an alarm is locked",
			"the engineering station locks one alarm (userdata 4/7), which is accepted",
			func(t *tape) {
				s := t.s7(engineering, filler, 1)
				t.act()
				s.user(4, 7, "00 01 12 06 15 00 60000001", 0, "00 01 ff")
				s.close()
			}},
		{"s7-memory-reset", "the memory of a controller is reset",
			"the engineering station stops the filler and resets its memory (userdata 1/12), both accepted",
			func(t *tape) {
				s := t.s7(engineering, filler, 1)
				s.stop()
				t.act()
				s.user(1, 0x0C, "0014 0000 0000 0000 0000 0000 0000 0000 0000 0000 0001 0000", 0, "")
				s.close()
			}},
		{"s7-tsap-scan", "slots are tried until one answers",
			"the laptop asks for connections to slots 0 to 7 of the filler, one TCP connection each; slot 2 confirms, the others disconnect",
			func(t *tape) {
				for slot := range uint16(8) {
					c := t.open(laptop, filler, 102)
					answer := octets("0300000b 06 80 0001 0000 00")
					if slot == 2 {
						answer = cotpConfirm(0x0100, 0x0102)
					}
					t.act()
					c.exchange(cotpRequest(0x0100, 0x0100|slot), answer)
					c.close()
					t.wait(300 * time.Millisecond)
				}
			}},
		{"s7-malformed", "what the specification forbids, each on a connection of its own",
			"a parameter length beyond the packet; a data length beyond the packet; a read of 200 items with none; an unknown kind of message; a COTP header length beyond the packet. tshark marks some of them, as it should",
			func(t *tape) {
				for _, b := range [][]byte{
					cotpData(octets("32 01 0000 0099 00ff 0000 04 01")),                             // 255 bytes of parameters
					cotpData(octets("32 01 0000 0099 000e 0400 04 01 120a 10 02 0002 000a 840000")), // and data that are not there
					cotpData(octets("32 01 0000 0099 0002 0000 04 c8")),                             // 200 items announced
					cotpData(octets("32 09 0000 0099 0002 0000 04 00")),                             // kind 9
					tpkt(octets("f0 f0 80 32 01")),                                                  // header length 240
				} {
					s := t.s7(laptop, filler, 3)
					s.readDB(10, 0, 4)
					t.act()
					s.ask(b)
					s.serverAck()
					t.wait(time.Second)
					s.close()
				}
			}},
		{"s7-info-new-function", "a known reader uses a function it never used",
			"the historian reads DB10 of the filler as on a quiet day, then orders cyclic reading of a flag byte (userdata 2/1) and ends it (2/4)",
			func(t *tape) {
				s := t.s7(history, filler, 3)
				s.readDB(10, 0, 48)
				t.act()
				s.user(2, 1, "0001 01 0a 12 0a 10 02 0001 0000 83 000000", 0, "0001 ff 04 0008 01 00")
				t.act()
				s.user(2, 4, "01 01", 0, "")
				s.close()
			}},
		{"stop-three", "one host stops several controllers",
			"the laptop tells three S7 controllers to stop within a minute, all accept",
			func(t *tape) {
				for _, to := range []host{filler, hostOf("10.77.10.22", "28:63:36:10:00:22"), hostOf("10.77.10.23", "28:63:36:10:00:23")} {
					s := t.s7(laptop, to, 1)
					t.act()
					s.stop()
					s.close()
					t.wait(15 * time.Second)
				}
			}},
	}
}
