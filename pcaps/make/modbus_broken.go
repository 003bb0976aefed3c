package main

import "time"

func modbusBrokenStories() []story {
	return []story{
		{"modbus-malformed", "what the specification forbids, each on a connection of its own so that none hides the next",
			"an exception sent by the asking side; reserved function 9; quantity 0 and quantity 2000; length 300 and length 1; a byte count that contradicts the quantity; protocol identifier 1. tshark marks some of them, as it should",
			func(t *tape) {
				for _, b := range [][]byte{
					adu(2, 1, 0x83, 2),                                       // exception by the client
					adu(2, 1, 9, 0, 0, 0, 1),                                 // reserved function code
					adu(2, 1, numbers(3, 0, 0)...),                           // quantity 0
					adu(2, 1, numbers(3, 0, 2000)...),                        // quantity 2000 of at most 125
					octets("0002 0000 012c 01 03 0000 0001"),                 // length 300 of at most 254
					octets("0002 0000 0001 01"),                              // length 1: no function
					octets("0002 0000 000b 01 10 0000 0002 03 0001 0002 00"), // 3 bytes for 2 registers
					octets("0002 0001 0006 01 03 0000 0001"),                 // protocol identifier 1
				} {
					m := t.modbus(laptop, air)
					m.read(1, 3, 0, 2)
					t.act()
					m.ask(b)
					m.serverAck()
					t.wait(time.Second)
					m.close()
				}
			}},
		{"modbus-unsolicited-answer", "an answer that no request asked for",
			"the historian polls; between two polls the server sends an answer with a transaction id that was never asked",
			func(t *tape) {
				m := t.modbus(history, air)
				m.poll()
				t.wait(time.Second)
				t.act()
				m.answer(adu(0x7777, 1, values(3, 0, 8)...))
				m.ack()
				t.wait(time.Second)
				m.poll()
				m.close()
			}},
		{"modbus-double-answer", "two different answers to one request",
			"the historian polls; one poll is answered twice, the second time with other values",
			func(t *tape) {
				m := t.modbus(history, air)
				m.poll()
				id := m.next()
				m.ask(adu(id, 1, numbers(3, 0, 2)...))
				m.answer(adu(id, 1, octets("03 04 00dc 00dd")...))
				t.act()
				m.answer(adu(id, 1, octets("03 04 0014 0014")...))
				m.ack()
				m.poll()
				m.close()
			}},
		{"modbus-silent-server", "a server that stops answering while its TCP still acknowledges",
			"the historian polls five times, then eight requests stay without an answer; the building station goes on polling the pressure controller for a minute",
			func(t *tape) {
				m := t.modbus(history, air)
				other := t.modbus(building, pressure)
				t.every(time.Second, 5, func(int) { m.poll() })
				t.every(time.Second, 8, func(int) {
					t.act()
					m.ask(adu(m.next(), 1, numbers(3, 0, 8)...))
					m.serverAck()
					other.read(17, 4, 0, 6)
				})
				t.every(time.Second, 60, func(int) { other.read(17, 4, 0, 6) })
			}},
		{"modbus-one-sided", "a mirror that shows one direction only",
			"a complete conversation of the historian with the air handling unit, of which only the client's frames were captured, for two minutes",
			func(t *tape) {
				m := &modbus{conn: t.dial(history, air, 502)}
				m.server.mute = true
				m.shake()
				t.every(2*time.Second, 60, func(int) { m.poll() })
				m.close()
			}},
		{"modbus-request-flood", "more open requests than any client leaves open",
			"the laptop sends 400 read requests without waiting; the server only acknowledges on TCP",
			func(t *tape) {
				m := t.modbus(laptop, air)
				m.read(1, 3, 0, 2)
				t.act()
				for range 400 {
					m.ask(adu(m.next(), 1, numbers(3, 0, 2)...))
				}
				m.serverAck()
				m.close()
			}},
		{"http-on-502", "another protocol on the Modbus port",
			"the laptop opens port 502 of the air handling unit and speaks HTTP; the server answers in HTTP",
			func(t *tape) {
				c := t.open(laptop, air, 502)
				t.act()
				c.exchange([]byte("GET / HTTP/1.1\r\nHost: 10.77.10.11:502\r\nUser-Agent: probe\r\n\r\n"),
					[]byte("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
				c.close()
			}},
		{"tls-on-502", "TLS on the Modbus port",
			"the laptop opens port 502 of the air handling unit with a TLS 1.2 ClientHello; the server answers with an alert",
			func(t *tape) {
				c := t.open(laptop, air, 502)
				t.act()
				c.exchange(clientHello(), octets("15 0303 0002 02 28")) // fatal, handshake failure
				c.close()
			}},
	}
}

// clientHello is a TLS 1.2 ClientHello with two cipher suites and no extension.
func clientHello() []byte {
	hello := append(octets("0303"), make([]byte, 32)...) // version, random
	hello = append(hello, octets("00 0004 c02f 009c 01 00")...)
	body := append([]byte{1, 0, 0, byte(len(hello))}, hello...)
	return append([]byte{0x16, 3, 1, 0, byte(len(body))}, body...)
}

// umas is a request of function 90 and its answer: session, code, data; FE means done.
func (m *modbus) umas(session, code byte, data, answer string) {
	id := m.next()
	m.exchange(adu(id, 0, append([]byte{90, session, code}, octets(data)...)...),
		adu(id, 0, append([]byte{90, session, 0xFE}, octets(answer)...)...))
}

func umasStories() []story {
	return []story{
		{"modbus-umas-stop", "a controller is told to stop over UMAS (Modbus function 90)",
			"the engineering station asks for the controller's state and sends code 0x41, which is accepted",
			func(t *tape) {
				m := t.modbus(engineering, air)
				m.umas(0, 0x04, "", "05 00 01 00")
				t.act()
				m.umas(1, 0x41, "ff 00", "")
				m.umas(0, 0x04, "", "05 00 00 00")
				m.close()
			}},
		{"modbus-umas-download", "a program goes to a controller over UMAS",
			"the engineering station takes the reservation (0x10), begins (0x30), sends four blocks (0x31), ends (0x32) and gives the reservation back (0x11)",
			func(t *tape) {
				m := t.modbus(engineering, air)
				t.act()
				m.umas(0, 0x10, "1234 0000 05 454e474e31", "01")
				t.act()
				m.umas(1, 0x30, "0001", "")
				for i := range 4 {
					m.umas(1, 0x31, "0001 0"+string(rune('1'+i))+"00 0010 00112233445566778899aabbccddeeff", "")
				}
				t.act()
				m.umas(1, 0x32, "0001 0500", "")
				t.act()
				m.umas(1, 0x11, "", "")
				m.close()
			}},
	}
}
