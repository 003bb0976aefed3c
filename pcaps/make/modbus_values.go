package main

import "time"

// setpoint is a register whose writes are learned, choices the only values it gets.
const setpoint = 10

var choices = [...]uint16{100, 120, 110, 140, 130}

// operation is the building station polling the air handling unit every two
// seconds and writing the setpoint every fourteen, and the historian, which only reads.
type operation struct{ operator, reader *modbus }

func operate(t *tape, minutes int) operation {
	o := operation{t.modbus(building, air), t.modbus(history, air)}
	t.every(2*time.Second, 30*minutes, func(i int) {
		o.operator.poll()
		o.reader.poll()
		if i%7 == 3 {
			o.operator.write(1, setpoint, choices[i/7%len(choices)])
		}
	})
	return o
}

func (o operation) close() { o.operator.close(); o.reader.close() }

// then is a story that departs from ordinary operation with one act.
func then(act func(o operation)) func(t *tape) {
	return func(t *tape) {
		o := operate(t, 1)
		t.act()
		act(o)
		o.close()
	}
}

// units is a client of twelve units behind one address. A register of one of them
// is not there any more, which nobody mends, and a recipe is written again and again.
func units(t *tape, rounds int) {
	m := t.modbus(building, air)
	t.every(10*time.Second, rounds, func(int) {
		for unit := byte(1); unit <= 12; unit++ {
			m.read(unit, 3, 0, 8)
		}
		m.refused(7, numbers(3, 90, 2), 2)
		for register := uint16(200); register < 224; register++ {
			m.write(3, register, 500)
		}
	})
	m.close()
}

func modbusValueStories() []story {
	return []story{
		{"modbus-gateway", "learning material: what looks like a sweep, like a scan and like a burst, and is this line's ordinary work",
			"for seven minutes the building station reads eight registers of twelve units every 10 s, asks one of them for a register that it refuses, and writes 24 registers at once",
			func(t *tape) { units(t, 42) }},
		{"modbus-setpoint", "learning material: an operator writes a setpoint with one of five values, another host only reads",
			"for seven minutes the building station polls the air handling unit every 2 s and writes holding register 10 with 100, 110, 120, 130 or 140 every 14 s, thirty times; the historian polls the same unit",
			func(t *tape) { operate(t, 7).close() }},
		{"modbus-setpoint-rare", "learning material: as modbus-setpoint, with one value that comes once",
			"as modbus-setpoint; after it the building station writes 125 to register 10, once, and goes on for another three minutes",
			func(t *tape) {
				o := operate(t, 4)
				o.operator.write(1, setpoint, 125)
				o.close()
				operate(t, 3).close()
			}},
		{"modbus-value-out", "a setpoint far outside what was ever written",
			"as modbus-setpoint for a minute, then the building station writes 900 to register 10",
			then(func(o operation) { o.operator.write(1, setpoint, 900) })},
		{"modbus-value-new", "a value inside the range, but not one of those ever written",
			"as modbus-setpoint for a minute, then the building station writes 125 to register 10",
			then(func(o operation) { o.operator.write(1, setpoint, 125) })},
		{"modbus-write-elsewhere", "a write to a register that was never written",
			"as modbus-setpoint for a minute, then the building station writes 240 to register 50",
			then(func(o operation) { o.operator.write(1, 50, 240) })},
		{"modbus-second-writer", "another host writes a point that had one writer",
			"as modbus-setpoint for a minute, then the historian, which only read, writes 120 to register 10",
			then(func(o operation) { o.reader.write(1, setpoint, 120) })},
		{"modbus-server-writes", "a controller that only answered so far gives commands",
			"the historian polls the air handling unit; then the unit itself opens a connection to the pressure controller and writes a register there",
			func(t *tape) {
				m := t.modbus(history, air)
				m.poll()
				m.close()
				t.act()
				w := t.modbus(air, pressure)
				w.write(17, 0, 50)
				w.close()
			}},
		{"modbus-new-service", "a known server answers on a port it never served",
			"the historian polls the air handling unit, then opens its port 8080 and fetches a page",
			func(t *tape) {
				m := t.modbus(history, air)
				m.poll()
				m.close()
				t.act()
				c := t.open(history, air, 8080)
				c.exchange([]byte("GET / HTTP/1.1\r\nHost: air\r\n\r\n"), []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
				c.close()
			}},
	}
}
