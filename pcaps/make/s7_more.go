package main

import (
	"fmt"
	"time"
)

// area reads or writes bytes outside data blocks: 0x81 inputs, 0x82 outputs, 0x83 flags.
func (s *s7) area(function, area byte, at uint16, n int) {
	s.ref++
	params := be.AppendUint16([]byte{function, 1, 0x12, 0x0A, 0x10, 2}, uint16(n))
	params = append(params, 0, 0, area, byte(at>>13), byte(at>>5), byte(at<<3))
	data := append(be.AppendUint16([]byte{0xFF, 4}, uint16(8*n)), make([]byte, n)...)
	if function == 5 {
		data[0] = 0
		s.exchange(message(1, s.ref, params, data), message(3, s.ref, []byte{5, 1}, []byte{0xFF}))
		return
	}
	s.exchange(message(1, s.ref, params, nil), message(3, s.ref, []byte{4, 1}, data))
}

func s7MoreStories() []story {
	return []story{
		{"s7-process-image", "a reader of data blocks turns to inputs, outputs and flags",
			"the historian reads DB10 of the filler as on a quiet day, then reads inputs and outputs, and writes two flag bytes and an output byte",
			func(t *tape) {
				s := t.s7(history, filler, 3)
				s.readDB(10, 0, 48)
				t.act()
				s.area(4, 0x81, 0, 16)
				t.act()
				s.area(4, 0x82, 0, 16)
				t.act()
				s.area(5, 0x83, 100, 2)
				t.act()
				s.area(5, 0x82, 4, 1)
				s.close()
			}},
		{"s7-mass-read", "many data blocks read one after the other",
			"the historian reads DB10 of the filler as on a quiet day, then reads 24 other data blocks within a minute",
			func(t *tape) {
				s := t.s7(history, filler, 3)
				s.readDB(10, 0, 48)
				t.every(2*time.Second, 24, func(i int) {
					t.act()
					s.readDB(uint16(20+i), 0, 200)
				})
				s.close()
			}},
		{"s7-oversize", "a message longer than both ends agreed",
			"the laptop agrees on 480 bytes with the filler and then sends a message of 700",
			func(t *tape) {
				s := t.s7(laptop, filler, 3)
				s.readDB(10, 0, 4)
				t.act()
				s.ask(message(1, 99, octets("05 01 12 0a 10 02 02a0 000a 84 000000"), append(octets("00 04 1500"), make([]byte, 672)...)))
				s.serverAck()
				s.close()
			}},
		{"s7-ob-download", "an organisation block is loaded into a controller",
			"the engineering station asks to load OB 1 into the filler; the controller fetches it and the engineering station answers; the end is confirmed",
			func(t *tape) {
				s := t.s7(engineering, filler, 1)
				t.act()
				s.job("1a 00 0100 00000000 09 5f30383030303031 50 0d 31 303030313030303030313030", "", "1a", "")
				s.close()
			}},
		{"s7-mode-read", "the mode and the protection of a controller are read",
			"the historian reads DB10 of the filler as on a quiet day, then system status lists 0424 and 0232 (index 4)",
			func(t *tape) {
				s := t.s7(history, filler, 3)
				s.readDB(10, 0, 48)
				t.act()
				s.user(4, 1, "0424 0000", 0, "0424 0000 0014 0001 5108ff08 00000000 00000000 00000000 00000000")
				t.act()
				s.user(4, 1, "0232 0004", 0, "0232 0004 0028 0001 0004 0001 0000 0001 0002"+fmt.Sprintf("%060x", 0))
				s.close()
			}},
		{"s7-password-refused", "passwords that a controller refuses",
			"the laptop offers a password to the filler four times within a minute; each is refused",
			func(t *tape) {
				s := t.s7(laptop, filler, 1)
				for range 4 {
					t.act()
					s.user(5, 1, "6464646464646464", 0xD602, "")
					t.wait(10 * time.Second)
				}
				s.close()
			}},
		{"s7-breakpoint", "a breakpoint is set in a running controller",
			"the engineering station sets a breakpoint (userdata 1/10) and leaves hold (1/11); both are accepted",
			func(t *tape) {
				s := t.s7(engineering, filler, 1)
				t.act()
				s.user(1, 0x0A, "0014 0000 0000 0000 0000 0000 0000 0000 0000 0000 0001 0000", 0, "")
				t.act()
				s.user(1, 0x0B, "0014 0000 0000 0000 0000 0000 0000 0000 0000 0000 0001 0000", 0, "")
				s.close()
			}},
		{"s7-mode-push", "a controller reports that it stopped",
			"the panel reads DB10 of the filler; the controller pushes its change to stop (userdata 0/0) without being asked",
			func(t *tape) {
				s := t.s7(panel, filler, 2)
				s.readDB(10, 0, 40)
				t.act()
				s.answer(message(7, 0, octets("0001 12 08 12 00 00 00 0000 0000"), octets("ff 09 0004 00000000")))
				s.ack()
				s.readDB(10, 0, 40)
				s.close()
			}},
		{"s7-two-answers", "an S7 answer nobody asked for",
			"the historian reads DB10 of the filler; the controller sends a second answer under the reference of a request that was never made",
			func(t *tape) {
				s := t.s7(history, filler, 3)
				s.readDB(10, 0, 4)
				t.act()
				s.answer(message(3, 0x7777, []byte{4, 1}, octets("ff 04 0020 00000000")))
				s.ack()
				s.readDB(10, 0, 4)
				s.close()
			}},
		{"s7-slots-full", "a controller that has no connection left",
			"six operator connections of different hosts to the same slot are refused by disconnect within a minute",
			func(t *tape) {
				for n := range 6 {
					c := t.open(hostOf(fmt.Sprintf("10.77.10.%d", 81+n), fmt.Sprintf("00:0e:8c:10:00:%02x", 0x81+n)), filler, 102)
					t.act()
					c.exchange(cotpRequest(0x0100, 0x0202), octets("0300000b 06 80 0001 0000 01"))
					c.close()
					t.wait(5 * time.Second)
				}
			}},
		{"s7-connect-only", "a connection on port 102 that sets up nothing",
			"the laptop asks the filler for a transport connection, which is confirmed, and hangs up after a second",
			func(t *tape) {
				c := t.open(laptop, filler, 102)
				t.act()
				c.exchange(cotpRequest(0x0100, 0x0102), cotpConfirm(0x0100, 0x0102))
				t.wait(time.Second)
				c.close()
			}},
		{"s7-alarm-query", "the alarms of a controller are asked for, and its clock",
			"the historian reads DB10 of the filler as on a quiet day, then asks for its alarms (userdata 4/19) and reads its clock (7/1)",
			func(t *tape) {
				s := t.s7(history, filler, 3)
				s.readDB(10, 0, 48)
				t.act()
				s.user(4, 0x13, "00 01 12 08 1a 00 01 34 00000000", 0, "00 01 ff 09 0000")
				t.act()
				s.user(7, 1, "", 0, "00 19 26 11 24 12 00 00 0003")
				s.close()
			}},
	}
}
