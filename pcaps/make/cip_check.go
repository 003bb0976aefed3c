package main

import (
	"fmt"
	"slices"
	"time"
)

// orderedSafety opens a safety connection of base format: two bytes to the
// target, or two bytes from it to a group.
func orderedSafety(e *enip, serial string, o2t, t2o string, toGroup bool) {
	sizes, points := "a0860100 0848 a0860100 0648 80", "2c 96 2c 64"
	if toGroup {
		sizes, points = "a0860100 0648 a0860100 0e28 00", "2c c7 2c 64"
	}
	e.cip(0x54, "20 06 24 01", "0a 0e 00000000 "+t2o+serial+"3333 37130000 01 000000 "+sizes+" 20"+
		"20 04 24 97"+points+"50 1b 00 00 ddccbbaa 112233445566 10270000 0648 000400000001 0a4d0a15 000400000001 0a4d0a14"+
		"6400 0200 c800 02 01 44332211 00000000", 0, o2t+t2o+serial+"3333 37130000 a0860100 a0860100 05 00 0100 4d00 88150000 0700")
}

func endOf(vendor, serial string) end { return end(octets(vendor + serial)) }

// safetyAt is what a safety connection sends at one beat: data, their mode byte, the beat's number.
type safetyAt struct {
	data string
	mode byte
	end  end
}

// exchangeSafety sends data and what answers their pings, twenty times in two seconds.
func exchangeSafety(t *tape, from, to host, id, back string, answers end, at func(i int) safetyAt) {
	for i := range 20 {
		seq := le.AppendUint32(nil, uint32(i))
		now := at(i)
		ping := byte(i / 8)
		t.udp(from, to, 2222, 2222, ioOf(id, seq, now.end.short(octets(now.data), now.mode|ping, uint16(500+i*780))))
		t.udp(to, from, 2222, 2222, ioOf(back, seq, answers.answer(ping, uint16(900+i*780))))
		t.wait(100 * time.Millisecond)
	}
}

// plain is a message of AB/TCP: who asks, the function, the data.
func plain(mode, function byte, data string) []byte {
	b, body := make([]byte, 28), octets(data)
	b[0], b[1], b[3] = mode, function, byte(len(body))
	if mode == 1 && function == 1 {
		b[13], b[15] = 4, 5 // version, backlog
	} else {
		b[6], b[7] = 0x12, 0x34 // the connection that was given
	}
	return append(b, body...)
}

const (
	safetyRun  = 0x84
	safetyIdle = 0x14
)

func safetyStories() []story {
	group := hostOf("239.192.10.31", "01:00:5e:40:0a:1f")
	return []story{
		{"cip-safety-steady", "safety connections without a fault",
			"the packaging panel opens two safety connections of base format to the cartoner: it sends two bytes, and hears two bytes that the cartoner sends to a group with the time correction behind; all check sums are right, the pings are answered, the data run",
			func(t *tape) {
				e := t.enip(packer, cartoner)
				orderedSafety(e, "0300", "02000020", "02000077", false)
				exchangeSafety(t, packer, cartoner, "02000020", "02000077", targetEnd, func(int) safetyAt { return safetyAt{"a53c", safetyRun, originatorEnd} })
				orderedSafety(e, "0500", "05000020", "05000077", true)
				for i := range 20 {
					seq := le.AppendUint32(nil, uint32(i))
					data := append(targetEnd.short(octets("1122"), safetyRun, uint16(700+i*780)), targetEnd.correction(1, uint16(40+i))...)
					t.udp(cartoner, group, 2222, 2222, ioOf("05000077", seq, data))
					t.udp(packer, cartoner, 2222, 2222, ioOf("05000020", seq, endOf("3333 37130000", "0500").answer(0, uint16(800+i*780))))
					t.wait(100 * time.Millisecond)
				}
				e.close()
			}},
		{"cip-safety-faults", "safety connections with faults",
			"the packaging panel opens three safety connections of base format to the cartoner: on the first, one packet has a changed bit; on the second, the data are those of another connection, with check sums that agree with each other; on the third, the data go from run to idle",
			func(t *tape) {
				e := t.enip(packer, cartoner)
				orderedSafety(e, "0300", "02000020", "02000077", false)
				exchangeSafety(t, packer, cartoner, "02000020", "02000077", targetEnd, func(i int) safetyAt {
					at := safetyAt{"a53c", safetyRun, originatorEnd}
					if i == 15 {
						t.act()
						at.end = slices.Concat(originatorEnd[:7], end{1})
					}
					return at
				})
				orderedSafety(e, "0500", "05000020", "05000077", false)
				t.act()
				exchangeSafety(t, packer, cartoner, "05000020", "05000077", targetEnd, func(int) safetyAt { return safetyAt{"a53c", safetyRun, originatorEnd} })
				orderedSafety(e, "0600", "06000020", "06000077", false)
				exchangeSafety(t, packer, cartoner, "06000020", "06000077", targetEnd, func(i int) safetyAt {
					at := safetyAt{"a53c", safetyRun, endOf("3333 37130000", "0600")}
					if i == 15 {
						t.act()
					}
					if i >= 15 {
						at.mode = safetyIdle
					}
					return at
				})
				e.close()
			}},
		{"pccc-plain", "PCCC without EtherNet/IP",
			"the laptop speaks AB/TCP (port 2222) with the cartoner: it reads N7:0 twice, writes N7:1 and puts the controller into program mode; all accepted",
			func(t *tape) {
				c := t.open(laptop, cartoner, 2222)
				c.exchange(plain(1, 1, ""), plain(2, 1, ""))
				for i, command := range []string{"0f00 %02x00 a2 04 07 89 00 00", "0f00 %02x00 a2 04 07 89 00 00", "0f00 %02x00 aa 02 07 89 01 00 2a00", "0f00 %02x00 80 01"} {
					answer := ""
					if i < 2 {
						answer = "0100 0200"
					}
					if i == 3 {
						t.act()
					}
					c.exchange(plain(1, 7, "00050000"+fmt.Sprintf(command, i+1)), plain(2, 7, fmt.Sprintf("00000500 4f00 %02x00", i+1)+answer))
					t.wait(time.Second)
				}
				c.close()
			}},
		{"cip-motion-day", "an axis is enabled and disabled, as every day",
			"the packaging panel opens a motion connection to the cartoner and asks its axis to be enabled, and fifteen seconds later to be disabled, over and over for three minutes",
			func(t *tape) { motionDay(t, func(int) byte { return 0 }) }},
		{"cip-motion-other", "an axis is asked what it never was",
			"as cip-motion-day, but halfway the axis is asked to shut down",
			func(t *tape) {
				motionDay(t, func(i int) byte {
					if i == 180 {
						t.act()
					}
					if i >= 180 && i < 186 {
						return 3
					}
					return 0
				})
			}},
	}
}

// motionDay asks an axis to run for fifteen seconds and to stop for fifteen; other is a
// request of another kind, 0 where there is none.
func motionDay(t *tape, other func(i int) byte) {
	e := t.enip(packer, cartoner)
	e.cip(0x54, "20 06 24 01", "0a 0e 00000000 03000077 0400 3333 37130000 03 000000 20a10700 4048 20a10700 4048 01 04 20 42 24 01 2c 02 2c 02",
		0, "03000020 03000077 0400 3333 37130000 20a10700 20a10700 00 00")
	for i := range 360 {
		request, state := byte(1), byte(4)
		if i/30%2 == 1 {
			request, state = 2, 2
		}
		if o := other(i); o != 0 {
			request, state = o, 10
		}
		seq := le.AppendUint32(nil, uint32(i))
		speed := octets(fmt.Sprintf("0000%02x42", i%30)) // a velocity
		t.udp(packer, cartoner, 2222, 2222, ioPacket("03000020", seq, movedAxis(6, 2, request, 0, byte(i), speed)))
		t.udp(cartoner, packer, 2222, 2222, ioPacket("03000077", seq, movedAxis(7, 2, request, state, byte(i), speed)))
		t.wait(500 * time.Millisecond)
	}
	e.close()
}

// movedAxis is axisBlock with a velocity, commanded or actual.
func movedAxis(format, mode, request, state, update byte, speed []byte) []byte {
	b := axisBlock(format, mode, request, state, update)

	b[10], b[11], b[12] = 5, 5, 3 // one word more
	if at := 16; format == 6 {
		b[at+4] = 0x02
	} else {
		b[at+5] = 0x02
	}
	return append(b, speed...)
}
