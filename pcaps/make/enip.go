package main

import (
	"encoding/binary"
	"fmt"
	"time"
)

var le = binary.LittleEndian

// enip is an EtherNet/IP client with a registered session.
type enip struct {
	*conn
	session uint32
	context byte
}

// encapsulated is the header of 24 bytes and the data (volume 2, 2-3).
func encapsulated(command uint16, session, status uint32, context byte, data []byte) []byte {
	b := le.AppendUint16(nil, command)
	b = le.AppendUint16(b, uint16(len(data)))
	b = le.AppendUint32(b, session)
	b = le.AppendUint32(b, status)
	b = append(b, context, 0, 0, 0, 0, 0, 0, 0)
	return append(le.AppendUint32(b, 0), data...)
}

func (t *tape) enip(client, server host) *enip {
	e := &enip{conn: t.open(client, server, 44818), session: 0x77100001}
	version := octets("0100 0000")
	e.exchange(encapsulated(0x65, 0, 0, 1, version), encapsulated(0x65, e.session, 0, 1, version))
	return e
}

// packet is SendRRData's data: interface 0, timeout, null address, unconnected message.
func packet(message []byte) []byte {
	b := octets("00000000 0000 0200 0000 0000 b200")
	return append(le.AppendUint16(b, uint16(len(message))), message...)
}

// cip is an unconnected request and its answer with a general status.
func (e *enip) cip(service byte, path, data string, status byte, answer string) {
	e.context++
	p := octets(path)
	request := append(append([]byte{service, byte(len(p) / 2)}, p...), octets(data)...)
	e.exchange(encapsulated(0x6F, e.session, 0, e.context, packet(request)),
		encapsulated(0x6F, e.session, 0, e.context, packet(append([]byte{service | 0x80, 0, status, 0}, octets(answer)...))))
}

// symbol is the path of a tag.
func symbol(name string) string {
	b := append([]byte{0x91, byte(len(name))}, name...)
	if len(b)%2 == 1 {
		b = append(b, 0)
	}
	return fmt.Sprintf("%x", b)
}

// identityOf is a ListIdentity item of the n-th adapter.
func identityOf(n int) []byte {
	body := octets(fmt.Sprintf("0100 0002 af12 0a4d0a%02x 0000000000000000 0100 0e00 1501 150b 6000 %02x000077 07 41646170746572 03", 31+n, n))
	b := le.AppendUint16(octets("0100 0c00"), uint16(len(body)))
	return append(b, body...)
}

// cyclic opens a class 1 connection (Forward Open, volume 1, 3-5.5.2) of 4 bytes out and 8 bytes in at 100 ms.
func cyclic(t *tape) { cyclicFor(t, 150, 100) }

// cyclicFor is cyclic for so many packets; the run bit falls at one of them.
func cyclicFor(t *tape, packets, falls int) {
	e := t.enip(packer, cartoner)
	e.cip(0x54, "20 06 24 01",
		"0a 0e 00000000 01000077 0100 3333 37130000 00000000 a0860100 0a48 a0860100 0a48 01 04 20 04 24 01 2c 96 2c 64", 0,
		"01000020 01000077 0100 3333 37130000 a0860100 a0860100 00 00")
	t.every(100*time.Millisecond, packets, func(i int) {
		run := byte(1)
		if i == falls {
			t.act()
		}
		if i >= falls {
			run = 0
		}
		seq := le.AppendUint32(nil, uint32(i+1))
		t.udp(packer, cartoner, 2222, 2222, ioPacket("01000020", seq, append([]byte{run, 0, 0, 0}, octets("7800 0100")...)))
		t.udp(cartoner, packer, 2222, 2222, ioPacket("01000077", seq, octets("e0470000 b004 0100")))
	})
	e.close()
}

// ioPacket is I/O of class 1: its data with their sequence count in front.
func ioPacket(id string, seq, data []byte) []byte { return ioOf(id, seq, append(seq[:2:2], data...)) }

// ioOf is a sequenced address item and a connected data item.
func ioOf(id string, seq, data []byte) []byte {
	b := append(octets("0200 0280 0800"+id), seq...)
	return append(le.AppendUint16(append(b, 0xB1, 0), uint16(len(data))), data...)
}
