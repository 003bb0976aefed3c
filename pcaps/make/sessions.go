package main

import (
	"encoding/binary"
	"time"
)

// rdp is the opening of a remote desktop session: connection request with cookie
// and negotiation, its confirmation choosing TLS, then TLS records.
func rdp(c *conn) {
	cookie := "Cookie: mstshash=engineer\r\n"
	request := append(append([]byte{byte(6 + len(cookie) + 8), 0xE0, 0, 0, 0, 0, 0}, cookie...), octets("01 00 0800 03000000")...)
	c.exchange(tpkt(request), tpkt(octets("0e d0 0000 1234 00 02 1f 0800 01000000")))
	c.exchange(clientHello(), octets("15 0303 0002 01 00"))
	for range 10 {
		c.t.wait(200 * time.Millisecond)
		c.exchange(applicationData(80), applicationData(400))
	}
}

// vnc is a handshake of version 3.8 with a password, and its outcome.
func vnc(c *conn, outcome string) {
	c.answer([]byte("RFB 003.008\n"))
	c.exchange([]byte("RFB 003.008\n"), []byte{1, 2})
	c.exchange([]byte{2}, octets("000102030405060708090a0b0c0d0e0f"))
	c.exchange(octets("f0e0d0c0b0a090807060504030201000"), octets(outcome))
}

// srtp is a message of GE-SRTP: type, sequence, kind, arguments at a place, data.
func srtp(kind, sequence, what byte, at int, args string, data ...byte) []byte {
	b := make([]byte, 56)
	b[0], b[2], b[4], b[9], b[17], b[30], b[31] = kind, sequence, byte(len(data)), 1, 1, sequence, what
	copy(b[36:], octets("100e00000101"))
	copy(b[at:], octets(args))
	return append(b, data...)
}

// applicationData is a TLS record of n bytes that nobody can read.
func applicationData(n int) []byte {
	b := append(octets("17 0303"), byte(n>>8), byte(n))
	for i := range n {
		b = append(b, byte(i*37+11))
	}
	return b
}

func ssh(c *conn) {
	c.answer([]byte("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"))
	c.ask([]byte("SSH-2.0-PuTTY_Release_0.81\r\n"))
	for range 10 {
		c.t.wait(200 * time.Millisecond)
		c.exchange(applicationData(60)[5:], applicationData(140)[5:])
	}
}

// smb is a negotiation of SMB 2.1 under a session header of four bytes.
func smb(c *conn) {
	header := "fe534d42 4000 0000 00000000 0000 0000 00000000 00000000 0000000000000000 fffe0000 00000000 0000000000000000 00000000000000000000000000000000"
	request := octets(header + "2400 0200 0100 0000 00000000 11111111111111111111111111111111 0000000000000000 0202 1002")
	answer := octets(header + "4100 0100 1002 0000 22222222222222222222222222222222 00000000 00001000 00001000 00001000 0000000000000000 0000000000000000 8000 0000 00000000")
	answer[16] = 1 // flags: a response
	c.exchange(session(request), session(answer))
}

// smbWrite is a piece of a file written (SMB 2 command 9).
func smbWrite(c *conn, n int) {
	header := "fe534d42 4000 0000 00000000 0900 0100 00000000 00000000 0000000000000000 fffe0000 00000000 0000000000000000 00000000000000000000000000000000"
	request := append(octets(header+"3100 7000 00000000 0000000000000000 33333333333333333333333333333333 00000000 00000000 0000 0000 00000000"), make([]byte, n)...)
	binary.LittleEndian.PutUint32(request[68:], uint32(n))
	answer := octets(header + "1100 0000 00000000 00000000 0000 0000")
	binary.LittleEndian.PutUint32(answer[68:], uint32(n))
	answer[16] = 1
	c.exchange(session(request), session(answer))
}

func session(b []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)
}

func sessionStories() []story {
	return []story{
		{"rdp-session", "an interactive remote session to a line host",
			"the engineering station opens a remote desktop on the panel: negotiation with a user name, TLS, two seconds of session",
			func(t *tape) {
				t.act()
				c := t.open(engineering, panel, 3389)
				rdp(c)
				c.close()
			}},
		{"vnc-session", "a desktop is shared over VNC",
			"the engineering station opens the panel's desktop with a password; then the laptop is refused",
			func(t *tape) {
				t.act()
				c := t.open(engineering, panel, 5900)
				vnc(c, "00000000")
				c.exchange([]byte{1}, append(octets("0320 0258 20 18 00 01 00ff 00ff 00ff 10 08 00 000000 0000000a"), "Filler HMI"...))
				c.close()
				t.act()
				c = t.open(laptop, panel, 5900)
				vnc(c, "00000001")
				c.answer(append(octets("00000011"), "too many attempts"...))
				c.close()
			}},
		{"srtp-engineering", "a GE controller is read, written and told to stop",
			"the panel reads registers of a controller over GE-SRTP and writes some; the engineering station asks for its type and is refused when it wants to stop it",
			func(t *tape) {
				c := t.open(panel, filler, 18245)
				c.exchange(make([]byte, 56), append([]byte{1}, make([]byte, 55)...))
				for i := range byte(5) {
					c.exchange(srtp(2, i, 0xc0, 42, "04 08 0000 0300"), srtp(3, i, 0xd4, 44, "0100 0200 0300"))
					t.wait(time.Second)
				}
				c.exchange(srtp(2, 9, 0x80, 50, "07 08 6300 0200", 1, 0, 2, 0), srtp(3, 9, 0xd4, 44, ""))
				c.close()
				c = t.open(engineering, filler, 18245)
				c.exchange(make([]byte, 56), append([]byte{1}, make([]byte, 55)...))
				c.exchange(srtp(2, 1, 0xc0, 42, "43"), srtp(3, 1, 0xd4, 44, ""))
				t.act()
				c.exchange(srtp(2, 2, 0xc0, 42, "23 01"), srtp(3, 2, 0xd1, 42, "05 02"))
				c.close()
			}},
		{"ssh-session", "an interactive shell on a line host",
			"the engineering station opens SSH on the building station: version strings, then encrypted packets",
			func(t *tape) {
				t.act()
				c := t.open(engineering, building, 22)
				ssh(c)
				c.close()
			}},
		{"smb-session", "a file share is used; near miss for remote sessions",
			"the engineering station negotiates SMB 2.1 with the historian",
			func(t *tape) {
				t.act()
				c := t.open(engineering, history, 445)
				smb(c)
				c.close()
			}},
		{"share-backup", "files are written to a share again and again; near miss for files moved between hosts",
			"every minute for six minutes the engineering station negotiates SMB 2.1 with the historian and writes 3 pieces of a file",
			func(t *tape) {
				t.every(time.Minute, 6, func(int) {
					c := t.open(engineering, history, 445)
					smb(c)
					for range 3 {
						smbWrite(c, 400)
					}
					c.close()
				})
			}},
		{"public-address", "a line host speaks with a public address",
			"the historian opens HTTPS to 198.51.100.77 (documentation range) through the gateway and exchanges records",
			func(t *tape) {
				t.act()
				c := t.open(history, public, 443)
				c.exchange(clientHello(), octets("15 0303 0002 01 00"))
				c.exchange(applicationData(200), applicationData(600))
				c.close()
			}},
		{"public-inbound", "a session from a public address to a line host",
			"198.51.100.77 opens SSH on the building station through the gateway",
			func(t *tape) {
				t.act()
				c := t.open(public, building, 22)
				ssh(c)
				c.close()
			}},
		{"remote-then-stop", "a remote session, then engineering from the host that was reached into",
			"the laptop opens remote desktops on the engineering station and on the panel, and a minute later tells the filler to stop",
			func(t *tape) {
				for _, to := range []host{engineering, panel} {
					t.act()
					c := t.open(laptop, to, 3389)
					rdp(c)
					c.close()
				}
				t.wait(time.Minute)
				s := t.s7(laptop, filler, 1)
				t.act()
				s.stop()
				s.close()
			}},
		{"zones", "a conversation between zones that nobody foresaw",
			"a host of another network (10.78.3.5, behind the gateway) reads registers of the air handling unit; `site.yaml` beside it names both zones and no conduit",
			func(t *tape) {
				t.act()
				m := t.modbus(hostOf("10.78.3.5", gateway.mac.String()), air)
				m.poll()
				m.close()
			}},
		{"mms-on-102", "another protocol on the port of S7",
			"the laptop opens ISO transport on the filler and speaks MMS: session connect, presentation, association, which is refused by a disconnect",
			func(t *tape) {
				c := t.open(laptop, filler, 102)
				c.exchange(cotpRequest(0x0100, 0x0102), cotpConfirm(0x0100, 0x0102))
				t.act()
				c.ask(cotpData(mmsConnect()))
				c.answer(octets("0300000b 06 80 0001 0002 00"))
				c.close()
			}},
	}
}

// mmsConnect is a session CONNECT with the MMS application context inside
// (ISO 8327 connect, ISO 8823 presentation, ACSE context 1.0.9506.2.3).
func mmsConnect() []byte {
	return octets(`0d b2 05 06 13 01 00 16 01 02 14 02 00 02 33 02 00 01 34 02 00 01
		c1 9c 31 81 99 a0 03 80 01 01 a2 81 91 81 04 00 00 00 01 82 04 00 00 00 01
		a4 23 30 0f 02 01 01 06 04 52 01 00 01 30 04 06 02 51 01 30 10 02 01 03 06 05 28 ca 22 02 01 30 04 06 02 51 01
		61 5e 30 5c 02 01 01 a0 57 60 55 a1 07 06 05 28 ca 22 02 03 a2 07 06 05 29 01 87 67 01 a3 03 02 01 0c
		a6 06 06 04 29 01 87 67 a7 03 02 01 0c be 2f 28 2d 02 01 03 a0 28
		a8 26 80 03 00 fd e8 81 01 05 82 01 05 83 01 0a a4 16 80 01 01 81 03 05 f1 00 82 0c 03 ee 1c 00 00 04 08 00 00 79 ef 18`)
}
