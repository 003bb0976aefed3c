package main

import "time"

// modbus is a Modbus/TCP client and the unit it asks.
type modbus struct {
	*conn
	unit byte
	tid  uint16
	regs *unit
}

// unit is what a Modbus device holds. Inputs are made anew from the process before each read.
type unit struct {
	id      byte
	holding []uint16
	coils   []bool
	inputs  func(now time.Time) []uint16
	product [3]string // vendor, product code, revision
}

func (l *lab) modbus(client, server *host, u *unit) *modbus {
	return &modbus{conn: newConn(client, server, 502), unit: u.id, regs: u}
}

// adu is MBAP header and PDU: transaction, protocol 0, length, unit.
func adu(tid uint16, unit byte, pdu []byte) []byte {
	b := be.AppendUint16(nil, tid)
	b = be.AppendUint16(b, 0)
	b = be.AppendUint16(b, uint16(1+len(pdu)))
	return append(append(b, unit), pdu...)
}

// words is a function code followed by 16-bit numbers.
func words(function byte, n ...uint16) []byte {
	b := []byte{function}
	for _, x := range n {
		b = be.AppendUint16(b, x)
	}
	return b
}

// ask sends a PDU and its answer; it opens the connection when it has to.
func (m *modbus) ask(s *script, request, answer []byte) bool {
	if !m.open && !m.dial(s) {
		return false
	}
	m.tid++
	b := adu(m.tid, m.unit, request)
	if answer == nil {
		return m.exchange(s, b, nil)
	}
	return m.exchange(s, b, adu(m.tid, m.unit, answer))
}

// read is function 3 or 4 with the values the device has.
func (m *modbus) read(s *script, function byte, address, n uint16) bool {
	from := m.regs.holding
	if function == 4 {
		from = m.regs.inputs(s.now)
	}
	if int(address+n) > len(from) {
		return m.refused(s, words(function, address, n), 2)
	}
	answer := []byte{function, byte(2 * n)}
	for _, v := range from[address : address+n] {
		answer = be.AppendUint16(answer, v)
	}
	return m.ask(s, words(function, address, n), answer)
}

// readCoils is function 1.
func (m *modbus) readCoils(s *script, address, n uint16) bool {
	bits := make([]byte, (n+7)/8)
	for i, on := range m.regs.coils[address : address+n] {
		if on {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	return m.ask(s, words(1, address, n), append([]byte{1, byte(len(bits))}, bits...))
}

// write is function 6, echoed.
func (m *modbus) write(s *script, address, value uint16) bool {
	b := words(6, address, value)
	ok := m.ask(s, b, b)
	if ok {
		m.regs.holding[address] = value
	}
	m.settle(s)
	return ok
}

// setCoil is function 5, echoed.
func (m *modbus) setCoil(s *script, address uint16, on bool) bool {
	b := words(5, address, 0)
	if on {
		b = words(5, address, 0xFF00)
	}
	ok := m.ask(s, b, b)
	if ok {
		m.regs.coils[address] = on
	}
	m.settle(s)
	return ok
}

// refused is a request that gets an exception.
func (m *modbus) refused(s *script, pdu []byte, exception byte) bool {
	return m.ask(s, pdu, []byte{pdu[0] | 0x80, exception})
}

// identity reads who a device is (43/14): conformity 1, no more, next 0, three objects.
func (m *modbus) identity(s *script) bool {
	answer := []byte{0x2B, 0x0E, 1, 1, 0, 0, byte(len(m.regs.product))}
	for i, text := range m.regs.product {
		answer = append(append(answer, byte(i), byte(len(text))), text...)
	}
	return m.ask(s, octets("2b 0e 01 00"), answer)
}
