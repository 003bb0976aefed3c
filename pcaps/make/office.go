package main

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// ftpLine is a command and its reply.
func (c *conn) ftpLine(command, reply string) {
	c.exchange([]byte(command+"\r\n"), []byte(reply+"\r\n"))
}

// ntpTime is a time as NTP writes it.
func ntpTime(at time.Time) []byte {
	b := make([]byte, 8)
	binary.BigEndian.PutUint32(b, uint32(at.Unix()+2_208_988_800)) // seconds from 1900 to 1970
	binary.BigEndian.PutUint32(b[4:], uint32(uint64(at.Nanosecond())<<32/1e9))
	return b
}

// askTime asks a server for the time, whose clock is ahead (RFC 5905 §7.3).
func (t *tape) askTime(client, server host, ahead time.Duration) {
	ask, answer := make([]byte, 48), make([]byte, 48)
	ask[0], answer[0] = 4<<3|3, 4<<3|4
	copy(ask[40:], ntpTime(t.now))
	answer[1], answer[2], answer[3] = 2, 6, 0xec
	copy(answer[12:], server.ip.To4())
	copy(answer[16:], ntpTime(t.now.Add(ahead-time.Minute)))
	copy(answer[24:], ask[40:])
	port := t.port()
	t.udp(client, server, port, 123, ask)
	t.wait(time.Millisecond)
	copy(answer[32:], ntpTime(t.now.Add(ahead)))
	copy(answer[40:], ntpTime(t.now.Add(ahead)))
	t.udp(server, client, 123, port, answer)
}

// askName asks a server for the address of a name, which it does not have (RFC 1035 §4).
func (t *tape) askName(client, server host, id uint16, labels ...string) {
	q := binary.BigEndian.AppendUint16(nil, id)
	q = append(q, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	for _, l := range labels {
		q = append(append(q, byte(len(l))), l...)
	}
	q = append(q, 0, 0, 1, 0, 1)
	answer := slices.Clone(q)
	answer[2], answer[3] = 0x81, 0x83
	port := t.port()
	t.udp(client, server, port, 53, q)
	t.wait(time.Millisecond)
	t.udp(server, client, 53, port, answer)
}

func officeStories() []story {
	return []story{
		{"ntp-wrong-time", "a time server gives a time that is two hours ahead",
			"the building station asks the historian for the time six times, a minute apart; from the third answer on it is two hours ahead",
			func(t *tape) {
				for i := range 6 {
					if i == 2 {
						t.act()
					}
					t.askTime(building, history, time.Duration(min(i/2, 1))*2*time.Hour)
					t.wait(time.Minute)
				}
			}},
		{"dns-long-names", "names carry data",
			"the laptop looks up twelve names at the historian, each with a label of 56 characters that never comes again",
			func(t *tape) {
				t.act()
				for i := range uint16(12) {
					t.askName(laptop, history, 100+i, fmt.Sprintf("%056x", uint64(i+1)*0x9e3779b97f4a7c15), "example", "org")
					t.wait(5 * time.Second)
				}
			}},
		{"ftp-guessing", "passwords are guessed at a file server",
			"the laptop logs on to the FTP server of the historian 24 times in 40 s, each on a connection of its own; every password is refused",
			func(t *tape) {
				for i := range 24 {
					c := t.open(laptop, history, 21)
					c.answer([]byte("220 files\r\n"))
					c.ack()
					c.ftpLine("USER operator", "331 password?")
					t.act()
					c.ftpLine(fmt.Sprintf("PASS guess%d", i), "530 no")
					c.close()
					t.wait(1600 * time.Millisecond)
				}
			}},
		{"tftp-to-controller", "a file goes to a controller over TFTP",
			"the laptop asks the air handling unit, which the site file calls a controller, to take the file firmware.bin; the unit agrees and takes two blocks",
			func(t *tape) {
				port := t.port()
				t.act()
				t.udp(laptop, air, port, 69, append([]byte{0, 2}, "firmware.bin\x00octet\x00"...))
				t.udp(air, laptop, 3001, port, []byte{0, 4, 0, 0})
				for block := range byte(2) {
					t.udp(laptop, air, port, 3001, append([]byte{0, 3, 0, block + 1}, make([]byte, 512-200*int(block))...))
					t.udp(air, laptop, 3001, port, []byte{0, 4, 0, block + 1})
				}
			}},
	}
}
