package main

import "time"

func modbusMoreStories() []story {
	return []story{
		{"modbus-wrong-echo", "an answer that does not fit its request",
			"the historian polls and writes a register; the server echoes another value than was written",
			func(t *tape) {
				m := t.modbus(history, air)
				m.poll()
				id := m.next()
				t.act()
				m.exchange(adu(id, 1, numbers(6, 2, 220)...), adu(id, 1, numbers(6, 2, 999)...))
				m.poll()
				m.close()
			}},
		{"modbus-udp", "Modbus in datagrams: learning and proving material",
			"the historian reads registers, coils and the identification of the air handler over UDP, two requests in one datagram, writes a register, and is refused once",
			func(t *tape) {
				port := t.port()
				ask := func(request, answer []byte) {
					t.udp(history, air, port, 502, request)
					t.wait(2 * time.Millisecond)
					t.udp(air, history, 502, port, answer)
					t.wait(time.Second)
				}
				for i := range 12 {
					id := uint16(7 * i)
					ask(adu(id, 1, numbers(3, 0, 2)...), adu(id, 1, append([]byte{3}, numbers(4, uint16(210+i), 480)...)...))
					ask(append(adu(id+1, 1, numbers(1, 0, 8)...), adu(id+2, 1, numbers(4, 8, 1)...)...),
						append(adu(id+1, 1, 1, 1, 0x5a), adu(id+2, 1, 4, 2, 0, byte(i))...))
				}
				ask(adu(200, 1, numbers(6, 2, 220)...), adu(200, 1, numbers(6, 2, 220)...))
				ask(adu(201, 1, numbers(3, 900, 2)...), adu(201, 1, 0x83, 2))
				ask(adu(202, 1, 0x2b, 14, 4, 0), adu(202, 1, append([]byte{0x2b, 14, 4, 1, 0, 0, 1, 0, 3}, "Air"...)...))
			}},
		{"modbus-function-zero", "function code 0",
			"the laptop reads two registers and then sends function code 0; the server refuses it",
			func(t *tape) {
				m := t.modbus(laptop, air)
				m.read(1, 3, 0, 2)
				t.act()
				m.refused(1, []byte{0, 0, 0, 0, 1}, 1)
				m.close()
			}},
		{"modbus-function-new", "a known reader uses a function it never used",
			"the historian reads holding registers of unit 17 of the pressure controller as in modbus-other, then input registers",
			func(t *tape) {
				m := t.modbus(history, pressure)
				m.read(17, 3, 0, 4)
				t.act()
				m.read(17, 4, 0, 4)
				m.close()
			}},
		{"modbus-image-read", "inputs and coils read over wide ranges by a host that never did",
			"the laptop reads 128 coils and 256 discrete inputs of the air handling unit",
			func(t *tape) {
				m := t.modbus(laptop, air)
				for _, ask := range []struct {
					function byte
					n        uint16
				}{{1, 128}, {2, 256}} {
					id := m.next()
					t.act()
					m.exchange(adu(id, 1, numbers(ask.function, 0, ask.n)...),
						adu(id, 1, append([]byte{ask.function, byte(ask.n / 8)}, make([]byte, ask.n/8)...)...))
				}
				m.close()
			}},
		{"modbus-sweep-answered", "addresses walked through, and all are there",
			"the historian polls, then reads ten holding registers at 0, 10, 20 … 390 within ten seconds; all are answered",
			func(t *tape) {
				m := t.modbus(history, air)
				m.poll()
				t.every(250*time.Millisecond, 40, func(i int) {
					t.act()
					m.read(1, 3, uint16(10*i), 10)
				})
				m.close()
			}},
		{"modbus-device-strings", "learning material: all texts a device says of itself",
			"as modbus-device-id, with all seven texts, the name of the application among them",
			func(t *tape) {
				identities(t, "WAGO", "750-8212", "04.02.13", "www.example.com", "PFC200", "G2", "PRESSURE CASCADE")
			}},
		{"modbus-strings-changed", "the same device with another application",
			"as modbus-device-strings, but the name of the application differs",
			func(t *tape) {
				identities(t, "WAGO", "750-8212", "04.02.13", "www.example.com", "PFC200", "G2", "TEST ONLY")
			}},
	}
}
