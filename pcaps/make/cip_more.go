package main

import (
	"fmt"
	"time"
)

// forwardOpen is the data of a Forward Open of class 1 (volume 1, 3-5.5.2):
// serial number of the connection, packet intervals of both ways in
// microseconds, and the sizes.
func forwardOpen(serial uint16, rpi uint32, size uint16) string {
	le4 := fmt.Sprintf("%x", le.AppendUint32(nil, rpi))
	le2 := fmt.Sprintf("%x", le.AppendUint16(nil, 0x4800|size))
	return "0a 0e 00000000 01000077 " + fmt.Sprintf("%x", le.AppendUint16(nil, serial)) + " 3333 37130000 00000000 " +
		le4 + le2 + le4 + "0a48 01 04 20 04 24 01 2c 96 2c 64"
}

func opened(serial uint16, rpi uint32) string {
	le4 := fmt.Sprintf("%x", le.AppendUint32(nil, rpi))
	return "01000020 01000077 " + fmt.Sprintf("%x", le.AppendUint16(nil, serial)) + " 3333 37130000 " + le4 + le4 + "00 00"
}

// handshake is a DTLS record (RFC 6347) with one whole message of that type.
func handshake(kind, sequence byte, body []byte) []byte {
	n := []byte{0, byte(len(body) >> 8), byte(len(body))}
	m := append(append(append([]byte{kind}, n...), 0, sequence, 0, 0, 0), n...)
	m = append(m, body...)
	return append(append(octets("16 fefd 0000 0000000000"), sequence, byte(len(m)>>8), byte(len(m))), m...)
}

// closing is the data of a Forward Close of that connection.
func closing(serial uint16) string {
	return "0a 0e " + fmt.Sprintf("%x", le.AppendUint16(nil, serial)) + " 3333 37130000 04 00 20 04 24 01 2c 96 2c 64"
}

// refusedWith is cip with an extended status.
func (e *enip) refusedWith(service byte, path, data string, status byte, extended uint16) {
	e.context++
	p := octets(path)
	request := append(append([]byte{service, byte(len(p) / 2)}, p...), octets(data)...)
	e.exchange(encapsulated(0x6F, e.session, 0, e.context, packet(request)),
		encapsulated(0x6F, e.session, 0, e.context, packet(le.AppendUint16([]byte{service | 0x80, 0, status, 1}, extended))))
}

// pccc executes a PCCC command (class 0x67) and its answer.
func (e *enip) pccc(tns byte, command, answer string) {
	n := fmt.Sprintf("%02x00", tns)
	e.cip(0x4B, "20 67 24 01", "07 0100 77100001 "+command[:2]+"00"+n+command[2:], 0, "07 0100 77100001 "+answer[:2]+"00"+n+answer[2:])
}

func pcccReads(t *tape, e *enip) {
	t.every(3*time.Second, 60, func(i int) { e.pccc(byte(i), "0f a2 04 07 89 00 00", "4f 0a000b00") })
}

func cipMoreStories() []story {
	return []story{
		{"cip-pccc-read", "learning material: a historian reads a table of a PCCC controller",
			"the historian reads N7:0 of the cartoner (typed logical read) every 3 s for three minutes",
			func(t *tape) {
				e := t.enip(history, cartoner)
				pcccReads(t, e)
				e.close()
			}},
		{"cip-pccc-other", "a PCCC command that the historian never used",
			"the historian reads N7:0 as in cip-pccc-read, then asks for the diagnostic status (command 06, function 03)",
			func(t *tape) {
				e := t.enip(history, cartoner)
				e.pccc(1, "0f a2 04 07 89 00 00", "4f 0a000b00")
				t.act()
				e.pccc(2, "06 03", "46 00ee31")
				e.close()
			}},
		{"cip-attributes-quiet", "learning material: attributes read of one instance",
			"the historian reads attribute 1 of instance 1 of class 0x0F (parameter) of the cartoner every 3 s for three minutes",
			func(t *tape) {
				e := t.enip(history, cartoner)
				t.every(3*time.Second, 60, func(int) { e.cip(0x0E, "20 0f 24 01 30 01", "", 0, "0a00") })
				e.close()
			}},
		{"cip-attributes-other", "the same service on another instance, an assembly, and services hidden in one packet",
			"the historian reads as in cip-attributes-quiet, then instance 7, then the data of input assembly 100, and then sends one packet that holds a read of the routine class",
			func(t *tape) {
				e := t.enip(history, cartoner)
				e.cip(0x0E, "20 0f 24 01 30 01", "", 0, "0a00")
				t.act()
				e.cip(0x0E, "20 0f 24 07 30 01", "", 0, "0b00")
				t.act()
				e.cip(0x0E, "20 04 24 64 30 03", "", 0, "e0470000 b004 0100")
				t.act()
				e.cip(0x0A, "20 02 24 01", "0200 0600 0e00 0e 03 20 0f 24 01 30 01 0e 03 20 6a 24 01 30 01", 0, "0200 0600 0c00 8e 00 00 00 0a00 8e 00 00 00 0100")
				e.close()
			}},
		{"enip-scanner", "a scanner shows by the context of its requests",
			"the laptop asks the cartoner who it is, which services and which interfaces it has, with the sender context C1DEBED1",
			func(t *tape) {
				c := t.open(laptop, cartoner, 44818)
				for _, command := range []uint16{0x63, 0x04, 0x64} {
					t.act()
					request, answer := encapsulated(command, 0, 0, 0, nil), encapsulated(command, 0, 0, 0, octets("0000"))
					if command == 0x63 {
						answer = encapsulated(command, 0, 0, 0, identityOf(0))
					}
					copy(request[12:], octets("c1debed1"))
					copy(answer[12:], octets("c1debed1"))
					c.exchange(request, answer)
				}
				c.close()
			}},
		{"cip-engineering", "what an engineering tool does to a controller besides loading programs",
			"the engineering station shakes hands with the controller (class 0x8E, service 0x5C), changes a parameter of a routine (0x6A, 0x51), starts and stops an object (services 6 and 7 on class 0x29), sets the clock (class 0x8B), writes the IP settings (class 0xF5, attribute 5) and moves a file (class 0x37, 0x4C); all accepted",
			func(t *tape) {
				e := t.enip(engineering, cartoner)
				for _, act := range []struct {
					service    byte
					path, data string
				}{
					{0x5C, "20 8e 24 01", "0100"},
					{0x51, "20 6a 24 01", "0100 0a00"},
					{0x06, "20 29 24 01", ""},
					{0x07, "20 29 24 01", ""},
					{0x10, "20 8b 24 01 30 0b", "0000 0000 0000 0000"},
					{0x10, "20 f5 24 01 30 05", "1f0a4d0a 00ffffff 010a4d0a 00000000 00000000 0000"},
					{0x4C, "20 37 24 01", "00040000"},
				} {
					t.act()
					e.cip(act.service, act.path, act.data, 0, "")
					t.wait(time.Second)
				}
				e.close()
			}},
		{"cip-safety", "services of the safety supervisor",
			"the engineering station sends the safety supervisor (class 0x39) of the cartoner a password reset and a mode change; both are accepted",
			func(t *tape) {
				e := t.enip(engineering, cartoner)
				for _, service := range []byte{0x55, 0x53} {
					t.act()
					e.cip(service, "20 39 24 01", "00", 0, "")
				}
				e.close()
			}},
		{"cip-volumes", "safety and motion data, and a tag that takes several messages",
			"the packaging panel opens a safety connection of base format and a motion connection to the cartoner and exchanges their data for two seconds: the check sums of one packet are wrong, the safety data go from run to idle, and an axis is asked to stop; it reads a tag and a template piece by piece, and asks in which state safety, ring and security are",
			func(t *tape) {
				e := t.enip(packer, cartoner)
				safetyAndMotion(t, e)
				rac := symbol("Rac")
				e.cip(0x52, rac, "0600 00000000", 6, "c400 01000000 02000000 03000000 04000000")
				e.cip(0x52, rac, "0600 10000000", 0, "c400 05000000 06000000")
				e.cip(0x53, rac, "c400 0300 00000000 01000000 02000000", 0, "")
				e.cip(0x53, rac, "c400 0300 08000000 03000000", 0, "")
				e.cip(0x4C, "20 6c 25 00 0301", "00000000 0c00", 6, "0102030405060708")
				e.cip(0x4C, "20 6c 25 00 0301", "08000000 0400", 0, "090a0b0c")
				e.cip(0x0E, "20 39 24 01 30 0b", "", 0, "04")
				e.cip(0x0E, "20 47 24 01 30 02", "", 0, "00")
				e.cip(0x0E, "20 5d 24 01 30 01", "", 0, "02")
				e.close()
			}},
		{"enip-dtls", "EtherNet/IP goes over DTLS",
			"the packaging panel and the cartoner agree on DTLS on UDP 2221, with a cookie asked for, and exchange what nobody can read for two seconds",
			func(t *tape) {
				hello := func(cookie string) []byte {
					return append(append(octets("fefd"), make([]byte, 32)...), octets("00"+cookie+"0004 c02b c0ac 01 00")...)
				}
				t.udp(packer, cartoner, 49200, 2221, handshake(1, 0, hello("00")))
				t.udp(cartoner, packer, 2221, 49200, handshake(3, 0, octets("fefd 04 a1b2c3d4")))
				t.act()
				t.udp(packer, cartoner, 49200, 2221, handshake(1, 1, hello("04 a1b2c3d4")))
				t.udp(cartoner, packer, 2221, 49200, handshake(2, 1, append(append(octets("fefd"), make([]byte, 32)...), octets("00 c0ac 00")...)))
				for i := range byte(20) {
					t.wait(100 * time.Millisecond)
					secret := append(octets("17 fefd 0001 0000000000"), i, 0, 40)
					t.udp(packer, cartoner, 49200, 2221, append(secret, applicationData(40)[5:]...))
					t.udp(cartoner, packer, 2221, 49200, append(secret, applicationData(40)[5:]...))
				}
			}},
		{"cip-ownership", "two masters want the same outputs",
			"the packaging panel owns the outputs of the cartoner; the laptop opens the same connection and is refused with ownership conflict",
			func(t *tape) {
				e := t.enip(packer, cartoner)
				e.cip(0x54, "20 06 24 01", forwardOpen(0x0100, 100_000, 10), 0, opened(0x0100, 100_000))
				other := t.enip(laptop, cartoner)
				t.act()
				other.refusedWith(0x54, "20 06 24 01", forwardOpen(0x0200, 100_000, 10), 1, 0x0106)
				other.close()
				e.close()
			}},
		{"cip-connection-changed", "a connection is opened again with other parameters, and closed by another host",
			"the packaging panel opens its I/O connection at 100 ms and closes it, and opens it again at 500 ms; then the laptop closes it",
			func(t *tape) {
				e := t.enip(packer, cartoner)
				e.cip(0x54, "20 06 24 01", forwardOpen(0x0100, 100_000, 10), 0, opened(0x0100, 100_000))
				t.wait(10 * time.Second)
				e.cip(0x4E, "20 06 24 01", closing(0x0100), 0, "0100 3333 37130000 00 00")
				t.wait(10 * time.Second)
				t.act()
				e.cip(0x54, "20 06 24 01", forwardOpen(0x0101, 500_000, 10), 0, opened(0x0101, 500_000))
				t.wait(10 * time.Second)
				other := t.enip(laptop, cartoner)
				t.act()
				other.cip(0x4E, "20 06 24 01", closing(0x0101), 0, "0101 3333 37130000 00 00")
				other.close()
				e.close()
			}},
		{"cip-connection-again", "the same connection opened again as it was",
			"the packaging panel opens its I/O connection at 100 ms, closes it, and opens it again the same way",
			func(t *tape) {
				e := t.enip(packer, cartoner)
				for serial := range uint16(3) {
					e.cip(0x54, "20 06 24 01", forwardOpen(serial+1, 100_000, 10), 0, opened(serial+1, 100_000))
					t.wait(10 * time.Second)
					e.cip(0x4E, "20 06 24 01", closing(serial+1), 0, fmt.Sprintf("%x", le.AppendUint16(nil, serial+1))+" 3333 37130000 00 00")
					t.wait(10 * time.Second)
				}
				e.close()
			}},
		{"cip-double-reply", "an answer nobody asked for, over EtherNet/IP",
			"the historian reads the identity of the cartoner; the controller sends an answer under a context that was never used",
			func(t *tape) {
				e := t.enip(history, cartoner)
				e.cip(0x01, "20 01 24 01", "", 0, "0100 0e00 1501 150b 6400 dec01077 08 436172746f6e6572")
				t.act()
				e.answer(encapsulated(0x6F, e.session, 0, 0x77, packet(octets("8e 00 00 00 0a00"))))
				e.ack()
				e.cip(0x0E, "20 01 24 01 30 01", "", 0, "0100")
				e.close()
			}},
		{"enip-wrong-version", "a session asked for in a version that does not exist",
			"the laptop registers a session with protocol version 7; the controller refuses it as unsupported",
			func(t *tape) {
				c := t.open(laptop, cartoner, 44818)
				t.act()
				c.exchange(encapsulated(0x65, 0, 0, 1, octets("0700 0000")), encapsulated(0x65, 0, 0x69, 1, octets("0100 0000")))
				c.close()
			}},
		{"enip-request-flood", "more open requests than any client leaves open, over EtherNet/IP",
			"the laptop sends 120 requests without waiting for an answer; the controller only acknowledges on TCP",
			func(t *tape) {
				e := t.enip(laptop, cartoner)
				t.act()
				for i := range byte(120) {
					e.ask(encapsulated(0x6F, e.session, 0, i+2, packet(octets("0e 03 2001 2401 3001"))))
				}
				e.serverAck()
				e.close()
			}},
		{"enip-io-late", "I/O stays away for longer than its connection lives",
			"the packaging panel and the cartoner exchange I/O every 100 ms; after 6 s nothing comes for 3 s, and then it goes on",
			func(t *tape) {
				cyclicFor(t, 60, 61)
				t.wait(3 * time.Second)
				t.act()
				t.every(100*time.Millisecond, 120, func(i int) {
					seq := le.AppendUint32(nil, 61+uint32(i))
					t.udp(packer, cartoner, 2222, 2222, ioPacket("01000020", seq, octets("01000000 7800 0100")))
					t.udp(cartoner, packer, 2222, 2222, ioPacket("01000077", seq, octets("e0470000 b004 0100")))
				})
			}},
		{"enip-io-injected", "a second sender on an I/O connection",
			"the packaging panel and the cartoner exchange I/O; then the laptop sends output data under the same connection id, three packets",
			func(t *tape) {
				cyclicFor(t, 60, 60)
				for i := range uint32(3) {
					t.act()
					t.udp(laptop, cartoner, 2222, 2222, ioPacket("01000020", le.AppendUint32(nil, 61+i), octets("01000000 ffff 0100")))
					t.wait(100 * time.Millisecond)
				}
			}},
		{"enip-io-replayed", "the same I/O sequence number with other data",
			"the packaging panel and the cartoner exchange I/O; five of the panel's packets come a second time under their sequence number with other outputs",
			func(t *tape) {
				cyclicFor(t, 60, 60)
				for i := range uint32(5) {
					seq := le.AppendUint32(nil, 61+i)
					t.udp(packer, cartoner, 2222, 2222, ioPacket("01000020", seq, octets("01000000 7800 0100")))
					t.act()
					t.udp(packer, cartoner, 2222, 2222, ioPacket("01000020", seq, octets("01000000 ffff ffff")))
					t.wait(100 * time.Millisecond)
				}
			}},
	}
}
