package main

import (
	"math"
	"time"
)

// The stories of this file have a site file beside them, which says what people
// know: it is kept by hand.

var (
	second2  = hostOf("10.77.10.22", "28:63:36:10:00:22") // another S7 controller
	recorder = hostOf("10.77.10.72", "28:63:36:10:00:72") // keeps batch records
)

// writeDB writes bytes of a data block.
func (s *s7) writeDB(block, at uint16, value []byte) {
	s.ref++
	params := be.AppendUint16([]byte{5, 1, 0x12, 0x0A, 0x10, 2}, uint16(len(value)))
	params = be.AppendUint16(params, block)
	params = append(params, 0x84, byte(at>>13), byte(at>>5), byte(at<<3))
	data := append(be.AppendUint16([]byte{0, 4}, uint16(8*len(value))), value...)
	s.exchange(message(1, s.ref, params, data), message(3, s.ref, []byte{5, 1}, []byte{0xFF}))
}

func real32(v float32) []byte { return be.AppendUint32(nil, math.Float32bits(v)) }

func siteStories() []story {
	return []story{
		{"site-critical-write", "a critical parameter is written as nobody may",
			"before anything tells the line's phase the panel writes a fill volume of 11 (the site file allows 9.8 to 10.2); then the panel reads the phase, which is filling, and the laptop, which may not, writes 10",
			func(t *tape) {
				s := t.s7(panel, filler, 2)
				t.act()
				s.writeDB(10, 12, real32(11))
				t.wait(10 * time.Second)
				s.readDB(5, 0, 2)
				other := t.s7(laptop, filler, 2)
				t.act()
				other.writeDB(10, 12, real32(10))
				other.close()
				s.close()
			}},
		{"site-critical-fine", "a critical parameter is written as the site file has it, and an alarm limit",
			"the panel writes a fill volume of 10 and then the limit of the pressure alarm",
			func(t *tape) {
				s := t.s7(panel, filler, 2)
				s.readDB(5, 0, 2)
				s.writeDB(10, 12, real32(10))
				t.act()
				s.writeDB(10, 20, []byte{0, 40})
				s.close()
			}},
		{"site-engineering", "engineering work outside and inside of planned work",
			"at 12:00 the engineering station stops the filler, whose step has direct GxP impact, and another controller, whose has not; the laptop reads a program out of the filler and sets the clock of the recorder; from 13:05, inside the window of the site file, the engineering station stops both again",
			func(t *tape) {
				for _, to := range []host{filler, second2} {
					s := t.s7(engineering, to, 1)
					t.act()
					s.stop()
					s.close()
				}
				s := t.s7(laptop, filler, 1)
				t.act()
				s.job("1d 00 0000 00000000 09 5f30383030303031 41", "", "1d 00 0100 00000007 07 30303030313030", "")
				s.job("1e 00 0000 00000007", "", "1e 00", "0004 00fb 01020304")
				s.job("1f 00 0000 00000007", "", "1f", "")
				s.close()
				s = t.s7(laptop, recorder, 1)
				t.act()
				s.user(7, 2, "00 19 26 11 24 12 00 00 00 03", 0, "")
				s.close()
				t.now = start.Add(65 * time.Minute)
				for _, to := range []host{filler, second2} {
					s := t.s7(engineering, to, 1)
					t.act()
					s.stop()
					s.close()
				}
			}},
		{"site-engineering-planned", "engineering work inside of planned work only",
			"from 13:05, inside the window of the site file, the engineering station stops the filler",
			func(t *tape) {
				t.now = start.Add(65 * time.Minute)
				s := t.s7(engineering, filler, 1)
				s.stop()
				s.close()
			}},
		{"site-scanner", "an approved scanner does its work",
			"the laptop, which the site file names as a scanner, tries ports 102, 502, 2222 and 44818 of four controllers",
			industrialScan},
		{"site-records", "what a batch record is made of no longer comes",
			"as modbus-poll-stops; the site file says that the historian keeps records and that the line is filling",
			func(t *tape) {
				p := newPollers(t)
				p.seconds(60, p.air, p.pressure, p.building)
				t.act()
				p.seconds(240, p.pressure, p.building)
			}},
		{"ssh-controller", "a remote session to a controller",
			"the laptop opens SSH on the air handling unit, which the site file calls a controller",
			func(t *tape) {
				c := t.open(laptop, air, 22)
				t.act()
				ssh(c)
				c.close()
			}},
	}
}
