package main

import (
	"fmt"
	"time"
)

// Registers that say what a small line does, and a set point.
const (
	lineRuns  = 20
	lineMakes = 21
	lineHeat  = 22
)

// campaigns is a line that makes one product after the other: what to make is
// written while it stands still, and the set point is trimmed twice.
func campaigns(t *tape, n int) *modbus {
	m := t.modbus(building, air)
	pass := func(minutes int) { t.every(30*time.Second, 2*minutes, func(int) { m.poll() }) }
	heat := func(i int) { m.write(1, lineHeat, 200+uint16(i*7%26)) }
	for i := range n {
		m.write(1, lineMakes, 1+uint16(i%3))
		heat(2 * i)
		pass(6)
		m.write(1, lineRuns, 1)
		pass(6)
		heat(2*i + 1)
		pass(6)
		m.write(1, lineRuns, 0)
		pass(6)
	}
	return m
}

// jog writes one byte of DB21.
func (s *s7) jog(v byte) {
	s.job("05 01 12 0a 10 02 0001 0015 84 000018", fmt.Sprintf("00 04 0008 %02x", v), "05 01", "ff")
}

func campaignStories() []story {
	return []story{
		{"campaigns", "learning material: what a line makes is only written while it stands still",
			"thirteen campaigns of 24 minutes: the building station writes what to make (register 21), starts (20) and stops the line, trims a set point (22) twice, and polls twice a minute",
			func(t *tape) { campaigns(t, 13).close() }},
		{"campaign-wrong-phase", "a known host, point and value, while the line runs",
			"the building station starts the line and writes a minute later what to make",
			func(t *tape) {
				m := t.modbus(building, air)
				m.write(1, lineRuns, 1)
				t.wait(time.Minute)
				t.act()
				m.write(1, lineMakes, 2)
				m.close()
			}},
		{"campaign-drift", "a set point that creeps within its range",
			"the building station writes a set point ten times, each two above the one before, every two minutes",
			func(t *tape) {
				m := t.modbus(building, air)
				t.every(2*time.Minute, 10, func(i int) {
					t.act()
					m.write(1, lineHeat, 202+2*uint16(i))
				})
				m.close()
			}},
		{"campaign-rush", "a known poll, six hundred times as often",
			"the building station polls every 50 ms for a quarter of a minute",
			func(t *tape) {
				m := t.modbus(building, air)
				t.act()
				t.every(50*time.Millisecond, 300, func(int) { m.poll() })
				m.close()
			}},
		{"campaign-s7", "learning material: an operator jogs a filler now and then",
			"the building station sets and clears one byte of DB21, two seconds apart, every minute of ten",
			func(t *tape) {
				c := t.s7(building, filler, 2)
				t.every(time.Minute, 10, func(int) {
					c.jog(1)
					t.wait(2 * time.Second)
					c.jog(0)
				})
				c.close()
			}},
		{"campaign-s7-jog", "the same byte, set and cleared faster than a hand can",
			"the building station sets and clears one byte of DB21 thirty times in half a second",
			func(t *tape) {
				c := t.s7(building, filler, 2)
				t.act()
				t.every(16*time.Millisecond, 30, func(i int) { c.jog(byte(i % 2)) })
				c.close()
			}},
		{"campaign-reconnects", "a known conversation opened again and again",
			"the building station opens eight connections, one every five seconds, and polls once in each",
			func(t *tape) {
				t.every(5*time.Second, 8, func(i int) {
					t.act()
					m := t.modbus(building, air)
					m.poll()
					m.close()
				})
			}},
	}
}
