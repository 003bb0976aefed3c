package main

import (
	"math/bits"
	"time"
)

// sum is a CRC of so many bits, highest bit first, bit by bit.
func sum(bits int, polynomial, from uint32, b ...byte) uint32 {
	for _, c := range b {
		for i := 7; i >= 0; i-- {
			top := from>>(bits-1)&1 ^ uint32(c)>>i&1
			from = (from<<1 ^ top*polynomial) & (1<<bits - 1)
		}
	}
	return from
}

func inverted(b ...byte) (not []byte) {
	for _, c := range b {
		not = append(not, ^c)
	}
	return not
}

// end is vendor, serial number and serial number of the connection of one end,
// with which every check sum that it sends begins.
type end []byte

var (
	originatorEnd = end(octets("3333 37130000 0300"))
	targetEnd     = end(octets("4d00 88150000 0700")) // as it says in the answer to the open
)

// Check sums of safety data: each begins with the end, then the mode byte.
func (e end) safe1(mode byte, b ...byte) byte {
	return byte(sum(8, 0x37, sum(8, 0x37, 0, e...), cat(mode, b)...))
}
func (e end) safe3(mode byte, b ...byte) uint16 {
	return uint16(sum(16, 0x080F, sum(16, 0x080F, 0, e...), cat(mode, b)...))
}
func safe5(from []byte, b ...byte) uint32 {
	return sum(24, 0x5D6DCB, sum(24, 0x5D6DCB, 0, from...), b...)
}

// safe2 begins as the first sum does, and goes on with another polynomial.
func (e end) safe2(mode byte, b ...byte) byte {
	return byte(sum(8, 0x3B, sum(8, 0x37, 0, e...), cat(mode, b)...))
}

func cat(first byte, rest []byte) []byte { return append([]byte{first}, rest...) }

// short is safety data of base format, of two bytes: they are there once, with two sums.
func (e end) short(data []byte, mode byte, stamp uint16) []byte {
	at := le.AppendUint16(nil, stamp)
	b := append(append([]byte{}, data...), mode, e.safe1(mode&0xE0, data...), e.safe2(^mode&0xE0, inverted(data...)...))
	return append(append(b, at...), e.safe1(mode&0x1F, at...))
}

// long is safety data of extended format, of more than two bytes: they are
// there twice, and the sums count how often the time stamp ran over.
func (e end) long(data []byte, mode byte, stamp, rollover uint16) []byte {
	over, at := le.AppendUint16(nil, rollover), le.AppendUint16(nil, stamp)
	first := sum(16, 0x080F, sum(16, 0x080F, 0, e...), append(append(over, mode&0xE0), data...)...)
	second := safe5(e, append(append(append(over, mode&0x1F), inverted(data...)...), at...)...)
	b := le.AppendUint16(append(append([]byte{}, data...), mode), uint16(first))
	b = append(append(b, inverted(data...)...), byte(second), byte(second>>8))
	return append(append(b, at...), byte(second>>16))
}

// answer is the answer to a ping, in base format; its highest bit makes the number of bits even.
func (e end) answer(ping byte, clock uint16) []byte {
	ack := even(0x08 | ping)
	at := le.AppendUint16(nil, clock)
	return le.AppendUint16(append(append([]byte{ack}, at...), 0), e.safe3(ack, at...))
}

// correction follows data for a group: for which consumer, that it is active, and the time.
func (e end) correction(consumer byte, time uint16) []byte {
	head := append([]byte{even(0x20 | consumer)}, le.AppendUint16(nil, time)...)
	return le.AppendUint16(append(head, 0), e.safe3(head[0], head[1:]...))
}

func even(b byte) byte {
	if bits.OnesCount8(b)%2 == 1 {
		b |= 0x80
	}
	return b
}

// axisBlock is a motion packet with one axis: format, control mode, request or
// acknowledgement, state.
func axisBlock(format, mode, request, state byte, update byte) []byte {
	return []byte{format, 2, update, 7, 1, 0, update, 0, // one axis, no times
		1, 0, 4, 4, 2, 0, 0, 0, // its block: two words of cyclic data
		mode, 2, request, 0, 0, 0, 0, state}
}

// safetyAndMotion opens a safety connection of base format and a motion
// connection, and exchanges their data for two seconds: the safety data go from
// run to idle, a packet's check sum is wrong, an axis is asked to stop and stops.
func safetyAndMotion(t *tape, e *enip) {
	e.cip(0x54, "20 06 24 01", "0a 0e 00000000 02000077 0300 3333 37130000 01 000000 a0860100 0848 a0860100 0648 80 20"+
		"20 04 24 97 2c 96 2c 64 50 1b 00 00 ddccbbaa 112233445566 10270000 0648 000400000001 0a4d0a15 000400000001 0a4d0a14"+
		"6400 0200 c800 02 01 44332211 00000000", 0, "02000020 02000077 0300 3333 37130000 a0860100 a0860100 05 00 0100 4d00 88150000 0700")
	e.cip(0x54, "20 06 24 01", "0a 0e 00000000 03000077 0400 3333 37130000 00 000000 a0860100 4048 a0860100 4048 01 04 20 42 24 01 2c 02 2c 02",
		0, "03000020 03000077 0400 3333 37130000 a0860100 a0860100 00 00")
	e.cip(0x54, "20 06 24 01", "0a 0e 00000000 04000077 0300 3333 37130000 01 000000 a0860100 0e48 a0860100 0648 80 23"+
		"20 04 24 97 2c 98 2c 65 50 1e 02 00 ddccbbaa 112233445566 10270000 0648 000400000001 0a4d0a15 000400000001 0a4d0a14"+
		"6400 0200 c800 02 01 0000 44332211 00000000 fcff 0000", 0, "04000020 04000077 0300 3333 37130000 a0860100 a0860100 07 00 0100 4d00 88150000 0700 0000 0000")
	for i := range 20 {
		mode, request, state := byte(0x84), byte(1), byte(4)
		if i >= 15 {
			mode, request, state = 0x14, 2, 6
		}
		data := originatorEnd.short(octets("a53c"), mode, uint16(100+i))
		if i == 12 || i == 15 {
			t.act()
		}
		if i == 12 {
			data[0] ^= 0x01
		}
		seq := le.AppendUint32(nil, uint32(i))
		t.udp(packer, cartoner, 2222, 2222, ioOf("02000020", seq, data))
		stamp, rollover := uint16(0xFFFC+i), uint16((0xFFFC+i)>>16)
		t.udp(packer, cartoner, 2222, 2222, ioOf("04000020", seq, originatorEnd.long(octets("0102 03"), mode, stamp, rollover)))
		t.udp(cartoner, packer, 2222, 2222, ioOf("02000077", seq, targetEnd.answer(mode&3, uint16(200+i))))
		t.udp(packer, cartoner, 2222, 2222, ioPacket("03000020", seq, axisBlock(6, 2, request, 0, byte(i))))
		t.udp(cartoner, packer, 2222, 2222, ioPacket("03000077", seq, axisBlock(7, 2, request, state, byte(i))))
		t.wait(100 * time.Millisecond)
	}
}
