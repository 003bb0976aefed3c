package main

import (
	"encoding/binary"
	"time"
)

var be = binary.BigEndian

// modbus is a Modbus/TCP client on a connection.
type modbus struct {
	*conn
	tid uint16
}

func (t *tape) modbus(client, server host) *modbus {
	return &modbus{conn: t.open(client, server, 502)}
}

// adu is MBAP header and PDU: transaction, protocol 0, length, unit.
func adu(tid uint16, unit byte, pdu ...byte) []byte {
	b := be.AppendUint16(nil, tid)
	b = be.AppendUint16(b, 0)
	b = be.AppendUint16(b, uint16(1+len(pdu)))
	return append(append(b, unit), pdu...)
}

// numbers is a function code followed by 16-bit numbers.
func numbers(function byte, n ...uint16) []byte {
	b := []byte{function}
	for _, x := range n {
		b = be.AppendUint16(b, x)
	}
	return b
}

// values is an answer of n registers; the values follow from the address.
func values(function byte, address, n uint16) []byte {
	b := []byte{function, byte(2 * n)}
	for i := range n {
		b = be.AppendUint16(b, 200+address+i)
	}
	return b
}

func (m *modbus) next() uint16 { m.tid++; return m.tid }

// read is answered with registers.
func (m *modbus) read(unit, function byte, address, n uint16) {
	id := m.next()
	m.exchange(adu(id, unit, numbers(function, address, n)...), adu(id, unit, values(function, address, n)...))
}

// write is function 6, echoed.
func (m *modbus) write(unit byte, address, value uint16) {
	id := m.next()
	b := adu(id, unit, numbers(6, address, value)...)
	m.exchange(b, b)
}

// refused is any request that gets an exception.
func (m *modbus) refused(unit byte, pdu []byte, exception byte) {
	id := m.next()
	m.exchange(adu(id, unit, pdu...), adu(id, unit, pdu[0]|0x80, exception))
}

// poll is what the historian reads of the air handling unit on an ordinary day.
func (m *modbus) poll() {
	m.read(1, 4, 0, 10)
	m.read(1, 3, 0, 8)
}

// every runs an act so many times at an even pace.
func (t *tape) every(d time.Duration, times int, act func(i int)) {
	for i := range times {
		next := t.now.Add(d)
		act(i)
		if t.now.Before(next) {
			t.now = next
		}
	}
}

func modbusStories() []story {
	return []story{
		{"modbus-unit-sweep", "many unit ids asked on one connection",
			"the historian polls, then reads register 0 of units 1 to 20; all but unit 1 are refused with gateway target failed",
			func(t *tape) {
				m := t.modbus(history, air)
				m.poll()
				for unit := byte(1); unit <= 20; unit++ {
					t.wait(100 * time.Millisecond)
					t.act()
					if unit == 1 {
						m.read(1, 3, 0, 1)
						continue
					}
					m.refused(unit, numbers(3, 0, 1), 0x0B)
				}
				m.close()
			}},
		{"modbus-address-sweep", "addresses walked through until they are refused",
			"the historian reads ten holding registers at 0, 10, 20 … 390; the unit has eight, so that all are refused with illegal data address",
			func(t *tape) {
				m := t.modbus(history, air)
				m.poll()
				for a := uint16(0); a < 400; a += 10 {
					t.wait(200 * time.Millisecond)
					t.act()
					m.refused(1, numbers(3, a, 10), 2)
				}
				m.close()
			}},
		{"modbus-function-scan", "function codes tried one after the other",
			"the laptop tries functions 7, 11, 12, 17, 20, 22, 24 and 43; each is refused with illegal function",
			func(t *tape) {
				m := t.modbus(laptop, air)
				for _, pdu := range []string{"07", "0b", "0c", "11", "14 07 06 0001 0000 0001", "16 0000 ffff 0000", "18 0000", "2b 0e 01 00"} {
					t.wait(100 * time.Millisecond)
					t.act()
					m.refused(1, octets(pdu), 1)
				}
				m.close()
			}},
		{"modbus-write-burst", "far more writes in a second than an operator makes, by a client that only read",
			"the historian polls, then writes register 2 thirty times in half a second, all accepted",
			func(t *tape) {
				m := t.modbus(history, air)
				m.poll()
				t.wait(time.Second)
				t.every(16*time.Millisecond, 30, func(i int) {
					t.act()
					m.write(1, 2, 100+uint16(i))
				})
				m.close()
			}},
		{"modbus-broadcast-write", "a write to unit 0, which all units obey and none answers",
			"the historian polls, then writes register 2 of unit 0 three times; the server acknowledges on TCP only",
			func(t *tape) {
				m := t.modbus(history, air)
				m.poll()
				for range 3 {
					t.wait(time.Second)
					t.act()
					m.ask(adu(m.next(), 0, numbers(6, 2, 100)...))
					m.serverAck()
				}
				m.poll()
				m.close()
			}},
		{"modbus-device-id", "device identification read again and again, as an asset manager does",
			"the historian reads basic device identification (43/14) of unit 17 of the pressure controller every 20 s for four minutes, on one connection",
			func(t *tape) { identities(t, "WAGO", "750-8212", "04.02.13") }},
		{"modbus-device-changed", "another product answers at a known address",
			"as modbus-device-id, but vendor and product code differ",
			func(t *tape) { identities(t, "Generic", "MB-GW-1", "1.0") }},
		{"modbus-firmware-changed", "the same product answers with another revision",
			"as modbus-device-id, but the revision differs",
			func(t *tape) { identities(t, "WAGO", "750-8212", "04.03.01") }},
		{"modbus-other", "learning material: the pair of modbus-device-id with another function",
			"the historian reads holding registers of unit 17 of the pressure controller every 10 s for four minutes",
			func(t *tape) {
				m := t.modbus(history, pressure)
				t.every(10*time.Second, 24, func(int) { m.read(17, 3, 0, 4) })
				m.close()
			}},
		{"modbus-device-failure", "a device reports that it failed",
			"the historian polls; the third poll is refused with exception 4, server device failure",
			func(t *tape) {
				m := t.modbus(history, air)
				m.poll()
				m.poll()
				t.act()
				m.refused(1, numbers(3, 0, 8), 4)
				m.close()
			}},
		{"ipv6-modbus", "Modbus over IPv6 is Modbus",
			"a client reads and writes registers of a server, both with unique local IPv6 addresses",
			func(t *tape) {
				m := t.modbus(hostOf("fd77:10::43", "00:50:56:10:00:43"), hostOf("fd77:10::11", "00:80:f4:10:00:11"))
				m.poll()
				m.write(1, 2, 220)
				m.close()
			}},
	}
}

// identities is four minutes of reading who a device is: conformity 1, no more, next 0, three objects.
func identities(t *tape, texts ...string) {
	answer := []byte{0x2B, 0x0E, 1, 1, 0, 0, byte(len(texts))}
	for i, s := range texts {
		answer = append(append(answer, byte(i), byte(len(s))), s...)
	}
	m := t.modbus(history, pressure)
	t.every(20*time.Second, 12, func(int) {
		id := m.next()
		t.act()
		m.exchange(adu(id, 17, 0x2B, 0x0E, 1, 0), adu(id, 17, answer...))
	})
	m.close()
}
