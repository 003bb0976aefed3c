package main

import "time"

// setpoints is ten minutes of ordinary operation: the building station polls the
// air handling unit every five seconds, moves the overpressure setpoint (register 2)
// a little every fifteen and toggles between day and night (register 7: 1 or 2) every thirty.
func setpoints(t *tape, minutes int) *modbus {
	m := t.modbus(building, air)
	t.every(5*time.Second, 12*minutes, func(i int) {
		m.poll()
		if i%3 == 1 {
			m.write(1, 2, 215+uint16(i*7)%11)
		}
		if i%6 == 4 {
			m.write(1, 7, 1+uint16(i/6)%2)
		}
	})
	return m
}

// polling is the historian reading a server of the line.
func polling(m *modbus, server host) {
	if server.ip.Equal(pressure.ip) {
		m.read(17, 4, 0, 6)
		return
	}
	m.poll()
}

func modbusValueStories() []story {
	return []story{
		{"modbus-setpoint", "learning material: an operator's writes within a small range, and a mode register with two values",
			"ten minutes of the building station polling the air handling unit; register 2 is written with 215 to 225 every 15 s, register 7 with 1 or 2 every 30 s",
			func(t *tape) { setpoints(t, 10).close() }},
		{"modbus-value-out", "a setpoint far outside what was ever written",
			"as modbus-setpoint for a minute, then register 2 is written with 20",
			func(t *tape) { m := setpoints(t, 1); m.write(1, 2, 20); m.close() }},
		{"modbus-value-new", "a mode that this point never had",
			"as modbus-setpoint for a minute, then register 7 is written with 9",
			func(t *tape) { m := setpoints(t, 1); m.write(1, 7, 9); m.close() }},
		{"modbus-write-elsewhere", "a write to a register that was never written",
			"as modbus-setpoint for a minute, then register 5 is written with 240",
			func(t *tape) { m := setpoints(t, 1); m.write(1, 5, 240); m.close() }},
		{"modbus-second-writer", "another host writes a point that had one writer",
			"as modbus-setpoint for a minute, then the historian writes register 2 with 218, well within its range",
			func(t *tape) {
				setpoints(t, 1).close()
				m := t.modbus(history, air)
				m.write(1, 2, 218)
				m.close()
			}},
		{"modbus-server-writes", "a controller that only answered so far gives commands",
			"the historian polls the air handling unit; then the unit itself opens a connection to the pressure controller and writes a register there",
			func(t *tape) {
				m := t.modbus(history, air)
				m.poll()
				m.close()
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
				c := t.open(history, air, 8080)
				c.exchange([]byte("GET / HTTP/1.1\r\nHost: air\r\n\r\n"), []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
				c.close()
			}},
	}
}
