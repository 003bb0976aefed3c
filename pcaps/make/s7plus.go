package main

import (
	"fmt"
	"strings"
	"time"
)

// s7plus is an S7comm-plus client of a controller, without TLS: protocol
// version 1 to connect, 2 to work.
type s7plus struct {
	*conn
	seq     int
	session string
}

// plusQualifier stands at the end of every request about an object.
const plusQualifier = " 000004e8 8969 00 12 00000000 896a 00 13 00 896b 00 04 00 00 00000000"

// plusText is a value: flags, wide string, length, bytes.
func plusText(s string) string { return fmt.Sprintf(" 00 15 %02x %x ", len(s), s) }

// plusPDU is a PDU with its trailer in a data unit.
func plusPDU(version byte, body string) []byte {
	b := octets(body)
	pdu := be.AppendUint16([]byte{0x72, version}, uint16(len(b)))
	pdu = append(pdu, b...)
	return cotpData(append(pdu, 0x72, version, 0, 0))
}

// cotpNamed is a connection request or confirm toward a TSAP with a name.
func cotpNamed(kind byte, dst, src uint16, name string) []byte {
	b := be.AppendUint16([]byte{0, kind}, dst)
	b = be.AppendUint16(b, src)
	b = append(b, 0, 0xC0, 1, 0x0A, 0xC1, 2, 1, 0, 0xC2, byte(len(name)))
	b = append(b, name...)
	b[0] = byte(len(b) - 1)
	return tpkt(b)
}

// plusDial opens the transport connection only.
func (t *tape) plusDial(client host, tsap string) *s7plus {
	s := &s7plus{conn: t.open(client, filler, 102), session: "00000389"}
	s.exchange(cotpNamed(0xE0, 0, 1, tsap), cotpNamed(0xD0, 1, 2, tsap))
	return s
}

// s7plus connects with a role (1 engineering, 2 panel); the controller answers
// with its order number and firmware.
func (t *tape) s7plus(client host, role int, tsap, application, firmware string) *s7plus {
	s := t.plusDial(client, tsap)
	s.connect(role, application, firmware)
	return s
}

func (s *s7plus) connect(role int, application, firmware string) {
	s.seq++
	s.exchange(plusPDU(1, fmt.Sprintf("31 0000 04ca 0000 %04x 00000120 36 0000011d 00 04 00 00000000 a1 000000d3 821f 00 00 a3 8169", s.seq)+
		plusText("S_001")+"a3 8229"+plusText(application)+"a3 822a"+plusText("HOST1")+fmt.Sprintf("a3 822b 00 04 %02x a2 00000000", role)),
		plusPDU(1, fmt.Sprintf("32 0000 04ca 0000 %04x 36 00 02 8709 870a a1 00000120 821f 00 00 a3 8232 00 17 0000013a 823f", s.seq)+
			plusText("1;6ES7 215-1AG40-0XB0 ;"+firmware)+"00 a2 00000000"))
}

// call is a request of a function and its answer.
func (s *s7plus) call(function, body, answer string) {
	s.seq++
	s.exchange(plusPDU(2, fmt.Sprintf("31 0000 %s 0000 %04x %s 34", function, s.seq, s.session)+body),
		plusPDU(2, fmt.Sprintf("32 0000 %s 0000 %04x 34", function, s.seq)+answer))
}

// act is call for what the story is about.
func (s *s7plus) act(function, body, answer string) { s.t.act(); s.call(function, body, answer) }

const (
	plusGood   = "00 00000000"
	plusDenied = "83ff1c 00000000" // -100
	plusHMI    = "SIMATIC-ROOT-HMI"
	plusES     = "SIMATIC-ROOT-ES"
)

// read and write are of a member of data block 3.
func (s *s7plus) read() {
	s.call("054c", "00000000 01 05 81ffcc8877 88d0b88003 02 9376 0a"+plusQualifier, "00 01 00 03 1234 00 00 00000000")
}

func (s *s7plus) write(value int, member string) {
	s.call("0542", "00000000 01 05 81ffcc8877 88d0b88003 02 9376 "+member+fmt.Sprintf("01 00 03 %04x", value)+plusQualifier, "00 00 00000000")
}

func plusQuiet(t *tape, firmware string) {
	s := t.s7plus(panel, 2, plusHMI, "Panel", firmware)
	t.every(2*time.Second, 100, func(i int) {
		s.read()
		if i%5 == 0 {
			s.write(100+i%10, "0a")
		}
	})
	s.close()
}

func s7plusStories() []story {
	return []story{
		{"s7plus-quiet", "learning material: a panel reads and writes one variable over S7comm-plus",
			"the panel connects in the role of a panel, reads a member of DB 3 every 2 s and writes it every 10 s, for three minutes",
			func(t *tape) { plusQuiet(t, "V4.3") }},
		{"s7plus-firmware", "the same panel meets another firmware in the session banner",
			"as s7plus-quiet, but the controller answers the connection with V4.5",
			func(t *tape) { plusQuiet(t, "V4.5") }},
		{"s7plus-panel-other", "a panel that does what it never did",
			"the panel connects as in s7plus-quiet, then writes another member of DB 3, asks for a link, and reads a block of the program",
			func(t *tape) {
				s := t.s7plus(panel, 2, plusHMI, "Panel", "V4.3")
				s.read()
				t.act()
				s.write(7, "0b")
				s.act("0524", "0000000b 9501 0000", "00 01 70400001")
				s.act("04bb", "93000005 00 01 00 01 00 03 9359 9414 8169 00000000",
					"00 93000005 01 a1 93000005 9412 00 00 a3 9359 00 04 05 a3 8169"+plusText("Mixer")+"a2 00000000")
				s.close()
			}},
		{"s7plus-engineering", "an engineering station works on a controller over S7comm-plus",
			"the engineering station connects in its role; explores; changes the code of a block; creates and deletes a block; brings a firmware package; stops the CPU; resets its memory. All is accepted",
			func(t *tape) {
				t.act()
				s := t.s7plus(engineering, 1, plusES, "STEP 7", "V4.3")
				s.act("04bb", "00000003 00 01 00 01 00 03 9359 8169 00000000", "00 00000003 01 a1 00000003 9358 00 00 a3 8169"+plusText("PLCProgram")+"a2 00000000")
				s.act("04f2", "94000005 01 9414 00 14 00 04 01020304"+plusQualifier, plusGood)
				s.act("04ca", "00000003 00 04 00 00000000 a1 94000006 9413 00 00 a3 8169"+plusText("FC6")+"a2 00000000", "00 01 94000006 00000000")
				s.act("04d4", "94000006"+plusQualifier, "00 94000006 00000000")
				s.act("04ca", "00000010 00 04 00 00000000 a1 95000007 a37d 00 00 a3 8169"+plusText("FW")+"a2 00000000", "00 01 95000007 00000000")
				s.act("04f2", "00000034 01 9077 00 08 01"+plusQualifier, plusGood)
				s.act("04f2", "00000001 01 8303 00 08 01"+plusQualifier, plusGood)
				s.close()
			}},
		{"s7plus-denied", "passwords that a controller refuses, and a session it no longer knows",
			"the panel offers a password four times and is refused; two reads fail as their session is invalid",
			func(t *tape) {
				s := t.s7plus(panel, 2, plusHMI, "Panel", "V4.3")
				for range 4 {
					s.act("04f2", "00000389 01 8e36 00 17 00009dd0 82bb51 00 04 02 82bb52 00 14 00 04 414e4e41 82bb53 00 14 00 03 505764 00"+plusQualifier, plusDenied)
					t.wait(5 * time.Second)
				}
				for range 2 {
					s.act("054c", "00000000 01 05 81ffcc8877 88d0b88003 02 9376 0a"+plusQualifier, "83ff16 00000000") // -106
				}
				s.close()
			}},
		{"s7plus-tls-two", "learning material, then another certificate: a controller that speaks TLS",
			"the panel connects three times with TLS 1.2; the third time the controller shows another certificate",
			func(t *tape) {
				for i, certificate := range []string{"3003020101", "3003020101", "3003020102"} {
					if i == 2 {
						t.act()
					}
					plusTLS(t, certificate)
					t.wait(30 * time.Second)
				}
			}},
		{"s7plus-tls-quiet", "learning material: a controller that speaks TLS",
			"the panel connects eight times with TLS 1.2, every 30 s",
			func(t *tape) {
				t.every(30*time.Second, 8, func(int) { plusTLS(t, "3003020101") })
			}},
		{"s7plus-plain-again", "a panel that used TLS connects without",
			"the panel connects as in s7plus-quiet, without TLS",
			func(t *tape) {
				s := t.plusDial(panel, plusHMI)
				t.act()
				s.connect(2, "Panel", "V4.3")
				s.read()
				s.close()
			}},
		{"s7plus-malformed", "what no message of S7comm-plus may be",
			"a version 9, a length beyond the packet, and an object tree that is cut, each on a connection of its own",
			func(t *tape) {
				for _, b := range [][]byte{
					cotpData(octets("72 09 0004 31000000 7209 0000")),
					plusPDU(2, "31 0000 04ca 0000 0007 00000389 34 00000003 00 04 00 00000000 a1 94000006 9413 00 00 a3"),
					plusPDU(2, "31 0000 0542 0000 0008 00000389 34 00000000 ff ff ff ff ff ff"),
				} {
					s := t.s7plus(laptop, 2, plusHMI, "Panel", "V4.3")
					s.read()
					t.act()
					s.ask(b)
					s.serverAck()
					t.wait(time.Second)
					s.close()
				}
			}},
	}
}

// plusTLS is a connection that goes on in TLS 1.2: request for it, hello, the
// server's hello and certificate, and encrypted records.
func plusTLS(t *tape, certificate string) {
	s := t.plusDial(panel, plusHMI)
	s.exchange(plusPDU(1, "31 0000 05b3 0000 0001 00000000 30 00000000"), plusPDU(1, "32 0000 05b3 0000 0001 00 00 00000000"))
	record := func(kind byte, body []byte) []byte {
		return cotpData(append(be.AppendUint16([]byte{kind, 3, 3}, uint16(len(body))), body...))
	}
	handshake := func(kind byte, body string) []byte {
		b := octets(body)
		return append([]byte{kind, 0, byte(len(b) >> 8), byte(len(b))}, b...)
	}
	random := strings.Repeat("00", 32)
	s.exchange(record(22, handshake(1, "0303"+random+"00 0002 c02f 01 00 000f 0000 000b 0009 00 0006 706c632d3031")),
		record(22, append(handshake(2, "0303"+random+"00 c02f 00 0000"), handshake(11, "000008 000005"+certificate)...)))
	s.exchange(record(20, []byte{1}), record(20, []byte{1}))
	s.exchange(record(23, make([]byte, 64)), record(23, make([]byte, 64)))
	s.close()
}
